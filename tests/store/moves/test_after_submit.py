"""After the submit: what can be changed, what a consent taken back ends, and how everything is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.checks.service import CHECK_CANCEL, ENDS, Status, current_check, end
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.moves.deletion import ERASE, ERASE_AFTER
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, WITHDRAWN
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, CHECK_START, EMAIL_CODE
from bot.security.vault import Purpose, Vault
from bot.storage import Account, Check, Conversation, OutboxEntry, SealedValue, Store
from bot.storage.models import utc_now
from tests.store.mentor import CODES_PER_HOUR, ChattingMentor, consents, happened, queued, snapshot
from tests.support.answers import TEXTS, picture

pytestmark = pytest.mark.slow

SUBMITTED = ["mentor.started", "mentor.submitted"]
#: What a mentor gave, and what hangs on it.
GIVEN = ("answers", "consents", "checks", "sealed_values", "accounts")
NEW = "maria.new@example.org"


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has submitted."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.says("yes")
        chatting.comes_to("photo").sends(picture())
        chatting.answers_until("date_of_birth").says("14 August 1978")
        chatting.says("yes")
        chatting.comes_to("review").says("submit")
        yield chatting


@pytest.fixture
def woken(mentor: ChattingMentor) -> list[bool]:
    """One entry for each time that the outbox is told of work."""
    times: list[bool] = []
    mentor.dialogue.queued = lambda: times.append(True)
    return times


def check_of(mentor: ChattingMentor) -> Check:
    """The mentor's check, as it is now."""
    with mentor.store.read() as session:
        check = current_check(session, mentor.mentor_id)
        assert check is not None
        return check


def ends(mentor: ChattingMentor, status: Status) -> None:
    """Have the mentor's check end."""
    with mentor.store.write() as session:
        check = current_check(session, mentor.mentor_id)
        assert check is not None
        end(session, mentor.vault, check, status)


def is_submitted(mentor: ChattingMentor) -> bool:
    with mentor.registration() as current:
        return current.mentor.submitted_at is not None


def given(store: Store) -> dict[str, object]:
    return {name: rows for name, rows in snapshot(store).items() if name in GIVEN}


@pytest.mark.parametrize("item", ["reasons", "experience", "expertise"])
def test_a_text_can_be_changed_and_the_check_goes_on(mentor: ChattingMentor, store: Store, item: str) -> None:
    check = check_of(mentor)
    mentor.says(f"change my {item}")
    assert mentor.question == item
    before = mentor.messages()[-1]["sections"][0]["rows"]
    assert [row["value"] for row in before] == [TEXTS[item]], "what is saved now is shown"
    assert "progress" not in mentor.messages()[-1]
    assert "Welding, and how to open a workshop" in mentor.says("Welding, and how to open a workshop")
    assert list(mentor.buttons()) == ["Save", "Keep as it is"]
    with mentor.registration() as current:
        assert current.answers[ItemId(item)] == TEXTS[item], "nothing is saved before it is confirmed"
    assert happened(store, mentor.mentor_id) == SUBMITTED
    heard = mentor.taps("Save")
    assert "I have saved that" in heard
    assert ("job seekers see it" in heard) == (item == "expertise")
    assert mentor.question is None
    with mentor.registration() as current:
        assert current.answers[ItemId(item)] == "Welding, and how to open a workshop"
        assert current.mentor.submitted_at is not None
    assert (check_of(mentor).id, check_of(mentor).status) == (check.id, "queued")
    assert happened(store, mentor.mentor_id) == [*SUBMITTED, "mentor.changed"]
    assert "background check is running" in mentor.says("status")


def test_a_photo_can_be_changed_and_the_old_one_is_deleted(mentor: ChattingMentor, store: Store) -> None:
    with mentor.registration() as current:
        before = current.answers[form.PHOTO]
    mentor.says("change my photo")
    assert mentor.question == form.PHOTO
    assert "Do you want this photo in your profile?" in mentor.sends(picture(300, 300))
    assert not any("progress" in each for each in mentor.messages()[-2:]), "it is no step of the form"
    [row] = mentor.messages()[-1]["sections"][0]["rows"]
    with mentor.registration() as current:
        assert current.answers[form.PHOTO] == before != row["photo"]
    assert mentor.photos.full(before)
    assert mentor.photos.full(row["photo"])
    assert "I have saved that" in mentor.taps("Save")
    assert mentor.question is None
    with mentor.registration() as current:
        after = current.answers[form.PHOTO]
    assert not mentor.photos.full(before)
    assert mentor.photos.full(after)
    assert happened(store, mentor.mentor_id) == [*SUBMITTED, "mentor.changed"]


def test_a_photo_that_is_sent_unasked_may_replace_the_old_one(mentor: ChattingMentor) -> None:
    assert "too small" in mentor.sends(picture(90, 90))
    assert mentor.question == form.PHOTO
    mentor.says("keep my answer")
    assert mentor.question is None
    assert "Do you want this photo in your profile?" in mentor.sends(picture(300, 300))
    [row] = mentor.messages()[-1]["sections"][0]["rows"]
    assert "I have saved that" in mentor.taps("Save")
    with mentor.registration() as current:
        assert current.answers[form.PHOTO] == row["photo"]
    assert mentor.question is None


@pytest.mark.parametrize("no", ["Keep as it is", "no", "keep it as it is"])
def test_a_change_that_is_not_confirmed_is_not_saved(mentor: ChattingMentor, store: Store, no: str) -> None:
    before = given(store)
    mentor.says("change my expertise")
    mentor.says("Welding")
    heard = mentor.taps(no) if no in mentor.buttons() else mentor.says(no)
    assert "I kept everything as it was" in heard
    mentor.says("change my photo")
    mentor.sends(picture(300, 300))
    first = mentor.messages()[-1]["sections"][0]["rows"][0]["photo"]
    mentor.sends(picture(320, 320))
    second = mentor.messages()[-1]["sections"][0]["rows"][0]["photo"]
    assert (bool(mentor.photos.full(first)), bool(mentor.photos.full(second))) == (False, True)
    mentor.says("is that all right?")
    assert mentor.photos.full(second), "it is kept while the question is open"
    mentor.says("no")
    assert mentor.question is None
    assert not mentor.photos.full(second)
    assert given(store) == before
    assert happened(store, mentor.mentor_id) == SUBMITTED


def test_the_same_answer_is_no_change(mentor: ChattingMentor, store: Store) -> None:
    mentor.says("change my expertise")
    assert "I kept everything as it was" in mentor.says(TEXTS["expertise"])
    assert mentor.question is None
    assert happened(store, mentor.mentor_id) == SUBMITTED


HOME = ["Change my photo", "Change my expertise", "My data", "What I agreed to", "Withdraw a consent"]


@pytest.mark.parametrize("words", ["status", "help", "hello"])
def test_home_says_where_the_mentor_stands_with_buttons_for_all_there_is(mentor: ChattingMentor, words: str) -> None:
    heard = mentor.says(words)
    assert f"{utc_now().day} {utc_now():%B} {utc_now().year}" in heard
    for fact in ("background check is running", "takes a few days", "don’t know the exact day", "I’ll write to you"):
        assert fact in heard
    assert "start over" not in heard
    assert list(mentor.buttons()) == [*HOME, "Delete my account"]
    mentor.taps("Withdraw a consent")
    assert len(mentor.buttons()) == len(form.CONSENTS)
    mentor.says("status")
    mentor.taps("Change my expertise")
    assert mentor.question == "expertise"
    mentor.says("keep my answer")
    mentor.taps("Status and settings")
    assert list(mentor.buttons()) == [*HOME, "Delete my account"]
    mentor.taps("Delete my account")
    assert mentor.question == CANCEL


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_pressed_is_shown_as_its_button_is_called(mentor: ChattingMentor, language: str) -> None:
    with mentor.store.write() as session:
        session.scalars(select(Conversation)).one().language = language
    mentor.says("status")
    for name in ("button-change-photo", "button-change-expertise"):
        label = catalogue(language).text(name)
        mentor.taps(label)
        assert [each["text"] for each in mentor.messages() if each["from"] == "mentor"][-1] == label
        mentor.says("keep my answer")
        mentor.says("status")


@pytest.mark.parametrize("words", ["what happens now?", "thanks", "how long does the check take?", "my data"])
def test_below_every_answer_is_the_way_home(mentor: ChattingMentor, words: str) -> None:
    mentor.says(words)
    assert list(mentor.buttons()) == ["Status and settings"]
    mentor.taps("Status and settings")
    assert list(mentor.buttons()) == [*HOME, "Delete my account"]


@pytest.mark.parametrize(
    ("status", "first"),
    [(Status.CLEAR, "Change my photo"), (Status.EXPIRED, "Try again"), (Status.DECLINED, "My data")],
)
def test_home_offers_what_there_is_at_each_end(mentor: ChattingMentor, status: Status, first: str) -> None:
    ends(mentor, status)
    mentor.says("help")
    assert next(iter(mentor.buttons())) == first
    assert "Delete my account" in mentor.buttons()


def test_after_a_withdrawal_reminders_can_be_turned_off_and_on(mentor: ChattingMentor) -> None:
    asks(mentor, "two_months")
    mentor.says("yes")
    mentor.says("status")
    mentor.taps("No more reminders")
    with mentor.registration() as current:
        assert current.mentor.reminders_off_at is not None
    mentor.says("status")
    mentor.taps("Remind me tomorrow")
    with mentor.registration() as current:
        assert current.mentor.reminders_off_at is None
    assert mentor.question == "reconsider"


@pytest.mark.parametrize("words", ["keep my answer", "back", "skip"])
def test_a_change_that_was_begun_can_be_left(mentor: ChattingMentor, store: Store, words: str) -> None:
    before = given(store)
    mentor.says("change my expertise")
    mentor.says(words)
    if words != "back":
        assert mentor.question is None
    mentor.says("keep my answer")
    assert mentor.question is None
    assert given(store) == before
    assert happened(store, mentor.mentor_id) == SUBMITTED


@pytest.mark.parametrize("words", ["change my name", "change my account", "change my date of birth"])
@pytest.mark.parametrize("at", [None, "expertise"])
def test_what_the_check_is_about_cannot_be_changed(
    mentor: ChattingMentor, store: Store, words: str, at: str | None
) -> None:
    if at:
        mentor.says(f"change my {at}")
    before = given(store)
    assert "can’t be changed any more, as the background check is about it" in mentor.says(words)
    assert mentor.question == at
    assert given(store) == before


def test_another_address_counts_once_it_is_proven(mentor: ChattingMentor, store: Store, woken: list[bool]) -> None:
    account_id = check_of(mentor) and mentor_account(mentor).id
    mentor.says("change my e-mail")
    assert mentor.question == form.EMAIL
    assert "I have sent a code" in mentor.says(NEW)
    assert woken == [True]
    assert mentor.question == EMAIL_CODE
    assert mentor_account(mentor).email == mentor.email, "not before it is proven"
    assert "That’s not the code" in mentor.says("000 000" if mentor.code() != "000000" else "111 111")
    assert "Your e-mail address is confirmed" in mentor.says(mentor.code())
    assert mentor.question is None
    assert (mentor_account(mentor).id, mentor_account(mentor).email) == (account_id, NEW)
    assert happened(store, mentor.mentor_id) == [*SUBMITTED, "mentor.changed"]
    with mentor.registration() as current:
        assert current.is_email_proven
        assert current.mentor.verified_email == NEW
    assert check_of(mentor).status == "queued"


def mentor_account(mentor: ChattingMentor) -> Account:
    with mentor.registration() as current:
        return current.session.get_one(Account, current.mentor.account_id)


def test_the_proven_address_given_again_needs_no_code(mentor: ChattingMentor, store: Store) -> None:
    mentor.says("change my e-mail")
    mentor.says(NEW)
    mentor.says("change my e-mail")
    mentor.says(mentor.email)
    assert mentor.question is None
    assert mentor_account(mentor).email == mentor.email


def test_the_address_of_another_registration_is_not_taken(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path
) -> None:
    with ChattingMentor(store, vault, data_dir, email=NEW) as other:
        other.comes_to("expertise")
        mentor.says("change my e-mail")
        mentor.says(NEW)
        assert "Another registration has that address already" in mentor.says(mentor.code())
        assert mentor.question == form.EMAIL
        assert mentor_account(mentor).email == mentor.email
        mentor.says(mentor.email)
        assert mentor.question is None
        assert other.question == "expertise"
        assert mentor.mentor_id != other.mentor_id


def test_the_address_of_an_account_that_nobody_registered_with_can_be_taken(
    mentor: ChattingMentor, store: Store
) -> None:
    with store.write() as session:
        session.add(Account(email=NEW))
    mentor.says("change my e-mail")
    mentor.says(NEW)
    assert "Your e-mail address is confirmed" in mentor.says(mentor.code())
    assert mentor.question is None
    assert mentor_account(mentor).email == NEW
    with store.read() as session:
        assert session.scalars(select(Account.email)).all() == [NEW], "no account is left without a mentor"


@pytest.mark.parametrize("by_tap", [True, False], ids=["tap", "typed"])
@pytest.mark.parametrize("item", ["background_check", "two_months", "ethics_laws", "code_of_ethics"])
def test_a_consent_that_is_taken_back_ends_the_check(
    mentor: ChattingMentor, store: Store, woken: list[bool], item: str, *, by_tap: bool
) -> None:
    check = check_of(mentor)
    mentor_id = mentor.mentor_id
    asks(mentor, item)
    assert check_of(mentor).status == "queued", "to look is not to take back"
    assert "Do you want to withdraw this consent?" in mentor.heard()
    assert list(mentor.buttons()) == ["Withdraw this consent", "Keep this consent"]
    heard = mentor.taps("Withdraw this consent") if by_tap else mentor.says("yes")
    assert "I have noted that you withdraw this consent" in heard
    assert "your date of birth has been deleted" in heard
    assert woken == [True]
    assert [(each.item_id, each.decision) for each in consents(store)][-2:] == [(item, WITHDRAWN), (item, REFUSED)]
    stopped = check_of(mentor)
    assert (stopped.id, stopped.status) == (check.id, Status.WITHDRAWN)
    assert stopped.decided_at is not None
    assert queued(store, CHECK_CANCEL) == [(CHECK_CANCEL, check.id)]
    assert happened(store, mentor_id) == [*SUBMITTED, "mentor.withdrawn"]
    assert not is_submitted(mentor)
    with mentor.registration() as current:
        assert [each.id for each in current.refused] == [item]
        assert form.DATE_OF_BIRTH not in current.answers
        assert current.session.scalars(select(SealedValue)).all() == []
        assert not mentor.vault.has_key(current.session, mentor_id, Purpose.CHECK)


def asks(mentor: ChattingMentor, item: str) -> None:
    """Have this item asked again, as the button in the summary does."""
    mentor.says("review my answers")
    rows = [row for each in mentor.news() for section in each.get("sections", []) for row in section["rows"]]
    taps = [row["change"]["payload"] for row in rows if "change" in row]
    mentor.taps_payload(next(each for each in taps if each.split(":")[1] == item))
    assert mentor.question == item


def test_a_consent_taken_back_leads_to_the_next_question_at_once(mentor: ChattingMentor) -> None:
    mentor.says("withdraw my permission")
    mentor.says("take it back")
    assert mentor.question == "reconsider"
    assert mentor.messages()[-1]["question"] == "reconsider"


@pytest.mark.parametrize("reply", ["no", "keep it", "don't take it back", "Keep this consent"])
def test_a_consent_that_is_not_taken_back_stays_as_it_is(mentor: ChattingMentor, store: Store, reply: str) -> None:
    asks(mentor, "two_months")
    heard = mentor.taps(reply) if reply in mentor.buttons() else mentor.says(reply)
    assert "I kept everything as it was" in heard
    assert mentor.question is None
    assert check_of(mentor).status == "queued"
    assert [each.decision for each in consents(store) if each.item_id == "two_months"] == [AGREED]
    assert happened(store, mentor.mentor_id) == SUBMITTED


@pytest.mark.parametrize("reply", ["I guess not always", "I agree", "I do not agree", "I consent to it"])
def test_an_unclear_reply_takes_no_consent_back(mentor: ChattingMentor, store: Store, reply: str) -> None:
    asks(mentor, "two_months")
    assert "Nothing has been withdrawn yet. Please press one of the two buttons." in mentor.says(reply)
    assert mentor.question == "two_months"
    assert [each.decision for each in consents(store) if each.item_id == "two_months"] == [AGREED]
    assert is_submitted(mentor)
    mentor.says("keep my answer")
    assert mentor.question is None
    assert check_of(mentor).status == "queued"


def test_a_consent_taken_back_after_the_end_of_the_check_leaves_its_result(
    mentor: ChattingMentor, store: Store
) -> None:
    ends(mentor, Status.CLEAR)
    asks(mentor, "published_and_rated")
    mentor.says("yes")
    assert "You withdrew a consent" in mentor.says("status")
    assert check_of(mentor).status == Status.CLEAR
    assert queued(store, CHECK_CANCEL) == []
    assert not is_submitted(mentor)
    assert happened(store, mentor.mentor_id) == [*SUBMITTED, "mentor.withdrawn"]


def test_who_agrees_after_all_submits_again_and_gets_a_new_check(mentor: ChattingMentor, store: Store) -> None:
    first = check_of(mentor).id
    asks(mentor, "two_months")
    mentor.says("yes")
    assert "You withdrew a consent" in mentor.says("status")
    mentor.taps_payload(mentor.buttons()["Agree again"])
    assert mentor.question == "two_months"
    assert "Your date of birth was deleted when the last check ended" in mentor.says("I agree")
    assert mentor.question == form.DATE_OF_BIRTH
    mentor.says("14 August 1978")
    assert mentor.question == "review"
    asks(mentor, "two_months")
    assert "Your date of birth was deleted" not in mentor.says("I agree"), "it is here again"
    assert "Your registration is complete" in mentor.says("submit")
    assert is_submitted(mentor)
    second = check_of(mentor)
    assert (second.id != first, second.status) == (True, "queued")
    assert queued(store, CHECK_START) == [(CHECK_START, first), (CHECK_START, second.id)]
    assert happened(store, mentor.mentor_id) == [*SUBMITTED, "mentor.withdrawn", "mentor.submitted"]
    assert "background check is running" in mentor.says("status")


@pytest.mark.parametrize("words", ["cancel", "delete my account", "delete everything"])
def test_deleting_the_account_is_asked_once_and_a_no_keeps_it(mentor: ChattingMentor, store: Store, words: str) -> None:
    before = given(store)
    assert "Do you want to delete your account?" in mentor.says(words)
    assert mentor.question == CANCEL
    assert list(mentor.buttons()) == ["Delete my account", "Keep my account"]
    for unclear in ("perhaps", "yes?", "delete"):
        mentor.says(unclear)
        assert mentor.question == CANCEL
    assert "I kept everything as it was" in mentor.says("no")
    assert mentor.question is None
    assert given(store) == before
    assert queued(store, ERASE, CHECK_CANCEL) == []


@pytest.mark.parametrize("by_tap", [True, False], ids=["tap", "typed"])
def test_an_account_is_deleted_once_the_mentor_could_read_it(
    mentor: ChattingMentor, store: Store, woken: list[bool], by_tap: bool
) -> None:
    mentor_id, check = mentor.mentor_id, check_of(mentor)
    with mentor.registration() as current:
        in_force = set(current.consents)
    mentor.says("delete my account")
    before = utc_now()
    heard = mentor.taps("Delete my account") if by_tap else mentor.says("yes")
    assert f"The number of this deletion is {mentor_id[:8]}." in heard
    assert woken == [True]
    assert mentor.question is None
    assert queued(store, ERASE, CHECK_CANCEL) == [(CHECK_CANCEL, check.id), (ERASE, mentor_id)]
    with store.read() as session:
        entry = session.scalars(select(OutboxEntry).where(OutboxEntry.kind == ERASE)).one()
        assert entry.mentor_id is None, "or it would go with the mentor before it is done"
        assert before + ERASE_AFTER <= entry.next_attempt_at <= utc_now() + ERASE_AFTER
    assert check_of(mentor).status == Status.WITHDRAWN
    withdrawn = [each for each in consents(store) if each.decision == WITHDRAWN]
    assert {each.item_id for each in withdrawn} == in_force
    assert {each.reading for each in withdrawn} == {"button" if by_tap else "typed"}
    letter = mentor.letters()[0]
    subject = f"Your {ORGANISATION.name} registration is being deleted"
    assert (letter["to"], letter["subject"]) == (mentor.email, subject)
    assert mentor_id[:8] in letter["text"]


@pytest.mark.parametrize("status", sorted(ENDS - {Status.WITHDRAWN}))
def test_no_check_is_stopped_that_has_ended(mentor: ChattingMentor, store: Store, status: Status) -> None:
    ends(mentor, status)
    mentor.says("delete my account")
    mentor.says("yes")
    assert check_of(mentor).status == status
    assert [kind for kind, _subject in queued(store, ERASE, CHECK_CANCEL)] == [ERASE]


def test_who_asks_for_the_deletion_again_before_it_is_done_is_told_the_same(
    mentor: ChattingMentor, store: Store
) -> None:
    for failed in (True, False):
        mentor.says("delete my account")
        assert mentor.mentor_id[:8] in mentor.says("yes")
        with store.write() as session:
            if failed:  # then it is not about to be done, and can be asked for again
                session.scalars(select(OutboxEntry).where(OutboxEntry.kind == ERASE)).one().failed_at = utc_now()
    assert queued(store, ERASE) == [(ERASE, mentor.mentor_id)]


@pytest.mark.parametrize(
    "words", ["hello", "status", "review my answers", "change my photo", "delete my account", "why?", "qwerty", "yes"]
)
def test_who_is_about_to_be_erased_is_told_so_and_nothing_else(
    mentor: ChattingMentor, store: Store, words: str
) -> None:
    mentor.says("delete my account")
    mentor.says("yes")
    before = given(store)
    assert mentor.says(words) == (
        "Your account is being deleted, so I cannot do anything else here. It will be gone in a moment."
    )
    assert "is being deleted" in mentor.opens()
    assert "is being deleted" in mentor.sends(picture())
    assert mentor.question is None
    assert given(store) == before


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.EXPIRED])
@pytest.mark.parametrize("by_tap", [True, False], ids=["tap", "typed"])
def test_a_check_that_came_to_nothing_can_be_tried_again(
    mentor: ChattingMentor, store: Store, status: Status, by_tap: bool
) -> None:
    first = check_of(mentor).id
    ends(mentor, status)
    mentor.says("status")
    heard = mentor.taps("Try again") if by_tap else mentor.says("try again")
    assert "your date of birth was deleted, so I need it again" in heard
    assert mentor.question == form.DATE_OF_BIRTH
    mentor.says("14 August 1978")
    assert mentor.question == "review"
    assert "Your registration is complete" in mentor.says("submit")
    second = check_of(mentor)
    assert (second.id != first, second.status) == (True, "queued")
    assert queued(store, CHECK_START) == [(CHECK_START, first), (CHECK_START, second.id)]
    with store.read() as session:
        assert session.get_one(Check, first).status == status, "the earlier one stays as it ended"
        assert len(session.scalars(select(Account)).all()) == 1


@pytest.mark.parametrize("status", ["queued", "waiting", "review", "pre_adverse", "clear", "declined"])
def test_no_other_check_can_be_tried_again(mentor: ChattingMentor, store: Store, status: str) -> None:
    with store.write() as session:
        session.scalars(select(Check)).one().status = status
    mentor.says("try again")
    assert mentor.question is None
    assert is_submitted(mentor)
    with store.read() as session:
        assert len(session.scalars(select(Check)).all()) == 1


def test_the_newest_check_is_the_one_that_counts(mentor: ChattingMentor, store: Store) -> None:
    with store.write() as session:
        first = session.scalars(select(Check)).one()
        first.status = "expired"
        newest = Check(mentor_id=mentor.mentor_id, provider="manual", status="clear")
        newest.created_at = first.created_at + timedelta(days=1)
        oldest = Check(mentor_id=mentor.mentor_id, provider="manual", status="declined")
        oldest.created_at = first.created_at - timedelta(days=1)
        session.add_all([newest, oldest])
        session.flush()
        newest_id = newest.id
    assert check_of(mentor).id == newest_id
    assert "Good news" in mentor.says("status")
    with store.read() as session:
        assert current_check(session, "f" * 32) is None


@pytest.mark.parametrize("words", ["yes", "ok", "I agree", "all correct"])
def test_a_yes_at_the_check_of_the_answers_submits_nothing(
    store: Store, vault: Vault, data_dir: Path, words: str
) -> None:
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("review")
        assert "press Submit, or type “submit”" in chatting.says(words)
        assert chatting.question == "review"
        assert not is_submitted(chatting)
        assert "Your registration is complete" in chatting.says("yes, submit it")
        assert is_submitted(chatting)


def test_a_second_code_is_called_another_one(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("email")
        assert f"I have sent a code to {chatting.email}." in chatting.says(chatting.email)
        chatting.says("status")
        assert f"I have sent another code to {chatting.email}." in chatting.says("where is my code")


def test_where_no_code_can_be_sent_nobody_is_asked_for_one(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("email").says(chatting.email)
        for number in range(CODES_PER_HOUR - 1):
            chatting.says("change my e-mail")
            chatting.says(f"maria{number}@example.org")
        assert "the next one in" in chatting.taps("Send a new code"), "the newest one is still good"
        assert "six digits" in chatting.heard()
        chatting.says("change my e-mail")
        heard = chatting.says("maria.at.last@example.org")
        assert "I have not sent one to maria.at.last@example.org yet" in heard
        assert "press “Send a new code” then" in heard
        assert "six digits" not in heard
        assert chatting.question == EMAIL_CODE


def test_a_code_that_was_typed_is_shown_as_it_was(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("email").says(chatting.email)
        chatting.says("120385")
        chatting.says("12 03 85")
        said = [each["text"] for each in chatting.messages() if each["from"] == "mentor"]
        assert said[-2:] == ["120385", "•• •• ••••"], "the second may be a date of birth, typed too early"

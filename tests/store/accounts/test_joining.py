"""One person, two registrations: one of them goes on in both conversations, and nothing is left of the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.accounts.opener import OPEN
from bot.checks.service import Status
from bot.conversation import workers
from bot.i18n.catalogue import catalogue
from bot.notifications.notify import DELIVER
from bot.registration import form
from bot.registration.answers import AGREED, WITHDRAWN
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE, JOIN
from bot.security.vault import Vault
from bot.storage import Account, Check, Mentor, Photo, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, consents, happened, queued, snapshot
from tests.support.answers import picture
from tests.support.ledger import LEDGER

pytestmark = pytest.mark.slow

THIS, FROM_BEFORE = "This one", "The one from before"
ELSEWHERE = "elsewhere@example.org"
STORY = "I ran a bakery in Ushant for thirty years."
#: Where the id of a registration that is gone may still stand: the ledger and the feed only add.
KEPT = ("consents", "events", "audit")


@pytest.fixture
def other(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """The same person on another device, who gave another address at first."""
    with ChattingMentor(store, vault, data_dir, email=ELSEWHERE) as chatting:
        yield chatting


def has_told(mentor: ChattingMentor, words: str) -> ChattingMentor:
    """A mentor who has a photo, a date of birth, and who agreed to one thing."""
    mentor.comes_to("experience").says(words)
    mentor.comes_to("photo").sends(picture(400, 300))
    mentor.says("14 August 1978")
    mentor.says("yes")
    assert mentor.question == "two_months"
    return mentor


def proves(mentor: ChattingMentor, address: str) -> str:
    """Give this address and prove it; gives what the bot said."""
    if mentor.question != form.EMAIL:
        mentor.says("change my e-mail")
    mentor.says(address)
    assert mentor.question == EMAIL_CODE
    return mentor.says(mentor.code())


def photos_of(mentor: ChattingMentor) -> list[str]:
    with mentor.registration() as current:
        return list(current.session.scalars(select(Photo.id).where(Photo.mentor_id == current.mentor.id)))


def is_gone(store: Store, mentor_id: str) -> bool:
    """Whether no row is a registration's any more, but those that are only ever added."""
    tables = {name: rows for name, rows in snapshot(store).items() if name not in KEPT}
    return mentor_id not in repr(tables)


def in_force(mentor: ChattingMentor) -> list[str]:
    with mentor.registration() as current:
        return [str(item_id) for item_id in current.consents]


def test_who_has_only_begun_goes_on_with_the_registration_from_before(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    kept, dropped = mentor.mentor_id, other.mentor_id
    other.answers_until("email")
    heard = proves(other, mentor.email)
    assert "We’ll go on with it here" in heard
    assert mentor.mentor_id == other.mentor_id == kept
    assert other.question == "two_months"
    assert is_gone(store, dropped)
    other.says("yes")
    assert mentor.question == "published_and_rated", "it is one registration now"
    mentor.opens()
    mentor.says("yes")
    assert other.question == form.CLAUSES[0].id
    assert in_force(other) == ["background_check", "two_months", "published_and_rated"]


def test_a_registration_that_has_only_begun_gives_way_to_this_one(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("reasons")
    kept, dropped = other.mentor_id, mentor.mentor_id
    has_told(other, STORY)
    heard = proves(other, mentor.email)
    assert "We’ll go on with this registration" in heard
    assert mentor.mentor_id == other.mentor_id == kept
    assert other.question == "two_months"
    assert is_gone(store, dropped)
    with mentor.registration() as current:
        assert current.answers[ItemId("experience")] == STORY
        assert current.is_email_proven


def test_the_case_of_an_address_makes_no_difference(mentor: ChattingMentor, other: ChattingMentor) -> None:
    mentor.comes_to("experience")
    other.answers_until("email")
    proves(other, mentor.email.upper())
    assert other.mentor_id == mentor.mentor_id


def test_an_address_that_is_not_proven_joins_nothing(mentor: ChattingMentor, other: ChattingMentor) -> None:
    mentor.comes_to("experience")
    other.answers_until("email").says(mentor.email)
    other.says("000 000" if other.code() != "000000" else "111 111")
    assert other.question == EMAIL_CODE
    assert other.mentor_id != mentor.mentor_id
    with other.registration() as current:
        assert current.mentor.other_id is None


def test_an_address_that_the_other_one_has_not_proven_joins_nothing(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    mentor.comes_to("email").says(ELSEWHERE)
    other.answers_until("reasons")
    assert other.mentor_id != mentor.mentor_id


@pytest.mark.postgresql_too
@pytest.mark.parametrize("label", [FROM_BEFORE, THIS])
def test_where_both_hold_something_the_mentor_is_asked_which_one_goes_on(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, label: str
) -> None:
    has_told(mentor, STORY)
    has_told(other, "I taught at a school in Brest.")
    before = {each.mentor_id: photos_of(each) for each in (mentor, other)}
    proves(other, mentor.email)
    assert other.question == JOIN
    assert list(other.buttons()) == [FROM_BEFORE, THIS]
    assert f"on {utc_now().day} {utc_now():%B} {utc_now().year}," in "".join(each["text"] for each in other.messages())
    assert mentor.mentor_id != other.mentor_id, "not before it is answered"
    keep, drop = (mentor, other) if label == FROM_BEFORE else (other, mentor)
    kept, dropped = keep.mentor_id, drop.mentor_id
    heard = other.taps(label)
    assert ("We’ll go on with it here" if label == FROM_BEFORE else "We’ll go on with this registration") in heard
    assert mentor.mentor_id == other.mentor_id == kept
    assert is_gone(store, dropped)
    assert other.question == "two_months"
    assert in_force(other) == ["background_check"]
    with other.registration() as current:
        told = STORY if label == FROM_BEFORE else "I taught at a school in Brest."
        assert current.answers[ItemId("experience")] == told
        assert current.is_email_proven
        assert current.mentor.other_id is None
    assert photos_of(other) == before[kept]
    files = {path.name for path in Path(mentor.photos.addresses(before[kept][0])[0]).parent.iterdir()}
    assert files == {f"{photo}{end}.jpg" for photo in before[kept] for end in ("", "-square")}


@pytest.mark.postgresql_too
@pytest.mark.parametrize("label", [FROM_BEFORE, THIS])
def test_the_consents_of_the_one_that_is_let_go_are_withdrawn_and_unreadable(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, label: str
) -> None:
    for each in (mentor, other):
        has_told(each, STORY)
    proves(other, mentor.email)
    keep, drop = (mentor, other) if label == FROM_BEFORE else (other, mentor)
    kept, dropped = keep.mentor_id, drop.mentor_id
    other.taps(label)
    theirs = [each for each in consents(store) if each.mentor_id == dropped]
    assert [each.decision for each in theirs] == [AGREED, WITHDRAWN]
    assert [each.reply for each in theirs] == [None, None], "its key is gone"
    assert [(each.decision, each.reply) for each in consents(store) if each.mentor_id == kept] == [(AGREED, "yes")]
    with store.read() as session:
        verdict = LEDGER.verify(session, [])
        assert (verdict.problem, verdict.erased) == ("", 2)


def test_nothing_but_a_clear_choice_joins(mentor: ChattingMentor, other: ChattingMentor, store: Store) -> None:
    for each in (mentor, other):
        has_told(each, STORY)
    proves(other, mentor.email)
    before = {name: rows for name, rows in snapshot(store).items() if name in ("answers", "consents", "mentors")}
    for words in ("perhaps", "both", "yes?", "14 August 1978"):
        assert "Please choose with one of the two buttons" in other.says(words), words
        assert other.question == JOIN
    after = snapshot(store)
    for name in ("answers", "consents"):
        assert after[name] == before[name]
    assert mentor.question == "two_months"


def test_where_the_other_one_is_erased_meanwhile_this_one_goes_on(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    for each in (mentor, other):
        has_told(each, STORY)
    proves(other, mentor.email)
    with store.write() as session:
        session.get_one(Mentor, other.mentor_id).other_id = "f" * 32
    other.says("yes")
    assert other.question == "two_months"
    assert in_force(other) == ["background_check"]


def test_a_registration_that_was_sent_is_gone_on_with(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    mentor.comes_to("review").says("submit")
    kept, dropped = mentor.mentor_id, other.mentor_id
    other.answers_until("email")
    assert "We’ll go on with it here" in proves(other, mentor.email)
    assert (other.mentor_id, other.question) == (kept, None)
    assert is_gone(store, dropped)
    assert "background check is running" in other.says("status")


def test_one_that_was_sent_is_never_let_go(mentor: ChattingMentor, other: ChattingMentor, store: Store) -> None:
    mentor.comes_to("review").says("submit")
    has_told(other, STORY)
    heard = proves(other, mentor.email)
    assert "What you wrote here will be deleted then" in heard
    assert list(other.buttons()) == [FROM_BEFORE, "Use another address"]
    assert "What address should I use instead?" in other.taps("Use another address")
    assert other.question == form.EMAIL
    assert other.mentor_id != mentor.mentor_id
    proves(other, "third@example.org")
    assert other.question == "two_months"
    assert in_force(other) == ["background_check"]
    proves(other, mentor.email)
    assert other.question == JOIN
    other.taps(FROM_BEFORE)
    assert (other.mentor_id, other.question) == (mentor.mentor_id, None)


@pytest.mark.parametrize("label", [FROM_BEFORE, THIS])
def test_one_whose_check_has_ended_can_go_on_or_be_let_go(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, label: str
) -> None:
    mentor.comes_to("review").says("submit")
    mentor.says("change my background check permission")
    mentor.says("yes")
    has_told(other, STORY)
    proves(other, mentor.email)
    assert other.question == JOIN
    kept, dropped = mentor.mentor_id, other.mentor_id
    if label == THIS:
        kept, dropped = dropped, kept
    other.taps(label)
    assert mentor.mentor_id == other.mentor_id == kept
    assert is_gone(store, dropped)
    with store.read() as session:
        assert {each.mentor_id for each in session.scalars(select(Check))} <= {kept}


def test_the_account_of_one_that_is_let_go_is_found_again(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    with store.write() as session:
        session.add(Account(id="a" * 32, email=mentor.email))
        session.flush()
        session.get_one(Mentor, mentor.mentor_id).account_id = "a" * 32
    mentor.comes_to("reasons")
    has_told(other, STORY)
    proves(other, mentor.email)
    other.comes_to("review").says("submit")
    with store.read() as session:
        assert session.get_one(Mentor, other.mentor_id).account_id == "a" * 32
        assert session.scalars(select(Check)).one().status == Status.QUEUED


def is_stale(heard: str) -> bool:
    """Whether a tap was told that it was at an earlier question, in whichever words."""
    return any(catalogue().text(name) in heard for name in ("note-stale", "note-stale.again", "note-stale.again-2"))


def test_the_same_choice_again_changes_nothing(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (mentor, other):
        has_told(each, STORY)
    proves(other, mentor.email)
    earlier = {label: other.payload(label) for label in (FROM_BEFORE, THIS)}
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))
    other.agent.fails(1)
    assert other.taps(FROM_BEFORE).count("We’ll go on with it here") == 1
    assert other.question == "two_months"
    before = snapshot(store)
    for payload in earlier.values():
        assert is_stale(other.taps_payload(payload))
    after = snapshot(store)
    assert {name: after[name] for name in ("answers", "consents")} == {
        name: before[name] for name in ("answers", "consents")
    }


def test_the_site_is_told_that_the_one_that_is_let_go_is_deleted(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    kept, dropped = mentor.mentor_id, other.mentor_id
    other.answers_until("email")
    assert happened(store, dropped) == ["mentor.started"]
    proves(other, mentor.email)
    assert happened(store, dropped) == ["mentor.started", "mentor.deleted"]
    assert happened(store, kept) == []


def accounts(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.scalars(select(Account.email)))


def takes_back(mentor: ChattingMentor) -> None:
    """Submit, and take the permission for the check back."""
    mentor.comes_to("review").says("submit")
    mentor.says("change my background check permission")
    mentor.says("yes")


@pytest.mark.postgresql_too
@pytest.mark.parametrize("kept_was_sent", [True, False])
def test_no_account_is_left_without_a_mentor(
    mentor: ChattingMentor, other: ChattingMentor, store: Store, kept_was_sent: bool
) -> None:
    takes_back(mentor)
    if kept_was_sent:
        takes_back(other)
        other.says("yes")
        other.says("yes")  # and agrees after all
    else:
        has_told(other, STORY)
    proves(other, mentor.email)
    other.taps(THIS)
    assert accounts(store) == ([other.email] if kept_was_sent else [mentor.email])
    other.comes_to("review").says("submit")
    assert accounts(store) == [mentor.email], "the address that both proved"


def test_work_that_was_promised_is_still_done(mentor: ChattingMentor, other: ChattingMentor, store: Store) -> None:
    takes_back(mentor)
    has_told(other, STORY)
    before = queued(store, OPEN, DELIVER)
    assert before
    proves(other, mentor.email)
    other.taps(THIS)
    assert queued(store, OPEN, DELIVER)[: len(before)] == before


@pytest.mark.parametrize("label", [FROM_BEFORE, THIS])
def test_the_other_conversation_is_told_that_two_became_one(
    mentor: ChattingMentor, other: ChattingMentor, label: str
) -> None:
    has_told(mentor, STORY)
    has_told(other, "I taught at a school in Brest.")
    proves(other, mentor.email)
    other.taps(label)
    told = "\n".join(each["text"] for each in mentor.messages()[-2:])
    assert "They became one on another device" in told
    assert mentor.messages()[-1]["question"] == mentor.question == "two_months"
    mentor.says("yes")
    assert mentor.question == "published_and_rated"


def test_who_did_not_prove_a_new_address_leaves_the_registration(
    mentor: ChattingMentor, other: ChattingMentor, store: Store
) -> None:
    has_told(mentor, STORY)
    other.answers_until("email")
    proves(other, mentor.email)
    assert mentor.mentor_id == other.mentor_id
    proves(other, "third@example.org")
    assert mentor.mentor_id != other.mentor_id
    assert mentor.question == "start"
    assert STORY not in repr(mentor.messages())
    assert "An e-mail address was confirmed for this registration on another device" in repr(mentor.messages())
    assert "start" in str(mentor.messages()[-1]["question"])


def test_a_registration_that_is_begun_anew_is_open_in_one_conversation(
    mentor: ChattingMentor, other: ChattingMentor
) -> None:
    has_told(mentor, STORY)
    other.answers_until("email")
    proves(other, mentor.email)
    other.says("start over")
    other.says("yes")
    assert other.question == form.ACCOUNT
    assert mentor.mentor_id != other.mentor_id
    assert STORY not in repr(mentor.messages())
    assert "deleted on another device" in repr(mentor.messages())

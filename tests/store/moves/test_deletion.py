"""A registration is deleted in every state that it can be in: all of it, truly told, and proved by a search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.checks.service import ENDS, Status, advance, current_check, end
from bot.moves.deletion import ERASE
from bot.privacy.erasure import Erasure
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, EMAIL_CODE, RECONSIDER, REVIEW, SAVE, START
from bot.security.vault import Vault
from bot.storage import Account, Check, Conversation, Mentor, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, queued, snapshot
from tests.support.answers import picture
from tests.support.deletion import assert_nothing_is_left, erase_who_asked, photo_files
from tests.support.ledger import LEDGER
from tests.support.registrations import BORN

pytestmark = pytest.mark.slow

#: All that the mentors here give and that the bot says nowhere itself.
EMAIL, ELSEWHERE = "ngozi@mentors.example", "ngozi@looms.example"
STORY = "My grandmother taught me to weave in Enugu."
SECOND = "Looms, dyes and the market of Nsukka"
WORDS = (EMAIL, ELSEWHERE, STORY, SECOND, "María-José", BORN.isoformat())
NOT_SENT = "Your answers are deleted, and nothing was sent"
ALL_DELETED = "Your account and all that you told us will be deleted in a moment"
STOPPED = "Your background check had been started. I have stopped it"
OVER = "The background check that had been started is over"

QUESTIONS = [str(item.id) for item in form.ASKED]


@pytest.fixture
def erasure(store: Store, vault: Vault, data_dir: Path, mentor: ChattingMentor) -> Erasure:
    return Erasure(store, vault, LEDGER, mentor.photos, data_dir)


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    with ChattingMentor(store, vault, data_dir, email=EMAIL) as chatting:
        yield chatting


def at(question: str) -> Callable[[ChattingMentor], None]:
    def come(mentor: ChattingMentor) -> None:
        mentor.says("yes")
        mentor.comes_to(question)

    return come


def told(mentor: ChattingMentor) -> None:
    """Tell a story, send a photo and agree in own words."""
    mentor.says("yes")
    mentor.comes_to("reasons").says(STORY)
    mentor.comes_to("photo").sends(picture())
    mentor.says(f"{BORN.day} {BORN:%B} {BORN.year}")
    mentor.says("yes")


def in_two_minds_about_the_date(mentor: ChattingMentor) -> None:
    at("date_of_birth")(mentor)
    mentor.says("08/09/1978")


def waiting_for_a_code(mentor: ChattingMentor) -> None:
    at("email")(mentor)
    mentor.says(EMAIL)
    assert mentor.question == EMAIL_CODE


def asked_whether_to_save_a_name(mentor: ChattingMentor) -> None:
    at("full_name")(mentor)
    mentor.says("test")
    assert mentor.question == SAVE


def refusing(mentor: ChattingMentor) -> None:
    told(mentor)
    mentor.says("no")
    mentor.answers_until(RECONSIDER)


def changing(mentor: ChattingMentor) -> None:
    told(mentor)
    mentor.says("change my reasons")


def asked_to_start_over(mentor: ChattingMentor) -> None:
    told(mentor)
    mentor.says("start over")


def started_over(mentor: ChattingMentor) -> None:
    asked_to_start_over(mentor)
    mentor.says("yes")
    mentor.comes_to("expertise").says(SECOND)


def deleted_before(mentor: ChattingMentor) -> None:
    told(mentor)
    mentor.says("delete my answers")
    mentor.says("yes")
    assert mentor.question == START
    told(mentor)


DRAFTS: dict[str, Callable[[ChattingMentor], None]] = {
    **{question: at(question) for question in (*QUESTIONS, REVIEW)},
    "told": told,
    "two dates": in_two_minds_about_the_date,
    "code": waiting_for_a_code,
    "asked whether to save": asked_whether_to_save_a_name,
    "refusing": refusing,
    "changing": changing,
    "asked to start over": asked_to_start_over,
    "started over": started_over,
    "deleted before": deleted_before,
}


def submitted(mentor: ChattingMentor) -> None:
    told(mentor)
    mentor.comes_to(REVIEW).says("submit")
    assert mentor.question is None


def with_check(status: Status) -> Callable[[ChattingMentor], None]:
    def come(mentor: ChattingMentor) -> None:
        submitted(mentor)
        with mentor.store.write() as session:
            check = current_check(session, mentor.mentor_id)
            assert check is not None
            if status is Status.DECLINED:
                advance(session, mentor.vault, check, Status.PRE_ADVERSE)
            if status in ENDS:
                end(session, mentor.vault, check, status)
            elif status is not Status.QUEUED:
                advance(session, mentor.vault, check, status)

    return come


def withdrawn(mentor: ChattingMentor) -> None:
    submitted(mentor)
    mentor.says("withdraw my permission")
    mentor.taps("Withdraw this consent")
    assert mentor.question == RECONSIDER


def agreed_again(mentor: ChattingMentor) -> None:
    withdrawn(mentor)
    mentor.says("I changed my mind, I agree again")
    mentor.taps("I agree")
    assert mentor.question == form.DATE_OF_BIRTH


def agreed_again_up_to_the_review(mentor: ChattingMentor) -> None:
    agreed_again(mentor)
    mentor.says(f"{BORN.day} {BORN:%B} {BORN.year}")
    assert mentor.question == REVIEW


def submitted_again(mentor: ChattingMentor) -> None:
    agreed_again_up_to_the_review(mentor)
    mentor.says("submit")
    assert mentor.question is None


def started_over_after_a_withdrawal(mentor: ChattingMentor) -> None:
    withdrawn(mentor)
    mentor.says("start over")
    mentor.taps("Start over")
    mentor.comes_to("expertise").says(SECOND)


def trying_again(mentor: ChattingMentor) -> None:
    with_check(Status.EXPIRED)(mentor)
    mentor.says("status")
    mentor.taps("Try again")
    assert mentor.question == form.DATE_OF_BIRTH


def about_to_withdraw(mentor: ChattingMentor) -> None:
    submitted(mentor)
    mentor.says("I no longer agree with the publishing")
    assert mentor.question == "published_and_rated"


def changing_after_the_submit(mentor: ChattingMentor) -> None:
    submitted(mentor)
    mentor.says("change my expertise")


def changing_the_address(mentor: ChattingMentor) -> None:
    submitted(mentor)
    mentor.says("change my e-mail")
    mentor.says(ELSEWHERE)
    assert mentor.question == EMAIL_CODE


def decided_not_to_delete(mentor: ChattingMentor) -> None:
    submitted(mentor)
    mentor.says("delete my account")
    mentor.says("no")


SENT: dict[str, Callable[[ChattingMentor], None]] = {
    "submitted": submitted,
    **{status.value: with_check(status) for status in Status},
    "consent withdrawn": withdrawn,
    "agreed again": agreed_again,
    "agreed again, at the review": agreed_again_up_to_the_review,
    "submitted again": submitted_again,
    "started over after a withdrawal": started_over_after_a_withdrawal,
    "trying again": trying_again,
    "about to withdraw": about_to_withdraw,
    "changing": changing_after_the_submit,
    "changing the address": changing_the_address,
    "decided not to delete": decided_not_to_delete,
}


def deletes(mentor: ChattingMentor, words: str = "delete my account") -> str:
    mentor.says(words)
    assert mentor.question == CANCEL, mentor.heard()
    return mentor.taps(next(each for each in mentor.buttons() if each.startswith("Delete my")))


@pytest.mark.parametrize("state", DRAFTS)
def test_a_draft_is_deleted_in_every_state(
    mentor: ChattingMentor, store: Store, erasure: Erasure, data_dir: Path, state: str
) -> None:
    DRAFTS[state](mentor)
    mentor_id = mentor.mentor_id
    heard = deletes(mentor)
    assert NOT_SENT in heard
    assert "check" not in heard.lower().replace("background check begins", "")
    assert mentor.question == START
    assert photo_files(data_dir) == []
    assert mentor_id in erase_who_asked(store, erasure)
    assert_nothing_is_left(store, erasure, mentor_id, WORDS)
    with store.read() as session:
        assert session.scalars(select(Account)).all() == []
        assert [each.started_at for each in session.scalars(select(Mentor))] == [None]


@pytest.mark.parametrize("state", SENT)
def test_what_was_sent_is_deleted_in_every_state(
    mentor: ChattingMentor, store: Store, erasure: Erasure, data_dir: Path, state: str
) -> None:
    SENT[state](mentor)
    mentor_id = mentor.mentor_id
    with store.read() as session:
        check = current_check(session, mentor_id)
        assert check is not None
        was_over = check.status in ENDS
    heard = deletes(mentor)
    assert ALL_DELETED in heard
    assert (OVER if was_over else STOPPED) in heard
    assert "nothing was sent" not in heard
    assert mentor.question is None
    for words in ("hello", "status", "yes", "delete my account", "change my photo"):
        assert "is being deleted" in mentor.says(words)
    with mentor.registration() as current:
        assert current.consents == {}
    assert erase_who_asked(store, erasure) == [mentor_id]
    assert_nothing_is_left(store, erasure, mentor_id, WORDS)
    assert photo_files(data_dir) == []
    tables = snapshot(store)
    assert [
        name for name in ("mentors", "accounts", "checks", "answers", "conversations", "photos") if tables[name]
    ] == []


def test_who_is_asked_which_of_two_goes_on_can_delete_this_one(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path, erasure: Erasure
) -> None:
    with ChattingMentor(store, vault, data_dir, email=ELSEWHERE) as other:
        other.says("yes")
        other.comes_to("experience").says(SECOND)
    told(mentor)
    mentor.says("change my e-mail")
    mentor.says(ELSEWHERE)
    mentor.says(mentor.code())
    assert mentor.question == "join"
    mentor_id = mentor.mentor_id
    assert NOT_SENT in deletes(mentor)
    erase_who_asked(store, erasure)
    assert_nothing_is_left(store, erasure, mentor_id, (EMAIL, STORY))
    assert SECOND in repr(snapshot(store)["answers"]), "the other one was not meant"


def test_before_the_start_nothing_is_there_to_delete(mentor: ChattingMentor, store: Store) -> None:
    told = ("nothing saved yet", "nothing has to be deleted", "Nothing is saved here")
    for words in ("delete my account", "withdraw a consent", "start over", "supprimer mon compte"):
        heard = mentor.says(words)
        assert any(each in heard for each in told), words
        assert mentor.question == START
    assert queued(store, ERASE) == []


def test_another_conversation_of_who_deleted_a_draft_goes_with_it(
    mentor: ChattingMentor, store: Store, vault: Vault, data_dir: Path, erasure: Erasure
) -> None:
    told(mentor)
    with ChattingMentor(store, vault, data_dir) as other:
        with store.write() as session:  # as when the two were joined
            session.get_one(Conversation, other.conversation_id).mentor_id = mentor.mentor_id
        other.says("What I say here is hers as well")
    mentor_id = mentor.mentor_id
    deletes(mentor)
    erase_who_asked(store, erasure)
    assert_nothing_is_left(store, erasure, mentor_id, (*WORDS, "hers as well"))


def test_a_mentor_can_register_again_at_once_after_deleting_a_draft(
    mentor: ChattingMentor, store: Store, erasure: Erasure
) -> None:
    told(mentor)
    first = mentor.mentor_id
    deletes(mentor)
    mentor.says("yes")
    mentor.answers_until(REVIEW)
    assert "Your registration is complete" in mentor.says("submit")
    assert erase_who_asked(store, erasure) == [first]
    assert "background check is running" in mentor.says("status"), "what was given since is not touched"
    assert_nothing_is_left(store, erasure, first, (STORY,))


def test_an_erasure_that_was_given_up_can_be_asked_for_again(mentor: ChattingMentor, store: Store) -> None:
    agreed_again_up_to_the_review(mentor)
    deletes(mentor)
    with store.write() as session:
        session.scalars(select(OutboxEntry).where(OutboxEntry.kind == ERASE)).one().failed_at = utc_now()
    mentor.says("delete my account")
    assert mentor.question == CANCEL
    assert ALL_DELETED in mentor.says("yes")
    assert queued(store, ERASE) == [(ERASE, mentor.mentor_id)]
    with store.read() as session:
        assert session.scalars(select(OutboxEntry).where(OutboxEntry.kind == ERASE)).one().failed_at is None


def test_the_limit_of_codes_outlives_a_deletion(mentor: ChattingMentor) -> None:
    waiting_for_a_code(mentor)
    for _ in range(4):
        mentor.says("send a new code")
    assert "I have sent several codes already" in mentor.says("send a new code")
    deletes(mentor)
    mentor.says("yes")
    mentor.comes_to("email")
    assert "I have sent several codes already" in mentor.says(EMAIL)


def test_starting_over_leaves_no_account_with_name_and_address(mentor: ChattingMentor, store: Store) -> None:
    withdrawn(mentor)
    mentor.says("start over")
    mentor.taps("Start over")
    assert mentor.question == form.ACCOUNT
    tables = snapshot(store)
    assert tables["accounts"] == []
    assert [each for each in (EMAIL, STORY) if each in repr(tables)] == []
    with store.read() as session:
        assert session.scalars(select(Check.status)).all() == ["withdrawn"]
    assert ItemId("reasons") not in _answers(mentor)


def _answers(mentor: ChattingMentor) -> set[ItemId]:
    with mentor.registration() as current:
        return set(current.answers)

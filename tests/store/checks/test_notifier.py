"""What a mentor and the site are told when a check goes on: on the channel used last, by letter, as an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.checks.notifier import NOTIFIED, StatusNotifier
from bot.checks.progress import CheckProgress
from bot.checks.service import CHECK_FORGET, Status, current_check
from bot.core.organisation import ORGANISATION
from bot.notifications.emails.sender import SEND
from bot.notifications.notify import DELIVER, tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Check, Conversation, Mail, Mentor, OutboxEntry, Store, TranscriptMessage
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, happened, queued, snapshot

CONTACT = "people@example.org"
#: Of each result, words of the sentence and the letter's subject.
SAID = {
    Status.CLEAR: (f"you are a {ORGANISATION.name} mentor", f"Welcome: you are a {ORGANISATION.name} mentor"),
    Status.REVIEW: ("a person is looking at it", "A person is looking at your background check"),
    Status.PRE_ADVERSE: (f"write to {CONTACT} within 9 days", "About your background check: please read"),
    Status.DECLINED: ("we cannot accept you as a mentor at this time", f"About your {ORGANISATION.name} registration"),
    Status.CANCELLED: ("was stopped before it was done", "Your background check was stopped"),
    Status.EXPIRED: ("was not finished in time", "Your background check has ended"),
}
EVENTS = {Status.CLEAR: ["mentor.cleared"], Status.DECLINED: ["mentor.declined"]}


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has submitted."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.comes_to("review").says("submit")
        yield chatting


@pytest.fixture
def progress(vault: Vault) -> CheckProgress:
    return CheckProgress(vault, StatusNotifier(vault, CONTACT, adverse_days=9).notify_status_change)


def goes_on(mentor: ChattingMentor, progress: CheckProgress, status: Status) -> str:
    """Take the mentor's check on to ``status``, and tell of it; gives the check's id."""
    with mentor.store.write() as session:
        check = current_check(session, mentor.mentor_id)
        assert check is not None
        assert progress.advance(session, check, status, by_person=True)
        return check.id


def spoken(store: Store, conversation_id: str) -> list[TranscriptMessage]:
    """What was said in a conversation outside a turn."""
    with store.read() as session:
        wanted = select(TranscriptMessage).where(
            TranscriptMessage.conversation_id == conversation_id, TranscriptMessage.turn_id.is_(None)
        )
        return list(session.scalars(wanted.order_by(TranscriptMessage.id)))


def test_there_is_a_sentence_for_each_result() -> None:
    assert set(SAID) == NOTIFIED


@pytest.mark.parametrize("status", SAID)
def test_the_mentor_is_told_in_the_chat_and_by_letter(
    mentor: ChattingMentor, store: Store, progress: CheckProgress, status: Status
) -> None:
    goes_on(mentor, progress, status)
    words, subject = SAID[status]
    [row] = spoken(store, mentor.conversation_id)
    assert row.sender == "bot"
    assert words in row.body["text"]
    assert queued(store, DELIVER) == [(DELIVER, str(row.id))]
    [letter] = mentor.told_by_letter()
    assert (letter["to"], letter["subject"]) == (mentor.email, subject)
    assert letter["text"] == f"Hello,\n\n{row.body['text']}\n\n{ORGANISATION.name}"
    assert len(queued(store, SEND)) == 2, "this one and the copy of what was sent"
    with store.read() as session:
        wanted = select(OutboxEntry.mentor_id).where(OutboxEntry.kind.in_([DELIVER, SEND]))
        assert set(session.scalars(wanted)) == {mentor.mentor_id}, "it goes with the mentor"
    assert words in str(mentor.messages()[-1]["text"]), "it can be read where it is not pushed"


@pytest.mark.parametrize("status", SAID)
def test_the_site_is_told_of_who_is_a_mentor_and_who_is_not(
    mentor: ChattingMentor, store: Store, progress: CheckProgress, status: Status
) -> None:
    goes_on(mentor, progress, status)
    assert happened(store, mentor.mentor_id) == ["mentor.submitted", *EVENTS.get(status, [])]


def test_a_withdrawal_was_the_mentors_own_doing(mentor: ChattingMentor, store: Store, progress: CheckProgress) -> None:
    goes_on(mentor, progress, Status.WITHDRAWN)
    assert spoken(store, mentor.conversation_id) == []
    assert mentor.told_by_letter() == []
    assert happened(store, mentor.mentor_id) == ["mentor.submitted"]


@pytest.mark.parametrize("status", [*sorted(NOTIFIED), Status.WITHDRAWN])
def test_a_provider_that_was_called_forgets_the_mentor_once_at_the_end(
    mentor: ChattingMentor, store: Store, progress: CheckProgress, status: Status
) -> None:
    with store.write() as session:
        session.scalars(select(Check)).one().called_at = utc_now()
    check_id = goes_on(mentor, progress, status)
    is_open = status in (Status.REVIEW, Status.PRE_ADVERSE)
    assert queued(store, CHECK_FORGET) == ([] if is_open else [(CHECK_FORGET, check_id)])


def test_a_check_may_be_told_of_at_each_step(mentor: ChattingMentor, store: Store, progress: CheckProgress) -> None:
    for status in (Status.REVIEW, Status.PRE_ADVERSE, Status.DECLINED):
        goes_on(mentor, progress, status)
    assert len(spoken(store, mentor.conversation_id)) == 3
    assert len({subject for _kind, subject in queued(store, DELIVER)}) == 3
    assert happened(store, mentor.mentor_id) == ["mentor.submitted", "mentor.declined"]


@pytest.mark.parametrize("minutes", [-5, 5])
def test_the_conversation_used_last_is_the_one(
    mentor: ChattingMentor, store: Store, progress: CheckProgress, minutes: int
) -> None:
    with store.write() as session:
        seen = session.get_one(Conversation, mentor.conversation_id).last_seen_at
        telegram = Conversation(mentor_id=mentor.mentor_id, channel="telegram", external_id="42")
        telegram.last_seen_at = seen + timedelta(minutes=minutes)
        session.add(telegram)
        session.flush()
        telegram_id = telegram.id
    goes_on(mentor, progress, Status.CLEAR)
    said = {each: len(spoken(store, each)) for each in (mentor.conversation_id, telegram_id)}
    assert said == {mentor.conversation_id: int(minutes < 0), telegram_id: int(minutes > 0)}
    assert len(mentor.told_by_letter()) == 1


def test_no_letter_goes_to_an_address_that_is_not_proven(
    mentor: ChattingMentor, store: Store, progress: CheckProgress
) -> None:
    with store.write() as session:
        session.get_one(Mentor, mentor.mentor_id).verified_email = None
    goes_on(mentor, progress, Status.CLEAR)
    assert len(spoken(store, mentor.conversation_id)) == 1
    assert mentor.told_by_letter() == []


def test_a_letter_goes_to_the_proven_address_while_another_one_waits_for_its_code(
    mentor: ChattingMentor, progress: CheckProgress
) -> None:
    mentor.says("change my e-mail")
    mentor.says("maria.new@example.org")
    goes_on(mentor, progress, Status.CLEAR)
    assert mentor.told_by_letter()[0]["to"] == mentor.email


def test_what_a_letter_says_is_stored_encrypted(mentor: ChattingMentor, store: Store, progress: CheckProgress) -> None:
    goes_on(mentor, progress, Status.PRE_ADVERSE)
    with store.read() as session:
        sealed = session.scalars(select(Mail.contents)).all()
    assert len(sealed) == 2, "the copy of what was sent, and this one"
    assert not [each for each in sealed if each is None or b"background check" in each]
    assert mentor.email not in repr(snapshot(store)["outbox"])


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.EXPIRED])
def test_who_can_try_again_is_offered_it(mentor: ChattingMentor, progress: CheckProgress, status: Status) -> None:
    goes_on(mentor, progress, status)
    assert list(mentor.buttons()) == ["Try again"]
    mentor.taps_payload(mentor.buttons()["Try again"])
    assert mentor.question == "date_of_birth"


def test_the_result_does_not_take_the_place_of_a_question_that_is_open(
    mentor: ChattingMentor, progress: CheckProgress
) -> None:
    mentor.says("change my expertise")
    goes_on(mentor, progress, Status.CLEAR)
    assert mentor.question == "expertise"
    mentor.says("Welding, and how to open a workshop")
    assert "I have saved that" in mentor.says("yes")


def test_nothing_is_told_where_the_transaction_fails(
    mentor: ChattingMentor, store: Store, progress: CheckProgress
) -> None:
    before = snapshot(store)

    def fails() -> None:
        with store.write() as session:
            check = session.scalars(select(Check)).one()
            progress.advance(session, check, Status.CLEAR)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fails()
    assert snapshot(store) == before


def test_nobody_is_told_who_is_erased(mentor: ChattingMentor, store: Store, vault: Vault) -> None:
    before = snapshot(store)
    with store.write() as session:
        tell(session, vault, CONTACT, "f" * 32, MessageRef("result-clear", (("profile", "none"),)))
    assert snapshot(store) == before


def test_who_has_no_conversation_gets_the_letter_only(store: Store, vault: Vault) -> None:
    with store.write() as session:
        session.add(Mentor(id="e" * 32, verified_email="ada@example.org"))
        session.flush()
        tell(session, vault, CONTACT, "e" * 32, MessageRef("result-clear", (("profile", "none"),)))
    assert [kind for kind, _subject in queued(store)] == [SEND]


def test_a_sentence_without_a_subject_is_no_letter(mentor: ChattingMentor, store: Store, vault: Vault) -> None:
    with store.write() as session:
        tell(session, vault, CONTACT, mentor.mentor_id, MessageRef("note-paused"))
    assert len(spoken(store, mentor.conversation_id)) == 1
    assert mentor.told_by_letter() == []

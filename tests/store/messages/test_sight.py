"""Nothing is agreed to but what a mentor had before them long enough to read, when they wrote or pressed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.core.organisation import ORGANISATION
from bot.core.settings import CONSENT_SECONDS
from bot.i18n.catalogue import catalogue
from bot.messages import sight
from bot.messages.inbox import Accepted, accept
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import ELSEWHERE, NOTHING_SEEN, PRESS_SECONDS, SENT_AS, Seen, TooQuickError
from bot.notifications.notify import tell
from bot.registration.answers import AGREED, REFUSED, MessageRef
from bot.registration.registration import CANCEL, REVIEW, START_OVER
from bot.security.vault import Vault
from bot.storage import Conversation, Store, TranscriptMessage
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, consents, snapshot, text

FIRST, SECOND = "background_check", "two_months"
#: Less than it takes, and enough, with some time for the machine.
TOO_SOON, LONG_ENOUGH = CONSENT_SECONDS - 1.0, CONSENT_SECONDS + 0.1
_names = count(1)


class Reader(ChattingMentor):
    """A mentor whose replies count as people's do, and who reads by a clock of their own: `reads` sets it."""

    consent_seconds = CONSENT_SECONDS
    now = utc_now()

    def _turn(self, message: Incoming, seen: Seen = NOTHING_SEEN) -> str:
        heard = super()._turn(message, seen)
        self.reads(0)
        return heard

    def reads(self, seconds: float) -> None:
        """Have the bot's newest message be there for so long."""
        with self.store.read() as session:
            wanted = select(func.max(TranscriptMessage.created_at)).where(TranscriptMessage.sender == "bot")
            self.now = session.scalars(wanted).one() + timedelta(seconds=seconds)

    def is_handed_over(self, seconds_ago: float, **body: int) -> None:
        """Have a channel hand over what was said, and number it."""
        self.reads(seconds_ago)
        with self.store.write() as session:
            for row in session.scalars(select(TranscriptMessage).where(TranscriptMessage.sender == "bot")):
                row.delivered_at = row.created_at
                row.body = row.body | {SENT_AS: row.id} | body

    @property
    def newest(self) -> int:
        """The id of the bot's newest message."""
        with self.store.read() as session:
            wanted = select(func.max(TranscriptMessage.id)).where(TranscriptMessage.sender == "bot")
            return session.scalars(wanted).one() or 0

    def writes(self, message: Incoming, seen: Seen, *, pushed: bool = False) -> Accepted:
        """Have a message written to the inbox, as by a channel that hands messages over if it is ``pushed``."""
        with self.store.read() as session:
            channel = session.get_one(Conversation, self.conversation_id).channel
        pushing = [channel] if pushed else []
        where = (self.store, self.vault, self.conversation_id)
        name = f"written-{next(_names)}"
        return accept(*where, message, name, pushing=pushing, seen=seen, consent_seconds=self.consent_seconds)

    def is_told(self, words: str, seen: Seen, intent: str = "affirm", *, pushed: bool = False) -> list[str]:
        """Names of the sentences that answer typed words."""
        turn_id = self.writes(text(words), seen, pushed=pushed).turn_id
        return [note.id for note in self.takes(turn_id, intent).said]


@pytest.fixture
def newcomer(store: Store, vault: Vault, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    reading = Reader(store, vault, data_dir)
    monkeypatch.setattr(sight, "utc_now", lambda: reading.now)
    with reading:
        yield reading


@pytest.fixture
def reader(newcomer: Reader) -> Reader:
    return newcomer.comes_to(FIRST)


def sentence(name: str) -> str:
    return catalogue().text(name)


def decisions(store: Store) -> list[tuple[str, str]]:
    return [(record.item_id, record.decision) for record in consents(store)]


def a_reminder(reader: Reader) -> None:
    with reader.store.write() as session:
        tell(session, reader.vault, ORGANISATION.contact, reader.mentor_id, MessageRef("reminder-1"))


@pytest.mark.parametrize("words", ["I agree", "no", "I guess"])
def test_a_typed_reply_that_comes_too_soon_is_neither_yes_nor_no(reader: Reader, store: Store, words: str) -> None:
    reader.reads(TOO_SOON)
    assert sentence("note-too-soon") in reader.says(words)
    assert (reader.question, decisions(store)) == (FIRST, [])
    reader.reads(LONG_ENOUGH)
    reader.says("I agree")
    assert decisions(store) == [(FIRST, AGREED)]


def test_a_typed_reply_to_what_was_there_long_enough_counts(reader: Reader, store: Store) -> None:
    reader.reads(LONG_ENOUGH)
    reader.says("no")
    assert decisions(store) == [(FIRST, REFUSED)]


def test_what_was_typed_too_soon_is_shown_as_not_taken(reader: Reader) -> None:
    reader.says("I agree")
    [own] = [each for each in reader.messages() if each["from"] == "mentor"][-1:]
    assert (own["text"], own["refused"]) == ("I agree", True)


def test_the_time_that_the_page_tells_counts_where_it_is_the_shorter_one(reader: Reader, store: Store) -> None:
    reader.reads(60)
    assert reader.is_told("I agree", Seen(reader.newest, TOO_SOON)) == ["note-too-soon"]
    assert decisions(store) == []
    assert reader.is_told("I agree", Seen(reader.newest, LONG_ENOUGH)) == []
    assert decisions(store) == [(FIRST, AGREED)]


def test_a_page_cannot_make_the_time_longer(reader: Reader, store: Store) -> None:
    assert reader.is_told("I agree", Seen(reader.newest, 3600.0)) == ["note-too-soon"]
    assert reader.is_told("I agree", Seen(reader.newest + 10**6, 3600.0)) == ["note-too-soon"]
    assert decisions(store) == []


def test_three_lines_that_were_sent_before_the_second_question_agree_to_the_first(reader: Reader, store: Store) -> None:
    reader.reads(LONG_ENOUGH)
    before = Seen(reader.newest, LONG_ENOUGH)
    reader.says("I agree", before)
    for note in ("note-too-early", "note-too-early.again"):
        reader.reads(60)  # the line was cut for a while
        assert sentence(note) in reader.says("I agree", before)
    assert (reader.question, decisions(store)) == (SECOND, [(FIRST, AGREED)])


@pytest.mark.parametrize("newest", [0, 1])
def test_who_had_not_seen_the_question_answers_none(reader: Reader, store: Store, newest: int) -> None:
    reader.reads(LONG_ENOUGH)
    assert reader.is_told("I agree", Seen(newest, LONG_ENOUGH)) == ["note-too-early"]
    assert decisions(store) == []


def test_an_answer_in_words_that_was_typed_ahead_is_told_that_it_came_too_early(reader: Reader) -> None:
    ahead = Seen(reader.newest, 60.0)
    reader.says("change my reasons")
    assert reader.question == "reasons"
    assert sentence("note-too-early") in reader.says("Because I like to help people.", ahead)
    assert reader.question == "reasons"


def test_a_reply_after_a_reminder_is_asked_back(reader: Reader, store: Store) -> None:
    reader.reads(LONG_ENOUGH)
    a_reminder(reader)
    reader.reads(LONG_ENOUGH)
    assert sentence("note-said-since") in reader.says("ok")
    assert decisions(store) == []
    reader.reads(LONG_ENOUGH)
    reader.says("ok, I agree")
    assert decisions(store) == [(FIRST, AGREED)]


def test_a_button_is_good_after_a_reminder(reader: Reader, store: Store) -> None:
    payload = reader.payload("I agree")
    reader.reads(LONG_ENOUGH)
    a_reminder(reader)
    reader.taps_payload(payload)
    assert decisions(store) == [(FIRST, AGREED)]


@pytest.mark.parametrize("replies_to", [ELSEWHERE, 1])
def test_a_reply_to_another_message_decides_nothing(reader: Reader, store: Store, replies_to: int) -> None:
    reader.is_handed_over(LONG_ENOUGH)
    seen = Seen(number=10**6, replies_to=replies_to)
    assert reader.is_told("no", seen, "deny", pushed=True) == ["note-reply-elsewhere"]
    assert (reader.question, decisions(store)) == (FIRST, [])


def test_a_reply_to_the_question_itself_counts(reader: Reader, store: Store) -> None:
    reader.is_handed_over(LONG_ENOUGH)
    assert reader.is_told("yes", Seen(number=10**6, replies_to=reader.newest), pushed=True) == []
    assert decisions(store) == [(FIRST, AGREED)]


def test_a_channels_own_clock_counts_where_updates_came_late(reader: Reader, store: Store) -> None:
    reader.is_handed_over(60, dated=1_000)
    at_once, later = Seen(number=10**6, dated=1_000), Seen(number=10**6, dated=1_002)
    assert reader.is_told("yes", at_once, pushed=True) == ["note-too-soon"]
    assert reader.is_told("yes", later, pushed=True) == []
    assert decisions(store) == [(FIRST, AGREED)]


@pytest.mark.parametrize(("words", "open_question"), [("delete my answers", CANCEL), ("start over", START_OVER)])
def test_nothing_is_deleted_by_a_yes_that_came_too_soon(reader: Reader, words: str, open_question: str) -> None:
    reader.says(words)
    assert reader.question == open_question
    assert sentence("note-too-soon") in reader.says("yes")
    assert reader.question == open_question
    with reader.registration() as current:
        assert current.answers


def test_nothing_is_submitted_by_words_that_were_meant_otherwise(reader: Reader, store: Store) -> None:
    reader.comes_to(REVIEW)
    assert sentence("note-too-soon") in reader.says("submit")
    a_reminder(reader)
    reader.reads(LONG_ENOUGH)
    assert sentence("note-said-since") in reader.says("submit")
    assert reader.question == REVIEW


@pytest.mark.parametrize("words", ["status", "go back", "pause", "help"])
def test_commands_and_questions_are_heard_at_once(reader: Reader, words: str) -> None:
    said = reader.says(words)
    assert sentence("note-too-soon") not in said


@pytest.mark.parametrize("question", ["account", FIRST, REVIEW, CANCEL])
def test_a_press_right_after_the_question_appeared_is_ignored(newcomer: Reader, store: Store, question: str) -> None:
    newcomer.comes_to(FIRST if question == CANCEL else question)
    if question == CANCEL:
        newcomer.says("delete my answers")
    label = {"account": "I need to register", FIRST: "I agree", REVIEW: "Submit", CANCEL: "Delete my answers"}[question]
    payload, before = newcomer.payload(label), snapshot(store)
    for seconds in (0, 0.06, 0.12, 0.25, 0.4, PRESS_SECONDS - 0.01):
        newcomer.reads(seconds)
        with pytest.raises(TooQuickError):
            newcomer.taps_payload(payload)
    assert snapshot(store) == before
    newcomer.reads(PRESS_SECONDS)
    newcomer.taps_payload(payload)
    assert newcomer.question != question


def test_a_press_that_the_page_saw_too_soon_is_ignored_whenever_it_comes(reader: Reader, store: Store) -> None:
    reader.reads(60)
    press = Incoming(Kind.BUTTON, payload=reader.payload("I agree"))
    for seen in (Seen(reader.newest, PRESS_SECONDS - 0.1), Seen(reader.newest - 1, 60.0), Seen(0, 60.0)):
        with pytest.raises(TooQuickError):
            reader.writes(press, seen)
    turn_id = reader.writes(press, Seen(reader.newest, PRESS_SECONDS)).turn_id
    reader.takes(turn_id, "affirm")
    assert decisions(store) == [(FIRST, AGREED)]


def test_a_tap_on_what_was_not_handed_over_yet_is_ignored(reader: Reader) -> None:
    payload = reader.payload("I agree")
    reader.reads(60)
    with pytest.raises(TooQuickError):
        reader.writes(Incoming(Kind.BUTTON, payload=payload), NOTHING_SEEN, pushed=True)


def test_a_way_back_is_open_at_once(reader: Reader) -> None:
    reader.taps("Back")
    assert reader.question != FIRST

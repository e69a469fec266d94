"""Opening conversations and accepting messages: once, whoever comes at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.conversation.turns import open_conversation
from bot.messages.inbox import UnknownConversationError, accept, finish, load, open_body
from bot.messages.incoming import Incoming, Kind
from bot.registration.registration import Registration
from bot.security.vault import Vault
from bot.storage import Conversation, DataKey, InboxMessage, Mentor, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, snapshot

pytestmark = pytest.mark.postgresql_too

AT_ONCE = 8
WORDS = "I was out of work once."


def at_once(work: Callable[[int], str]) -> list[str]:
    """What ``work`` gives to each of several threads that begin together."""
    ready = threading.Barrier(AT_ONCE)

    def begin(number: int) -> str:
        ready.wait(10)
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(begin, range(AT_ONCE)))


@pytest.fixture
def conversation_id(store: Store) -> str:
    """A conversation that nothing was said in."""
    return open_conversation(store, "web", "browser")


def count(store: Store, table: type) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_conversation_is_opened_once_with_a_mentor_of_its_own(store: Store) -> None:
    first = open_conversation(store, "web", "browser")
    assert open_conversation(store, "web", "browser") == first
    assert open_conversation(store, "telegram", "browser") != first
    assert open_conversation(store, "web", "another") != first
    assert (count(store, Conversation), count(store, Mentor)) == (3, 3)


def test_a_conversation_opened_by_several_at_once_is_one(store: Store) -> None:
    for attempt in range(3):
        ids = at_once(lambda _number, name=f"browser {attempt}": open_conversation(store, "web", name))
        assert len(set(ids)) == 1
    assert (count(store, Conversation), count(store, Mentor)) == (3, 3)


def test_an_accepted_message_waits_in_the_inbox_and_cannot_be_read_there(
    store: Store, vault: Vault, conversation_id: str
) -> None:
    turn_id = accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=WORDS), "m1").turn_id
    assert WORDS not in repr(snapshot(store))
    with store.read() as session:
        row = session.scalars(select(InboxMessage)).one()
        assert (row.id, row.conversation_id, row.external_id) == (turn_id, conversation_id, "m1")
        assert row.processed_at is None
        assert open_body(session, vault, row) == Incoming(Kind.TEXT, text=WORDS)


def test_the_same_message_again_is_the_same_turn(store: Store, vault: Vault, conversation_id: str) -> None:
    first = accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=WORDS), "m1").turn_id
    assert accept(store, vault, conversation_id, Incoming(Kind.TEXT, text="something else"), "m1").turn_id == first
    assert accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=WORDS), "m2").turn_id != first
    with store.read() as session:
        row = session.scalars(select(InboxMessage).where(InboxMessage.id == first)).one()
        assert open_body(session, vault, row).text == WORDS
    assert count(store, InboxMessage) == 2


def test_two_conversations_may_have_messages_of_the_same_name(store: Store, vault: Vault) -> None:
    first, second = (open_conversation(store, "web", name) for name in ("one", "two"))
    message = Incoming(Kind.TEXT, text=WORDS)
    assert accept(store, vault, first, message, "m1").turn_id != accept(store, vault, second, message, "m1").turn_id


def test_the_same_message_from_several_at_once_is_one_turn(store: Store, vault: Vault, conversation_id: str) -> None:
    accept(store, vault, conversation_id, Incoming(Kind.OPEN), "open")
    for attempt in range(3):
        message = Incoming(Kind.TEXT, text=WORDS)
        ids = at_once(
            lambda _number, name=f"m{attempt}", what=message: accept(store, vault, conversation_id, what, name).turn_id
        )
        assert len(set(ids)) == 1
    assert count(store, InboxMessage) == 4


def test_the_first_messages_of_a_conversation_may_come_at_once(
    store: Store, vault: Vault, conversation_id: str
) -> None:
    ids = at_once(
        lambda number: (
            accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=f"part {number}"), f"m{number}").turn_id
        )
    )
    assert len(set(ids)) == AT_ONCE
    assert count(store, DataKey) == 1
    with store.read() as session:
        texts = {open_body(session, vault, row).text for row in session.scalars(select(InboxMessage))}
    assert texts == {f"part {number}" for number in range(AT_ONCE)}


@pytest.mark.parametrize(("words", "stored"), [("a\x00b", "ab"), ("a\ud83d", "a\ufffd"), ("\ud83d\ude42", "🙂")])
def test_what_no_database_holds_is_mended_when_it_is_accepted(
    store: Store, vault: Vault, conversation_id: str, words: str, stored: str
) -> None:
    turn_id = accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=words), "m1").turn_id
    with store.read() as session:
        row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
        assert open_body(session, vault, row).text == stored


def test_a_text_with_every_kind_of_sign_becomes_an_answer(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("reasons")
        mentor.says("/restart \x00 <b>“no”</b> 🙂 \ud83d مساعدة")
        assert mentor.question == "experience"
        with mentor.registration() as current:
            values = list(current.answers.values())
        assert "/restart  <b>“no”</b> 🙂 \ufffd مساعدة" in values


def test_a_tap_gets_the_label_of_its_button_and_a_forged_one_nothing(
    store: Store, vault: Vault, data_dir: Path
) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("background_check")
        offered = mentor.payload("I agree")
        turns = {
            "offered": mentor.leaves(Incoming(Kind.BUTTON, text="I refuse", payload=offered)),
            "forged": mentor.leaves(Incoming(Kind.BUTTON, text="I agree", payload=offered + "0")),
        }
        with store.read() as session:
            bodies = {
                name: open_body(
                    session, vault, session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
                )
                for name, turn_id in turns.items()
            }
    assert (bodies["offered"].text, bodies["offered"].payload) == ("I agree", offered)
    assert (bodies["forged"].text, bodies["forged"].payload) == ("", "")


def test_the_body_of_a_processed_message_cannot_be_opened(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir), store.read() as session:
        row = session.scalars(select(InboxMessage)).one()
        assert row.body is None
        with pytest.raises(ValueError, match="destroyed"):
            open_body(session, vault, row)


def test_a_finished_turn_leaves_nothing_but_the_transcript(store: Store, vault: Vault, conversation_id: str) -> None:
    turn_id = accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=WORDS), "m1").turn_id
    began = utc_now()
    with store.write() as session:
        finish(session, load(session, turn_id), {})
    with store.read() as session:
        conversation = session.get_one(Conversation, conversation_id)
        assert conversation.last_seen_at >= began
        row = load(session, turn_id).inbox
        assert row.body is None
        assert row.processed_at is not None


def test_who_writes_to_a_conversation_that_is_not_there_is_told_so(store: Store, vault: Vault) -> None:
    with pytest.raises(UnknownConversationError):
        accept(store, vault, "f" * 32, Incoming(Kind.TEXT, text=WORDS), "m1")


def test_only_a_message_that_is_next_is_prepared_as_it_is_accepted(
    store: Store, vault: Vault, conversation_id: str
) -> None:
    prepared: list[str] = []

    def follow(_turn_id: str, conversation: Conversation, _current: Registration, message: Incoming) -> None:
        assert conversation.id == conversation_id
        prepared.append(message.text)

    for number, text in enumerate(("first", "second", "first")):
        name = f"m{number % 2}"
        accept(store, vault, conversation_id, Incoming(Kind.TEXT, text=text), name, follow=follow)
    assert prepared == ["first"], "the second waits for the first, and the third is the first once more"


def test_messages_that_wait_are_taken_in_their_order(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as mentor:
        mentor.comes_to("reasons")
        for words in ("first", "second", "third"):
            mentor.leaves(Incoming(Kind.TEXT, text=words))
        mentor.says("fourth")
        said = [each["text"] for each in mentor.messages() if each["from"] == "mentor"]
    assert said[-4:] == ["first", "second", "third", "fourth"]


@pytest.mark.parametrize("after", [0, 3, 1_000])
def test_who_waits_for_a_reply_is_given_what_was_said_as_the_turn_ended(mentor: ChattingMentor, after: int) -> None:
    looked: list[int] = []
    steps = mentor._conversations._repository
    look = steps.news
    steps.news = lambda conversation_id, since: looked.append(since) or look(conversation_id, since)
    for text in ("yes", "I need to register", "what does it cost?", "Ann Lee", "nonsense"):
        replied, found = mentor.says_and_waits(text, after)
        assert replied == found
        assert not replied.is_pending
    assert looked == [after] * 5, "nobody who waited had to look"

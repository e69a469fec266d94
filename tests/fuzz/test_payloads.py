"""Payloads that no button has, and updates that Telegram would hardly send: nothing is taken, nothing stops."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sqlalchemy import select
from telegram import Update
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel, _AcceptingQueue
from bot.conversation.readable import readable_text
from bot.conversation.turns import Conversations, open_conversation
from bot.conversation.workers import Channel
from bot.core.settings import load_settings
from bot.i18n.catalogue import catalogue
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.messages.inbox import accept, open_body
from bot.messages.incoming import TAP_INTENTS, Incoming, Kind, Tap
from bot.messages.sight import Seen
from bot.registration import form
from bot.registration.registration import START
from bot.security.rate_limits import RateLimits
from bot.security.vault import Vault
from bot.storage import Answer, Consent, InboxMessage, Mentor, Store
from bot.understanding.commands import COMMAND_NAMES
from tests.fuzz.profile import examples
from tests.store.mentor import ChattingMentor
from tests.store.postgresql import quick_folder
from tests.support.ledger import MASTER_KEY

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=40)
QUESTIONS = [*(str(item.id) for item in form.ASKED), "start", "review", "reconsider", "cancel", "start_over"]


@cache
def template() -> bytes:
    """A SQLite file with all tables."""
    with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
        store = Store(f"sqlite:///{folder}/bot.db")
        store.upgrade()
        store.checkpoint()
        store.dispose()
        return (Path(folder) / "bot.db").read_bytes()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    name = Path(tempfile.mkdtemp(prefix="mentor-fuzz-", dir=quick_folder()))
    yield name
    shutil.rmtree(name)


@pytest.fixture(scope="module")
def store(folder: Path) -> Iterator[Store]:
    (folder / "bot.db").write_bytes(template())
    store = Store(f"sqlite:///{folder}/bot.db")
    yield store
    store.dispose()


@pytest.fixture(scope="module")
def vault() -> Vault:
    return Vault([MASTER_KEY])


# --- Messages and payloads by themselves; tests/unit/messages/test_incoming.py has what is usual. ---


@examples(200)
@given(
    st.builds(Incoming, st.sampled_from(Kind), *[ANY_TEXT] * 7)
    | st.builds(Incoming, st.just(Kind.TEXT), text=st.text(max_size=5_000))
)
def test_every_message_of_any_characters_reads_back_from_its_bytes(message: Incoming) -> None:
    assert Incoming.from_bytes(message.to_bytes()) == message


@examples(200)
@given(
    st.sampled_from(sorted(TAP_INTENTS)),
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=8),
    st.none() | st.integers(0, 10**12),
    st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=4),
)
def test_every_tap_that_fits_reads_back_from_its_payload(
    intent: str, question: str, revision: int | None, reply: str
) -> None:
    tap = Tap(intent, question, revision, reply)
    assume(len(tap.payload().encode()) <= 64)
    assert Tap.parse(tap.payload()) == tap


@examples(300)
@given(st.builds(Incoming, st.sampled_from(Kind), text=ANY_TEXT, payload=ANY_TEXT), st.booleans())
@example(Incoming(Kind.BUTTON, payload='affirm{"x":1}'), False)
@example(Incoming(Kind.TEXT, text="\u00a0/restart"), False)
@example(Incoming(Kind.TEXT, text="\u200b/restart"), False)
def test_the_engine_gets_no_command_but_those_of_our_buttons(message: Incoming, hidden: bool) -> None:
    text = readable_text(message, hidden=hidden)
    if text.lstrip().startswith("/"):
        assert text[1:].partition("{")[0] in TAP_INTENTS | {"inform", "chat_greet", *COMMAND_NAMES}
        assert hidden or message.kind is not Kind.TEXT or text == "/inform"


# --- Payloads in a conversation. ---


@pytest.fixture(scope="module", params=["start", "account", "background_check", "review"])
def asked(store: Store, vault: Vault, folder: Path, request: pytest.FixtureRequest) -> Iterator[ChattingMentor]:
    """A mentor at a question with buttons."""
    with ChattingMentor(store, vault, folder) as mentor:
        yield mentor.comes_to(request.param)


def offered(mentor: ChattingMentor) -> set[str]:
    """The payloads of every button that was ever shown to this mentor."""
    rows = [row for each in mentor.messages() for section in each.get("sections", []) for row in section["rows"]]
    buttons = [button for each in mentor.messages() for button in each.get("buttons", [])]
    return {button["payload"] for button in [*buttons, *(row["change"] for row in rows)]}


def registered(mentor: ChattingMentor) -> list[Any]:
    """All that a tap could change of a registration."""
    with mentor.store.read() as session:
        who = mentor.mentor_id
        person = session.get_one(Mentor, who)
        answers = session.execute(select(Answer.item_id, Answer.value).where(Answer.mentor_id == who)).all()
        consents = session.execute(select(Consent.id, Consent.code).where(Consent.mentor_id == who)).all()
        return [person.revision, person.submitted_at, sorted(map(tuple, answers)), sorted(map(tuple, consents))]


PIECES = st.lists(
    st.sampled_from([*sorted(TAP_INTENTS), *QUESTIONS, "new", "existing", "", "%", "_", "\\", '"', "*"])
    | st.integers(0, 40).map(str)
    | ANY_TEXT,
    min_size=1,
    max_size=5,
)


#: What is said to a button of an earlier question, the first time and the next.
STALE = [catalogue().text(f"note-stale{again}") for again in ("", ".again", ".again-2")]


@st.composite
def like_an_offered_one(draw: st.DrawFn) -> tuple[int, str, int]:
    """Which offered payload to begin with, and how it is changed."""
    return draw(st.integers(0, 40)), draw(ANY_TEXT | st.sampled_from("0123456789: /%_")), draw(st.integers(0, 60))


@examples(40)
@given(payload=PIECES.map(":".join) | like_an_offered_one())
def test_a_payload_that_was_not_offered_changes_nothing(
    asked: ChattingMentor, payload: str | tuple[int, str, int]
) -> None:
    known = sorted(offered(asked))
    if not isinstance(payload, str):
        number, put_in, at = payload
        start = known[number % len(known)]
        payload = start[:at] + put_in + start[at + (number % 2) :]
    assume(payload not in known)
    before, question = registered(asked), asked.question
    heard = asked.taps_payload(payload)
    assert question == START or any(words in heard for words in STALE)
    assert (registered(asked), asked.question) == (before, question)


# --- Telegram's updates. ---

USER = {"id": 4711, "is_bot": False, "first_name": "Ann", "language_code": "en"}
CHAT = {"id": 4711, "type": "private", "first_name": "Ann"}
SIZE = {"file_id": "f", "file_unique_id": "u", "width": 90, "height": 90, "file_size": 1_000}
MESSAGE = {"message_id": 7, "date": 1_700_000_000, "chat": CHAT, "from": USER}
COMMAND = [{"type": "bot_command", "offset": 0, "length": 6}]
#: What people send, as in the Bot API's description.
UPDATES: list[dict[str, Any]] = [
    {"message": {**MESSAGE, "text": "Ann Lee"}},
    {"message": {**MESSAGE, "text": "/start", "entities": COMMAND}},
    {"message": {**MESSAGE, "photo": [SIZE, {**SIZE, "width": 800}], "caption": "me"}},
    {"message": {**MESSAGE, "document": {"file_id": "d", "file_unique_id": "e", "file_name": "me", "file_size": 9}}},
    {"message": {**MESSAGE, "location": {"longitude": 1.5, "latitude": 2.5}}},
    {"message": {**MESSAGE, "contact": {"phone_number": "1", "first_name": "A"}, "reply_to_message": MESSAGE}},
    {"message": {**MESSAGE, "forward_origin": {"type": "user", "date": 1, "sender_user": USER}, "text": "yes"}},
    {
        "callback_query": {
            "id": "1",
            "from": USER,
            "message": {**MESSAGE, "text": "?", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "t.me"}]]}},
            "chat_instance": "1",
            "data": "affirm:two_months:3",
        }
    },
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "game_short_name": "chess"}},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "inline_message_id": "1", "data": "x"}},
    {"callback_query": {"id": "1", "from": USER, "chat_instance": "1", "message": {**MESSAGE, "date": 0}, "data": "x"}},
    {"message": {**MESSAGE, "chat": {"id": -5, "type": "group", "title": "g"}, "text": "hello"}},
    {"edited_message": {**MESSAGE, "text": "edited"}},
    {"channel_post": {**MESSAGE, "chat": {"id": -6, "type": "channel", "title": "c"}, "text": "post"}},
    {"my_chat_member": {"chat": CHAT, "from": USER, "date": 1}},
]


def values(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values in a JSON document."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from values(value, (*path, key))


def parent_of(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


#: Of each type, values that the Bot API's description allows nearly everywhere.
SAME_TYPE: dict[type, st.SearchStrategy[Any]] = {
    str: ANY_TEXT | st.sampled_from(["", " ", "/start", "/start x", "\x00", "private", "group", "a" * 4_096]),
    int: st.sampled_from([0, 1, -1, 2**31, 2**52, -(2**52)]) | st.integers(0, 2**40),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def plausible(draw: st.DrawFn) -> dict[str, Any]:
    """An update whose values are others of the same type."""
    update: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(UPDATES)))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(list(values(update))))
        parent = parent_of(update, path)
        # The server gives dates of this century, and 0 for what is no longer there.
        if path[-1] != "date" and type(parent[path[-1]]) in SAME_TYPE:
            parent[path[-1]] = draw(SAME_TYPE[type(parent[path[-1]])])
    return update


@st.composite
def arbitrary(draw: st.DrawFn) -> dict[str, Any]:
    """An update with fields of any kind, without fields, and with fields of others."""
    update: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(UPDATES)))
    for _ in range(draw(st.integers(1, 4))):
        places = list(values(update))
        assume(places)
        path = draw(st.sampled_from(places))
        parent = parent_of(update, path)
        kind = draw(st.sampled_from(["replace", "delete", "graft", "add"]))
        if kind == "delete":
            del parent[path[-1]]
        elif kind == "graft":
            parent[path[-1]] = copy.deepcopy(draw(st.sampled_from([CHAT, USER, MESSAGE, SIZE, [SIZE], UPDATES[0]])))
        elif kind == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(["text", "photo", "document", "chat", "data", "type", "id"]))] = draw(
                JSON_VALUES
            )
        else:
            parent[path[-1]] = draw(JSON_VALUES)
    return update


class Inbox:
    """The conversations without their turns: what is accepted is in the database and waits."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self._store = store
        self._vault = vault
        self.turns: list[str] = []

    def register(self, channel: Channel) -> None:
        pass

    async def open(self, channel: str, external_id: str, language: str) -> str:
        return open_conversation(self._store, channel, external_id, language)

    async def accept(self, conversation_id: str, message: Incoming, external_id: str, seen: Seen) -> str:
        where = (self._store, self._vault, conversation_id)
        self.turns.append(accept(*where, message, external_id, pushing=["telegram"], seen=seen).turn_id)
        return self.turns[-1]

    async def is_outdated(self, conversation_id: str, payload: str, external_id: str) -> bool:
        return False

    async def language(self, conversation_id: str) -> str:
        return "en"

    async def answered(self, turn_id: str, seconds: float) -> bool:
        return True

    async def note_reach(self, channel: str, external_id: str, *, is_blocked: bool) -> None:
        pass


class QuietChannel(TelegramChannel):
    """The channel without what it does on the network."""

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        work.close()


@pytest.fixture(scope="module")
def inbox(store: Store, vault: Vault) -> Inbox:
    return Inbox(store, vault)


@pytest.fixture(scope="module")
def queue(store: Store, vault: Vault, folder: Path, inbox: Inbox) -> _AcceptingQueue:
    # The limits have tests of their own.
    limits = {"messages_per_minute": 1_000_000, "photos_per_hour": 1_000_000}
    settings = load_settings(telegram_token="1:a", data_dir=folder, **limits)
    channel = QuietChannel(
        settings, store, vault, Photos(Folder(folder)), cast(Conversations, inbox), RateLimits(settings)
    )
    return _AcceptingQueue(channel)


def parsed(update: dict[str, Any], number: int) -> Update | None:
    """The update as python-telegram-bot gets it, or None if it skips that one: its polling survives this."""
    try:
        return Update.de_json(json.loads(json.dumps({"update_id": number, **update})), None)
    except Exception:  # noqa: BLE001
        return None


NUMBERS = st.integers(1, 2**31)


@examples(300)
@given(plausible(), NUMBERS)
def test_every_update_that_telegram_could_send_is_accepted_at_once(
    queue: _AcceptingQueue, inbox: Inbox, store: Store, vault: Vault, update: dict[str, Any], number: int
) -> None:
    item = parsed(update, number)
    if item is None:
        return
    before = len(inbox.turns)
    asyncio.run(queue.put(item))  # raises nothing: what is refused is fetched again and holds up all others
    for turn_id in inbox.turns[before:]:
        with store.read() as session:
            row = session.scalars(select(InboxMessage).where(InboxMessage.id == turn_id)).one()
            assert isinstance(open_body(session, vault, row), Incoming)


@examples(600)
@given(arbitrary(), NUMBERS)
def test_no_update_however_malformed_ends_the_polling(
    queue: _AcceptingQueue, update: dict[str, Any], number: int
) -> None:
    item = parsed(update, number)
    if item is None:
        return
    with contextlib.suppress(TelegramError):  # the one kind that the library's polling survives
        asyncio.run(queue.put(item))


@examples(50)
@given(plausible(), NUMBERS)
def test_an_update_that_comes_again_is_one_message(
    queue: _AcceptingQueue, inbox: Inbox, update: dict[str, Any], number: int
) -> None:
    item = parsed(update, number)
    if item is None:
        return
    before = len(inbox.turns)
    asyncio.run(queue.put(item))
    asyncio.run(queue.put(item))
    taken = inbox.turns[before:]
    assert len(taken) in (0, 2)
    assert len(set(taken)) <= 1


@examples(60)
@given(JSON_VALUES)
def test_what_is_no_update_is_passed_over(queue: _AcceptingQueue, item: Any) -> None:
    asyncio.run(queue.put(item))

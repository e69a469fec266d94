"""A mentor in front of the real turns, Rasa, dialogue and database."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import select

from bot.accounts.accounts import AccountTable
from bot.accounts.email_codes import Codes
from bot.checks.providers.base import Provider
from bot.checks.providers.manual import ManualProvider
from bot.conversation.attempt import Attempt, Ended
from bot.conversation.notifier import ConversationUpdate
from bot.conversation.preparation import Prepared
from bot.conversation.turns import Conversations
from bot.conversation.workers import Channel
from bot.core.organisation import ORGANISATION
from bot.media.blobs import Folder
from bot.media.photos import Photos
from bot.messages.inbox import accept, finish, load, open_body
from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import NOTHING_SEEN, Seen
from bot.messages.transcript import shown_message
from bot.moves.dialogue import Dialogue
from bot.moves.turn import Turn
from bot.registration.registration import START, Registration
from bot.security.cipher import KEY_BYTES
from bot.security.vault import Purpose, Vault
from bot.storage import Base, Conversation, Event, Mail, Mentor, OutboxEntry, Store, TranscriptMessage
from bot.storage.models import utc_now
from tests.support.agent import WatchedAgent
from tests.support.answers import TEXTS, code_in, picture, reply_to
from tests.support.ledger import LEDGER, records
from tests.support.progress import silent_progress
from tests.support.registrations import answer_until

CHANNEL = "web"
CONTACT = ORGANISATION.contact
CODES_PER_HOUR = 5
#: Seconds that a turn may take.
SECONDS = 10.0
#: Seconds that one may take that is to be cut off.
SECONDS_UNTIL_CUT_OFF = 0.5


class ChattingMentor:
    """A mentor who chats. ``says`` and ``taps`` are whole turns; ``leaves`` and ``takes`` are their two halves."""

    _numbers = itertools.count(1)
    #: For how long the channel gathers lines.
    gather_seconds = 0.0
    #: Whether the channel shows all clauses on one card.
    shows_cards = False
    #: Nobody here reads at the speed of people; `tests/store/messages/test_sight.py` does.
    consent_seconds = 0.0

    def __init__(
        self,
        store: Store,
        vault: Vault,
        data_dir: Path,
        email: str = TEXTS["email"],
        provider: Provider | None = None,
        channel: str = CHANNEL,
        photos: Photos | None = None,
    ) -> None:
        self.email = email
        self.channel = channel
        self.store = store
        self.vault = vault
        self.photos = photos or Photos(Folder(data_dir))
        codes, provider = Codes(vault, CODES_PER_HOUR), provider or ManualProvider(store, silent_progress(vault))
        self.dialogue = Dialogue(store, vault, LEDGER, AccountTable(), codes, provider, CONTACT)
        self.agent = WatchedAgent(self.dialogue)
        self._conversations = self._fresh_conversations()
        self._runner = asyncio.Runner()
        self.number = next(self._numbers)
        self.conversation_id = self._runner.run(self._conversations.open(channel, str(self.number)))
        self.turn_id = ""

    def __enter__(self) -> Self:
        self.opens()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self._conversations.stop())
        self._runner.close()

    def _fresh_conversations(self) -> Conversations:
        conversations = Conversations(
            self.store,
            self.vault,
            LEDGER,
            self.photos,
            self.dialogue,
            self.agent,
            CONTACT,
            "https://mentors.example",
            consent_seconds=self.consent_seconds,
            turn_timeout=SECONDS,
        )
        pushes = self._deliver if self.channel != CHANNEL else None
        known = {"gather_seconds": self.gather_seconds, "shows_cards": self.shows_cards}
        conversations.register(Channel(self.channel, self._fetch, pushes, **known))
        return conversations

    async def _deliver(self, conversation_id: str) -> None:
        """Take what Telegram would be handed over."""
        with self.store.write() as session:
            waiting = select(TranscriptMessage).where(
                TranscriptMessage.conversation_id == conversation_id, TranscriptMessage.delivered_at.is_(None)
            )
            for row in session.scalars(waiting):
                row.delivered_at = utc_now()

    async def _fetch(self, message: Incoming) -> bytes | None:
        return self.photos.take_upload(message.upload, bytes.fromhex(message.upload_key))

    def _turn(self, message: Incoming, seen: Seen = NOTHING_SEEN) -> str:
        async def turn() -> str:
            name = f"message-{next(self._numbers)}"
            turn_id = await self._conversations.accept(self.conversation_id, message, name, seen)
            deadline = time.monotonic() + SECONDS
            while not await self._conversations.answered(turn_id, 0.5):
                if self.agent.failure is not None:
                    raise self.agent.failure
                assert time.monotonic() < deadline, f"the turn of {message} does not end"
            return turn_id

        self.turn_id = self._runner.run(turn())
        return self.heard()

    def says_and_waits(self, text: str, after: int) -> tuple[ConversationUpdate, ConversationUpdate]:
        """Type a message; gives what who waits for the reply is told, and what is said to who looks for it then."""
        message = Incoming(Kind.TEXT, text=text)

        async def turn() -> tuple[ConversationUpdate, ConversationUpdate]:
            turn_id = await self._conversations.accept(self.conversation_id, message, f"message-{next(self._numbers)}")
            replied = await self._conversations.reply(turn_id, SECONDS, self.conversation_id, after)
            return replied, await self._conversations.news(self.conversation_id, after)

        return self._runner.run(turn())

    def opens(self) -> str:
        """Open the chat, for the first time or again; gives what the bot said."""
        return self._turn(Incoming(Kind.OPEN))

    def opens_link(self, token: str) -> None:
        """Come to the chat by a link that goes on with a registration."""
        self._runner.run(self._conversations.follow(self.conversation_id, token))

    def opening(self) -> str:
        """The external id of the message with which a page opens the chat."""
        return self._runner.run(self._conversations.opening(self.conversation_id))

    def says(self, text: str, seen: Seen = NOTHING_SEEN) -> str:
        """Type a message; gives what the bot said."""
        return self._turn(Incoming(Kind.TEXT, text=text), seen)

    def says_at_once(self, *texts: str) -> str:
        """Type several messages before the bot answers the first; gives all that the bot said."""
        return self.sends_at_once(*(Incoming(Kind.TEXT, text=text) for text in texts))

    def sends_at_once(self, *messages: Incoming) -> str:
        """Send several messages before the bot answers the first; gives all that the bot said."""
        before = len(self.messages())

        async def burst() -> None:
            await self._conversations.stop()  # nothing is dealt with before all are accepted
            for message in messages:
                accepted = accept(
                    *(self.store, self.vault, self.conversation_id, message),
                    f"message-{next(self._numbers)}",
                    consent_seconds=self.consent_seconds,
                ).turn_id
            self._conversations = self._fresh_conversations()
            await self._conversations.resume()
            deadline = time.monotonic() + SECONDS
            while not await self._conversations.answered(accepted, 0.5):
                assert time.monotonic() < deadline, "the turns do not end"

            self.turn_id = accepted

        self._runner.run(burst())
        return "\n".join(each["text"] for each in self.messages()[before:] if each["from"] == "bot")

    def waits(self) -> str:
        """Wait until the last turn has ended, and not only been apologised for; gives what the bot said in it."""

        async def wait() -> None:
            deadline = time.monotonic() + SECONDS
            while (await self._conversations.news(self.conversation_id)).is_pending:
                assert time.monotonic() < deadline, "the turn does not end"
                await asyncio.sleep(0.01)

        self._runner.run(wait())
        return self.heard()

    def service_starts_again(self) -> None:
        """Stop the service and start it."""

        async def start() -> None:
            await self._conversations.stop()
            self._conversations = self._fresh_conversations()
            await self._conversations.resume()

        self._runner.run(start())

    def taps(self, label: str) -> str:
        """Tap the button of the last turn with this label."""
        return self.taps_payload(self.payload(label))

    def taps_payload(self, payload: str) -> str:
        """Tap a button by its payload, also an old or invented one."""
        return self._turn(Incoming(Kind.BUTTON, payload=payload))

    def sends(self, data: bytes) -> str:
        """Send a photo."""
        upload = f"upload-{next(self._numbers)}"
        key = secrets.token_bytes(KEY_BYTES)
        self.photos.keep_upload(upload, data, key)
        return self._turn(Incoming(Kind.PHOTO, upload=upload, upload_key=key.hex()))

    def answers_until(self, question: str) -> Self:
        """Answer as a willing mentor would, until this question is open."""
        for _ in range(60):
            if self.question == question:
                return self
            before = self.question
            if before == "photo":
                self.sends(picture())
            else:
                self.says({"email": self.email, "email_code": self.code()}.get(str(before)) or reply_to(str(before)))
            assert self.question != before, f"stuck at {before}: {self.heard()}"
        raise AssertionError(f"{question} never came")

    def letters(self) -> list[dict[str, str]]:
        """What waits to be sent to the mentor by e-mail, the newest first."""
        with self.store.read() as session:
            wanted = select(Mail).where(Mail.mentor_id == self.mentor_id, Mail.contents.is_not(None))
            mails = session.scalars(wanted.order_by(Mail.created_at.desc())).all()
            opened = [
                self.vault.open(session, each.mentor_id, Purpose.CONVERSATION, each.id, each.contents or b"")
                for each in mails
            ]
        return [json.loads(each) for each in opened]

    def told_by_letter(self) -> list[dict[str, str]]:
        """The letters that wait, but for the copy of what the mentor sent."""
        return [each for each in self.letters() if not each["receipt"]]

    def code(self) -> str:
        """The code in the newest letter with one that waits to be sent; "" if none does."""
        letters = [each for each in self.letters() if "code" in each["subject"]]
        return code_in(letters[0]["text"]) if letters else ""

    def comes_to(self, question: str) -> Self:
        """Be asked this question, everything before it having been answered long ago."""
        if question == START:
            return self
        with self.store.write() as session:
            conversation = session.get_one(Conversation, self.conversation_id)
            current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
            answer_until(current, self.vault, question, self.email)
        self.says("repeat")
        return self

    def leaves(self, message: Incoming, external_id: str | None = None, seen: Seen = NOTHING_SEEN) -> str:
        """Have a message written to the inbox and nothing done about it; gives the turn id."""
        name = external_id or f"message-{next(self._numbers)}"
        patience = self.consent_seconds
        return accept(
            self.store, self.vault, self.conversation_id, message, name, seen=seen, consent_seconds=patience
        ).turn_id

    @contextmanager
    def turn(self, turn_id: str) -> Iterator[Turn]:
        """The turn of a message in the inbox, to call the dialogue in as Rasa's actions do; it is not ended."""
        with self.store.write() as session:
            rows = load(session, turn_id, lock=True)
            message = open_body(session, self.vault, rows.inbox)
            turn = Turn(session, rows, message, Registration(session, rows.mentor))
            with self.dialogue.taking(turn):
                yield turn

    def takes(self, turn_id: str, intent: str, target: str | None = None) -> Turn:
        """Have the dialogue take a message of the inbox, whatever Rasa would have decided, and end its turn."""
        with self.turn(turn_id) as turn:
            self.dialogue.take(intent, target)
            finish(turn.session, turn.rows, {})
        return turn

    def prepares(self, turn_id: str) -> Prepared:
        """A message of the inbox as somebody reads it who is about to take its turn."""
        return self._conversations._preparation.prepare_again(turn_id)

    def attempts(self, turn: Prepared) -> Ended:
        """Have the service attempt a turn that was prepared; gives what became of it."""
        self.turn_id = turn.turn_id
        ended, _news = self._conversations._repository.take(turn, set(), Attempt(self.store))
        return ended

    def hangs_once(self, hang: Callable[[], object] | None = None) -> None:
        """Have the next turn hang when it has been decided, in this way or in a loop, and be cut off soon."""
        self._conversations._workers.turn_timeout = SECONDS_UNTIL_CUT_OFF

        def hangs() -> None:
            self._conversations._workers.turn_timeout = SECONDS
            (hang or _loops)()

        self.agent.before_commit = [hangs]

    def messages(self) -> list[dict[str, Any]]:
        """The transcript as a channel shows it."""
        with self.store.read() as session:
            conversation = session.get_one(Conversation, self.conversation_id)
            rows = session.scalars(
                select(TranscriptMessage)
                .where(TranscriptMessage.conversation_id == self.conversation_id)
                .order_by(TranscriptMessage.id)
            ).all()
            return [shown_message(session, self.vault, conversation, row) | {"turn": row.turn_id} for row in rows]

    def news(self) -> list[dict[str, Any]]:
        """The bot's messages of the last turn."""
        return [each for each in self.messages() if each["turn"] == self.turn_id and each["from"] == "bot"]

    def heard(self) -> str:
        """What the bot said in the last turn."""
        return "\n".join(each["text"] for each in self.news())

    def said_in_turns(self) -> list[list[str]]:
        """What the bot said in each turn, in order."""
        said: dict[str, list[str]] = {}
        for each in self.messages():
            if each["from"] == "bot":
                said.setdefault(each["turn"], []).append(each["text"])
        return list(said.values())

    def buttons(self) -> dict[str, str]:
        """The buttons of the newest message: payloads by label."""
        return {each["label"]: each["payload"] for each in self.messages()[-1].get("buttons", [])}

    def payload(self, label: str) -> str:
        """The payload of the newest button of the last turn with this label."""
        offered = [button for message in reversed(self.news()) for button in message.get("buttons", [])]
        return next(str(button["payload"]) for button in offered if button["label"] == label)

    @contextmanager
    def registration(self) -> Iterator[Registration]:
        """The registration, to look at."""
        with self.store.read() as session:
            mentor_id = session.get_one(Conversation, self.conversation_id).mentor_id
            yield Registration(session, session.get_one(Mentor, mentor_id))

    @property
    def mentor_id(self) -> str:
        """The mentor's id."""
        with self.registration() as current:
            return current.mentor.id

    @property
    def question(self) -> str | None:
        """The open question."""
        with self.registration() as current:
            return current.open_question


def code_sent_to(store: Store, vault: Vault, address: str) -> str:
    """The code in the newest letter with one to an address, whoever asked for it; "" if there is none."""
    with store.read() as session:
        mails = session.scalars(select(Mail).where(Mail.contents.is_not(None)).order_by(Mail.created_at.desc()))
        for each in mails:
            sealed = vault.open(session, each.mentor_id, Purpose.CONVERSATION, each.id, each.contents or b"")
            letter = json.loads(sealed)
            if letter["to"] == address and "code" in letter["subject"]:
                return code_in(letter["text"])
    return ""


def _loops() -> None:
    while True:
        time.sleep(0.01)


def text(words: str) -> Incoming:
    """A typed message."""
    return Incoming(Kind.TEXT, text=words)


def queued(store: Store, *kinds: str) -> list[tuple[str, str]]:
    """Kind and subject of the outbox's entries, in order; of these kinds only, if any are given."""
    with store.read() as session:
        rows = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id)).all()
        return [(row.kind, row.subject_id) for row in rows if not kinds or row.kind in kinds]


def happened(store: Store, mentor_id: str) -> list[str]:
    """What the organisation's site is told of a mentor, in order."""
    with store.read() as session:
        return list(session.scalars(select(Event.kind).where(Event.mentor_id == mentor_id).order_by(Event.sequence)))


def consents(store: Store) -> list[Any]:
    """The whole ledger, in order, each record with the mentor's words beside it."""
    with store.read() as session:
        return records(session)


def snapshot(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.read() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }

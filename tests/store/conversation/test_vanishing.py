"""A mentor is erased between any two steps of a request, an update, a turn or a piece of work: nobody gets a 500."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.accounts.account_service import LocalAccounts
from bot.accounts.opener import AccountOpener
from bot.channels.telegram.taps import CLOSING_SECONDS
from bot.checks.providers.manual import ManualProvider
from bot.checks.providers.registry import Providers
from bot.conversation import workers
from bot.conversation.turns import Conversations
from bot.core.settings import Settings
from bot.notifications.emails.sender import MailSender
from bot.notifications.notify import tell
from bot.notifications.reminders import run as remind
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Account, Answer, Base, Check, Conversation, Mail, Mentor, Store, TranscriptMessage
from tests.doubles.telegram_api import TelegramDouble
from tests.store.in_process import TOKEN, InProcess
from tests.support.answers import picture
from tests.support.progress import silent_progress
from tests.support.telegram import opening_of
from tests.support.web import WebMentor

pytestmark = pytest.mark.slow

#: On PostgreSQL, a route that reads, one that takes a message, and one with a file; `make test-long` has them all.
ROUTES_TOO = ("messages", "message", "photo")
#: The same of the work after a commit: what changes most of a mentor.
WORKS_TOO = ("account", "deletion")
#: More steps than anything has.
MOST_STEPS = 40


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))


@pytest.fixture
def service(store: Store, vault: Vault, data_dir: Path) -> Iterator[InProcess]:
    with InProcess(store, vault, data_dir) as running:
        yield running


class Erasing:
    """Erases somebody right before the given transaction, counted from 1; in the threads of the service, too."""

    def __init__(self, service: InProcess, mentor_id: str, step: int) -> None:
        self._service, self._mentor_id, self._step = service, mentor_id, step
        self._steps, self._lock, self._erased = 0, threading.Lock(), threading.Event()

    @property
    def is_done(self) -> bool:
        """Whether it came to that step, which is waited for where a thread of the service does."""
        with self._lock:
            has_begun = self._steps >= self._step
        return has_begun and self._erased.wait(10)

    @contextmanager
    def watching(self, patch: pytest.MonkeyPatch) -> Iterator[None]:
        with patch.context() as within:
            for name in ("read", "write"):
                within.setattr(self._service.store, name, self._counted(getattr(self._service.store, name)))
            yield

    def _counted(self, transaction: Callable[[], Any]) -> Callable[[], Any]:
        def begun() -> Any:
            with self._lock:
                self._steps += 1
                is_now = self._steps == self._step
            if is_now:
                self._service.erasure.erase(self._mentor_id, "test")
                self._erased.set()
            return transaction()

        return begun


def too(names: Iterable[str], chosen: Collection[str]) -> list[Any]:
    """The names as parameters, the chosen ones marked to run on both databases."""
    return [pytest.param(each, marks=pytest.mark.postgresql_too) if each in chosen else each for each in names]


Call = Callable[[WebMentor], httpx.Response]


def _post(path: str, **fields: Any) -> Call:
    return lambda mentor: mentor.http.post(path, json={"id": "m1", "after": 0, **fields})


#: Every route that is about a conversation.
ROUTES: dict[str, Call] = {
    "session": lambda mentor: mentor.http.post("/api/session", json={"time_zone": "Europe/Lisbon"}),
    "link": lambda mentor: mentor.http.post("/api/session", json={"link": "no-link-at-all"}),
    "messages": lambda mentor: mentor.http.get("/api/messages"),
    "message": _post("/api/messages", text="why?"),
    "button": _post("/api/messages", button="go_back"),
    "language": _post("/api/language", language="fr"),
    "date": _post("/api/dates", date="12 May 1975"),
    "photo": lambda mentor: mentor.http.post("/api/photos", data={"id": "m1"}, files={"file": ("me.jpg", picture())}),
    "receipt": lambda mentor: mentor.http.get("/api/receipt.json"),
    "receipt page": lambda mentor: mentor.http.get("/api/receipt.html"),
    "data": lambda mentor: mentor.http.get("/api/my-data.json"),
    "data page": lambda mentor: mentor.http.get("/api/my-data.html"),
    "mailbox": lambda mentor: mentor.http.get("/api/mailbox"),
    "picture": lambda mentor: mentor.http.get(mentor.messages[-1]["photo"]),
}


@pytest.mark.parametrize("route", too(ROUTES, ROUTES_TOO))
def test_no_route_fails_whenever_the_mentor_vanishes(
    service: InProcess, route: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for step in range(1, MOST_STEPS):
        with WebMentor(service.url) as mentor:
            mentor.opens()
            mentor_id = service.of_browser(mentor)
            service.comes_to(mentor_id, "photo")
            mentor.says("repeat")
            if route == "picture":
                mentor.sends(picture())
                mentor.messages = [each for each in mentor.messages if "photo" in each]
            erasing = Erasing(service, mentor_id, step)
            with erasing.watching(monkeypatch):
                answer = ROUTES[route](mentor)
            assert answer.status_code in (200, 204, 401, 404), (step, answer.text)
            if answer.status_code == 401:
                assert "lost its connection" in answer.json()["error"]
            if not erasing.is_done:
                assert answer.status_code in (200, 204)
                break
            assert mentor.http.get("/api/messages").status_code in (200, 401)
            if route in ("session", "link"):
                assert answer.status_code == 200, "who opens the page begins anew"
    else:
        raise AssertionError("it has no end")
    assert step > 1
    assert "request failed" not in caplog.text


def test_a_stream_of_events_ends_and_is_refused_when_it_is_opened_again(
    service: InProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with WebMentor(service.url) as mentor:
        mentor.opens()
        with mentor.http.stream("GET", "/api/events") as stream:
            lines = stream.iter_lines()
            while not next(lines).startswith("data:"):
                pass
            service.erasure.erase(service.of_browser(mentor), "test")
            for _ in lines:
                pass  # until it ends
            assert mentor.http.get(stream.request.url).status_code == 401
    assert "Traceback" not in caplog.text


def test_a_message_on_telegram_begins_anew_whenever_the_mentor_vanishes(
    store: Store, vault: Vault, data_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with TelegramDouble(token=TOKEN) as telegram, InProcess(store, vault, data_dir, telegram) as service:
        for step in range(1, MOST_STEPS):
            chat = telegram.user(f"Ann {step}", language_code="en")
            chat.sends("/start")
            greeting = chat.waits_for(opening_of("start"))
            mentor_id = service.mentor_of("telegram", str(chat.id))
            erasing = Erasing(service, mentor_id, step)
            with erasing.watching(monkeypatch):
                if step % 2:
                    chat.sends("hello")
                else:
                    chat.taps(greeting, "Let’s start")
                try:
                    chat.waits_for("start?" if step % 2 else opening_of("account"), timeout=1.5)
                except AssertionError:
                    assert erasing.is_done, "nobody vanished, and nobody answered"
            if not erasing.is_done:
                break
            chat.sends("hello")
            chat.waits_for("start?")  # in these words or, where a new conversation had begun, in others
            with store.read() as session:
                here = select(func.count()).where(Conversation.external_id == str(chat.id))
                assert session.scalar(here) == 1
        else:
            raise AssertionError("it has no end")
        assert telegram.problems == []
    assert "ALERT" not in caplog.text
    assert "never retrieved" not in caplog.text


def erase_as_the_outbox_does(service: InProcess, mentor_id: str) -> None:
    """Erase a mentor; again, if PostgreSQL had to let a turn go first."""
    for _ in range(3):
        try:
            service.erasure.erase(mentor_id, "test")
        except OperationalError:
            continue
        return
    raise AssertionError("the mentor cannot be erased")


@pytest.mark.postgresql_too
def test_a_tap_before_an_erasure_opens_no_conversation_after_it(
    store: Store, vault: Vault, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, gone = Conversations.answered, threading.Event()

    async def erases_first(conversations: Conversations, turn_id: str, seconds: float) -> bool:
        ended = await answered(conversations, turn_id, seconds)
        if seconds == CLOSING_SECONDS:
            await asyncio.to_thread(erase_as_the_outbox_does, service, mentor_id)
            gone.set()
        return ended

    with TelegramDouble(token=TOKEN) as telegram, InProcess(store, vault, data_dir, telegram) as service:
        chat = telegram.user("Ann", language_code="en")
        chat.sends("/start")
        question = chat.waits_for(opening_of("start"))
        mentor_id = service.mentor_of("telegram", str(chat.id))
        monkeypatch.setattr(Conversations, "answered", erases_first)
        chat.taps(question, "Let’s start")
        assert gone.wait(10)
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Mentor)) == 0


# Work after a commit


def _works(store: Store, vault: Vault, service: InProcess) -> dict[str, Callable[[], None]]:
    """What the outbox and the calendar do, for the newest subject of each."""
    settings = Settings(_env_file=None, data_dir=service.data_dir)  # type: ignore[call-arg]
    providers = Providers(store, [ManualProvider(store, silent_progress(vault))])

    def newest(table: type[Base]) -> str:
        with store.read() as session:
            return str(session.scalars(select(table.__table__.c.id)).all()[-1])

    def tells() -> None:
        with store.write() as session:
            tell(session, vault, "people@example.org", newest_mentor, MessageRef("note-paused"))

    newest_mentor = newest(Mentor)
    check, account, letter, message = newest(Check), newest(Account), newest(Mail), newest(TranscriptMessage)
    return {
        "start": lambda: providers.start(check),
        "cancel": lambda: providers.cancel(check),
        "look": lambda: _nothing(providers.reconcile()),
        "account": lambda: AccountOpener(store, LocalAccounts(store)).open(account),
        "letter": lambda: MailSender(store, vault, settings).send(letter),
        "delivery": lambda: service.conversations.announce(message),
        "reminder": lambda: _nothing(remind(store, vault, "people@example.org")),
        "result": tells,
        "deletion": lambda: service.erasure.delete_account(newest_mentor, providers.cancel),
        "deadlines": lambda: _nothing(service.retention.run(timedelta(0), timedelta(0))),
    }


def _nothing(_result: object) -> None:
    """What a piece of work gives is not looked at here."""


WORKS = ["start", "cancel", "look", "account", "letter", "delivery", "reminder", "result", "deletion", "deadlines"]


@pytest.mark.parametrize("work", too(WORKS, WORKS_TOO))
def test_no_work_fails_whenever_the_mentor_vanishes(
    service: InProcess, store: Store, vault: Vault, work: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(1, MOST_STEPS):
        with WebMentor(service.url) as mentor:
            mentor.opens()
            mentor_id = service.of_browser(mentor)
            service.comes_to(mentor_id, "review")
            mentor.says("repeat")
            mentor.says("submit")
            mentor.says("delete my account")
            mentor.says("yes")
        works = _works(store, vault, service)
        assert set(works) == set(WORKS)
        erasing = Erasing(service, mentor_id, step)
        with erasing.watching(monkeypatch):
            works[work]()
        if not erasing.is_done:
            break
        with store.read() as session:
            assert session.get(Mentor, mentor_id) is None
            assert session.scalar(select(func.count()).select_from(Answer)) == 0
    else:
        raise AssertionError("it has no end")
    assert step > 1

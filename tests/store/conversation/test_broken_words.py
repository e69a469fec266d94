"""Where something cannot be put into words, the mentor is told so, in every channel: a failure is never silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import delivery
from bot.channels.web import channel
from bot.channels.web.presentation import Presentation
from bot.conversation import own_messages, repository, workers
from bot.core.organisation import ORGANISATION
from bot.messages.phrasing import Phrasing
from bot.messages.renderer import Renderer
from bot.security.vault import Vault
from bot.storage import Store
from tests.doubles.telegram_api import PrivateChat, TelegramDouble
from tests.store.in_process import TOKEN, InProcess
from tests.store.mentor import ChattingMentor
from tests.support.web import WebMentor

pytestmark = pytest.mark.slow

WRONG = "something went wrong on our side"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RETRY_SECONDS", (0.01, 0.02))


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    with TelegramDouble(token=TOKEN) as double:
        yield double
    assert double.problems == []


@pytest.fixture
def service(store: Store, vault: Vault, data_dir: Path, telegram: TelegramDouble) -> Iterator[InProcess]:
    with InProcess(store, vault, data_dir, telegram) as running:
        yield running


@pytest.fixture
def maria(service: InProcess) -> Iterator[WebMentor]:
    """In a browser, and asked for the reasons next."""
    with WebMentor(service.url) as mentor:
        mentor.opens()
        service.comes_to(service.of_browser(mentor), "reasons")
        yield mentor


@pytest.fixture
def ann(service: InProcess, telegram: TelegramDouble) -> PrivateChat:
    """On Telegram, and asked for the reasons next."""
    chat = telegram.user("Ann", language_code="en")
    chat.sends("/start")
    chat.waits_for(f"{ORGANISATION.name}")
    service.comes_to(service.mentor_of("telegram", str(chat.id)), "reasons")
    return chat


def breaks(*_arguments: object, **_named: object) -> Any:
    raise KeyError("of a kind that nobody thought of")


#: What may break: one question, every question, every sentence, the list of what is said.
BROKEN: dict[str, tuple[Any, str]] = {
    "a question": (Renderer, "_item"),
    "questions": (Renderer, "question"),
    "sentences": (Phrasing, "in_other_words"),
    "the renderer": (Renderer, "__init__"),
    "the mentor's own message": (own_messages.OwnMessages, "_shown"),
}


@pytest.fixture(params=BROKEN)
def broken(request: pytest.FixtureRequest) -> Callable[[pytest.MonkeyPatch], None]:
    target, name = BROKEN[request.param]
    return lambda patch: patch.setattr(target, name, breaks)


def test_in_a_browser_the_mentor_is_told_and_goes_on_once_it_is_mended(
    maria: WebMentor, broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        for _ in range(2):
            assert WRONG in maria.says("repeat")
            assert maria.messages[-1]["language"] == "en"
        assert WRONG in "".join(each["text"] for each in maria.opens().messages)
    assert "reasons" in maria.says("repeat")


def test_on_telegram_the_mentor_is_told_and_goes_on_once_it_is_mended(
    ann: PrivateChat, broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        for _ in range(2):
            ann.sends("repeat")
            ann.waits_for(WRONG)
    ann.sends("repeat")
    ann.waits_for("reasons")


def test_who_opens_the_chat_while_the_greeting_is_broken_is_told(
    service: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Renderer, "question", breaks)
    with WebMentor(service.url) as mentor:
        assert [WRONG in each["text"] for each in mentor.opens(language="en").messages] == [True]


def test_who_writes_first_on_telegram_while_the_greeting_is_broken_is_told(
    service: InProcess, telegram: TelegramDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Renderer, "question", breaks)
    chat = telegram.user("Ben", language_code="fr")
    chat.sends("/start")
    chat.waits_for("n’a pas fonctionné de notre côté")


def test_a_message_that_telegram_cannot_be_given_does_not_stop_those_behind_it(
    ann: PrivateChat, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "compose", breaks)
        ann.sends("repeat")
        ann.waits_for(WRONG)
    assert "ALERT a message cannot be shown" in caplog.text
    assert "nobody thought of" not in caplog.text
    ann.sends("repeat")
    ann.waits_for("reasons")


def test_a_message_that_the_browser_cannot_be_given_does_not_hide_the_others(
    maria: WebMentor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    maria.says("repeat")
    before = len(maria.messages)
    real = Presentation._for_browser

    def breaks_at_the_last(web: Presentation, message: dict[str, Any], *arguments: Any) -> dict[str, Any]:
        return breaks() if message["id"] == maria.messages[before - 1]["id"] else real(web, message, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Presentation, "_for_browser", breaks_at_the_last)
        shown = [WRONG in each["text"] for each in maria.http.post("/api/session").json()["messages"]]
        assert shown == [*[False] * (before - 1), True]
    assert "ALERT a message cannot be shown" in caplog.text
    assert "reasons" in maria.says("repeat")


def test_two_dates_that_cannot_be_opened_are_asked_for_anew(
    mentor: ChattingMentor, monkeypatch: pytest.MonkeyPatch
) -> None:
    mentor.comes_to("date_of_birth")
    mentor.says("4/3/1975")
    with mentor.store.write() as session:
        mentor.vault.destroy(session, mentor.mentor_id, "check")
    heard = mentor.says("repeat")
    assert WRONG not in heard
    assert mentor.question == "date_of_birth"
    mentor.says("4 March 1975")
    assert mentor.question == "background_check"


def test_what_breaks_in_giving_up_itself_is_tried_again(maria: WebMentor, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Renderer, "question", breaks)
        patch.setattr(repository.TurnRepository, "give_up", breaks)
        patch.setattr(channel, "REPLY_SECONDS", 0.3)
        maria.says("hello")
        assert maria.http.get("/api/messages").json()["pending"]
    assert "reasons" in maria.says("repeat")

"""After a stop, a crash or a lost request the conversation continues at the same question, and nothing is lost."""

from __future__ import annotations

import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from bot.core.organisation import ORGANISATION
from tests.doubles.telegram_api import TelegramDouble
from tests.support.answers import TEXTS
from tests.support.frail import HANG
from tests.support.service import FrailBot, RunningBot, free_port
from tests.support.web import WebMentor


@pytest.fixture(scope="module")
def killable_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailBot]:
    with FrailBot(tmp_path_factory.mktemp("killable"), TURN_TIMEOUT="1.5") as running:
        yield running


@pytest.fixture
def own_bot(killable_bot: FrailBot) -> FrailBot:
    """A running bot that the test may kill or break; it is repaired for the next test."""
    if killable_bot.process is None or killable_bot.process.poll() is not None:
        killable_bot.start()
    killable_bot.waits_until_ready()
    return killable_bot


def test_the_second_start_is_ready_in_under_thirty_seconds_and_goes_on(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("photo")
        before = mentor.messages
        own_bot.stop()
        own_bot.start(wait=False)
        own_bot.waits_until_ready(30)
        assert mentor.opens().messages == before
        mentor.answers()
        assert mentor.question == "date_of_birth"


def test_a_turn_that_hangs_is_told_and_taken_when_it_can_be(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        with own_bot.broken(HANG):
            said = mentor.says(TEXTS["reasons"])
            assert mentor.pending
            assert "Your message is safe" in said
        mentor.waits_for("Describe your experience", seconds=60)
        assert mentor.question == "experience"
        assert _answers(own_bot.data_dir)["reasons"] == TEXTS["reasons"]
        assert sum(message["text"] == TEXTS["reasons"] for message in mentor.messages) == 1
        assert sum("Your message is safe" in message["text"] for message in mentor.messages) == 1


def test_a_service_whose_turn_hangs_can_be_stopped_and_started(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        with own_bot.broken(HANG):
            mentor.says(TEXTS["reasons"])
            own_bot.stop()
        own_bot.start()
        mentor.opens()
        if mentor.question != "experience":
            mentor.waits_for("Describe your experience", seconds=60)
        assert _answers(own_bot.data_dir)["reasons"] == TEXTS["reasons"]


def test_a_service_that_is_being_stopped_is_alive_and_not_ready(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        with own_bot.broken(HANG) as wait:
            sending = threading.Thread(target=_send_and_lose, args=(mentor, TEXTS["reasons"]))
            sending.start()
            wait()
            assert own_bot.process is not None
            own_bot.process.send_signal(signal.SIGTERM)
            while "Stopping" not in own_bot.log():
                time.sleep(0.01)
            ready = httpx.get(f"{own_bot.url}/readyz")
            alive = httpx.get(f"{own_bot.url}/healthz")
            own_bot.process.wait(30)
            sending.join()
    assert (ready.status_code, ready.json()["problems"]) == (503, {"service": "it is being stopped"})
    assert alive.status_code == 200


def test_a_message_accepted_just_before_a_kill_is_answered_after_the_start(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        with own_bot.broken(HANG) as wait:  # so that the turn is still waiting when the service dies
            sending = threading.Thread(target=_send_and_lose, args=(mentor, TEXTS["reasons"]))
            sending.start()
            wait()
            own_bot.kill()
            sending.join()
        own_bot.start()
        mentor.opens()
        if mentor.question != "experience":
            mentor.waits_for("Describe your experience", seconds=60)
        assert _answers(own_bot.data_dir)["reasons"] == TEXTS["reasons"]


def test_a_decided_check_deletes_the_date_of_birth(own_bot: FrailBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("review").taps("Submit")
        assert "your background check is running" in mentor.says("status")
        check = own_bot.newest_check("waiting")
        assert check["provider"] == "manual"
        assert own_bot.json("checks", "show", check["id"])["date_of_birth"] == "sealed"
        assert own_bot.json("checks", "show", check["id"], "--reveal")["date_of_birth"] == "1985-05-03"
        assert _audit(own_bot.data_dir) == [("reveal date of birth", check["id"])]
        assert own_bot.command("checks", "decide", check["id"], "perhaps").returncode != 0
        decided = own_bot.json("checks", "decide", check["id"][:8], "clear", "--reason", "all good")
        assert decided[0]["status"] == "clear"
        assert own_bot.json("checks", "show", check["id"], "--reveal")["date_of_birth"] == "deleted"
        details = own_bot.json("registrations", "show", check["registration"])
        assert {answer["id"]: answer["value"] for answer in details["answers"]}["date_of_birth"] == "deleted"
        assert details["status"] == "accepted"
        again = own_bot.command("checks", "decide", check["id"], "decline")
        assert again.returncode != 0
        assert "decided before" in again.stderr
        assert f"you are a {ORGANISATION.name} mentor" in mentor.says("status")


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = RunningBot(tmp_path, PORT=port).command("run")
    assert result.returncode != 0
    assert port in result.stderr
    assert "PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_instance_on_the_same_data_is_refused(own_bot: FrailBot) -> None:
    result = RunningBot(own_bot.data_dir, PORT=str(free_port())).command("run")
    assert result.returncode != 0
    assert "is already running" in result.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "eighty"),
        ("CHECK_PROVIDER", "nobody"),
        ("MASTER_KEYS", "short"),
        ("HOST", "203.0.113.7"),
        ("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none"),
        ("PUBLIC_URL", "https://example.org/?mentors"),
        ("DATA_DIR", "/proc/none"),
    ],
)
def test_an_invalid_setting_stops_the_start_with_its_name(tmp_path: Path, setting: str, value: str) -> None:
    result = RunningBot(tmp_path, **{setting: value}).command("run")
    assert result.returncode != 0
    assert setting in result.stderr
    assert "Traceback" not in result.stderr


def test_a_telegram_token_that_telegram_does_not_know(tmp_path: Path) -> None:
    with TelegramDouble(token="1:right") as telegram:
        bot = RunningBot(tmp_path, TELEGRAM_TOKEN="2:wrong", TELEGRAM_API_URL=telegram.url)
        result = bot.command("run")
    assert result.returncode != 0
    assert "TELEGRAM_TOKEN" in result.stderr
    assert "Traceback" not in result.stderr


def test_health_readiness_page_and_description(bot: RunningBot) -> None:
    assert httpx.get(f"{bot.url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{bot.url}/readyz").json() == {
        "ready": True,
        "database": True,
    }
    page = httpx.get(f"{bot.url}/")
    assert "<mentor-chat" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    paths = httpx.get(f"{bot.url}/openapi.json").json()["paths"]
    assert {"/api/session", "/api/messages", "/api/photos", "/api/photos/{signed}"} <= set(paths)


def test_the_bot_listens_on_one_port_alone(bot: RunningBot) -> None:
    assert bot.process is not None
    service = psutil.Process(bot.process.pid)
    assert service.children(recursive=True) == []
    listening = [
        (each.laddr.ip, each.laddr.port)
        for each in service.net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert listening == [("127.0.0.1", bot.port)]


def _answers(data_dir: Path) -> dict[str, str]:
    """The answers of the newest mentor."""
    with sqlite3.connect(data_dir / "bot.db") as database:
        rows = database.execute(
            "SELECT item_id, value FROM answers "
            "WHERE mentor_id = (SELECT id FROM mentors ORDER BY created_at DESC LIMIT 1)"
        ).fetchall()
    database.close()
    return dict(rows)


def _audit(data_dir: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(data_dir / "bot.db") as database:
        rows = database.execute("SELECT action, subject_id FROM audit").fetchall()
    database.close()
    return rows


def _send_and_lose(mentor: WebMentor, text: str) -> None:
    try:
        mentor.says(text)
    except (httpx.HTTPError, AssertionError):
        return  # the service was killed during this turn

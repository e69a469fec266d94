"""Whatever stops, dies or is lost half-way: the conversation goes on at the same question, and nothing is lost."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.doubles.telegram_api import TelegramDouble
from tests.support.answers import TEXTS
from tests.support.service import RunningBot, free_port
from tests.support.web import WebMentor, tells


@pytest.fixture(scope="module")
def killable_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    with RunningBot(tmp_path_factory.mktemp("killable")) as running:
        yield running


@pytest.fixture
def own_bot(killable_bot: RunningBot) -> RunningBot:
    """A running bot that the test may kill; it is whole again for the next one."""
    if killable_bot.process is None or killable_bot.process.poll() is not None:
        killable_bot.start()
    killable_bot.waits_until_ready()
    return killable_bot


def test_the_second_start_is_ready_in_under_thirty_seconds_and_goes_on(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("photo")
        before = mentor.messages
        own_bot.stop()
        own_bot.start(wait=False)
        own_bot.waits_until_ready(30)
        assert mentor.opens().messages == before
        mentor.answers()
        assert mentor.question == "date_of_birth"


@pytest.mark.parametrize("question", ["start", "reasons", "date_of_birth", "ethics_laws", "review"])
def test_the_service_killed_and_the_tracker_store_lost(own_bot: RunningBot, question: str) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until(question)
        own_bot.kill()
        for file in own_bot.data_dir.glob("engine-tracker.db*"):
            file.unlink()
        own_bot.start()
        assert mentor.opens().question == question
        mentor.answers()
        assert mentor.question != question or "complete" in mentor.heard()
        if question == "reasons":
            answers = _answers(own_bot.data_dir)
            assert answers["reasons"] == TEXTS["reasons"]
            assert "experience" not in answers


def test_the_engine_killed_while_the_mentor_answers(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        own_bot.kill_engine()
        said = mentor.says(TEXTS["reasons"])
        if mentor.pending:
            assert "Your message is safe" in said
            mentor.waits_for("Describe your experience", seconds=60)
        assert mentor.question == "experience"
        assert _answers(own_bot.data_dir)["reasons"] == TEXTS["reasons"]
        assert sum(message["text"] == TEXTS["reasons"] for message in mentor.messages) == 1


def test_who_comes_while_the_engine_is_down_is_greeted_all_the_same(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        own_bot.kill_engine()
        mentor.opens()
        assert not mentor.pending
        assert mentor.question == "start"


def test_a_message_accepted_just_before_a_kill_is_answered_after_the_start(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("reasons")
        own_bot.kill_engine()  # so that the turn is still waiting when the service dies
        sending = threading.Thread(target=_send_and_lose, args=(mentor, TEXTS["reasons"]))
        sending.start()
        _wait_for_waiting_message(own_bot.data_dir)
        own_bot.kill()
        sending.join()
        own_bot.start()
        mentor.opens()
        if mentor.question != "experience":
            mentor.waits_for("Describe your experience", seconds=60)
        assert _answers(own_bot.data_dir)["reasons"] == TEXTS["reasons"]


def test_the_tracker_lost_between_two_turns(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("ethics_laws")
        with sqlite3.connect(own_bot.data_dir / "engine-tracker.db") as trackers:
            trackers.execute("DELETE FROM engine_turns")
        trackers.close()
        mentor.says("yes")
        assert mentor.question == "ethics_mentee_rights"
        with sqlite3.connect(own_bot.data_dir / "engine-tracker.db") as trackers:
            trackers.execute("DELETE FROM engine_turns")
        trackers.close()
        assert "It is free" in mentor.says("is it free?")
        assert mentor.question == "ethics_mentee_rights"


def test_a_decided_check_deletes_the_date_of_birth(own_bot: RunningBot) -> None:
    with WebMentor(own_bot.url) as mentor:
        mentor.opens().answers_until("review").taps("Submit")
        check = own_bot.json("checks", "list")[-1]
        assert "under way" in mentor.says("status")
        for _ in range(50):
            if (check := own_bot.json("checks", "list")[-1])["status"] == "waiting":
                break
        assert (check["status"], check["provider"]) == ("waiting", "manual")
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
        assert "you are a JobGen mentor" in mentor.says("status")


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for setting in ("PORT", "ENGINE_PORT", "ACTIONS_PORT"):
            bot = RunningBot(tmp_path, **{setting: port})
            result = bot.command("run")
            assert result.returncode != 0
            assert port in result.stderr
            assert setting in result.stderr
            assert "Traceback" not in result.stderr


def test_a_second_instance_on_the_same_data_is_refused(own_bot: RunningBot) -> None:
    ports = {"PORT": str(free_port()), "ENGINE_PORT": str(free_port()), "ACTIONS_PORT": str(free_port())}
    result = RunningBot(own_bot.data_dir, **ports).command("run")
    assert result.returncode != 0
    assert "already runs" in result.stderr


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORT", "eighty"),
        ("CHECK_PROVIDER", "nobody"),
        ("MASTER_KEYS", "short"),
        ("HOST", "203.0.113.7"),
        ("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none"),
        ("PUBLIC_URL", "https://example.org/mentors"),
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
        "engine": True,
        "actions": True,
        "database": True,
    }
    page = httpx.get(f"{bot.url}/")
    assert "<jobgen-mentor-chat" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    paths = httpx.get(f"{bot.url}/openapi.json").json()["paths"]
    assert {"/api/session", "/api/messages", "/api/photos", "/api/photos/{signed}"} <= set(paths)


def test_not_ready_while_the_engine_is_down(own_bot: RunningBot) -> None:
    own_bot.kill_engine()
    response = httpx.get(f"{own_bot.url}/readyz")
    assert (response.status_code, response.json()["engine"]) == (503, False)
    own_bot.waits_until_ready()


def test_nothing_a_mentor_wrote_is_in_a_log(tmp_path: Path) -> None:
    with RunningBot(tmp_path, LOG_LEVEL="DEBUG") as bot, WebMentor(bot.url) as mentor:
        mentor.opens().answers_until("reasons").says("Zanzibar is where I began.")
        mentor.says("3rd of May 1985")
        mentor.answers_until("review")
    for text in ("Zanzibar", TEXTS["full_name"], TEXTS["email"], "1985"):
        assert not tells(bot.log(), text)


def _answers(data_dir: Path) -> dict[str, str]:
    """The answers of the mentor who came last."""
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
        return  # the service was killed while it worked on it


def _wait_for_waiting_message(data_dir: Path) -> None:
    while True:
        with sqlite3.connect(data_dir / "bot.db") as database:
            waiting = database.execute("SELECT count(*) FROM inbox WHERE processed_at IS NULL").fetchone()[0]
        database.close()
        if waiting:
            return

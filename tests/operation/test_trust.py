"""A mentor's data is safe in a whole running bot, tested from outside."""

from __future__ import annotations

import base64
import io
import json
import re
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import select

from bot.security.vault import Purpose, Vault
from bot.storage import Check, Conversation, DataKey, Store
from tests.support.answers import BORN as BORN_AT_ONCE
from tests.support.answers import CONSENT_IDS, TEXTS, picture
from tests.support.frail import FAIL
from tests.support.service import BOT, FrailBot, RunningBot
from tests.support.web import WebMentor, tells

#: A unique date of birth, in many formats.
BORN = "1931-12-29"
TRIES = [
    "29/12/31, I think",
    "in December 1931",
    "29.12.",
    "the 29th, in nineteen thirty-one",
    "29 Dec 1931",
]
TRACES = ["1931-12-29", "29/12/31", "29.12.", "29 Dec", "December 1931", "nineteen thirty", "12/29/1931", "29121931"]


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailBot]:
    with FrailBot(tmp_path_factory.mktemp("trusted"), LOG_LEVEL="DEBUG") as running:
        yield running


def files_with(folder: Path, text: str) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def conversation_of(bot: RunningBot, registration: str) -> str:
    with sqlite3.connect(bot.data_dir / "bot.db") as connection:
        row = connection.execute("SELECT id FROM conversations WHERE mentor_id = ?", (registration,)).fetchone()
    connection.close()
    return str(row[0])


def registered(bot: RunningBot, mentor: WebMentor, story: str) -> str:
    """Register with a unique story and a date of birth in many formats; returns the registration's id."""
    mentor.opens().answers_until("experience").says(story)
    mentor.answers_until("date_of_birth")
    for words in TRIES:
        mentor.says(words)
        if mentor.question != "date_of_birth":
            break
    mentor.says(f"is {TRIES[-1]} safe with you?")
    mentor.answers_until("review").taps("Submit")
    return str(bot.json("registrations", "list")[-1]["id"])


def test_the_date_of_birth_is_nowhere_but_in_the_vault(bot: FrailBot) -> None:
    with WebMentor(bot.url) as mentor:
        registration = registered(bot, mentor, "I was a baker in Ushant.")
        assert not any(trace in json.dumps(mentor.messages) for trace in TRACES)
        with bot.broken(FAIL):  # with an exception that quotes the message
            mentor.says(f"I said {TRIES[-1]}")
        for trace in TRACES:
            assert files_with(bot.data_dir, trace) == [], trace
        check = next(each for each in bot.json("checks", "list") if each["registration"] == registration)
        with sqlite3.connect(bot.data_dir / "bot.db") as connection:
            sealed = connection.execute(
                "SELECT ciphertext FROM sealed_values WHERE mentor_id = ?", (registration,)
            ).fetchone()[0]
        connection.close()
        assert bot.json("checks", "show", check["id"], "--reveal")["date_of_birth"] == BORN
        bot.json("checks", "decide", check["id"], "clear")
        assert not any(sealed in path.read_bytes() for path in bot.data_dir.rglob("bot.db*"))
        assert bot.json("checks", "show", check["id"], "--reveal")["date_of_birth"] == "deleted"


def test_nothing_a_mentor_wrote_is_in_a_log(bot: RunningBot) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().walks_until("reasons").says("Zanzibar is where I began.")
        mentor.says("3rd of May 1985")
        mentor.walks_until("background_check").answers()
    for text in ("Zanzibar", TEXTS["full_name"], mentor.email, "1985"):
        assert not tells(bot.log(), text)


def test_an_erased_mentor_is_gone_while_the_bot_runs_and_the_others_go_on(bot: RunningBot) -> None:
    with WebMentor(bot.url) as other, WebMentor(bot.url) as mentor:
        other.opens().answers_until("photo")
        story = "The lighthouse keeper taught me to bake, and I taught him to read."
        registration = registered(bot, mentor, story)
        assert files_with(bot.data_dir, story)
        conversation = conversation_of(bot, registration)
        assert files_with(bot.data_dir, conversation)
        anchor = bot.command("consents", "anchor").stdout.strip()
        done = bot.command("erase", registration[:12], "--yes")
        assert done.returncode == 0, done.stderr
        assert "0 found" in done.stdout
        assert files_with(bot.data_dir, story) == []
        assert files_with(bot.data_dir, conversation) == []
        assert files_with(bot.data_dir, registration) == [str(bot.data_dir / "bot.db")], "in ledger and audit alone"
        assert bot.command("registrations", "show", registration).returncode != 0
        verified = bot.command("consents", "verify", "--anchor", anchor)
        assert (verified.returncode, "all as they were written" in verified.stdout) == (0, True), verified.stderr
        searched = subprocess.run(
            [str(BOT), "search"], input=story + "\n", env=bot.environment, capture_output=True, text=True, check=False
        )
        assert (searched.returncode, "0 found" in searched.stdout) == (0, True)
        assert mentor.http.get("/api/messages").status_code == 401
        for _ in range(2):  # the service had cached the conversation, and drops it
            written = {"id": uuid.uuid4().hex, "after": 0, "text": "Is anybody there?"}
            assert mentor.http.post("/api/messages", json=written).status_code == 401
        assert mentor.opens().question == "start"
        other.answers()
        assert other.question == "date_of_birth"
    assert "Traceback" not in bot.log()


def test_a_change_in_the_ledger_is_named(bot: RunningBot) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().answers_until("review")
        database = bot.data_dir / "bot.db"
        with sqlite3.connect(database) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("UPDATE consents SET decision = 'refused'")
        position = connection.execute("SELECT max(id) FROM consents").fetchone()[0] - 2
        connection.execute("DROP TRIGGER consents_no_update")
        connection.execute("UPDATE consents SET decision = 'refused' WHERE id = ?", (position,))
        connection.commit()
        verified = bot.command("consents", "verify")
        assert (verified.returncode, verified.stderr.startswith(f"Record {position} is bad")) == (1, True)
        connection.execute("UPDATE consents SET decision = 'agreed' WHERE id = ?", (position,))
        connection.commit()
        connection.close()
        assert bot.command("consents", "verify").returncode == 0


def test_keys_are_rotated_while_the_bot_is_stopped(bot: RunningBot) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().answers_until("two_months")
        refused = bot.command("keys", "rotate")
        assert (refused.returncode, "is already running" in refused.stderr) == (1, True)
        before = (bot.data_dir / "keys" / "master.key").read_text()
        bot.stop()
        rotated = bot.command("keys", "rotate")
        assert rotated.returncode == 0, rotated.stderr
        after = (bot.data_dir / "keys" / "master.key").read_text()
        assert before not in after
        assert "," not in after
        bot.start()
        assert "complete" in mentor.opens().answers_until("review").taps("Submit")
        shown = bot.registration(mentor.email)
        check = bot.json("checks", "show", shown["check"]["id"], "--reveal")
        assert check["date_of_birth"] == BORN_AT_ONCE.isoformat()
        assert len(shown["consents"]) == len(CONSENT_IDS)
        assert {each["reply"] for each in shown["consents"]} == {"yes", "I agree"}, "of before and after"
        assert bot.command("consents", "verify").returncode == 0


def test_keys_of_the_settings_are_rotated_to_the_first_of_them(tmp_path: Path) -> None:
    older, newer = b"o" * 32, b"n" * 32
    bot = RunningBot(tmp_path, MASTER_KEYS=base64.b64encode(older).decode())
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.upgrade()
    with store.write() as session:
        sealed = {each: Vault([older]).seal(session, "a" * 32, each, "place", b"words") for each in Purpose}
        wrapped = session.scalars(select(DataKey.wrapped)).all()
    bot.environment["MASTER_KEYS"] = ",".join(base64.b64encode(each).decode() for each in (newer, older))
    rotated = bot.command("keys", "rotate")
    assert rotated.stdout.startswith(f"{len(Purpose)} data keys are wrapped by the new master key."), rotated.stderr
    with store.read() as session:
        for purpose, each in sealed.items():
            assert Vault([newer]).open(session, "a" * 32, purpose, "place", each) == b"words"
    assert not any(each in path.read_bytes() for path in tmp_path.glob("bot.db*") for each in wrapped)
    assert not (tmp_path / "keys" / "master.key").exists()
    store.dispose()


def test_what_is_over_its_deadline_goes_at_the_start_and_on_command(tmp_path: Path) -> None:
    deadlines = {"DRAFT_DAYS": "10", "CHECK_DAYS": "3"}
    with RunningBot(tmp_path, **deadlines) as bot, WebMentor(bot.url) as mentor, WebMentor(bot.url) as drafting:
        registered(bot, mentor, "I was a baker in Ushant.")
        drafting.opens().answers_until("experience")
        bot.stop()
        pass_days(bot, 5)
        bot.start()
        bot.newest_check("expired")
        assert len(bot.json("registrations", "list")) == 2
        pass_days(bot, 6)
        done = bot.command("retention", "run")
        assert (done.returncode, "1 drafts erased, 0 checks ended." in done.stdout) == (0, True), done.stderr
        assert len(bot.json("registrations", "list")) == 1


def pass_days(bot: RunningBot, days: float) -> None:
    """Move all times that have a deadline some days back."""
    store = Store(f"sqlite:///{bot.data_dir / 'bot.db'}")
    with store.write() as session:
        for conversation in session.scalars(select(Conversation)):
            conversation.last_seen_at -= timedelta(days=days)
        for check in session.scalars(select(Check)):
            check.created_at -= timedelta(days=days)
    store.dispose()


def test_pictures_are_checked_from_the_command_line(bot: RunningBot, tmp_path: Path) -> None:
    small = io.BytesIO()
    Image.new("RGB", (20, 20)).save(small, "PNG")
    files = {"good.jpg": picture(), "bad.jpg": b"GIF89a", "small.png": small.getvalue()}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = bot.command("photos", "check", *(str(tmp_path / name) for name in [*files, "none.jpg"]))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("accepted") for row in rows] == [True, False, False, None]
    assert all(row["seconds"] < 5 and row["peak_memory_bytes"] < 512 << 20 for row in rows[:3])
    assert "JPEG, PNG, WebP or HEIC" in rows[1]["sentence"]
    assert "200 by 200" in rows[2]["sentence"]
    assert rows[3]["error"] == "No such file or directory"


def rename(bot: RunningBot, table: str, name: str) -> None:
    with closing(sqlite3.connect(bot.data_dir / "bot.db", timeout=15)) as database, database:
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


def test_an_error_of_ours_is_told_with_the_number_of_its_line_in_the_log(bot: RunningBot) -> None:
    with WebMentor(bot.url) as mentor:
        mentor.opens().answers_until("photo").walks_until("date_of_birth")
        photo = next(each["photo"] for each in mentor.messages if each.get("photo"))
        rename(bot, "photos", "hidden")
        try:
            failed = mentor.http.get(photo)
        finally:
            rename(bot, "hidden", "photos")
        assert mentor.http.get(photo).status_code == 200
    assert failed.status_code == 500
    assert "Traceback" not in bot.log()
    assert "no such table" not in bot.log()
    [reference] = re.findall(r"request failed, reference ([0-9a-f]{8}): ", bot.log())
    assert failed.json()["error"].endswith(f"The number of this problem is {reference}.")


def test_who_asks_too_often_is_told_to_wait_and_loses_nothing(tmp_path: Path) -> None:
    few = {"SESSIONS_PER_HOUR": "2", "MESSAGES_PER_MINUTE": "5", "PHOTOS_PER_HOUR": "1"}
    few["REQUESTS_PER_MINUTE"] = "1000"
    with RunningBot(tmp_path, **few) as bot, WebMentor(bot.url) as mentor, WebMentor(bot.url) as second:
        mentor.opens()
        second.opens()
        with WebMentor(bot.url) as third:
            refused = third.http.post("/api/session")
            assert refused.status_code == 429
            assert "wait" in refused.json()["error"]
            assert 1 <= int(refused.headers["Retry-After"]) <= 3600
        answers = [mentor.http.post("/api/messages", json={"id": str(n), "text": "repeat"}) for n in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert second.says("yes")
        assert mentor.http.post("/api/session").status_code == 200, "who has a conversation may go on with it"
        file = {"file": ("me.jpg", b"no photo")}
        sent = [second.http.post("/api/photos", data={"id": f"p{n}"}, files=file).status_code for n in range(2)]
        assert sent == [200, 429]
        asked = [second.http.get("/favicon.ico").status_code for _ in range(1001)]
        assert (asked[0], asked[-1]) == (204, 429)
        assert second.http.get("/healthz").status_code == 200, "who watches the service is always answered"


def test_the_cookie_is_bound_to_https_where_mentors_come_by_it(tmp_path: Path) -> None:
    with RunningBot(tmp_path, PUBLIC_URL="https://mentors.example.org") as bot:
        own = httpx.post(f"{bot.url}/api/session", headers={"Origin": "https://mentors.example.org"})
        name, *attributes = own.headers["Set-Cookie"].split("; ")
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(attributes)
        assert not any(each.startswith("Domain") for each in attributes)
        assert httpx.post(f"{bot.url}/api/session", headers={"Origin": bot.url}).status_code == 403

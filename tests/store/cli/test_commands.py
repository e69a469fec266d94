"""The commands ``bot outbox``, ``bot funnel`` and ``bot export``, on both databases."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.api.mentor_report import EXPORT_COLUMNS
from bot.cli.app import app
from bot.jobs.outbox import MAXIMUM_ATTEMPTS
from bot.registration import form
from bot.registration.funnel import QUESTIONS
from bot.registration.registration import Registration
from bot.storage import Check, FunnelCount, Mentor, OutboxEntry, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor
from tests.support.ledger import MASTER_KEY
from tests.support.registrations import BORN


@pytest.fixture(autouse=True)
def _this_bot(store: Store, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", store.url)
    monkeypatch.setenv("DATA_DIR", str(data_dir))
    stores = {store.url: store}  # closed at the end of the test
    monkeypatch.setattr("bot.runtime.container.Store", lambda url, _workers: stores[url])


def bot(*arguments: str) -> Result:
    """What the command prints, and how it ends; a mistake is a sentence and no traceback."""
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def entries(store: Store) -> dict[str, int]:
    """A dead letter and an entry that waits: ids by subject."""
    with store.write() as session:
        session.add(
            OutboxEntry(
                kind="mail.send",
                subject_id="dead",
                attempts=MAXIMUM_ATTEMPTS,
                failed_at=utc_now(),
                last_error="ConnectionError",
            )
        )
        session.add(OutboxEntry(kind="deliver", subject_id="waiting"))
    with store.read() as session:
        return {entry.subject_id: entry.id for entry in session.scalars(select(OutboxEntry))}


def test_the_outbox_is_listed(entries: dict[str, int]) -> None:
    lines = bot("outbox", "list").stdout.splitlines()
    assert lines[0].split() == ["id", "kind", "subject", "state", "attempts", "next_attempt_at", "last_error"]
    assert any("mail.send" in line and "failed" in line and "ConnectionError" in line for line in lines)
    assert any("deliver" in line and "waiting" in line for line in lines)
    [dead] = json.loads(bot("outbox", "list", "--failed", "--json").stdout)
    assert (dead["id"], dead["subject"], dead["attempts"]) == (entries["dead"], "dead", MAXIMUM_ATTEMPTS)


@pytest.mark.parametrize("which", ["ID", "--all"])
def test_a_dead_letter_is_tried_again(store: Store, entries: dict[str, int], which: str) -> None:
    result = bot("outbox", "retry", which if which == "--all" else str(entries["dead"]))
    assert result.exit_code == 0
    assert result.stdout == "1 entry is tried again.\n"
    with store.read() as session:
        fresh = session.get_one(OutboxEntry, entries["dead"])
    assert (fresh.attempts, fresh.failed_at) == (0, None)
    assert bot("outbox", "list", "--failed").stdout == "Nothing yet.\n"


def test_a_mistake_is_said_in_a_sentence(entries: dict[str, int], tmp_path: Path) -> None:
    for arguments, sentence in [
        (["outbox", "retry"], "Give the id of an entry, or --all."),
        (["outbox", "retry", "1", "--all"], "Give the id of an entry, or --all."),
        (["outbox", "retry", str(entries["waiting"])], "is no dead letter"),
        (["funnel", "--csv", "--json"], "Choose one"),
        (["funnel", "--plot", str(tmp_path / "nowhere" / "funnel.svg")], "cannot be written"),
        (["export", "--csv", "--json"], "Choose one"),
    ]:
        result = bot(*arguments)
        assert result.exit_code != 0
        assert sentence in str(result.exception)
    assert bot("outbox", "retry", "99999999999").exit_code == 2


def test_the_funnel_is_shown(store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        session.add(FunnelCount(month="2026-11", channel="web", item_id="start", shown=8, answered=6))
        session.add(FunnelCount(month="2026-11", channel="telegram", item_id="start", shown=2, answered=1))
    picture = tmp_path / "funnel.svg"
    lines = bot("funnel", "--plot", str(picture)).stdout.splitlines()
    assert lines[0].split() == ["question", "shown", "answered", "left", "drop_off"]
    assert lines[1].split() == ["start", "10", "7", "3", "30.0%"]
    assert len(lines) == 1 + len(QUESTIONS)
    assert "10 shown, 7 answered, 30% left" in picture.read_text()
    rows = json.loads(bot("funnel", "--json").stdout)
    assert rows[0] == {"question": "start", "shown": 10, "answered": 7, "left": 3, "drop_off": 0.3}
    assert rows[1]["drop_off"] is None
    assert bot("funnel", "--csv").stdout.splitlines()[1] == '"start","10","7","3","0.3"'


STORY = "=HYPERLINK(1) is how I teach spreadsheets"


@pytest.fixture
def told(mentor: ChattingMentor, store: Store, monkeypatch: pytest.MonkeyPatch) -> ChattingMentor:
    """A mentor who has told everything, the date of birth among it; the commands have the keys of their service."""
    monkeypatch.setenv("MASTER_KEYS", base64.b64encode(MASTER_KEY).decode())
    mentor.comes_to("experience").says(STORY)
    mentor.comes_to("review")
    with store.write() as session:
        session.add(Mentor())  # somebody who only looked
    return mentor


def exported(*arguments: str) -> list[dict[str, str]]:
    text = bot("export", *arguments).stdout
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_registrations_are_exported(told: ChattingMentor) -> None:
    first, second = exported()
    assert tuple(first) == EXPORT_COLUMNS
    assert (first["id"], first["status"], second["status"]) == (told.mentor_id, "draft", "new")
    assert first["experience"] == "'" + STORY
    assert first["full_name"]
    assert "@" in first["email"]
    assert first["photo"] != first["profile_photo"]
    [row, _] = json.loads(bot("export", "--json").stdout)
    assert row["experience"] == STORY
    assert tuple(row) == EXPORT_COLUMNS


def test_a_date_of_birth_is_never_exported(told: ChattingMentor, store: Store) -> None:
    with store.read() as session:
        current = Registration(session, session.get_one(Mentor, told.mentor_id))
        sealed = current.answers[form.DATE_OF_BIRTH]
    for arguments in ([], ["--json"]):
        text = bot("export", *arguments).stdout
        assert "birth" not in text
        assert sealed not in text
        assert BORN.isoformat() not in text


def test_only_what_was_submitted_can_be_exported(told: ChattingMentor, store: Store) -> None:
    assert exported("--submitted") == []
    with store.write() as session:
        current = Registration(session, session.get_one(Mentor, told.mentor_id))
        current.submit("manual")
    [row] = exported("--submitted")
    assert (row["id"], row["status"]) == (told.mentor_id, "submitted")
    assert row["submitted_at"]


def test_of_several_checks_the_newest_one_counts(told: ChattingMentor, store: Store) -> None:
    with store.write() as session:
        current = Registration(session, session.get_one(Mentor, told.mentor_id))
        current.submit("manual").status = "expired"
    with store.write() as session:
        session.add(Check(mentor_id=told.mentor_id, provider="manual", status="clear"))
    assert [row["status"] for row in exported("--submitted")] == ["accepted"]

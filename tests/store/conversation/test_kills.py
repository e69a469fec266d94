"""A service that is killed between any two statements of a turn: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.dialogue.model import REPOSITORY
from bot.storage import Store
from tests.store.mentor import ChattingMentor, text
from tests.support.answers import TEXTS

pytestmark = [pytest.mark.postgresql_too, pytest.mark.slow]

#: `make test` tries every seventh statement, `make test-long` each.
EVERY = 7
#: Starts as the service does, without packages that it never uses.
KILLING = """
from bot.dialogue import absent_packages
absent_packages.leave_out()
from tests.store.killing import main
main()
"""
#: What is said at a question, and a sentence that answers it.
TURNS = [
    ("email", TEXTS["email"], "code"),
    ("background_check", "yes", "Now two commitments"),
    ("review", "submit", "Your registration is complete"),
    ("cancel", "yes", "Your answers are deleted"),
]


@pytest.mark.parametrize("every", [EVERY, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    ("backend", "question", "words", "sentence"),
    # On PostgreSQL, where each kill takes three times as long, the turn that does the most.
    [*(("sqlite", *each) for each in TURNS), ("postgresql", *TURNS[2])],
    indirect=["backend"],
)
def test_a_turn_that_is_killed_at_any_statement_has_one_effect_and_one_reply(
    mentor: ChattingMentor, store: Store, data_dir: Path, question: str, words: str, sentence: str, every: int
) -> None:
    mentor.comes_to("two_months" if question == "cancel" else question)
    if question == "cancel":
        mentor.says("cancel")
    before = len(mentor.messages())
    mentor.leaves(text(words))
    store.checkpoint()
    store.dispose()
    result = subprocess.run(
        [sys.executable, "-c", KILLING, store.url, str(data_dir), str(mentor.number), str(every)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    *killed, whole = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(killed) > 15 // every
    assert whole["waiting"] == 0
    replies = [said for sender, said in whole["transcript"][before:] if sender == "bot"]
    assert sum(sentence in each for each in replies) == 1
    for number, each in enumerate(killed):
        assert each == whole, f"killed at {1 + number * every}"

"""Plays the personas against a bot and reads the evaluation sets with the reader and Rasa's NLU: ``make eval``.

Prints each set's confusion table and figures and, with ``--page``, writes them to a page.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.cli.understand import BATCH, Line, Understanding
from bot.core.settings import load_settings
from bot.dialogue.model import train
from bot.i18n.catalogue import ENGLISH
from bot.registration.form import ItemId
from evaluation import playing, voices
from evaluation.personas import read_personas
from evaluation.reading_time import reading_times

FOLDER = Path(__file__).parent
READINGS = ("yes", "no", "confirm", "unclear", "answer", "digression", "command", "invalid")
#: Commands that mentors also ask as a question; the bot answers both alike.
_SAME = {"help": "faq_help", "status": "faq_status"}

Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One figure of a set.

    Attributes:
        name: what it counts.
        count: the numerator.
        of: the denominator.
        goal: the goal, in words.
        is_met: whether the goal is met.
    """

    name: str
    count: int
    of: int
    goal: str
    is_met: bool

    @property
    def share(self) -> float:
        """The count as a share of the whole."""
        return self.count / self.of if self.of else 0.0


def read_set(name: str) -> list[Row]:
    """The rows of one set: ``question``, ``text``, ``reading`` and what it resolves to."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def understood(understanding: Understanding, rows: list[Row]) -> list[Row]:
    """The bot's reading of each row."""
    found: list[Row] = []
    for start in range(0, len(rows), BATCH):
        found += understanding.read(_line(row) for row in rows[start : start + BATCH])
    return found


def _line(row: Row) -> Line:
    """The message of a row; the bot writes French only to mentors who chose it."""
    return Line(ItemId(row["question"]), row["text"], language="fr" if row.get("language") == "fr" else ENGLISH)


def is_right(row: Row, reading: Row) -> bool:
    """Whether a row is read as it should be: the reading, and what it resolves to."""
    wanted = row["reading"]
    if wanted in ("digression", "command"):
        names = {_SAME.get(each, each) for each in (row["name"], str(reading.get("name")))}
        about = (reading.get("item") or row["question"]) == (row.get("item") or row["question"])
        return reading["reading"] in ("digression", "command") and len(names) == 1 and about
    if wanted == "invalid" and row["value"] == "no_date" and reading["reading"] in ("digression", "command"):
        return True  # the bot asks for the date again in this case as well
    if reading["reading"] != wanted:
        return False
    if wanted == "invalid":
        return bool(reading["name"] == f"note-date-{row['value'].replace('_', '-')}")
    return "value" not in row or bool(reading.get("value") == row["value"])


def figures(name: str, rows: list[Row], readings: list[Row]) -> list[Figure]:
    """The figures of one set."""
    pairs = list(zip(rows, readings, strict=True))
    right = sum(is_right(*pair) for pair in pairs)
    if name.startswith("consent"):
        return [_false_consents(pairs), _accepted(pairs, "yes", 0.97), _accepted(pairs, "no", 0.95)]
    if name in ("digressions", "later_topics"):
        kinds = {kind: [pair for pair in pairs if pair[0]["reading"] == kind] for kind in ("digression", "command")}
        return [
            _at_least(f"{kind}s answered correctly", sum(is_right(*pair) for pair in found), len(found), 0.90)
            for kind, found in kinds.items()
            if found
        ]
    if name == "free_text":
        wrong = len(pairs) - right
        return [Figure("free text taken as something else", wrong, len(pairs), "under 1 %", wrong < 0.01 * len(pairs))]
    if name == "dates":
        return [_at_least("dates read correctly or asked back", right, len(pairs), 0.99)]
    return [Figure("names refused or changed", len(pairs) - right, len(pairs), "0", right == len(pairs))]


def _false_consents(pairs: Iterable[tuple[Row, Row]]) -> Figure:
    others = [reading for row, reading in pairs if row["reading"] != "yes"]
    false = sum(reading["reading"] == "yes" for reading in others)
    return Figure("other replies recorded as consent", false, len(others), "0", false == 0)


def _accepted(pairs: Iterable[tuple[Row, Row]], wanted: str, goal: float) -> Figure:
    clear = [reading for row, reading in pairs if row["reading"] == wanted]
    return _at_least(
        f"clear {wanted} accepted at once", sum(each["reading"] == wanted for each in clear), len(clear), goal
    )


def _at_least(name: str, count: int, of: int, goal: float) -> Figure:
    return Figure(name, count, of, f"{goal:.0%}", count >= goal * of)


def confusion(rows: list[Row], readings: list[Row]) -> list[str]:
    """A table of the messages' meanings against the bot's readings."""
    counts = Counter((row["reading"], reading["reading"]) for row, reading in zip(rows, readings, strict=True))
    columns = [each for each in READINGS if any(counts[wanted, each] for wanted in READINGS)]
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for wanted in READINGS:
        if any(counts[wanted, each] for each in READINGS):
            lines.append(f"| **{wanted}** | {' | '.join(str(counts[wanted, each]) for each in columns)} |")
    return lines


def evaluate(understanding: Understanding, name: str) -> tuple[list[str], list[Figure], list[str]]:
    """One set: its page, its figures, and its wrong readings."""
    rows = read_set(name)
    readings = understood(understanding, rows)
    found = figures(name, rows, readings)
    wrong = [
        json.dumps({"wanted": row, "read as": reading}, ensure_ascii=False)
        for row, reading in zip(rows, readings, strict=True)
        if not is_right(row, reading)
    ]
    page = [f"### {name.replace('_', ' ').capitalize()} ({len(rows)} messages)", "", *confusion(rows, readings), ""]
    page += [
        f"- {each.name}: {each.count} of {each.of} ({each.share:.1%}), goal {each.goal}"
        f"{'' if each.is_met else ' — **not reached**'}"
        for each in found
    ]
    return page, found, wrong


SETS = ("consent", "consent_free", "digressions", "later_topics", "free_text", "names", "dates")
VOICES, REGISTRATIONS = "voices", "registrations"
READING_TIME = "reading_time"
EVERYTHING = (REGISTRATIONS, VOICES, READING_TIME, *SETS)
_BEGINS = "<!-- figures: written by `make figures` -->"


def evaluate_voices(understanding: Understanding) -> tuple[list[str], list[str]]:
    """Single messages in the voices of the personas: their page, and the errors."""
    rows = read_set(VOICES)
    readings = understood(understanding, rows)
    return [f"### Voices ({len(rows)} messages)", "", *voices.table(rows, readings)], voices.wrong_lines(rows, readings)


def evaluate_reading_time(understanding: Understanding) -> list[str]:
    """The page with the CPU time of reading the voices' messages."""
    lines = [_line(row) for row in read_set(VOICES)]
    return ["### CPU time of reading a message", "", *reading_times(understanding, lines)]


def evaluate_registrations() -> tuple[list[str], list[str]]:
    """Whole registrations through the web channel of a bot started here: their page, and the errors."""
    personas = read_personas()
    with TemporaryDirectory() as folder:
        played = playing.play(personas, Path(folder))
    return [f"### Whole registrations ({len(personas)} personas)", "", *playing.table(played)], playing.wrong_lines(
        played
    )


def main() -> None:
    """Evaluate all sets; with ``--page``, write the figures into a page, after its marker."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="the page to write the figures to")
    parser.add_argument("--wrong", action="store_true", help="print every wrong reading")
    parser.add_argument("--only", nargs="+", choices=EVERYTHING, default=EVERYTHING, help="evaluate only these")
    arguments = parser.parse_args()
    if arguments.page and arguments.only != EVERYTHING:
        parser.error("a page has the figures of everything")
    pages: list[str] = []
    understanding = Understanding(train(), load_settings().contact_email)
    for name in arguments.only:
        if name == REGISTRATIONS:
            page, wrong = evaluate_registrations()
        elif name == VOICES:
            page, wrong = evaluate_voices(understanding)
        elif name == READING_TIME:
            page, wrong = evaluate_reading_time(understanding), []
        else:
            page, _figures, wrong = evaluate(understanding, name)
        print("\n".join(page), end="\n\n")
        if arguments.wrong:
            print("\n".join(wrong), end="\n\n")
        pages += [*page, ""]
    if arguments.page:
        before = arguments.page.read_text(encoding="utf-8").split(_BEGINS)[0]
        arguments.page.write_text(before + "\n".join([_BEGINS, "", *pages]).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

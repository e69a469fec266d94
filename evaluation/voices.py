"""Single messages in the voices of the personas, judged by the readings of ``bot understand``.

Each line of ``voices.jsonl`` has the ``question`` that is open, the ``state`` of the registration, the ``text`` with
its ``language`` and ``voice``, the ``expected`` alternatives (all right) and the ``tolerable`` ones.
An alternative names the ``reading`` and, where it matters, the topics that a digression is ``about``, the ``name`` and
``item`` of a command, the ``value`` of an answer, or ``acts`` that must all be found; ``asked_back`` means that the bot
asks whether it understood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.registration import form
from bot.registration.registration import START
from evaluation.personas import ANYTHING, AS_TYPED, RIGHT, TOLERABLE, WRONG, plain
from evaluation.sentences import ASKING_BACK, sentence_of, sentences_in, tells_about

Row = dict[str, Any]

_CONSENTS = frozenset(str(item.id) for item in form.CONSENTS)
#: Commands and questions that get the same sentence.
_HELP = {"help": "faq_help", "status": "faq_status"}
#: Commands that begin the form at the question whether to begin.
_BEGINNINGS = frozenset({"register", "resume"})
#: Readings that store or record something.
_STORING = frozenset({"yes", "no", "answer"})


def judge(row: Row, reading: Row) -> str:
    """`RIGHT`, `TOLERABLE` or `WRONG`."""
    if any(_is_met(each, row, reading) for each in row["expected"]):
        return RIGHT
    tolerable = [*row.get("tolerable", ()), *(each["acts"][0] for each in row["expected"] if "acts" in each)]
    if any(_is_met(each, row, reading) for each in tolerable):
        return TOLERABLE
    if any(_is_met(each, row, choice) for each in row["expected"] for choice in _choices(reading)):
        return TOLERABLE
    wants_act = bool(_wanted(row) & {*_STORING, "command"})
    return TOLERABLE if wants_act and is_asked_back(reading) else WRONG


def _choices(reading: Row) -> list[Row]:
    """The topics and commands that the bot offers as buttons, as readings."""
    offered = reading.get("choices", ())
    kinds = (("digression" if each["name"].startswith(("faq_", "chat_")) else "command", each) for each in offered)
    return [{"reading": kind, **each} for kind, each in kinds]


def is_asked_back(reading: Row) -> bool:
    """Whether the bot asks if it understood correctly."""
    return "choices" in reading or str(reading.get("name", "")).startswith(ASKING_BACK)


def stores_wrongly(row: Row, reading: Row) -> bool:
    """Whether the bot stores or records something that no alternative does."""
    return judge(row, reading) == WRONG and reading["reading"] in _STORING


def is_false_consent(row: Row, reading: Row) -> bool:
    """Whether the bot records a consent from a reply that is no yes."""
    alternatives = [*row["expected"], *row.get("tolerable", ())]
    yes = any(act.get("reading") == "yes" for each in alternatives for act in each.get("acts", [each]))
    return row["question"] in _CONSENTS and reading["reading"] == "yes" and not yes


def _is_met(wanted: Row, row: Row, reading: Row) -> bool:
    heard = reading.get("acts", [reading])
    if "acts" in wanted:
        return all(any(_is_act(each, row, act) for act in heard) for each in wanted["acts"])
    return _is_act(wanted, row, heard[0])


def _is_act(wanted: Row, row: Row, act: Row) -> bool:
    if wanted.get("asked_back"):
        return is_asked_back(act)
    if "about" in wanted:
        return _is_about(wanted["about"].split("|"), row["question"], act)
    if wanted["reading"] == "yes" and row["question"] == START and act.get("name") in _BEGINNINGS:
        return True
    if act["reading"] != wanted["reading"]:
        # A question about help or status gets the same answer as the command.
        return wanted["reading"] == "command" and _HELP.get(wanted["name"]) == act.get("name")
    if "name" in wanted and wanted["name"] != act.get("name"):
        return False
    if "item" in wanted and wanted["item"] != act.get("item", row["question"]):
        return False
    return "value" not in wanted or _is_value(wanted["value"], row["text"], act.get("value"))


def _is_about(topics: list[str], question: str, act: Row) -> bool:
    if act["reading"] in _STORING:
        return False
    name = str(act.get("name", ""))
    sentence = sentence_of(_HELP.get(name, name))
    sentences = {sentence, f"{sentence}-{act.get('item') or question}", *sentences_in(act.get("sentence", ""))}
    return any(tells_about(topic, each) for topic in topics for each in sentences)


def _is_value(wanted: Any, text: str, value: Any) -> bool:
    if isinstance(value, list):
        return isinstance(wanted, list) and set(value) == set(wanted)
    if isinstance(wanted, list):
        return any(_is_value(each, text, value) for each in wanted)
    if wanted == ANYTHING:
        return bool(value)
    return plain(text if wanted == AS_TYPED else str(wanted)) == plain(str(value))


def table(rows: list[Row], readings: list[Row]) -> list[str]:
    """The results by language as the lines of a table, and the counts of consents."""
    pairs = list(zip(rows, readings, strict=True))
    columns = ("messages", RIGHT, TOLERABLE, WRONG, "wrongly stored", "false consents")
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for language in ("en", "fr", "mixed"):
        lines.append(_row(language, [pair for pair in pairs if pair[0]["language"] == language]))
    lines += [_row("**all**", pairs), ""]
    consents = [pair for pair in pairs if pair[0]["question"] in _CONSENTS]
    for wanted in ("yes", "no"):
        found = [pair for pair in consents if [each.get("reading") for each in pair[0]["expected"]] == [wanted]]
        accepted = sum(pair[1]["reading"] == wanted for pair in found)
        lines.append(_share(f"clear {wanted} accepted at once", accepted, len(found)))
        if wanted == "yes":
            asked = sum(pair[1]["reading"] == "yes" or _likely_reply(pair[1]) for pair in found)
            lines.append(_share("clear yes accepted at once or asked back", asked, len(found)))
    # If a yes is doubtful, asking back is as right as saying what is unclear.
    neither = [pair for pair in consents if _wanted(pair[0]) <= {"unclear", "digression", "command"}]
    asked = sum(_likely_reply(pair[1]) for pair in neither)
    lines.append(_share("neither, but asked whether it is a yes", asked, len(neither)))
    return lines


def _likely_reply(reading: Row) -> bool:
    return bool(reading.get("name") == "question-confirm")


def _wanted(row: Row) -> set[str]:
    acts = (act for each in row["expected"] for act in each.get("acts", [each]))
    return {str(act.get("reading")) for act in acts}


def _share(name: str, count: int, of: int) -> str:
    return f"- {name}: {count} of {of} ({count / of if of else 0:.1%})"


def _row(name: str, pairs: list[tuple[Row, Row]]) -> str:
    verdicts = Counter(judge(*pair) for pair in pairs)
    shares = [f"{verdicts[each]} ({verdicts[each] / max(len(pairs), 1):.1%})" for each in (RIGHT, TOLERABLE, WRONG)]
    stored, false = (sum(counts(*pair) for pair in pairs) for counts in (stores_wrongly, is_false_consent))
    return f"| {name} | {len(pairs)} | {' | '.join(shares)} | {stored} | {false} |"


def wrong_lines(rows: Iterable[Row], readings: Iterable[Row]) -> list[str]:
    """The errors: question, message, expected and actual reading."""
    return [
        f"{row['voice']} | {row['question']} | {row['text']!r} | {judge(row, reading)} | wanted {row['expected']} | "
        f"read { ({name: each for name, each in reading.items() if name != 'sentence'}) }"
        for row, reading in zip(rows, readings, strict=True)
        if judge(row, reading) != RIGHT
    ]

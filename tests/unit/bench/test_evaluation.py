"""The evaluation: what counts as right, the figures, and that its sets are well-formed and kept apart from training."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.cli.understand import Line
from bot.registration import form
from bot.registration.form import Answer, ItemId
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER
from bot.understanding.dates import Problem
from evaluation.__main__ import READINGS, REGISTRATIONS, SETS, VOICES, Figure, confusion, figures, is_right, read_set
from evaluation.personas import read_personas

ROOT = Path(__file__).resolve().parents[3]
FRAME = {START, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL}
ASKED = {item.id for item in form.ASKED}
#: What each set may be read as.
IN_SET = {
    "consent": {"yes", "no", "unclear"},
    "consent_free": {"yes", "no", "unclear"},
    "digressions": {"digression", "command"},
    "later_topics": {"digression"},
    "free_text": {"answer"},
    "names": {"answer"},
    "dates": {"answer", "invalid"},
}

Row = dict[str, Any]
ROWS = {name: read_set(name) for name in SETS}


def row(reading: str, text: str = "words", question: str = "reasons", **more: Any) -> Row:
    return {"question": question, "text": text, "reading": reading, **more}


def said(reading: str, **more: Any) -> Row:
    return {"reading": reading, **more}


@pytest.mark.parametrize("wanted", ["yes", "no", "unclear", "answer"])
@pytest.mark.parametrize("reading", READINGS)
def test_a_reading_is_right_if_it_is_the_one_that_is_wanted(wanted: str, reading: str) -> None:
    assert is_right(row(wanted), said(reading, name="any", value="any")) == (wanted == reading)


@pytest.mark.parametrize(
    ("wanted", "value", "right"),
    [
        ("1985-05-03", "1985-05-03", True),
        ("1985-05-03", "1985-03-05", False),
        ("1985-05-03", ["1985-03-05", "1985-05-03"], False),
        (["1985-03-05", "1985-05-03"], ["1985-03-05", "1985-05-03"], True),
        (["1985-03-05", "1985-05-03"], "1985-05-03", False),
        ("Maria", None, False),
    ],
)
def test_an_answer_is_right_if_its_value_is(wanted: Any, value: Any, right: bool) -> None:
    assert is_right(row("answer", value=wanted), said("answer", value=value)) is right


@pytest.mark.parametrize(
    ("wanted", "reading", "right"),
    [
        ("under_age", said("invalid", name="note-date-under-age"), True),
        ("no_date", said("invalid", name="note-date-no-date"), True),
        ("under_age", said("invalid", name="note-date-no-date"), False),
        ("under_age", said("answer", value="2015-05-03"), False),
        ("under_age", said("digression", name="faq_eligible"), False),
        ("no_date", said("digression", name="faq_why"), True),
        ("no_date", said("command", name="skip"), True),
        ("no_date", said("answer", value="1985-05-03"), False),
    ],
)
def test_a_date_that_is_none_is_right_if_it_is_asked_for_again(wanted: str, reading: Row, right: bool) -> None:
    assert is_right(row("invalid", question="date_of_birth", value=wanted), reading) is right


@pytest.mark.parametrize(
    ("wanted", "reading", "right"),
    [
        (row("digression", name="faq_cost"), said("digression", name="faq_cost"), True),
        (row("digression", name="faq_cost"), said("digression", name="faq_time"), False),
        (row("digression", name="faq_cost"), said("answer"), False),
        (row("digression", name="faq_cost"), said("unclear", name="note-unclear-consent"), False),
        (row("command", name="help"), said("digression", name="faq_help"), True),
        (row("digression", name="faq_help"), said("command", name="help"), True),
        (row("command", name="status"), said("digression", name="faq_status"), True),
        (row("command", name="pause"), said("digression", name="faq_pause"), False),
        (row("command", name="go_back"), said("command", name="go_back"), True),
        (row("command", name="change_answer", item="photo"), said("command", name="change_answer", item="photo"), True),
        (
            row("command", name="change_answer", item="photo"),
            said("command", name="change_answer", item="email"),
            False,
        ),
        (row("digression", name="faq_why", item="photo"), said("digression", name="faq_why", item="photo"), True),
        (row("digression", name="faq_why", item="photo"), said("digression", name="faq_why", item="email"), False),
        (row("digression", name="faq_why", item="photo"), said("digression", name="faq_why"), False),
        (row("digression", name="faq_why", item="reasons"), said("digression", name="faq_why"), True),
    ],
)
def test_a_digression_or_command_is_right_if_it_is_the_one_and_about_what_it_is_about(
    wanted: Row, reading: Row, right: bool
) -> None:
    assert is_right(wanted, reading) is right


def test_a_digression_about_what_is_asked_is_wrong_if_another_item_is_read_from_it() -> None:
    assert not is_right(row("digression", name="faq_why"), said("digression", name="faq_why", item="photo"))


def test_a_share_of_nothing_is_none() -> None:
    assert Figure("x", 0, 0, "0", is_met=True).share == 0
    assert Figure("x", 1, 4, "0", is_met=False).share == 0.25


def test_one_false_consent_misses_the_goal() -> None:
    rows = [row("yes"), *[row("unclear")] * 50, row("no")]
    clean = [said("yes"), *[said("unclear")] * 50, said("no")]
    false, yes, no = figures("consent", rows, clean)
    assert (false.count, false.of, false.is_met) == (0, 51, True)
    assert (yes.count, yes.of, no.count, no.of) == (1, 1, 1, 1)
    dirty = [said("yes"), said("yes"), *[said("unclear")] * 49, said("no")]
    assert [(each.count, each.is_met) for each in figures("consent", rows, dirty)] == [(1, False), (1, True), (1, True)]
    refused = [said("yes"), *[said("unclear")] * 50, said("yes")]
    assert figures("consent", rows, refused)[0].is_met is False


def test_a_yes_or_no_that_is_asked_back_counts_against_its_goal() -> None:
    rows = [*[row("yes")] * 100, *[row("no")] * 100]
    readings = [*[said("yes")] * 97, *[said("unclear")] * 3, *[said("no")] * 95, *[said("unclear")] * 5]
    assert [each.is_met for each in figures("consent", rows, readings)] == [True, True, True]
    readings[0], readings[100] = said("unclear"), said("unclear")
    assert [each.is_met for each in figures("consent", rows, readings)] == [True, False, False]


def test_digressions_and_commands_are_counted_apart() -> None:
    rows = [*[row("digression", name="faq_cost")] * 10, *[row("command", name="skip")] * 10]
    readings = [
        *[said("digression", name="faq_cost")] * 9,
        said("answer"),
        *[said("command", name="skip")] * 8,
        *[said("unclear", name="note")] * 2,
    ]
    found = figures("digressions", rows, readings)
    assert [(each.count, each.of, each.is_met) for each in found] == [(9, 10, True), (8, 10, False)]
    assert [each.of for each in figures("later_topics", rows[:10], readings[:10])] == [10], "nothing of no commands"


def test_free_text_taken_for_something_else_has_to_stay_under_one_in_a_hundred() -> None:
    rows = [row("answer")] * 200
    one, two = [said("answer")] * 199, [said("answer")] * 198
    [figure] = figures("free_text", rows, [*one, said("digression", name="faq_cost")])
    assert (figure.count, figure.is_met) == (1, True)
    assert figures("free_text", rows, [*two, *[said("digression", name="faq_cost")] * 2])[0].is_met is False


def test_not_one_name_may_be_refused_or_changed() -> None:
    rows = [row("answer", value="Skip Thornton"), row("answer", value="Ng")]
    right = [said("answer", value="Skip Thornton"), said("answer", value="Ng")]
    assert figures("names", rows, right)[0].is_met is True
    for wrong in (said("answer", value="Thornton"), said("command", name="skip"), said("invalid", name="note")):
        [figure] = figures("names", rows, [wrong, right[1]])
        assert (figure.count, figure.is_met) == (1, False)


def test_dates_have_their_goal() -> None:
    rows = [row("answer", value="1985-05-03")] * 100
    readings = [said("answer", value="1985-05-03")] * 99
    assert figures("dates", rows, [*readings, said("unclear")])[0].is_met is True
    assert figures("dates", rows, [*readings[1:], *[said("answer", value="1985-03-05")] * 2])[0].is_met is False


@pytest.mark.parametrize("name", SETS)
def test_readings_and_rows_have_to_match_in_number(name: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        figures(name, ROWS[name][:2], [said("answer")])


def test_the_confusion_has_a_row_and_column_for_what_occurs_only() -> None:
    rows = [row("yes"), row("yes"), row("no"), row("unclear")]
    readings = [said("yes"), said("unclear"), said("no"), said("digression")]
    assert confusion(rows, readings) == [
        "| | yes | no | unclear | digression |",
        "|---|---|---|---|---|",
        "| **yes** | 1 | 0 | 1 | 0 |",
        "| **no** | 0 | 1 | 0 | 0 |",
        "| **unclear** | 0 | 0 | 0 | 1 |",
    ]


@pytest.mark.parametrize("name", SETS)
def test_every_row_of_a_set_is_well_formed(name: str) -> None:
    rows = ROWS[name]
    assert len(rows) >= (28 if name == "later_topics" else 200)
    for each in rows:
        line = Line.parse(json.dumps(each))
        assert line.text == each["text"], each
        assert line.question in ASKED | FRAME, each
        assert each["text"].strip(), each
        assert each["reading"] in IN_SET[name], each
        assert set(each) <= {"question", "text", "reading", "name", "item", "value"}, each
        assert each.get("item") in {None, *ASKED}, each


@pytest.mark.parametrize("name", SETS)
def test_no_message_of_a_set_is_there_twice_at_one_question(name: str) -> None:
    keys = [(each["question"], each["text"].casefold().strip()) for each in ROWS[name]]
    assert [key for key in keys if keys.count(key) > 1] == []


def test_consents_are_asked_where_a_yes_or_no_is() -> None:
    for each in ROWS["consent"]:
        item = form.BY_ID.get(ItemId(each["question"]))
        assert item is not None, each
        assert item.answer is Answer.YES_NO, each
    assert {each["question"] for each in ROWS["consent"]} == {item.id for item in form.CONSENTS}


def test_each_other_set_is_asked_at_its_own_questions() -> None:
    answers = {name: {form.BY_ID[each["question"]].answer for each in ROWS[name]} for name in ("names", "dates")}
    assert answers == {"names": {Answer.NAME}, "dates": {Answer.DATE}}
    assert {form.BY_ID[each["question"]].answer for each in ROWS["free_text"]} == {Answer.LONG_TEXT}


def test_digressions_and_commands_have_names_that_the_dialogue_knows() -> None:
    intents = set(YAML(typ="safe", pure=True).load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
    rows = ROWS["digressions"] + ROWS["later_topics"]
    for each in rows:
        is_digression = each["name"].startswith(("faq_", "chat_"))
        assert is_digression == (each["reading"] == "digression"), each
        assert each["name"] in intents | {"help", "status"}, each
    named = {each["name"] for each in rows}
    topics = {intent for intent in intents if intent.startswith(("faq_", "chat_"))}
    assert len(topics - named) < 5


def test_the_values_of_dates_are_dates_or_problems() -> None:
    problems = {problem.value for problem in Problem}
    for each in ROWS["dates"]:
        if each["reading"] == "invalid":
            assert each["value"] in problems, each
            continue
        values = [each["value"]] if isinstance(each["value"], str) else each["value"]
        assert 1 <= len(values) <= 2, each
        assert [date.fromisoformat(value) for value in values] == sorted(map(date.fromisoformat, values)), each


def test_each_kind_of_reading_and_problem_is_tried() -> None:
    assert {each["reading"] for each in ROWS["consent"]} == IN_SET["consent"]
    tried = {each["value"] for each in ROWS["dates"] if each["reading"] == "invalid"}
    assert tried >= {problem.value for problem in Problem} - {"year_unclear", "order_unclear"}


def bare(text: str) -> str:
    """``text`` without what makes no difference to the classifier."""
    return " ".join(re.findall(r"[\w'’]+", text.casefold()))


@pytest.fixture(scope="module")
def trained() -> set[str]:
    """Every training example."""
    found: set[str] = set()
    for path in sorted((ROOT / "nlu").glob("*.yml")):
        for entry in YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["nlu"]:
            found |= {bare(line.removeprefix("- ")) for line in entry["examples"].strip().splitlines()}
    assert len(found) > 5_000
    return found


#: Words of the longest phrase that everybody says in the same words.
COMMON = 3


@pytest.mark.parametrize("name", SETS)
def test_no_message_of_a_set_was_trained_on(name: str, trained: set[str]) -> None:
    told = [each["text"] for each in ROWS[name] if len(bare(each["text"]).split()) > COMMON]
    assert [text for text in told if bare(text) in trained] == []


#: Sets that nobody who writes training examples has read: what everybody says may be in both by chance.
UNREAD = {
    VOICES: [each["text"] for each in read_set(VOICES)],
    REGISTRATIONS: [step.says for persona in read_personas() for step in persona.steps],
}


@pytest.mark.parametrize("name", UNREAD)
def test_hardly_a_message_of_an_unread_set_was_trained_on(name: str, trained: set[str]) -> None:
    told = [text for text in UNREAD[name] if len(bare(text).split()) > COMMON]
    found = [text for text in told if bare(text) in trained]
    assert len(found) < 0.02 * len(told), found


@pytest.mark.parametrize(
    "line",
    [
        "",
        "words",
        "[]",
        "1",
        "null",
        '"two_months"',
        "{}",
        '{"question": "two_months"}',
        '{"text": "yes"}',
        '{"question": "two_months", "text": 1}',
        '{"question": "two_months", "text": null}',
        '{"question": 1, "text": "yes"}',
        '{"question": null, "text": "yes"}',
        '{"question": ["two_months"], "text": "yes"}',
        '{"question": "no_such", "text": "yes"}',
        '{"question": "settings_change", "text": "yes"}',
        '{"question": "two_months", "text": "yes"',
    ],
)
def test_a_line_that_is_no_message_is_an_error_that_says_so(line: str) -> None:
    with pytest.raises(ValueError, match=r"Each line|have to be|There is no question"):
        Line.parse(line)


@pytest.mark.parametrize("question", sorted(ASKED | FRAME))
def test_a_line_names_any_question(question: str) -> None:
    line = Line.parse(json.dumps({"question": question, "text": "yes", "more": 1}))
    assert line == Line(ItemId(question), "yes")


def test_a_line_holds_what_can_be_stored_only() -> None:
    assert Line.parse('{"question": "start", "text": "a\\u0000b\\ud83d"}').text == "ab\ufffd"

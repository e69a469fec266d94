"""Dividing a message into clauses, and reading a reply with questions beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.registration import form
from bot.understanding.clauses import clauses
from bot.understanding.reader import Act, Meaning, ReadingContext
from tests.support.reading import read

LIKELY = {"faq_sees": 0.9, "inform": 0.01}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ann Lee. Who sees it?", ("Ann Lee.", "Who sees it?")),
        ("Thanks! What happens now?", ("Thanks!", "What happens now?")),
        ("bob@example.org, who sees it?", ("bob@example.org", "who sees it?")),
        ("I agree\nand who reads it?", ("I agree", "and who reads it?")),
        ("Ann Lee - why do you ask?", ("Ann Lee", "why do you ask?")),
        ("Je m'appelle Zoé, pourquoi cette question ?", ("Je m'appelle Zoé", "pourquoi cette question ?")),
        ("J. Ortega", ("J. Ortega",)),
        ("Dr. Ann B. Lee", ("Dr. Ann B. Lee",)),
        ("I know what I do, and why", ("I know what I do, and why",)),
        ("welding, e.g. ISO 9606-1:2017, 12.5 mm", ("welding, e.g. ISO 9606-1:2017, 12.5 mm",)),
        ("", ()),
    ],
)
def test_a_message_is_divided_where_a_person_would(text: str, parts: tuple[str, ...]) -> None:
    assert clauses(text) == parts


@given(st.text(alphabet="ab.?!,;\n - whyand"))
def test_clauses_are_the_text_itself_and_only_a_joining_word_is_left_out(text: str) -> None:
    at, left_out = 0, []
    for part in clauses(text):
        begin = text.index(part, at)
        left_out.append(text[at:begin])
        at = begin + len(part)
    assert all(between.strip(" ,\n-.") in ("", "and") for between in [*left_out, text[at:]])


@pytest.mark.parametrize(
    ("kind", "text", "meaning"),
    [
        (
            "name",
            "Ann Lee. Who sees my name?",
            Meaning("inform", value="Ann Lee.", also=(Act("faq_sees", "full_name"),)),
        ),
        ("email", "bob@example.org, who sees it?", Meaning("inform", value="bob@example.org", also=(Act("faq_sees"),))),
        ("yes_no", "Yes. Who sees it?", Meaning("affirm", also=(Act("faq_sees"),))),
        ("yes_no", "No! Who sees it?", Meaning("deny", also=(Act("faq_sees"),))),
        ("photo", "Who sees it? And who reads it?", Meaning("faq_sees")),
    ],
)
def test_a_reply_and_the_question_beside_it_are_both_heard(kind: str, text: str, meaning: Meaning) -> None:
    assert read(text, ReadingContext("it", kind), LIKELY) == meaning


@pytest.mark.parametrize("text", ["Yes, my wife reads it all. Who sees it?", "Yes and no. Who sees it?"])
def test_a_reply_with_a_remark_is_none_because_of_a_question_beside_it(text: str) -> None:
    assert read(text, ReadingContext("it", "yes_no"), LIKELY).intent not in ("affirm", "deny")


@pytest.mark.parametrize("text", ["Yes, who sees it?", "Who sees it? Yes", "Yes who sees it?"])
def test_a_yes_that_runs_into_a_question_is_asked_back_at_a_consent(text: str) -> None:
    asked = ReadingContext("ethics_privacy", "yes_no", form.BY_ID[form.ItemId("ethics_privacy")].wording)
    assert read(text, asked, LIKELY).intent != "affirm"

"""A date of birth in another text is hidden; other dates are part of the text."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.births import without_birth_date
from bot.understanding.dates import masked

BORN = date(1985, 5, 3)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("I was born on 3 May 1985. I came on 1 June 2003.", "I was born on • • •. I came on 1 June 2003."),
        ("My date of birth is 03/05/1985, ok", "My date of birth is •/•/•, ok"),
        ("DOB: 1985-05-03", "DOB: •-•-•"),
        ("my birthday is the third of May nineteen eighty-five", "my birthday is the • of • • •-•"),
        ("born 5.3.85", "born •.•.•"),
    ],
)
def test_a_date_that_is_introduced_as_a_birth_date_is_hidden(text: str, hidden: str) -> None:
    assert without_birth_date(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Since 3 May 1985, and 4 May 1985", "Since • • •, and 4 May 1985"),
        ("It was 5/3/1985.", "It was •/•/•."),
        ("the third of May nineteen eighty-five", "the • of • • •-•"),
        ("May 3rd, 1985", "• •, •"),
        ("1985年5月3日", "•"),
    ],
)
def test_the_sealed_date_is_hidden_in_whatever_writing_and_no_other(text: str, hidden: str) -> None:
    assert without_birth_date(text) == text
    assert without_birth_date(text, BORN) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "my son was born on 3 June 2004",
        "my wife's birthday is 4 May 1990",
        "I was born in Ghana and worked there from 3 May 2010",
        "I was born in 1984 in a village",
        "I trained two colleagues in May 2015.",
        "We bake 3 May breads a day",
        "The company was born on 4 May 1999",
        "",
        "🙂",
    ],
)
def test_other_dates_are_part_of_the_text(text: str) -> None:
    assert without_birth_date(text, BORN) == text


@given(st.text(max_size=80))
def test_a_text_without_any_part_of_a_date_stays_as_it_is(text: str) -> None:
    if masked(text) == text:
        assert without_birth_date(f"I was born here {text}", BORN) == f"I was born here {text}"


@pytest.mark.timeout(20)
def test_a_long_text_is_searched_before_anybody_waits() -> None:
    text = "I trained 12 colleagues in May 2015 and 3 more on 4 June 2016. " * 90
    assert without_birth_date(text, BORN) == text

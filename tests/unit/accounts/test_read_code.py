"""Reading a code out of what a person types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.accounts.email_codes import read_code


@pytest.mark.parametrize(
    "text",
    [
        *("123456", " 123456 ", "123 456", "123-456", "12 34 56", "1 2 3 4 5 6", "123–456", "123‑456", "123\u00a0456"),
        *(
            "my code is 123456",
            "my code is 123456.",
            "It says: 123 456!",
            "code123456",
            "#123456",
            "mentor-123456",
        ),
        *("１２３４５６", "١٢٣٤٥٦", "१२३४५६", "123\n456", "**123456**", "the 1st: 123456", "(123456)"),
        *("12\u200b3456", "yes, 123456 from your 2 letters"),
    ],
)
def test_a_code_is_read_as_people_type_it(text: str) -> None:
    assert read_code(text) == "123456"


@pytest.mark.parametrize("text", ["000000", "000 001", "000-010"])
def test_leading_zeros_are_kept(text: str) -> None:
    assert read_code(text) == text.replace(" ", "").replace("-", "")


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "I did not get it", "12345", "1234567", "123 4567", "+44 7911 123456", "12345 6 7"),
        *("123456 654321", "123456 or 654321", "one two three four five six", "123", "१२३४५", "12  34,56", "0x1e240"),
    ],
)
def test_anything_else_is_no_code(text: str) -> None:
    assert read_code(text) is None


@given(st.text())
def test_a_code_is_six_western_digits_whatever_is_typed(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == 6 and code.isascii() and code.isdigit())


@given(st.integers(0, 999_999), st.sampled_from(["", " ", "-"]), st.text(alphabet="abcdef .!,", max_size=20))
def test_every_code_is_read_back(number: int, between: str, around: str) -> None:
    code = f"{number:06}"
    assert read_code(f"{around}{code[:3]}{between}{code[3:]}{around}") == code

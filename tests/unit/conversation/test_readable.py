"""What of a message may be read."""

from __future__ import annotations

import pytest

from bot.conversation.readable import hides_date
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE

#: Characters of the longest message that a channel takes, some times over.
MANY = 100_000
SECONDS = 5


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize(
    ("part", "hidden_at"),
    [
        ("1/", {form.PHOTO, form.DATE_OF_BIRTH}),
        ("1", {form.DATE_OF_BIRTH}),
        *((part, set()) for part in ("a", "a@", "a@b.", "a ", ".", "\N{COMBINING ACUTE ACCENT}")),
    ],
)
def test_a_very_long_message_is_looked_through_in_a_moment(part: str, hidden_at: set[ItemId]) -> None:
    message = Incoming(Kind.TEXT, text=part * MANY)
    asked = (form.PHOTO, form.DATE_OF_BIRTH, form.EMAIL)
    assert {question for question in asked if hides_date(message, question, question)} == hidden_at


@pytest.mark.parametrize(
    ("text", "is_hidden"),
    [
        ("502810", False),
        ("my code is 502810", False),
        ("My code is 502-810.", False),
        ("it says 502 810, is that right?", False),
        ("I was born on 17/03/1985", True),
        ("I was born 170385", True),
        ("502810, and I was born on 17 March 1985", True),
        ("502810 17/03/1985", True),
    ],
)
def test_a_code_in_a_sentence_is_no_date(text: str, is_hidden: bool) -> None:
    message = Incoming(Kind.TEXT, text=text, shown=EMAIL_CODE)
    assert hides_date(message, EMAIL_CODE, EMAIL_CODE) is is_hidden

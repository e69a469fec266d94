"""When somebody wants to be reminded."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understanding.reader import ReadingContext
from bot.understanding.reminder_times import asks_for_reminder, reminder_days
from tests.support.reading import read

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("remind me tomorrow", 1),
        ("Send me a reminder next week, please.", 7),
        ("come back next week", 7),
        ("Could you remind me about it in 3 days?", 3),
        ("remind me in two weeks", 14),
        ("write to me again in a month", 30),
        ("remind me on Friday", 4),
        ("remind me next monday please", 7),
        ("Rappelez-moi demain, svp", 1),
        ("Envoyez-moi un rappel la semaine prochaine", 7),
        ("revenez dans trois jours", 3),
        ("rappelle-moi vendredi", 4),
    ],
)
def test_the_days_until_a_reminder(text: str, days: int) -> None:
    assert asks_for_reminder(text)
    assert reminder_days(text, MONDAY) == days


@pytest.mark.parametrize("kind", ["long_text", "yes_no", "name", "date"])
def test_a_wish_to_be_reminded_is_read_at_every_question(kind: str) -> None:
    assert read("send me a reminder next week please", ReadingContext("reasons", kind), {}).intent == "remind_me"


@pytest.mark.parametrize(
    "text",
    [
        "don't remind me tomorrow",
        "remind me",
        "stop reminding me",
        "come back",
        "I remind people of their appointments next week",
        "tomorrow",
        "remind me in 0 days",
        "remind me in 999 months",
        "Remind me of who I was in two weeks and what I did before that in my old job",
    ],
)
def test_what_is_no_wish_to_be_reminded(text: str) -> None:
    assert not asks_for_reminder(text)


def test_no_time_is_no_number_of_days() -> None:
    assert reminder_days("remind me some time", MONDAY) is None

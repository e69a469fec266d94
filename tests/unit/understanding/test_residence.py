"""Where a mentor says that they live now."""

from __future__ import annotations

import pytest

from bot.understanding.residence import residence_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I moved to Texas last month", (("country", "United States"), ("region", "US-TX"))),
        ("j'habite plus en France, je suis au Québec maintenant", (("country", "Canada"), ("region", "CA-QC"))),
        ("wrong country, I live in Belgium", (("country", "Belgium"),)),
        ("mon pays c'est le Sénégal", (("country", "Senegal"),)),
        ("I moved to Canada, not to Spain", (("country", "Canada"),)),
    ],
)
def test_a_place_of_residence_is_found(text: str, found: tuple[tuple[str, str], ...]) -> None:
    assert residence_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "I live in Canada, does that matter?",
        "I moved from Spain to Portugal",
        "I moved, no",
        "I'm in a meeting now",
        "I agree, my country has the same law",
        "I have moved on from banking",
        "my mentees live in Kenya",
        "",
    ],
)
def test_nothing_else_is(text: str) -> None:
    assert residence_in(text) == ()

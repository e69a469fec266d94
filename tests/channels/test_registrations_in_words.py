"""Two of the personas of the evaluation register through the web channel; ``make eval`` plays all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.registration.registration import START
from evaluation.personas import RIGHT, SUBMITTED, read_personas
from evaluation.playing import play, wrong_lines

#: The smallest share of right messages.
FLOOR = 0.7


@pytest.mark.long
@pytest.mark.timeout(300)
def test_two_personas_register_in_their_own_words(tmp_path: Path) -> None:
    personas = [each for each in read_personas() if each.name in {"olu", "priya"}]
    played = play(personas, tmp_path)
    wrong = "\n".join(wrong_lines(played))
    for persona in personas:
        moves = [each for each in played if each.persona == persona]
        assert {each.step.at for each in moves} >= {START, "code_of_ethics", "review", SUBMITTED}, wrong
        assert len(moves) >= len(persona.steps) - 3, wrong
    assert not [each for each in played if each.verdict.false_consents or each.verdict.is_wrong_ending], wrong
    assert sum(each.verdict.verdict == RIGHT for each in played) >= FLOOR * len(played), wrong

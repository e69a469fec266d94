"""Registrations on Telegram with faulty calls and updates."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.telegram import measure, problems


@pytest.mark.long
def test_nothing_is_lost_doubled_or_out_of_order_whatever_goes_wrong(tmp_path: Path) -> None:
    found = measure(tmp_path, registrations=3, at_once=3, probability=0.05)
    assert problems(found) == []
    assert sum(number for name, number in found.items() if name.startswith("faults: ")) > 0

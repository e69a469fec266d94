"""Registrations submitted while the processes are killed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.submits import measure, problems


@pytest.mark.long
def test_every_submit_leads_to_one_check_whatever_is_killed(tmp_path: Path) -> None:
    found = measure(tmp_path, 24, 8, random.Random(3))
    assert problems(found) == []
    assert found["times the service was killed"] > 0
    assert found["times the worker was killed"] > 0

"""Stand-ins for packages that Rasa imports and this bot is installed without."""

from __future__ import annotations

import importlib

from bot.dialogue import absent_packages


def test_a_stand_in_that_is_asked_whether_something_is_its_own_says_no() -> None:
    absent_packages.install()
    tensorflow = importlib.import_module("tensorflow")
    assert not tensorflow.is_tensor(1)

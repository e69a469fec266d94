"""Settings of the unit tests."""

from __future__ import annotations

from hypothesis import settings

# The same examples in every run, so that a failure can be repeated, and no failure because the machine is busy.
settings.register_profile("unit", deadline=None, derandomize=True)
settings.load_profile("unit")

"""How many examples the tests of this folder try: few in `make test`, FUZZ times as many in `make fuzz`."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

#: How many times as many examples as usual.
FUZZ = max(1, int(os.environ.get("FUZZ", "1")))

# At the usual size the same examples in every run, so that a failure can be repeated; a longer run looks for new ones.
settings.register_profile(
    "fuzz",
    deadline=None,
    derandomize=FUZZ == 1,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


def examples(number: int) -> settings:
    """The profile with ``number`` examples, times FUZZ."""
    return settings(settings.get_profile("fuzz"), max_examples=number * FUZZ)

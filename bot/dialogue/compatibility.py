"""What Rasa 3.6.21 misses on a current Python beside current packages, put back just before it is imported.

Each mend has its reason; `tests/unit/dialogue/test_compatibility.py` fails for one that is not needed any more.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence

from bot.dialogue import absent_packages


def legacy_versions() -> None:
    """`rasa.shared.utils.validation` imports the class and compares with it; packaging dropped it in 22."""
    import packaging.version as versions

    vars(versions).setdefault("LegacyVersion", type("LegacyVersion", (versions.Version,), {}))


def numpy_deprecation_warning() -> None:
    """`rasa.utils.common` names the class in a warnings filter; NumPy 2 moved it."""
    import numpy as np

    vars(np).setdefault("VisibleDeprecationWarning", np.exceptions.VisibleDeprecationWarning)


#: All mends, in any order.
MENDS: tuple[Callable[[], None], ...] = (legacy_versions, numpy_deprecation_warning)


class _BeforeRasa(importlib.abc.MetaPathFinder):
    """Makes the mends when Rasa is about to be imported, and then steps aside: nobody else pays for them."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """None, always: the import goes on as usual."""
        if fullname == "rasa":
            sys.meta_path.remove(self)
            for mend in MENDS:
                mend()
        return None


def install() -> None:
    """Let Rasa be imported from now on. Calling it again changes nothing."""
    absent_packages.install()
    if "rasa" not in sys.modules and not any(isinstance(each, _BeforeRasa) for each in sys.meta_path):
        sys.meta_path.insert(0, _BeforeRasa())

"""Fixes that Rasa 3.6.21 needs on a current Python with current packages, applied just before its import.

Each fix has its reason; `tests/dialogue/test_compatibility.py` fails for a fix that is no longer needed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import logging
import os
import sys
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from bot.dialogue import absent_packages


def legacy_versions() -> None:
    """`rasa.shared.utils.validation` imports the class and compares with it; packaging dropped it in 22."""
    import packaging.version as versions

    vars(versions).setdefault("LegacyVersion", type("LegacyVersion", (versions.Version,), {}))


def numpy_deprecation_warning() -> None:
    """`rasa.utils.common` names the class in a warnings filter; NumPy 2 moved it."""
    import numpy as np

    vars(np).setdefault("VisibleDeprecationWarning", np.exceptions.VisibleDeprecationWarning)


def filtered_archives() -> None:
    """`tarsafe` unpacks models without a filter; Python 3.14 needs one, and this one is safe."""
    import tarfile

    import tarsafe

    tarsafe.TarSafe.extraction_filter = staticmethod(tarfile.data_filter)


def servers_in_one_process() -> None:
    """`rasa shell` and `rasa run` make their application as they start; Sanic 22.9 looks for it in another process."""
    from functools import partialmethod

    from sanic import Sanic

    in_one_process = partialmethod(Sanic.run, single_process=True)
    setattr(Sanic, "run", in_one_process)  # noqa: B010  (mypy lets nobody assign a method)


def streamed_responses() -> None:
    """The channel that `rasa shell` talks to streams its replies by a function that Sanic dropped in 22.12."""
    import sanic.response as response

    vars(response).setdefault("stream", response.ResponseStream)


def no_telemetry() -> None:
    """Rasa's commands report telemetry by default, with options that Sentry dropped in 2.0."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


def pkg_resources_without_warnings() -> None:
    """Rasa imports `pkg_resources`, which warns that it will go; `pyproject.toml` pins a setuptools that has it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pkg_resources  # noqa: F401  (it warns only at the first import)


class _ReportsOfNothing(importlib.abc.MetaPathFinder):
    """Fixes `rasa.nlu.test` at its import."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Load the module, and let it skip scikit-learn's report if there are no entities."""
        if fullname != "rasa.nlu.test":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def execute_and_mend(module: types.ModuleType) -> None:
            execute(module)
            report = module.__dict__["_calculate_report"]

            def calculate_report(folder: str | None, targets: list[str], *others: Any, **options: Any) -> Any:
                return report(folder, targets, *others, **options) if targets else ({}, 0.0, 0.0, 0.0, [], [])

            module.__dict__["_calculate_report"] = calculate_report

        vars(spec.loader)["exec_module"] = execute_and_mend
        return spec


def reports_of_nothing() -> None:
    """`rasa test core` asks scikit-learn for a report on entities; without tokens there are none, which it refuses."""
    sys.meta_path.insert(0, _ReportsOfNothing())


#: All fixes, in any order.
MENDS: tuple[Callable[[], None], ...] = (
    legacy_versions,
    numpy_deprecation_warning,
    filtered_archives,
    servers_in_one_process,
    streamed_responses,
    no_telemetry,
    pkg_resources_without_warnings,
    reports_of_nothing,
)


class _BeforeRasa(importlib.abc.MetaPathFinder):
    """Applies the fixes when Rasa is about to be imported, and then removes itself."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Always None: the import goes on as usual."""
        if fullname == "rasa":
            sys.meta_path.remove(self)
            for mend in MENDS:
                mend()
        return None


def install() -> None:
    """Prepare the import of Rasa. A repeated call changes nothing."""
    absent_packages.install()
    if "rasa" not in sys.modules and not any(isinstance(each, _BeforeRasa) for each in sys.meta_path):
        sys.meta_path.insert(0, _BeforeRasa())


def keep_quiet() -> None:
    """Let Rasa log only warnings and errors; call it before Rasa is imported.

    Its debug lines quote the mentor, and its code triggers many deprecation warnings.
    """
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name, level in {"rasa": logging.WARNING, "rasa.core.actions.action": logging.CRITICAL}.items():
        logging.getLogger(name).setLevel(level)
    warnings.filterwarnings("ignore", module=r"rasa\.")

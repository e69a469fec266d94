"""Stand-ins for packages that Rasa imports though this bot never uses them.

Rasa 3.6.21 imports TensorFlow, several chat platforms' clients and a few cloud SDKs at module level, whatever the
configuration names. ``requirements/bot.txt`` leaves them out (2 GB less on disk, 6 s less at start), so an importer at
the very end of ``sys.meta_path`` provides stand-ins; an installed package always wins. A stand-in can be named,
subclassed and used as a decorator, which is all that importing Rasa needs; any other use raises `AbsentPackageError`
with a sentence.

Other packages are installed for training or Rasa's shell. The service does not need them: with `leave_out` it starts
without them.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Iterator, Sequence, Set
from typing import Any

#: Import roots that Rasa 3.6.21 names at module level and that ``requirements/bot.txt`` leaves out.
ABSENT = frozenset(
    {
        "aio_pika",
        "aiogram",
        "aiormq",
        "boto3",
        "botocore",
        "cachecontrol",
        "fbmessenger",
        "google.auth",
        "google.cloud",
        "google.oauth2",
        "keras",
        "matplotlib",
        "mattermostwrapper",
        "psycopg2",
        "pydot",
        "pymongo",
        "sklearn_crfsuite",
        "slack_sdk",
        "tensorflow",
        "tensorflow_hub",
        "tensorflow_text",
        "twilio",
        "webexteamssdk",
    }
)


#: Import roots that Rasa names at module level and that serving never uses with the bot's own components:
#: `bot.dialogue.components.linear_model` applies scikit-learn's result, there is no terminal, and Rasa serves no HTTP.
UNUSED = frozenset({"jwt", "prompt_toolkit", "questionary", "sanic", "scipy", "sklearn", "socketio"})

#: A channel of Rasa's that this bot never uses, as it has one of its own. Where its client is installed, as for the
#: tests, each process would import it, which takes seconds.
OTHER_CHANNEL = frozenset({"rasa.core.channels.telegram"})


class AbsentPackageError(ImportError):
    """Code tried to use a package that is not installed with the bot."""


class _AbsentMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _Absent

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not _Absent:
            raise AbsentPackageError(
                f"{cls.__module__}.{cls.__qualname__} needs a package that this bot is installed without (TensorFlow, "
                "or a chat platform's or cloud provider's client), or that the service leaves out (`UNUSED` in "
                "bot/dialogue/absent_packages.py). Remove the component from config.yml, or add the package to the "
                "dependencies in pyproject.toml."
            )
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        return _Absent

    def __getitem__(cls, item: object) -> Any:
        return cls

    def __or__(cls, other: object) -> Any:
        return cls

    def __ror__(cls, other: object) -> Any:
        return cls

    def __iter__(cls) -> Iterator[Any]:
        return iter(())

    def __bool__(cls) -> bool:
        # Matplotlib, for example, asks an imported TensorFlow whether a value is a tensor: it is not.
        return False


class _Absent(metaclass=_AbsentMeta):
    """Any name of an absent package: a class to inherit from, a decorator, a type in an annotation."""


class _AbsentModule(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0"
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name.endswith(("Error", "Exception")):
            # Rasa names these in `except` clauses, which accept real exception classes only.
            return type(name, (AbsentPackageError,), {"__module__": self.__name__})
        return _AbsentMeta(name, (_Absent,), {"__module__": self.__name__}) if name[:1].isupper() else _Absent


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports stand-ins for these packages or modules, and for their contents."""

    def __init__(self, roots: Set[str]) -> None:
        self._roots = roots

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a stand-in for the import, if it needs one."""
        parts = fullname.split(".")
        names = {".".join(parts[:depth]) for depth in range(1, len(parts) + 1)}
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if names & self._roots else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Make the stand-in."""
        module = _AbsentModule(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to run: a stand-in has no code."""


def install() -> None:
    """Provide stand-ins for `ABSENT` packages and `OTHER_CHANNEL` from now on. A repeated call changes nothing."""
    if not any(isinstance(finder, StandIns) for finder in sys.meta_path):
        sys.meta_path.append(StandIns(ABSENT))
        sys.meta_path.insert(0, StandIns(OTHER_CHANNEL))


def leave_out() -> None:
    """Provide stand-ins for `ABSENT` and `UNUSED` packages even if installed; call it before Rasa is imported."""
    sys.meta_path.insert(0, StandIns(ABSENT | UNUSED))

"""Reads secrets from files: with ``NAME_FILE`` set, the setting ``NAME`` is what that file holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

#: The end of the name of a setting that names the file.
SUFFIX = "_FILE"


class SecretFileError(Exception):
    """A secret cannot be read from its file; the message names the setting and says why."""


def read_secrets(given: Mapping[str, str | None], names: Iterable[str], folder: Path) -> dict[str, str]:
    """The secrets that lie in files, by setting.

    Args:
        given: what is set in the environment and in ``.env``, by name in lower case.
        names: the settings that hold secrets, in lower case.
        folder: where a relative path starts.

    Raises:
        SecretFileError: a file cannot be read or is empty, or the secret is given twice.
    """
    secrets: dict[str, str] = {}
    for name in names:
        path = given.get(name + SUFFIX.lower())
        if not path:
            continue
        setting = name.upper()
        if given.get(name):
            raise SecretFileError(f"{setting} and {setting}{SUFFIX} are both set. Keep one of them.")
        secrets[name] = _read(folder / path, setting + SUFFIX)
    return secrets


def _read(path: Path, setting: str) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretFileError(f"{setting}: {path} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise SecretFileError(f"{setting}: {path} is not UTF-8 text.") from None
    if not secret:
        raise SecretFileError(f"{setting}: {path} is empty.")
    return secret

"""The page of settings, from `bot.core.settings.Settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.core.secret_files import SUFFIX
from bot.core.settings import SECRETS, Settings
from docs_reference.markdown import GENERATED, table

_INTRODUCTION = """
# Settings

The bot reads its settings from the environment, or from the file `.env` at the top of the repository (with an installed wheel: in the current folder). The environment wins.

The start stops with a sentence if a value is invalid, if `.env` holds a name that is not a setting, or if a variable of the environment looks like a misspelt setting (`DATABSE_URL`: did you mean `DATABASE_URL`?).

A secret can lie in a file: {files}. The file holds the value alone; a relative path starts at the folder of `.env`. The start stops with a sentence if the file cannot be read or is empty, or if both names are set.

"""


def page() -> str:
    """Every setting with its default and its effect."""
    rows = [
        (f"`{name.upper()}`", _shown(field), field.description or "") for name, field in Settings.model_fields.items()
    ]
    return (
        GENERATED.format(source="bot/core/settings.py")
        + _INTRODUCTION.format(files=", ".join(f"`{name.upper()}{SUFFIX}`" for name in SECRETS))
        + table(["setting", "default", "what it does"], rows)
    )


def _shown(field: FieldInfo) -> str:
    value: Any = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.as_posix()
    if isinstance(value, bool):
        value = str(value).lower()
    return "–" if value in (None, "") else f"`{value}`"

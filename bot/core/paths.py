"""Where the program's own files lie."""

from __future__ import annotations

from pathlib import Path

#: The folder that holds the package `bot`: the repository, or the site-packages of an installed wheel.
IMPORTED_FROM = Path(__file__).resolve().parents[2]
_IN_WHEEL = IMPORTED_FROM / "bot" / "project"
#: Whether this is an installed wheel, and not a checkout of the repository.
IS_WHEEL = _IN_WHEEL.is_dir()
#: The folder of Rasa's files, the model and the organisation: the repository, or a wheel's copy (setup.py).
REPOSITORY = _IN_WHEEL if IS_WHEEL else IMPORTED_FROM
#: The folder of `.env`, from which relative paths in settings start.
SETTINGS_FOLDER = Path.cwd() if IS_WHEEL else REPOSITORY

"""What a start imports, and what it leaves alone: it is most of the service's memory, and of its time to start."""

from __future__ import annotations

import functools
import json
import subprocess
import sys

import pytest

from tests.support.service import ROOT

#: What is imported after the start has left out what Rasa does not need here.
SERVING = frozenset({"bot.runtime.server"})
#: Bytes that are held at most, and in the end, of what is read to know the months.
MONTHS = """
import gc, json, tracemalloc
from datetime import date
from bot.understanding.dates import read_date_of_birth
tracemalloc.start()
read_date_of_birth("3 luglio 1985", date(2026, 1, 1))
gc.collect()
print(json.dumps(tracemalloc.get_traced_memory()[::-1]))
"""


@functools.cache
def imported(module: str) -> frozenset[str]:
    """The packages that importing a module imports."""
    # As a start does it, without what is installed for the tests alone.
    leave_out = "from bot.dialogue.absent_packages import leave_out; leave_out()" if module in SERVING else ""
    code = f"import json, sys\n{leave_out}\nimport {module}; print(json.dumps([*sys.modules]))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    return frozenset(name.partition(".")[0] for name in json.loads(result.stdout))


@pytest.mark.slow
def test_what_is_wrong_with_port_folder_or_model_is_said_before_anything_slow_is_imported() -> None:
    slow = {"sqlalchemy", "fastapi", "uvicorn", "rasa", "rasa_sdk", "telegram", "typer", "cryptography", "fluent"}
    assert not slow & imported("bot.__main__")
    assert not slow & imported("bot.runtime.startup")
    assert "sqlalchemy" in imported("bot.runtime.server")


def test_who_has_no_telegram_no_bucket_and_no_migration_to_make_imports_nothing_of_them() -> None:
    assert not {"telegram", "alembic", "obstore"} & imported("bot.runtime.server")


def test_the_months_of_sixty_languages_are_kept_and_nothing_else_of_them() -> None:
    result = subprocess.run([sys.executable, "-c", MONTHS], cwd=ROOT, capture_output=True, check=True)
    most, kept = json.loads(result.stdout)
    assert most < 8e6  # what Babel would read for it is 25 MB, what it would keep 50
    assert kept < 3e6

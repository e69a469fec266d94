"""Finds misspelt and unknown names of settings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from dotenv import dotenv_values

#: A variable of the environment counts as a misspelt setting if it differs by at most this many letters: wrong,
#: missing, extra or swapped. Shorter names are too often another program's: POST is no misspelt PORT.
SLIPS, SHORTEST_TO_GUESS = 2, 8


def unknown_in_file(file: Path, known: Collection[str]) -> Iterator[str]:
    """Unknown names in the file ``.env``, each as a sentence; only the bot uses this file.

    Args:
        file: the file, which may not exist.
        known: the names of the settings, in capitals.
    """
    if not file.is_file():
        return
    for name in dotenv_values(file, encoding="utf-8"):
        if name.upper() not in known:
            nearest = get_close_matches(name.upper(), known, n=1)
            yield f"{name} in {file}: " + (f"did you mean {nearest[0]}?" if nearest else "there is no such setting")


def misspelt_in_environment(environment: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Variables of the environment that look like misspelt settings, each as a sentence.

    Args:
        environment: the names of all variables.
        known: the names of the settings, in capitals.
    """
    for name in environment:
        written = name.upper()
        if written in known:
            continue
        nearest = get_close_matches(written, known, n=1, cutoff=0.75)
        if nearest and len(nearest[0]) >= SHORTEST_TO_GUESS and _slips(written, nearest[0]) <= SLIPS:
            yield f"{name} in the environment: did you mean {nearest[0]}? If another program needs it, unset it here"


def _slips(written: str, meant: str) -> int:
    """The number of letters that differ between two names; a swap counts as two."""
    steps = SequenceMatcher(None, written, meant, autojunk=False).get_opcodes()
    return sum(max(end - start, to - since) for kind, start, end, since, to in steps if kind != "equal")

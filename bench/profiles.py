"""Where the CPU goes: py-spy looks at a process under load, and each sample is put down to a part of the system."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psutil

from bench.contenders.contender import Contender
from bench.load import Load, Mentors
from tests.support.service import ROOT

#: Samples a second.
RATE = 100
LOAD = Load(8)
#: What is looked at: contender and process.
LOOKED_AT = (("lean", "engine"), ("ours", "service"))
#: The part that a frame stands for, by how its file's path begins, in the project or a library.
AREAS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("schema check of action replies", ("jsonschema/", "pyrsistent/")),
    ("dask", ("dask/",)),
    ("copies for the debug log", ("structlog/", "rasa/utils/log_utils")),
    ("policies", ("rasa/core/policies/", "rasa/core/featurizers/")),
    ("understanding", ("rasa/nlu/", "bot/dialogue/components/", "bot/understanding/")),
    ("tracker store and database", ("rasa/core/tracker_store", "bot/storage/", "sqlalchemy/")),
    ("trackers and events", ("rasa/shared/core/", "bot/dialogue/tracker")),
    ("actions and the calls to them", ("rasa/core/actions/", "rasa/utils/endpoints", "actions/")),
    ("HTTP server", ("sanic/", "uvicorn/", "starlette/", "fastapi/", "pydantic/", "httptools/", "sanic_routing/")),
    ("HTTP client", ("aiohttp/", "httpx/", "httpcore/", "anyio/", "h11/")),
    ("rasa-sdk", ("rasa_sdk/",)),
    ("the rest of Rasa", ("rasa/", "bot/dialogue/")),
    ("web channel", ("bot/channels/",)),
    ("encryption and ledger", ("bot/security/", "bot/registration/ledger", "cryptography/")),
    ("sentences", ("bot/i18n/", "fluent/")),
    ("conversation", ("bot/conversation/", "bot/moves/", "bot/messages/", "bot/registration/")),
    ("the rest of the bot", ("bot/",)),
)
OTHER = "event loop and the rest"


async def profiles(
    contenders: Sequence[Contender], mentors: dict[str, Mentors], seconds: int
) -> list[dict[str, Any]] | str:
    """Shares of CPU by part and by function, of each process looked at; or why there are none."""
    found = []
    names = {each.name: each for each in contenders}
    for name, process in LOOKED_AT:
        if name not in names:
            continue
        sys.stderr.write(f"looking at the {process} of {name}\n")
        output = names[name].folder / f"profile-{process}.txt"
        spy = await asyncio.create_subprocess_exec(
            *_command(names[name].processes()[process], seconds, output),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        await mentors[name].run(LOAD, seconds + 1)
        _, said = await spy.communicate()
        if spy.returncode != 0:
            return f"py-spy could not look at the processes: {said.decode().strip().splitlines()[-1]}"
        found.append({"contender": name, "process": process, **shares(output.read_text().splitlines())})
    return found


def shares(stacks: Iterable[str]) -> dict[str, Any]:
    """Shares by part, and the functions with most time of their own.

    Args:
        stacks: py-spy's raw format: frames from the outermost on, separated by ``;``, a space, and how often.
    """
    areas: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for line in stacks:
        stack, _, number = line.rpartition(" ")
        frames = stack.split(";")
        areas[area_of(frames)] += int(number)
        functions[_function(frames[-1])] += int(number)
    total = max(sum(areas.values()), 1)
    return {
        "samples": sum(areas.values()),
        "areas": {name: count / total for name, count in areas.most_common()},
        "functions": {name: count / total for name, count in functions.most_common(8)},
    }


def area_of(frames: Sequence[str]) -> str:
    """The part that the innermost frame stands for that stands for one; Python's own library works for its caller."""
    for frame in reversed(frames):
        path = _path(frame)
        for name, beginnings in AREAS:
            if path.startswith(beginnings):
                return name
    return OTHER


def _path(frame: str) -> str:
    """``rasa/core/agent.py`` from py-spy's ``load (/long/path/site-packages/rasa/core/agent.py:12)``; else ``""``."""
    place = frame.rpartition(" (")[2].rpartition(":")[0]
    for root in ("/site-packages/", f"{ROOT}/"):
        _, is_below, path = place.rpartition(root)
        if is_below:
            return path
    return ""


def _function(frame: str) -> str:
    """``load (rasa/core/agent.py)``."""
    name, _, place = frame.rpartition(" (")
    return f"{name} ({_path(frame) or Path(place.rpartition(':')[0] or place.rstrip(')')).name})"


def _command(process: psutil.Process, seconds: int, output: Path) -> list[str]:
    spy = str(Path(sys.executable).with_name("py-spy"))
    where = ["--pid", str(process.pid), "--output", str(output)]
    return [
        spy,
        "record",
        "--gil",
        "--format",
        "raw",
        "--full-filenames",
        "--rate",
        str(RATE),
        "--duration",
        str(seconds),
        *where,
    ]

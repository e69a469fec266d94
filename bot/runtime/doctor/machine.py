"""Looks at this machine: the service, the data folder and the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import httpx

from bot.core.data_folder import is_in_use
from bot.core.files import check_room
from bot.core.settings import Settings
from bot.runtime.doctor.finding import Finding, ok, warning, wrong

#: Bytes of a disk below which somebody should see to it.
LITTLE_ROOM = 1024**3
#: Seconds for the service's answer; more than `bot.api.health` needs to tell what is wrong.
_ANSWER_SECONDS = 5.0


def service(settings: Settings) -> Iterator[Finding]:
    """Whether a service runs, and what it says of itself."""
    what = "service"
    if not is_in_use(settings):
        yield warning(what, "No service runs with this data folder. Start it: bot run")
        return
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104  (compared, not bound)
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        response = httpx.get(f"{address}:{settings.port}/readyz", timeout=_ANSWER_SECONDS, trust_env=False)
        answer = response.json()
        problems = ", ".join(f"{part}: {problem}" for part, problem in answer.get("problems", {}).items())
    except (httpx.HTTPError, ValueError, AttributeError) as error:
        yield wrong(
            what,
            f"It runs, but does not answer on port {settings.port} ({type(error).__name__}). If it has just started, "
            "wait for its model; else read its log, and start it again.",
        )
        return
    if response.is_success:
        yield ok(what, "It runs and is ready.")
    else:
        yield wrong(what, f"It runs, but is not ready ({problems or 'without a reason'}). Its log says more.")


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be written to, has room, and is its owner's alone."""
    folder, what = settings.data_dir, "data folder"
    if not folder.is_dir():
        yield ok(what, f"{folder} is not there yet. The first start makes it.")
        return
    status = folder.stat()
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield wrong(what, f"{folder} cannot be written to. Make it the property of the user who runs the bot.")
        return
    if status.st_uid != os.geteuid():
        yield warning(
            what,
            f"{folder} belongs to the user with the number {status.st_uid}. Run the bot's commands as that user, or "
            "the service cannot use the files that they make.",
        )
    elif status.st_mode & 0o022:
        yield warning(what, f"Others can write to {folder}. Run: chmod go-w {folder}")
    else:
        yield ok(what, f"{folder} can be written to.")
    yield _room(settings)


def _room(settings: Settings) -> Finding:
    folder, what = settings.data_dir, "disk"
    free = shutil.disk_usage(folder).free
    try:
        check_room(folder)
    except OSError as error:
        return wrong(what, f"Nothing can be written to {folder} ({error.strerror}). Free some space.")
    if free < LITTLE_ROOM:
        return warning(what, f"Only {free // 1024**2} MiB are free. Free some space, or move DATA_DIR.")
    return ok(what, f"{free / 1024**3:.0f} GiB are free.")

"""The whole examination, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bot.core.settings import Settings, SettingsError, read_settings, unknown_names
from bot.runtime.doctor import database, machine, neighbours
from bot.runtime.doctor.finding import Finding, guarded, ok, wrong

#: What is looked at after the settings, by name.
_LOOKS: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "service": machine.service,
    "data folder": machine.data_folder,
    "database": database.database,
    "Redis": neighbours.redis,
    "photos": neighbours.blobs,
    "proxy": neighbours.proxy,
    "check provider": neighbours.check_provider,
    "mail": neighbours.mail,
    "Telegram": neighbours.telegram,
}


def examine() -> Iterator[Finding]:
    """Look at the settings, then at everything that they name; nothing of the mentors is changed.

    Yields:
        The findings, each as soon as it is known. Invalid settings are the last one.
    """
    names = unknown_names()
    yield from (wrong("settings", f"Unknown setting. {each}") for each in names)
    try:
        settings = read_settings()
    except SettingsError as error:
        yield wrong("settings", str(error))
        return
    if not names:
        yield ok("settings", "All names and values are valid.")
    for what, look in _LOOKS.items():
        yield from guarded(what, partial(look, settings))

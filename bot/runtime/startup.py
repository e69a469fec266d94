"""The first steps of ``bot run``: folder, port and model. They report problems before the slow imports."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time

from bot.core.data_folder import StartError, one_instance, prepare_folder
from bot.core.paths import IS_WHEEL
from bot.core.settings import SettingsError, load_settings
from bot.dialogue.model import ModelError, is_ours, model_path, train
from bot.runtime.logs import configure as configure_logging

#: The time of the start, in seconds of the monotonic clock.
STARTED = time.monotonic()
#: The command that starts the bot.
START = "bot run" if IS_WHEEL else "make run"


def run() -> None:
    """Train if needed, start everything, print the address, and stop it all on Ctrl-C.

    Raises:
        SystemExit: it cannot start or continue; the message says why and what to do.
    """
    settings = load_settings()
    configure_logging(settings)
    try:
        prepare_folder(settings)
        with one_instance(settings, is_shared=not settings.is_sqlite):
            listener = _listen(settings.host, settings.port, "PORT")
            if not model_path().exists():
                tell("Training the dialogue model. This happens once and takes two or three minutes …")
            model = train(tell)
            _prepare_rasa()
            from bot.runtime.server import serve

            serve(settings, listener, model)
    except* (StartError, ModelError, SettingsError) as group:
        raise SystemExit(_first_sentence(group)) from None


def _prepare_rasa() -> None:
    """Set the environment that Rasa reads at import."""
    from bot.dialogue import absent_packages, compatibility

    # Without a limit, even small matrix products use threads on every core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if is_ours():
        absent_packages.leave_out()
    compatibility.keep_quiet()


def tell(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio disables Nagle's algorithm only on sockets that name theirs.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise StartError(f"HOST: {host} is not an address of this machine; the usual one is 127.0.0.1.") from None
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, "
            f"or choose another one with the setting {setting}, for example: {setting}={port % 65535 + 1} {START}"
        ) from None
    return listener


def _first_sentence(group: BaseExceptionGroup[Exception]) -> str:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return str(first)

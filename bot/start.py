"""What ``bot run`` does first: everything that the engine waits for, and the engine; it loads beside the service.

Nothing is imported here that takes long: the engine needs some seconds, the service's own imports one or two.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import secrets
import socket
import sys
import time
from collections.abc import Iterator

from bot.engine_process import EngineProcess
from bot.folder import StartError, one_instance, prepare_folder
from bot.model import EngineError, model_path, train
from bot.settings import Settings, SettingsError, load_settings

#: When the start began, in seconds of the monotonic clock.
STARTED = time.monotonic()


class Sockets:
    """The listening sockets, taken before anything slow, so that a taken port is said at once."""

    def __init__(self, settings: Settings) -> None:
        self.web = _listen(settings.host, settings.port, "PORT")
        self.actions = _listen("127.0.0.1", settings.actions_port, "ACTIONS_PORT")
        _listen("127.0.0.1", settings.engine_port, "ENGINE_PORT").close()


def run() -> None:
    """Train if needed, start everything, print the address, and stop it all on Ctrl-C.

    Raises:
        SystemExit: it cannot start, or cannot go on; the message says why and what to do.
    """
    settings = load_settings()
    _configure_logging(settings)
    try:
        prepare_folder(settings)
        with one_instance(settings):
            sockets = Sockets(settings)
            if not model_path().exists():
                tell("Training the dialogue model. This happens once and takes about half a minute …")
            model = train(settings, tell)
            tell("Starting the dialogue engine …")
            secret = settings.engine_secret.get_secret_value() or secrets.token_urlsafe(32)
            with _ahead(EngineProcess(settings, secret, model)) as engine:
                from bot.server import serve

                serve(settings, secret, sockets, engine)
    except* (StartError, EngineError, SettingsError) as group:
        raise SystemExit(_first_sentence(group)) from None


def tell(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@contextlib.contextmanager
def _ahead(engine: EngineProcess) -> Iterator[EngineProcess]:
    """The engine, started; it does not outlive what it was started for."""
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, because asyncio turns Nagle's delay off only on sockets that name theirs.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise StartError(f"HOST: {host} is no address of this machine; 127.0.0.1 is the usual one.") from None
        raise StartError(
            f"Port {port} on {host} cannot be used ({error.strerror}). Stop what uses it, "
            f"or choose another one with the setting {setting}, for example: {setting}={port % 65535 + 1} make run"
        ) from None
    return listener


def _first_sentence(group: BaseExceptionGroup[Exception]) -> str:
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return str(first)


def _configure_logging(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # httpx writes every address it calls, and Telegram's addresses hold the token.
    for noisy in (
        "httpx",
        "httpcore",
        "telegram",
        "rasa_sdk",
        "alembic",
        "uvicorn",
        "asyncio",
        "PIL",
        "python_multipart",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)

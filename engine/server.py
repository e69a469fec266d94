"""The engine's server: Rasa's agent behind the engine's own channel, and nothing else.

``rasa run`` would serve the same model, beside an HTTP API that nobody uses here, and with the imports of the whole
command line. ``--without``, or ``ENGINE_WITHOUT``, leaves one of `engine.patches` out or puts one of Rasa's own parts
back in the place of ours (`engine.rasas_own`), for a measurement.

The service holds the other end of standard input. When that closes, because the service stopped or was killed,
the engine stops too, so that its port is free for the next start.
"""

from __future__ import annotations

import argparse
import gc
import logging.config
import os
import signal
import threading
from asyncio import AbstractEventLoop
from typing import Any, Dict

from rasa.core.channels.channel import register
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.utils.io import read_config_file
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic

from engine import patches, rasas_own
from engine.actions import ActionEndpoint
from engine.channel import EngineInput
from engine.processor import EngineAgent


def _stop_with_the_service() -> None:
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Timer(3, os._exit, [1]).start()  # whatever still runs by then has nobody to talk to


def application(model: str) -> Sanic:
    """The server with the channel and, once it starts, the agent."""
    endpoints = AvailableEndpoints.read_endpoints("endpoints.yml")
    action = ActionEndpoint(endpoints.action.url, headers=endpoints.action.headers)
    app = Sanic("engine", configure_logging=False)
    credentials: Dict[str, Any] = read_config_file("credentials.yml")
    register([EngineInput.from_credentials(credentials["engine.channel.EngineInput"])], app, route="/webhooks/")

    async def load(running: Sanic, _loop: AbstractEventLoop) -> None:
        store = TrackerStore.create(endpoints.tracker_store)
        agent = EngineAgent(tracker_store=store, action_endpoint=action)
        agent.load_model(model)
        running.ctx.agent = agent
        gc.freeze()  # else each full collection looks through the model, and who writes meanwhile waits 0.13 s

    async def close(_running: Sanic, _loop: AbstractEventLoop) -> None:
        await action.close()

    app.before_server_start(load)
    app.after_server_stop(close)
    return app


def main() -> None:
    """Serve until standard input closes."""
    threading.Thread(target=_stop_with_the_service, daemon=True).start()
    parser = argparse.ArgumentParser(prog="python -m engine")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--without", default=os.environ.get("ENGINE_WITHOUT", ""))
    arguments = parser.parse_args()
    logging.config.dictConfig(read_config_file("engine/logging.yml"))
    configure_structlog(logging.WARNING)
    if arguments.without and arguments.without not in {*patches.PATCHES, *rasas_own.PARTS}:
        parser.error(f"there is nothing called {arguments.without!r} to leave out")
    patches.install(arguments.without)
    rasas_own.put_back(arguments.without)
    application(arguments.model).run("127.0.0.1", arguments.port, access_log=False, motd=False)

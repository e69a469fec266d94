"""The engine's only channel: Rasa's ``rest`` channel, without its habit of hiding failures."""

from __future__ import annotations

import hmac
import logging
from typing import Any, Awaitable, Callable, Dict, Optional

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Engine-Secret"  # noqa: S105  (the header's name, not a secret)


class EngineInput(RestInput):
    """Takes messages from the service alone, and says so when one could not be handled.

    Stock ``rest`` answers ``200 []`` when handling a message raised, and writes its text to the log.
    This one answers 500 with an empty body, and logs only the kind of exception.
    """

    def __init__(self, secret: str) -> None:
        """Create the channel.

        Args:
            secret: what the service sends in the ``X-Engine-Secret`` header.
        """
        self._secret = secret.encode()

    @classmethod
    def name(cls) -> str:
        """The channel's name, part of its address."""
        return "engine"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[str, Any]]) -> InputChannel:
        """Create the channel from its section in ``credentials.yml``."""
        secret = str((credentials or {}).get("secret") or "")
        if not secret:
            raise ValueError("credentials.yml: engine.channel.EngineInput needs a secret")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """The two routes: readiness, and one message."""
        blueprint = Blueprint("engine_channel", __name__)

        @blueprint.route("/", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            return response.json({"ready": bool(agent and agent.is_ready())})

        @blueprint.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            given = request.headers.get(SECRET_HEADER, "").encode()
            if not hmac.compare_digest(given, self._secret):
                return response.empty(status=403)
            collector = CollectingOutputChannel()
            try:
                await on_new_message(
                    UserMessage(
                        request.json["message"],
                        collector,
                        request.json["sender"],
                        input_channel=self.name(),
                        metadata=request.json.get("metadata"),
                    )
                )
            except Exception as error:  # noqa: BLE001  (whatever it was, the service has to know)
                kind = type(error).__name__  # its text, and its traceback's, may quote the mentor
                logger.error("a message could not be handled: %s", kind)
                return response.empty(status=500)
            return response.json(collector.messages)

        return blueprint

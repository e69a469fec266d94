"""Serves custom actions to the engine through rasa-sdk's executor, within the service's own process.

The SDK's own server (``python -m rasa_sdk --actions actions``) serves the same actions; it also echoes the
request in the body of an error, which this one does not.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import threading
from collections.abc import Iterator

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.conversation.engine import SECRET_HEADER
from bot.failures import described

logger = logging.getLogger(__name__)


def action_app(package: str, secret: str) -> Starlette:
    """The application with the routes that Rasa's action endpoint expects.

    Args:
        package: name of the package whose actions are served.
        secret: what the engine sends in the ``X-Engine-Secret`` header.
    """
    executor = ActionExecutor()
    executor.register_package(package)

    async def webhook(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=403)
        call = await request.json()
        try:
            result = await executor.run(call)
        except (ActionNotFoundException, ActionExecutionRejection) as error:
            status = 404 if isinstance(error, ActionNotFoundException) else 400
            return JSONResponse({"error": error.message, "action_name": error.action_name}, status)
        except Exception as error:  # noqa: BLE001  (the one handler for everything that rises)
            # The exception's own text may quote the mentor: it is kept out of the log and out of the answer.
            logger.error("action %s failed: %s", call.get("next_action"), described(error))
            return Response(status_code=500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])


@contextlib.contextmanager
def serve_in_background(package: str, secret: str, port: int) -> Iterator[None]:
    """Serve the actions on a loopback port from a thread, while Rasa's shell has the terminal."""
    server = uvicorn.Server(
        uvicorn.Config(action_app(package, secret), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()

"""The web server: uvicorn, which leaves signals to the service and believes trusted proxies."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.conversation.workers import DRAIN_SECONDS
from bot.core.settings import Settings

#: Seconds for which an idle connection is kept, so that a mentor's next message can reuse it. It must exceed the
#: keep-alive of browsers and proxies; otherwise a request could meet a connection that is just being closed.
KEEP_ALIVE_SECONDS = 75


def web_server(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """The web server of an application."""
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            forwarded_allow_ips=settings.trusted_networks,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=round(DRAIN_SECONDS),
        )
    )


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

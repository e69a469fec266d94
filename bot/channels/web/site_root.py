"""Serves the site below the path of its public address, whether the proxy in front passes that path on or strips it."""

from __future__ import annotations

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.site_root import below


class SiteRoot:
    """Puts the site's path into the scope of each request, as ASGI has it.

    Args:
        app: the application behind it.
        path: the site's path, without a slash at its end.
        routes: the application's routes.
    """

    def __init__(self, app: ASGIApp, path: str, routes: list[BaseRoute]) -> None:
        self._app = app
        self._path = path
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with below(self._path):
            path = self._path + self._route(scope["path"])
            await self._app({**scope, "path": path, "root_path": self._path}, receive, send)

    def _route(self, path: str) -> str:
        """The path below the site's: stripped here, unless the proxy has done so."""
        if not f"{path}/".startswith(f"{self._path}/"):
            return path
        rest = path.removeprefix(self._path) or "/"
        # A route may begin like the site's path: a profile is /mentors/ID.
        return path if self._is_one(path) and not self._is_one(rest) else rest

    def _is_one(self, path: str) -> bool:
        asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        return any(each.matches(asked)[0] is not Match.NONE for each in self._routes)

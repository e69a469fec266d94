"""The widget's files, for pages of any origin."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

WIDGET = Path(__file__).parent.parent / "widget"
_LOCALE = re.compile(r"locales/[a-z]{2,3}(-[a-z]{2,4})?\.js")
#: Any page may load them: they hold nothing about anybody. A browser asks each time whether they have changed.
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-cache",
}


def widget_files() -> ASGIApp:
    """Serves them compressed: unlike replies, which hold secrets, they may be."""
    return GZipMiddleware(_WidgetFiles(directory=WIDGET))


class _WidgetFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _LOCALE.fullmatch(path):
                raise
            # A language without words of its own speaks English; an error would stand in the page's console.
            response = Response("export default {};\n", media_type="text/javascript")
        response.headers.update(_HEADERS)
        return response

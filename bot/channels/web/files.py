"""The widget's files, for pages of any origin."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import rcssmin
import rjsmin
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


_MINIFIERS: dict[str, Callable[[str], str]] = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}


def widget_files(folder: Path) -> ASGIApp:
    """Serves them small and compressed: unlike replies, which hold secrets, they may be.

    Args:
        folder: where copies without comments are kept; it is made anew.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for source in (path for path in WIDGET.rglob("*") if path.is_file()):
        copy = folder / source.relative_to(WIDGET)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        if source.suffix in _MINIFIERS:
            copy.write_text(_MINIFIERS[source.suffix](source.read_text(encoding="utf-8")), encoding="utf-8")
        # From its time a browser knows whether a file has changed.
        changed = source.stat().st_mtime_ns
        os.utime(copy, ns=(changed, changed))
    return GZipMiddleware(_WidgetFiles(directory=folder))


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

"""Serves the widget's files, to pages of any origin.

They are read, minified and compressed once at start-up, and served from memory.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import rcssmin
import rjsmin
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import ENGLISH

WIDGET = Path(__file__).parent.parent / "widget"
_LOCALE = re.compile(r"locales/[a-z]{2,3}(-[a-z]{2,4})?\.js")
#: Browsers ask each time whether a file has changed.
_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
#: Any page may load them: they hold no personal data.
_ANY_ORIGIN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
#: In the place of this line a style sheet gets `colours.css`.
_COLOURS = '@import "colours.css";'
_MINIFIERS: dict[str, Callable[[str], str]] = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}


def source_of(path: Path) -> str:
    """A file of the widget with what is the organisation's: its name and colours, and what it says of itself."""
    text = path.read_text(encoding="utf-8").replace(_COLOURS, (WIDGET / "colours.css").read_text(encoding="utf-8"))
    facts, colours = ORGANISATION.facts, ORGANISATION.colours
    words = {
        "organisation": ORGANISATION.name,
        "initial": ORGANISATION.name[0].upper(),
        "about": facts.about.get(path.stem, facts.about[ENGLISH]),
    }
    for token, (light, dark) in colours:
        words |= {token: light, f"{token}_dark": dark}
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


class WidgetFile:
    """One file, as it is sent.

    Args:
        content: its bytes.
        media_type: its media type.
        headers: beside those of all files.
    """

    def __init__(self, content: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> None:
        self._plain = content
        self._headers = {**_HEADERS, **(headers or {})}
        # Without a time stamp, so that the same file has the same bytes in every process.
        self._small = gzip.compress(content, 9, mtime=0)
        self._tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        self._media_type = media_type

    @classmethod
    def read(cls, path: Path, headers: Mapping[str, str] | None = None) -> WidgetFile:
        """A file of the widget, without comments and white space."""
        content = source_of(path)
        if minify := _MINIFIERS.get(path.suffix):
            content = minify(content)
        return cls(content.encode(), mimetypes.guess_type(path.name)[0] or "application/octet-stream", headers)

    def response(self, request: Headers) -> Response:
        """The response to a request: compressed if the client accepts that, 304 if it has the file already."""
        headers = {**self._headers, "ETag": self._tag}
        if self._tag in request.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.get("accept-encoding", ""):
            return Response(self._plain, headers=headers, media_type=self._media_type)
        return Response(self._small, headers={**headers, "Content-Encoding": "gzip"}, media_type=self._media_type)


def widget_files() -> ASGIApp:
    """Serves the files compressed, which is safe because they hold no secrets."""
    files = {
        path.relative_to(WIDGET).as_posix(): WidgetFile.read(path, _ANY_ORIGIN)
        for path in WIDGET.rglob("*")
        if path.is_file()
    }
    # A language without its own texts uses English; a 404 would appear in the page's console.
    wordless = WidgetFile(b"export default {};\n", "text/javascript", _ANY_ORIGIN)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405)
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        file = files.get(name) or (wordless if _LOCALE.fullmatch(name) else None)
        if file is None:
            raise HTTPException(404)
        await file.response(Headers(scope=scope))(scope, receive, send)

    return serve

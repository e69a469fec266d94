"""The path below which the site lies: ``/mentors`` if `PUBLIC_URL` is ``https://example.org/mentors``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ROOT: ContextVar[str] = ContextVar("site root", default="")


def root() -> str:
    """The path that comes before each address of this site in the request that is being answered, or ""."""
    return _ROOT.get()


@contextmanager
def below(path: str) -> Iterator[None]:
    """Answer a request to a site that lies below this path."""
    token = _ROOT.set(path)
    try:
        yield
    finally:
        _ROOT.reset(token)


def cookie_name(name: str, *, path: str, secure: bool) -> str:
    """A cookie's name with the prefix that has browsers guard it.

    `__Host-` demands the path ``/``, so below another path it is `__Secure-`:
    https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes.

    Args:
        name: without prefix.
        path: the site's, or "".
        secure: whether the site is reached by https.
    """
    prefix = "__Secure-" if path else "__Host-"
    return f"{prefix}{name}" if secure else name

"""Mini Apps: pages of this service that a button opens inside Telegram."""

from __future__ import annotations

from typing import Any

from bot.messages.clauses import IN_TURN

#: Where the pages are, below the public address.
DATE_PAGE, CODE_PAGE, PHOTO_PAGE = "/telegram/date", "/telegram/code", "/telegram/photo"
#: In a message: the address of the page that it has a button for, and the name of that button's label.
PAGE, PAGE_BUTTON = "page", "page_button"
#: Telegram Web shows a Mini App in a frame.
_FRAMED_BY = "https://web.telegram.org"


def page_headers(*directives: str) -> dict[str, str]:
    """The headers of a page: it loads only what comes from this service.

    Args:
        directives: further ones of its content security policy.
    """
    policy = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", *directives)
    frames = ("form-action 'none'", "base-uri 'none'", f"frame-ancestors {_FRAMED_BY}")
    return {"Cache-Control": "no-store", "Content-Security-Policy": "; ".join((*policy, *frames))}


def can_open_pages(site: str) -> bool:
    """Whether Telegram opens pages of this site: it takes only https addresses."""
    return site.startswith("https://")


def with_page(reply: dict[str, Any], site: str, language: str) -> dict[str, Any]:
    """A message with the page for it, if there is one: a date, a photo, and all clauses of the code of ethics.

    Args:
        reply: the message.
        site: the service's public address.
        language: code of the mentor's language.
    """
    path, button = "", ""
    if reply.get("input") == "date":
        path, button = DATE_PAGE, "button-date-page"
    elif reply.get("input") == "photo":
        path, button = PHOTO_PAGE, "button-photo-page"
    elif "clauses" in reply or IN_TURN in reply:
        path, button = CODE_PAGE, "button-code-page"
    if not path or not can_open_pages(site):
        return reply
    return reply | {PAGE: f"{site}{path}?language={language}", PAGE_BUTTON: button}

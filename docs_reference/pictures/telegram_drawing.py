"""Draws a chat on a phone from what the bot sent over the tests' double of the Bot API; it is no screenshot of Telegram."""

from __future__ import annotations

import base64
import re
from html import escape
from itertools import pairwise

from PIL import Image
from playwright.sync_api import Browser

from bot.core.organisation import ORGANISATION
from docs_reference.pictures.film import as_image, middle_of
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage
from tests.doubles.telegram_api.received import Button

#: Messages that are drawn: the newest, as many as fit on a phone.
_NEWEST = 6
_TAGS = {"bold": "b", "italic": "i", "blockquote": "blockquote", "underline": "u", "code": "code"}
_STYLE = """
body { margin: 0; width: 390px; height: 844px; display: flex; flex-direction: column; background: #cfdcc9; font: 16px/1.35 "Liberation Sans", system-ui, sans-serif }
header { padding: 14px 18px; background: #fff; font-weight: 600 }
header small { display: block; font-weight: 400; color: #707579 }
main { flex: 1; overflow: hidden; padding: 2px 10px 12px; display: flex; flex-direction: column; align-items: flex-start }
main::before { content: ""; margin-top: auto }
.message { flex: none; width: 330px; margin-top: 10px }
.text { padding: 8px 12px; background: #fff; border-radius: 14px; white-space: pre-wrap; overflow-wrap: break-word; overflow: hidden }
.text img { display: block; width: calc(100% + 24px); margin: -8px -12px 8px; max-height: 260px; object-fit: cover }
.mine { width: auto; max-width: 300px; align-self: flex-end }
.mine .text { background: #e3fecc }
.mine img { width: 200px; max-height: 160px; margin-bottom: -8px }
blockquote { margin: 6px 0; padding: 6px 10px; border-left: 3px solid #3390ec; background: #e8f2fc; border-radius: 6px }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; padding: 8px; background: #6d8b66; color: #fff; border-radius: 10px; text-align: center }
.row .primary { background: #2b7fd0 }
.row .danger { background: #c9403a }
"""
#: To the end of the chat, or to the beginning of its newest message.
_SCROLL = """(fromTheTop) => {
    const main = document.querySelector("main");
    main.scrollTop = main.scrollHeight;
    if (fromTheTop) main.lastElementChild.scrollIntoView({ block: "start" });
}"""
#: A quotation begins and ends a line by itself.
_BREAKS = re.compile(r"\n(?=<blockquote>)|(?<=</blockquote>)\n")


class TelegramDrawing:
    """A phone on which chats are drawn.

    Args:
        browser: a running one.
        photos: what people sent, by the number of its message.
    """

    def __init__(self, browser: Browser, photos: dict[int, bytes]) -> None:
        self._page = browser.new_page(viewport={"width": 390, "height": 844})
        self._photos = photos

    def draws(self, chat: PrivateChat, *, from_the_top: bool = False) -> Image.Image:
        """The chat as it is now.

        Args:
            chat: with the messages of both sides.
            from_the_top: whether the newest message is drawn from its beginning rather than to its end, if it is
                higher than the phone.
        """
        shown = "".join(self._message(*each) for each in chat.shown[-_NEWEST:])
        bar = f"<header>{ORGANISATION.name} mentors<small>bot</small></header>"
        self._page.set_content(f"<style>{_STYLE}</style>{bar}<main>{shown}</main>")
        self._page.evaluate(_SCROLL, from_the_top)
        return as_image(self._page.screenshot())

    def place_of(self, label: str) -> tuple[float, float]:
        """The middle of the newest button with this label, as drawn last: pixels from the left and from the top."""
        button = self._page.locator(".row span").get_by_text(label, exact=True).last
        return middle_of(button)

    def _message(self, is_bots: bool, message: ReceivedMessage) -> str:
        photo = message.photo or self._photos.get(message.message_id)
        image = f'<img src="data:image/jpeg;base64,{base64.b64encode(photo).decode()}">' if photo else ""
        rows = "".join(f'<div class="row">{"".join(map(_button, row))}</div>' for row in message.rows)
        side = "message" if is_bots else "message mine"
        return f'<div class="{side}"><div class="text">{image}{formatted(message)}</div>{rows}</div>'


def _button(button: Button) -> str:
    return f'<span class="{button.style or ""}">{escape(button.label)}</span>'


def formatted(message: ReceivedMessage) -> str:
    """The text with its formatting as HTML; Telegram counts offsets in UTF-16."""
    text = message.text.encode("utf-16-le")
    marks: dict[int, str] = {}
    for each in message.entities:
        tag = _TAGS.get(each["type"])
        if tag:
            start, end = each["offset"], each["offset"] + each["length"]
            marks[start] = marks.get(start, "") + f"<{tag}>"
            marks[end] = f"</{tag}>" + marks.get(end, "")
    places = sorted({0, *marks, len(text) // 2})
    pieces = (
        marks.get(start, "") + escape(text[2 * start : 2 * end].decode("utf-16-le")) for start, end in pairwise(places)
    )
    return _BREAKS.sub("", "".join(pieces) + marks.get(places[-1], ""))

"""`python -m docs_reference.telegram_picture`: a chat with the bot on Telegram, as a picture.

The bot runs with the tests' double of the Bot API in place of Telegram, so no account and no token is needed. The
picture shows what the bot sent, in a phone's layout; it is not a screenshot of Telegram.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from html import escape
from itertools import pairwise
from pathlib import Path

from PIL import Image

from tests.doubles.telegram_api import ReceivedMessage, TelegramDouble
from tests.support.answers import QUESTIONS
from tests.support.browser import running_browser
from tests.support.service import RunningBot
from tests.support.telegram import answers, opening_of

TOKEN = "4711:picture"  # noqa: S105  (of the double)
_TAGS = {"bold": "b", "italic": "i", "blockquote": "blockquote", "underline": "u"}
_STYLE = """
body { margin: 0; width: 390px; height: 844px; background: #cfdcc9; font: 16px/1.35 system-ui, sans-serif; overflow: hidden }
header { position: fixed; inset: 0 0 auto; padding: 14px 18px; background: #fff; font-weight: 600; z-index: 1 }
header small { display: block; font-weight: 400; color: #707579 }
main { position: absolute; bottom: 14px; left: 12px; width: 330px }
.message { margin: 10px 0 4px; padding: 8px 12px; background: #fff; border-radius: 14px; white-space: pre-wrap }
blockquote { margin: 6px 0; padding: 6px 10px; border-left: 3px solid #3390ec; background: #e8f2fc; border-radius: 6px }
.row { display: flex; gap: 4px; margin-top: 4px }
.row span { flex: 1; padding: 8px; background: #7d9b76; color: #fff; border-radius: 10px; text-align: center }
"""


def main() -> None:
    """Walk to a question and draw the chat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--until", default="ethics_assist_and_guide", help="the question to stop at, see `bot form`")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots/telegram.png"), help="the picture's file")
    arguments = parser.parse_args()
    messages = _received(arguments.until)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with running_browser() as browser:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_content(_page(messages))
        with Image.open(io.BytesIO(page.screenshot())) as image:
            image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(arguments.out, optimize=True)
    print(f"Written: {arguments.out}")


def _received(until: str) -> list[ReceivedMessage]:
    if until not in QUESTIONS:
        raise SystemExit(f"There is no question {until}. `bot form` lists them.")
    with (
        tempfile.TemporaryDirectory() as folder,
        TelegramDouble(token=TOKEN) as telegram,
        RunningBot(Path(folder), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url) as bot,
    ):
        chat = telegram.user("Maria", language_code="en")
        chat.sends("/start")
        for question in QUESTIONS[: QUESTIONS.index(until)]:
            answers(chat, question, bot)
        chat.waits_for(opening_of(until))
        return [each for each in chat.received if not each.deleted][-4:]


def _page(messages: list[ReceivedMessage]) -> str:
    shown = "".join(_message(each) for each in messages)
    return f"<style>{_STYLE}</style><header>JobGen mentors<small>bot</small></header><main>{shown}</main>"


def _message(message: ReceivedMessage) -> str:
    rows = ("".join(f"<span>{escape(each.label)}</span>" for each in row) for row in message.rows)
    return f'<div class="message">{_marked(message)}</div>' + "".join(f'<div class="row">{row}</div>' for row in rows)


def _marked(message: ReceivedMessage) -> str:
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
    return "".join(pieces) + marks.get(places[-1], "")


if __name__ == "__main__":
    main()

"""`python -m docs_reference.telegram_picture`: the chat on Telegram at one question, as a picture.

The bot runs with the tests' double of the Bot API in place of Telegram, so no account and no token is needed. The
picture shows what the bot sent, in a phone's layout; it is not a screenshot of Telegram.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from docs_reference.pictures.film import save_picture
from docs_reference.pictures.telegram_drawing import TelegramDrawing
from tests.doubles.telegram_api import TelegramDouble
from tests.support.answers import QUESTIONS
from tests.support.browser import running_browser
from tests.support.service import RunningBot
from tests.support.telegram import answers, opening_of

TOKEN = "4711:picture"  # noqa: S105  (of the double)


def main() -> None:
    """Walk to a question and draw the chat."""
    parser = argparse.ArgumentParser(prog="python -m docs_reference.telegram_picture", description=__doc__)
    parser.add_argument("--until", required=True, choices=QUESTIONS, metavar="ID", help="a question, see `bot form`")
    parser.add_argument("--out", type=Path, required=True, help="the picture's file")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        TelegramDouble(token=TOKEN) as telegram,
        RunningBot(Path(folder), TELEGRAM_TOKEN=TOKEN, TELEGRAM_API_URL=telegram.url) as bot,
        running_browser() as browser,
    ):
        chat = telegram.user("Maria", language_code="en")
        chat.sends("/start")
        for question in QUESTIONS[: QUESTIONS.index(arguments.until)]:
            answers(chat, question, bot)
        chat.waits_for(opening_of(arguments.until))
        save_picture(TelegramDrawing(browser, {}).draws(chat), arguments.out)
    print(f"Written: {arguments.out}")


if __name__ == "__main__":
    main()

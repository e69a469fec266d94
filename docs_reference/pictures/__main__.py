"""`python -m docs_reference.pictures`: make the pictures and the animated walks of the documentation.

A bot of its own is started with an empty data folder. The web chat is photographed in the machine's Chromium. For
Telegram the bot talks to the tests' double of the Bot API, so no account and no token is needed, and what it sent is
drawn. Codes come from a mail server on this machine.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from docs_reference.pictures.telegram_chat import telegram_pictures
from docs_reference.pictures.web_chat import web_pictures
from tests.doubles.mail_server import MailServerDouble
from tests.doubles.telegram_api import TelegramDouble
from tests.support.browser import running_browser
from tests.support.service import RunningBot

TOKEN = "4711:pictures"  # noqa: S105  (of the double)


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(prog="python -m docs_reference.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"), help="the folder of the pictures")
    folder: Path = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data_dir,
        TelegramDouble(token=TOKEN) as telegram,
        MailServerDouble() as mail,
        RunningBot(
            Path(data_dir),
            TELEGRAM_TOKEN=TOKEN,
            TELEGRAM_API_URL=telegram.url,
            MAIL_URL=f"smtp://127.0.0.1:{mail.port}",
        ) as bot,
        running_browser() as browser,
    ):
        web_pictures(browser, bot.url, mail.code_for, folder)
        telegram_pictures(browser, telegram.user("Maria", language_code="en"), mail.code_for, folder)
    for file in sorted([*folder.glob("*.png"), *folder.glob("*.gif")]):
        print(f"{file}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

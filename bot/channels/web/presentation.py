"""Shows transcript messages in a browser, with addresses in place of ids."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from bot.channels.web.downloads import Downloads
from bot.core.errors import described
from bot.core.site_root import root
from bot.i18n.catalogue import Catalogue
from bot.security.continue_links import address_of, token_of
from bot.security.vault import Vault
from bot.storage.models import new_id

logger = logging.getLogger(__name__)


class Presentation:
    """Shows messages.

    Args:
        site_url: the site's address.
        vault: makes the tokens of links.
        downloads: makes addresses of photos and documents.
        telegram_name: returns the Telegram bot's user name, or "" if there is none.
    """

    def __init__(self, site_url: str, vault: Vault, downloads: Downloads, telegram_name: Callable[[], str]) -> None:
        self._site = site_url
        self._vault = vault
        self._downloads = downloads
        self._telegram_name = telegram_name

    def shown(self, message: dict[str, Any], key: str, sentences: Catalogue) -> dict[str, Any]:
        """A transcript message for the browser; if it cannot be rendered, a message that something went wrong."""
        try:
            return self._for_browser(message, key, sentences)
        except Exception as error:  # noqa: BLE001  (otherwise the whole conversation could no longer be read)
            reference = new_id()[:8]
            logger.error("ALERT a message cannot be shown, reference %s: %s", reference, described(error))
            text = sentences.text("error-internal", reference=reference)
            return {name: message[name] for name in ("id", "from", "at")} | {"kind": "say", "text": text}

    def _for_browser(self, message: dict[str, Any], key: str, sentences: Catalogue) -> dict[str, Any]:
        """A transcript message with addresses in place of ids.

        Args:
            message: as stored.
            key: for documents that the browser opens without the session's cookie.
            sentences: the mentor's language.
        """
        message = {name: each for name, each in message.items() if name not in ("words_of", "quotes")}
        document, link = message.pop("document", ""), message.pop("link", "")
        if document:
            address = f"{root()}/api/{document.replace('_', '-')}"
            kinds = {"button-to-read": "html", "button-to-save": "json"}
            query = f"?key={key}" if key else ""
            message["links"] = [
                {"label": sentences.text(label), "url": f"{address}.{kind}{query}"} for label, kind in kinds.items()
            ]
        if link:
            message["links"] = self._ways_on(link, sentences)
        if "photo" in message:
            message["photo"] = self._downloads.photo_address(message["photo"])
        if "sections" in message:
            message["sections"] = [
                {
                    **section,
                    "rows": [
                        {**row, "photo": self._downloads.photo_address(row["photo"])} if "photo" in row else row
                        for row in section["rows"]
                    ],
                }
                for section in message["sections"]
            ]
        return message

    def _ways_on(self, link_id: str, sentences: Catalogue) -> list[dict[str, str]]:
        token, name = token_of(self._vault, link_id), self._telegram_name()
        code = self._downloads.link_code_address(link_id)
        ways = [{"label": sentences.text("button-link-web"), "url": address_of(self._site, token), "code": code}]
        if name:
            url = f"https://t.me/{name}?start={token}"
            ways = [{"label": sentences.text("button-link-telegram"), "url": url}, *ways]
        return ways

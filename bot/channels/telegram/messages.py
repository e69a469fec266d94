"""Formats a message for Telegram: text in pieces, and buttons."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.i18n.catalogue import Catalogue

Reply = dict[str, Any]

#: Characters of an answer shown in the review; the whole answer is in the chat above.
REVIEW_VALUE_LENGTH = 300
#: Labels up to this length fit on a button: those of questions do, the wordings of consents do not.
MAXIMUM_LABEL = 30
#: A tag of `Paragraph`; users' text is escaped and has none.
_TAG = re.compile(r"</?[a-z]+>")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text with one format.

    Attributes:
        text: not escaped.
        tag: of Telegram's HTML, or "" for none.
        begins: whether a blank line comes before it, rather than a new line.
    """

    text: str
    tag: str = ""
    begins: bool = True

    def to_html(self) -> str:
        """The paragraph as Telegram's HTML: core.telegram.org/bots/api#html-style."""
        escaped = html.escape(self.text, quote=False)
        return f"<{self.tag}>{escaped}</{self.tag}>" if self.tag else escaped


def compose(reply: Reply, sentences: Catalogue) -> list[Paragraph]:
    """A message as paragraphs."""
    parts = []
    if "progress" in reply:
        parts.append(Paragraph(sentences.text("progress", **reply["progress"]), "i"))
    parts.append(Paragraph(reply["text"]))
    if "notice" in reply:
        parts.append(Paragraph(reply["notice"]))
    if "clause" in reply:
        parts.append(Paragraph(reply["clause"], "blockquote"))
    if "translation" in reply:
        parts.append(Paragraph(reply["translation"]["label"], "i"))
        parts.append(Paragraph(reply["translation"]["text"], begins=False))
    if "example" in reply:
        parts.append(Paragraph(reply["example"], "i"))
    for section in reply.get("sections", []):
        parts.append(Paragraph(section["title"], "b"))
        for row in section["rows"]:
            parts += [Paragraph(_cut(row["label"])), Paragraph(_cut(row["value"]), "b", begins=False)]
    return parts


def split(paragraphs: list[Paragraph], limit: int) -> list[str]:
    """Paragraphs as messages in Telegram's HTML.

    Args:
        paragraphs: the message.
        limit: UTF-16 code units of one message without its formatting, as Telegram counts.
    """
    messages: list[str] = []
    length = 0
    for paragraph in paragraphs:
        for part in filter(_says_something, _divided(paragraph, limit)):
            between = "\n\n" if part.begins else "\n"
            added = utf16_length(part.text)
            if messages and length + len(between) + added <= limit:
                messages[-1] += between + part.to_html()
                length += len(between) + added
            else:
                messages.append(part.to_html())
                length = added
    return messages


def _says_something(paragraph: Paragraph) -> bool:
    """Whether there is more than white space, which Telegram refuses as a message."""
    return bool(paragraph.text.strip())


def _divided(paragraph: Paragraph, limit: int) -> list[Paragraph]:
    """A paragraph in parts that fit, between words where there are any."""
    parts: list[Paragraph] = []
    rest = paragraph.text
    while utf16_length(rest) > limit:
        longest = _fitting(rest, limit)
        at = max(longest.rfind(" "), longest.rfind("\n"))
        cut = at if at > 0 else len(longest)
        parts.append(Paragraph(rest[:cut].rstrip(), paragraph.tag, paragraph.begins or bool(parts)))
        rest = rest[cut:].lstrip()
    return [*parts, Paragraph(rest, paragraph.tag, paragraph.begins or bool(parts))]


def _fitting(text: str, limit: int) -> str:
    """The longest beginning of ``text`` that fits."""
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * limit]
    return encoded.decode("utf-16-le", "ignore")  # half a character at the cut is dropped


def as_plain(message: str) -> str:
    """A message of `split` without its formatting."""
    return html.unescape(_TAG.sub("", message))


def caption(text: str, limit: int) -> tuple[str, list[str]]:
    """The caption of a photo or file, and the rest of the text as messages.

    Args:
        text: the whole text.
        limit: the longest caption.
    """
    if utf16_length(text) <= limit:
        return html.escape(text, quote=False), []
    return "", split([Paragraph(text)], limit)


def keyboard(reply: Reply, sentences: Catalogue) -> InlineKeyboardMarkup | None:
    """A message's buttons: the replies, then a Change for each answer that is not a consent."""
    rows = [[InlineKeyboardButton(each["label"], callback_data=each["payload"])] for each in reply.get("buttons", [])]
    for section in reply.get("sections", []):
        for row in section["rows"]:
            if "change" in row and len(row["label"]) <= MAXIMUM_LABEL:
                label = sentences.text("button-change-row", label=row["label"])
                rows.append([InlineKeyboardButton(label, callback_data=row["change"]["payload"])])
    if "url" in reply:
        rows.append([InlineKeyboardButton(sentences.text("button-link-web"), url=reply["url"])])
    return InlineKeyboardMarkup(rows) if rows else None


def utf16_length(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str) -> str:
    return text if len(text) <= REVIEW_VALUE_LENGTH else text[: REVIEW_VALUE_LENGTH - 1] + "…"

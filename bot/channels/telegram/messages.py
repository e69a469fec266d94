"""Formats a message for Telegram: text in pieces, and buttons."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from bot.channels.telegram.buttons import arranged, in_rows
from bot.channels.telegram.mini_apps import PAGE, PAGE_BUTTON
from bot.i18n.catalogue import Catalogue
from bot.messages.clauses import IN_TURN, TO_CARD

Reply = dict[str, Any]

#: Characters of an answer shown among the others; a button shows the whole answer.
REVIEW_VALUE_LENGTH = 300
#: The same below the photo, the first that makes all of them fit.
_CAPTION_VALUE_LENGTHS = (REVIEW_VALUE_LENGTH, 150, 80, 40)
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


def compose(reply: Reply, sentences: Catalogue, value_length: int = REVIEW_VALUE_LENGTH) -> list[Paragraph]:
    """A message as paragraphs.

    Args:
        reply: the message.
        sentences: in the mentor's language.
        value_length: characters of one answer that are shown, unless the message shows answers whole.
    """
    longest = None if reply.get("whole") else value_length
    parts = [Paragraph(each) for each in reply.get("above", [])]
    if "progress" in reply:
        parts.append(Paragraph(sentences.text("progress", **reply["progress"]), "i"))
    parts.append(Paragraph(reply["text"]))
    if "notice" in reply:
        parts.append(Paragraph(reply["notice"]))
    if "clause" in reply:
        parts.append(Paragraph(reply["clause"], "blockquote"))
    if "translation" in reply:
        parts.append(Paragraph(reply["translation"]["label"], "i"))
        parts.append(Paragraph(reply["translation"].get("text", ""), begins=False))
    if "example" in reply:
        parts.append(Paragraph(reply["example"], "i"))
    for section in reply.get("sections", []):
        if "folded" in section and longest is not None:
            parts.append(Paragraph(f"✓ {section['folded']}", "b"))
            continue
        parts.append(Paragraph(section.get("title") or section["folded"], "b"))
        for row in section["rows"]:
            label = (
                f"{_cut(row['label'], longest)} · {row['changed']}" if "changed" in row else _cut(row["label"], longest)
            )
            parts += [Paragraph(label), Paragraph(_cut(row["value"], longest), "b", begins=False)]
    return parts


def photo_in(reply: Reply) -> str:
    """The id of the photo that a message shows, by itself or among the answers; "" for none."""
    if "photo" in reply:
        return str(reply["photo"])
    rows = (row for section in reply.get("sections", ()) for row in section["rows"] if not reply.get("whole"))
    return next((str(row["photo"]) for row in rows if "photo" in row), "")


def below_photo(reply: Reply, sentences: Catalogue, limit: int) -> str:
    """All that a message says, as what stands below its photo: long answers are shortened; "" if it does not fit.

    Args:
        reply: the message.
        sentences: in the mentor's language.
        limit: characters that fit below a photo.
    """
    for length in _CAPTION_VALUE_LENGTHS:
        [first, *more] = split(compose(reply, sentences, length), limit)
        if not more:
            return first
    return ""


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
    """A message's buttons: the replies, then a Change for each answer that is not a consent, two of them in a row."""
    changes = [
        InlineKeyboardButton(
            sentences.text("button-change-row", label=row["label"]), callback_data=row["change"]["payload"]
        )
        for section in reply.get("sections", [])
        for row in section["rows"]
        if "change" in row and len(row["label"]) <= MAXIMUM_LABEL
    ]
    # A page shows the card; the chat cannot.
    pressed = [each for each in reply.get("buttons", []) if each["payload"] != TO_CARD.payload()]
    rows = [*arranged(pressed), *in_rows(changes)]
    if "whole_button" in reply and not reply.get("whole") and _leaves_out(reply):
        whole = reply["whole_button"]
        rows.append([InlineKeyboardButton(whole["label"], callback_data=whole["payload"])])
    if PAGE in reply:
        opens = InlineKeyboardButton(sentences.text(reply[PAGE_BUTTON]), web_app=WebAppInfo(reply[PAGE]))
        rows.insert(1 if IN_TURN in reply else 0, [opens])
    if "url" in reply:
        rows.append([InlineKeyboardButton(sentences.text("button-link-web"), url=reply["url"])])
    return InlineKeyboardMarkup(rows) if rows else None


def _leaves_out(reply: Reply) -> bool:
    """Whether answers of a message may be shortened or folded where it is shown."""
    shortest = min(_CAPTION_VALUE_LENGTHS)
    return any(
        "folded" in section or any(len(row["value"]) > shortest for row in section["rows"])
        for section in reply["sections"]
    )


def utf16_length(text: str) -> int:
    """Length as Telegram counts it, in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"

"""What an e-mail says, and how it is written as plain text and as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import indent

from bot.core.pages import render
from bot.i18n.catalogue import Catalogue
from bot.notifications.emails.message import Email

_WORDS = ("mail-hello", "mail-signature", "mail-stop")


@dataclass(frozen=True)
class Link:
    """A link that the HTML shows as a button.

    Attributes:
        label: of the button.
        url: where it leads.
        about: a sentence about it.
    """

    label: str
    url: str
    about: str


@dataclass(frozen=True)
class Row:
    """An answer, or a consent.

    Attributes:
        text: the answer, or the wording of the consent; several lines are kept.
        label: what was asked; "" for a consent.
        translation: of the wording, where the mentor was shown one.
        note: what was said to it, and when.
        language: code of the language of ``text`` where it is not that of the e-mail.
    """

    text: str
    label: str = ""
    translation: str = ""
    note: str = ""
    language: str = ""


@dataclass(frozen=True)
class Section:
    """Rows under a heading."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Letter:
    """What an e-mail says between its greeting and its signature.

    Attributes:
        subject: one line.
        text: paragraphs, with an empty line between two.
        link: after them.
        sections: after that.
        footer: why it was sent, below the signature.
        stop: address of the page that ends such e-mails.
        receipt: a consent receipt in JSON, to be attached.
    """

    subject: str
    text: str
    link: Link | None = None
    sections: tuple[Section, ...] = ()
    footer: str = ""
    stop: str = ""
    receipt: str = ""

    @property
    def paragraphs(self) -> list[str]:
        """The paragraphs of the text."""
        return self.text.split("\n\n")


def write(sentences: Catalogue, to: str, letter: Letter) -> Email:
    """The e-mail to an address.

    Args:
        sentences: the mentor's language.
        to: the address.
        letter: what it says; every text in it is escaped in the HTML.
    """
    words = {name: sentences.text(name) for name in _WORDS}
    html = render("email.html", language=sentences.language, letter=letter, words=words)
    return Email(to, letter.subject, _plain(letter, words), html, letter.stop, letter.receipt)


def _plain(letter: Letter, words: Mapping[str, str]) -> str:
    blocks = [words["mail-hello"], letter.text]
    if letter.link:
        blocks += [f"{letter.link.label}\n{letter.link.url}", letter.link.about]
    for section in letter.sections:
        blocks += [f"{section.title}\n{'-' * len(section.title)}", *map(_plain_row, section.rows)]
    blocks.append(words["mail-signature"])
    if letter.footer:
        # RFC 3676, section 4.3: what follows this line is set apart, and not quoted in a reply.
        stop = f"\n{words['mail-stop']}\n{letter.stop}" if letter.stop else ""
        blocks.append(f"-- \n{letter.footer}{stop}")
    return "\n\n".join(blocks)


def _plain_row(row: Row) -> str:
    text = indent(row.text, "  ") if row.label else row.text
    return "\n".join(filter(None, (row.label, text, row.translation, row.note)))

"""Letters as they are composed, and the mail server as a setting describes it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.organisation import ORGANISATION
from bot.core.settings import SettingsError
from bot.i18n.catalogue import catalogue
from bot.notifications.emails.letter import Letter, Link, Row, Section, write
from bot.notifications.emails.message import Email, compose, read_sender
from bot.notifications.emails.smtp import MailServer

#: Of the address that letters come from.
DOMAIN = ORGANISATION.contact.partition("@")[2]

SENDER = read_sender(f"{ORGANISATION.name} <{ORGANISATION.contact}>")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def sent(email: Email) -> EmailMessage:
    return message_from_bytes(compose("m" * 32, SENDER, email, NOW).as_bytes(), _class=EmailMessage, policy=SMTP)


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_subject_makes_no_other_header(line: str) -> None:
    message = sent(Email("a@example.org", f"Hello{line}Bcc: b@example.org{line}{line}Buy", "Text"))
    assert message["Bcc"] is None
    assert message["Subject"].replace("HelloBcc", "Hello Bcc").startswith("Hello Bcc: b@example.org")
    assert message.get_content().strip() == "Text"


def letter(text: str = "It is done.", **others: object) -> Email:
    return write(catalogue(), "a@example.org", Letter("Hello", text, **others))  # type: ignore[arg-type]


def bodies(message: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of an e-mail."""
    parts = message.get_body(("plain",)), message.get_body(("html",))
    plain, html = (part.get_content().replace("\r\n", "\n") for part in parts if part)
    return plain, html


def test_a_letter_is_plain_text_and_html_with_a_beginning_and_an_end() -> None:
    message = sent(letter("Good news.\n\nAll is well."))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = bodies(message)
    assert plain == f"Hello,\n\nGood news.\n\nAll is well.\n\n{ORGANISATION.name}\n"
    for paragraph in ("Hello,", "Good news.", "All is well.", f"{ORGANISATION.name}"):
        assert re.search(rf"<p [^>]*>{paragraph}</p>", html), paragraph
    assert message["List-Unsubscribe"] is None


HOSTILE = "<img src=x onerror=alert(1)>\n\"'&{{ 7 * 7 }} https://evil.example"
FULL: dict[str, object] = {
    "link": Link("Continue here", "https://mentors.example/?continue=abc", "It works once."),
    "sections": (
        Section("Your answers", (Row(HOSTILE, HOSTILE), Row("The clause", "", "La clause", "You agreed", "en"))),
    ),
    "footer": "You began to register.",
    "stop": "https://mentors.example/reminders/stop/abc",
}


def test_all_that_a_letter_says_is_in_both_of_its_forms() -> None:
    plain, html = bodies(sent(letter(**FULL)))
    assert plain == (
        "Hello,\n\nIt is done.\n\nContinue here\nhttps://mentors.example/?continue=abc\n\nIt works once.\n\n"
        "Your answers\n------------\n\n"
        "<img src=x onerror=alert(1)>\n\"'&{{ 7 * 7 }} https://evil.example\n"
        "  <img src=x onerror=alert(1)>\n  \"'&{{ 7 * 7 }} https://evil.example\n\n"
        f"The clause\nLa clause\nYou agreed\n\n{ORGANISATION.name}\n\n"
        "-- \nYou began to register.\nNo more reminders\nhttps://mentors.example/reminders/stop/abc\n"
    )
    page = Page(html)
    assert page.links == [FULL["link"].url, FULL["stop"]]  # type: ignore[attr-defined]
    for said in ("Continue here", "It works once.", "Your answers", "La clause", "You agreed", "No more reminders"):
        assert said in page.words
    assert page.languages == ["en", "en"]


def test_html_asks_for_nothing_runs_nothing_and_shows_what_was_written() -> None:
    _, html = bodies(sent(letter(**FULL)))
    page = Page(html)
    assert page.tags.isdisjoint({"img", "script", "link", "iframe", "object", "svg", "form", "video", "base"})
    assert not {name for name in page.attributes if name.startswith("on") or name in ("src", "srcset", "background")}
    assert "url(" not in html
    assert "@import" not in html
    assert "<img src=x onerror=alert(1)>" in page.words
    assert "\"'&{{ 7 * 7 }} https://evil.example" in page.words


def test_html_is_of_tables_with_inline_styles_and_for_dark_looks_too() -> None:
    _, html = bodies(sent(letter(**FULL)))
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert html.count("<table") == html.count('<table role="presentation"')
    assert len(html.encode()) < 102_000, "Gmail cuts off what is longer"


def test_a_letter_is_in_the_mentors_language() -> None:
    email = write(catalogue("fr"), "a@example.org", Letter("Bonjour", "C’est fait."))
    assert email.text == f"Bonjour,\n\nC’est fait.\n\n{ORGANISATION.name}"
    assert Page(email.html).languages == ["fr"]


def test_addresses_in_our_own_sentences_can_be_pressed() -> None:
    page = Page(letter("Write to people@example.org, or see https://mentors.example/mentors/1.").html)
    assert page.links == ["mailto:people@example.org", "https://mentors.example/mentors/1"]


def test_what_can_be_ended_says_how_to_the_mail_program_where_it_is_encrypted() -> None:
    message = sent(letter(**FULL))
    assert message["List-Unsubscribe"] == f"<{FULL['stop']}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    unencrypted = sent(letter(**{**FULL, "stop": "http://127.0.0.1:8080/reminders/stop/abc"}))
    assert unencrypted["List-Unsubscribe"] is None


def test_a_receipt_is_attached_as_it_is() -> None:
    message = sent(letter(receipt='{"é": 1}'))
    assert message.get_content_type() == "multipart/mixed"
    [attached] = message.iter_attachments()
    assert attached.get_filename() == f"{ORGANISATION.file_name}-consents.json"
    assert attached.get_content_type() == "application/json"
    assert json.loads(attached.get_content()) == {"é": 1}
    assert bodies(message)[0].startswith("Hello,")


class Page(HTMLParser):
    """The tags, attributes, links, languages and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str | None] = []
        self.languages: list[str | None] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        self.links += [found["href"]] if "href" in found else []
        self.languages += [found["lang"]] if "lang" in found else []

    def handle_data(self, data: str) -> None:
        self.words += data


@given(st.text(), st.text())
def test_whatever_a_letter_holds_it_has_these_headers_and_this_recipient(subject: str, text: str) -> None:
    message = sent(Email("a@example.org", subject, text))
    assert sorted(message.keys()) == sorted(
        [
            *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
            *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
        ]
    )
    assert [address.addr_spec for address in message["To"].addresses] == ["a@example.org"]


@given(st.text(alphabet="a\ud83d🙂日.\n =") | st.text(alphabet=" x", min_size=900, max_size=1_200))
def test_every_line_of_a_letter_is_short_and_ascii(text: str) -> None:
    raw = compose("m" * 32, SENDER, Email("a@example.org", text, text), NOW).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


def test_the_date_and_the_id_are_of_the_letter() -> None:
    message = sent(Email("a@example.org", "Hello", "Text"))
    assert message["Date"] == "Mon, 23 Nov 2026 09:30:00 +0000"
    assert message["Message-ID"] == f"<{'m' * 32}@{DOMAIN}>"


@pytest.mark.parametrize(
    ("setting", "name", "address"),
    [
        (ORGANISATION.contact, "", ORGANISATION.contact),
        (f"{ORGANISATION.name} <{ORGANISATION.contact}>", f"{ORGANISATION.name}", ORGANISATION.contact),
        ('"Jörg, Büro" <bot@example.org>', "Jörg, Büro", "bot@example.org"),
        ("Jörg, Büro <bot@localhost>", "Jörg, Büro", "bot@localhost"),
    ],
)
def test_the_sender_is_read(setting: str, name: str, address: str) -> None:
    sender = read_sender(setting)
    assert (sender.display_name, sender.addr_spec) == (name, address)
    message = EmailMessage(SMTP)
    message["From"] = sender
    [read] = message_from_bytes(message.as_bytes(), _class=EmailMessage, policy=SMTP)["From"].addresses
    assert (read.display_name, read.addr_spec) == (name, address)


def test_a_sender_in_other_letters_is_refused() -> None:
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        read_sender("bot@münchen.example")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25, None, None, False)),
        ("smtp://mail.example:2525/", MailServer("mail.example", 2525, None, None, False)),
        ("smtp://bot:a%3Ab@mail.example", MailServer("mail.example", 587, "bot", "a:b", False)),
        ("smtps://bot@mail.example", MailServer("mail.example", 465, "bot", "", True)),
        ("smtp://[::1]:25", MailServer("::1", 25, None, None, False)),
    ],
)
def test_the_server_is_read(url: str, server: MailServer) -> None:
    assert MailServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        *("smtp://", "smtp://:25", "smtp://bot:hid/den@mail.example", "smtp://bot:hid#den@mail.example:587"),
        *("smtp://bot:hid?den@mail.example", "smtp://mail.example:hidden", "smtp://mail.example/hidden", "smtp://[hid"),
    ],
)
def test_an_address_that_is_none_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(SettingsError, match="MAIL_URL: should be") as raised:
        MailServer.parse(url)
    assert "hid" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_a_password_is_not_shown() -> None:
    assert "secret" not in repr(MailServer.parse("smtp://bot:secret@mail.example"))


@pytest.mark.parametrize(
    ("url", "start_tls"),
    [
        ("smtp://mail.example", None),
        ("smtp://bot:secret@mail.example", True),
        ("smtp://bot:secret@192.0.2.1", True),
        ("smtp://bot:secret@127.0.0.1", None),
        ("smtp://bot:secret@localhost", None),
        ("smtps://bot:secret@mail.example", False),
    ],
)
def test_a_password_leaves_this_machine_encrypted_only(url: str, start_tls: bool | None) -> None:
    assert MailServer.parse(url).start_tls is start_tls

"""Letters as they are composed, and the mail server as a setting describes it."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.settings import SettingsError
from bot.notifications.emails.message import Email, compose, read_sender
from bot.notifications.emails.smtp import MailServer

SENDER = read_sender("JobGen <mentors@jobgen.example>")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def sent(letter: Email) -> EmailMessage:
    return message_from_bytes(compose("m" * 32, SENDER, letter, NOW).as_bytes(), _class=EmailMessage, policy=SMTP)


@pytest.mark.parametrize("line", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_subject_makes_no_other_header(line: str) -> None:
    message = sent(Email("a@example.org", f"Hello{line}Bcc: b@example.org{line}{line}Buy", "Text"))
    assert message["Bcc"] is None
    assert message["Subject"].replace("HelloBcc", "Hello Bcc").startswith("Hello Bcc: b@example.org")
    assert message.get_content().strip() == "Text"


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
    assert message["Message-ID"] == f"<{'m' * 32}@jobgen.example>"


@pytest.mark.parametrize(
    ("setting", "name", "address"),
    [
        ("mentors@jobgen.example", "", "mentors@jobgen.example"),
        ("JobGen <mentors@jobgen.example>", "JobGen", "mentors@jobgen.example"),
        ('"Jörg, Büro" <bot@jobgen.example>', "Jörg, Büro", "bot@jobgen.example"),
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

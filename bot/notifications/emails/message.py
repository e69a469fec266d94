"""An e-mail, and its form for the mail server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from bot.core.errors import StatedError
from bot.core.organisation import ORGANISATION
from bot.core.settings import SettingsError
from bot.understanding.text import tidy

#: Name of the file with the consent receipt.
RECEIPT_NAME = f"{ORGANISATION.file_name}-consents.json"


class MailError(StatedError):
    """An e-mail could not be sent; the message never names its recipient or content."""


class RefusedError(MailError):
    """The mail server, or e-mail itself, does not know the recipient: trying again is useless.

    Args:
        sentence: what was refused.
        by_policy: whether that is about the sender, and not about the address.
    """

    def __init__(self, sentence: str, *, by_policy: bool = False) -> None:
        super().__init__(sentence)
        self.by_policy = by_policy


@dataclass(frozen=True)
class Email:
    """An e-mail in plain text, and in HTML if it has any.

    Attributes:
        to: the address.
        subject: one line.
        text: the body.
        html: the same in HTML, which asks for nothing from anywhere; "" for none.
        stop: https address that ends such e-mails when it is posted to (RFC 8058); "" for none.
        receipt: a consent receipt in JSON, attached; "" for none.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    stop: str = ""
    receipt: str = ""


def read_sender(mail_from: str) -> Address:
    """The sender that the setting ``MAIL_FROM`` names: ``mentors@example.org``, with or without a name before it.

    Raises:
        SettingsError: the address is not allowed in a header.
    """
    name, _, address = mail_from.rpartition("<")
    user, _, domain = address.strip("> ").rpartition("@")
    if not (user + domain).isascii():
        raise SettingsError("MAIL_FROM: the address should be ASCII; write a domain in other letters as xn--….")
    return Address(tidy(name).strip('" '), user, domain)


def compose(mail_id: str, sender: Address, email: Email, at: datetime) -> EmailMessage:
    """The e-mail as it is sent (RFC 5322), marked as written by a machine (RFC 3834).

    Args:
        mail_id: the same id makes the same Message-ID, so that duplicates can be recognised.
        sender: the sender's address.
        email: the e-mail; its content can add no header and no recipient.
        at: the time.

    Raises:
        RefusedError: no mail can be sent to such an address.
    """
    try:
        recipient = validate_email(email.to, check_deliverability=False)
    except EmailNotValidError:
        raise RefusedError("the address is none") from None
    # A domain is written in ASCII if possible; a non-ASCII name before the @ needs SMTPUTF8 (RFC 6531).
    user, _, domain = (recipient.ascii_email or recipient.normalized).rpartition("@")
    message = EmailMessage(SMTP if user.isascii() else SMTP.clone(utf8=True))
    message["From"] = sender
    message["To"] = Address(username=user, domain=domain)
    message["Subject"] = _writable(tidy(email.subject))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if email.stop.startswith("https:"):
        message["List-Unsubscribe"] = f"<{email.stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(_writable(email.text), charset="utf-8", cte="quoted-printable")
    if email.html:
        message.add_alternative(_writable(email.html), subtype="html", charset="utf-8", cte="quoted-printable")
    if email.receipt:
        data = email.receipt.encode("utf-8", "replace")
        message.add_attachment(data, maintype="application", subtype="json", filename=RECEIPT_NAME)
    return message


def _writable(text: str) -> str:
    """``text`` without lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode()

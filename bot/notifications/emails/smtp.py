"""Hands e-mails to a mail server (SMTP)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from bot.core.settings import SettingsError
from bot.notifications.emails.message import MailError, RefusedError

#: Seconds for one answer of the mail server, and for a whole e-mail without closing the connection; the outbox's lease
#: is longer than both together.
ANSWER_SECONDS = 10.0
EMAIL_SECONDS = 25.0

_BAD_MAIL_URL = (
    "MAIL_URL: should be smtp://user:password@host:587 or smtps://…, with signs such as / ? # @ and % in user and "
    "password percent-encoded."
)


@dataclass(frozen=True)
class MailServer:
    """A mail server, as ``MAIL_URL`` describes it. Certificates are always checked; ``SSL_CERT_FILE`` adds your own.

    Attributes:
        host: name or address.
        port: the port.
        user: name of the account there; None for none.
        password: its password.
        use_tls: whether TLS begins with the connection (``smtps``).
    """

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    use_tls: bool

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read the setting ``MAIL_URL``; without a port 465 for smtps, 587 with a user, 25 otherwise.

        Raises:
            SettingsError: it is invalid; the message does not quote it.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise SettingsError(_BAD_MAIL_URL) from None
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
            raise SettingsError(_BAD_MAIL_URL)
        use_tls = parts.scheme == "smtps"
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password or "") if user else None
        return cls(parts.hostname, port or (465 if use_tls else 587 if user else 25), user, password, use_tls)

    @property
    def start_tls(self) -> bool | None:
        """Whether STARTTLS is used: None means if the server offers it.

        With a password STARTTLS is required, so the password is never sent in clear, even if an attacker removes the
        offer.
        """
        if self.use_tls:
            return False
        return True if self.user and not _is_here(self.host) else None

    async def deliver(self, message: EmailMessage, sender: Address) -> None:
        """Send an e-mail to the mail server.

        Args:
            message: the e-mail.
            sender: its domain is the bot's host name in EHLO.

        Raises:
            RefusedError: the recipient is refused for good (5xx).
            MailError: it was not accepted for another reason.
        """
        try:
            async with asyncio.timeout(EMAIL_SECONDS):
                await self._converse(message, sender)
        except SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0]) from None
        except SMTPResponseException as error:
            raise MailError(f"the mail server answered {error.code} ({type(error).__name__})") from None
        except Exception as error:  # noqa: BLE001  (its text may name the recipient, or quote the server, which may)
            raise MailError(f"the mail server did not take the e-mail ({type(error).__name__})") from None

    async def check(self, sender: Address) -> None:
        """Connect and log in, without sending anything.

        Args:
            sender: as for `deliver`.

        Raises:
            MailError: the server does not answer, or does not accept the account.
        """
        try:
            async with asyncio.timeout(EMAIL_SECONDS):
                await self._converse(None, sender)
        except SMTPAuthenticationError as error:
            raise MailError(f"the mail server does not accept user and password ({error.code})") from None
        except Exception as error:  # noqa: BLE001  (its text may quote the server)
            raise MailError(f"the mail server does not take a connection ({type(error).__name__})") from None

    async def _converse(self, message: EmailMessage | None, sender: Address) -> None:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.use_tls,
            start_tls=self.start_tls,
            local_hostname=sender.domain,
            timeout=ANSWER_SECONDS,
        )
        transport: asyncio.BaseTransport | None = None
        try:
            async with client:
                transport = client.transport
                if message is not None:
                    await client.send_message(message)
        finally:
            # The library does not wait for TLS to close, and the loop ends here.
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()


def _refusal(error: SMTPRecipientRefused) -> MailError:
    # RFC 5321, section 4.2.1: 5yz is permanent, 4yz may be tried again. RFC 3463: 5.7 is about security or policy.
    sentence = f"the mail server answered {error.code} to the recipient"
    if error.code < 500:
        return MailError(sentence)
    return RefusedError(sentence, by_policy=error.message.startswith("5.7."))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

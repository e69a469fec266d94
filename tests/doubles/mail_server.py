"""A mail server on 127.0.0.1 that accepts e-mails, refuses them, closes the connection or stays silent.

It is aiosmtpd, a real SMTP server, with a certificate made for the test.

Example::

    with MailServerDouble() as server:
        ...  # send to server.port
        [letter] = server.letters
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
import threading
import time
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTPUTF8
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Received:
    """An e-mail that the server accepted.

    Attributes:
        recipients: the envelope's recipients.
        sender: the envelope's sender.
        message: the parsed e-mail.
        raw: the e-mail as sent.
        is_encrypted: whether it came through TLS.
        user: the logged-in user, or None.
    """

    recipients: list[str]
    sender: str
    message: EmailMessage
    raw: bytes
    is_encrypted: bool
    user: str | None


class MailServerDouble:
    """The server, in a separate thread.

    Args:
        certificate: from `make_certificate`; with it STARTTLS is offered.
        tls_at_once: TLS begins with the connection.
        login: the only accepted user and password; then sending needs a login.
        answers: special answers by command, RCPT or DATA.
        hangs_up_at: the command, or CONNECT, or END (of an accepted e-mail), at which the server closes the connection.
        silent_at: the command, or CONNECT, that is never answered.
    """

    def __init__(
        self,
        *,
        certificate: Path | None = None,
        tls_at_once: bool = False,
        login: tuple[str, str] | None = None,
        answers: dict[str, str] | None = None,
        hangs_up_at: str = "",
        silent_at: str = "",
    ) -> None:
        self.letters: list[Received] = []
        self.connections = 0
        self.port = 0
        self.greeted_as: list[str] = []
        self._tls = _tls(certificate) if certificate else None
        self._tls_at_once = tls_at_once
        self._login = login
        self.answers = answers or {}
        self._hangs_up_at = hangs_up_at
        self._silent_at = silent_at
        self._transports: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def code_for(self, address: str, seconds: float = 20) -> str:
        """Wait for an e-mail to this address with six digits in its subject; returns those of the newest one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for letter in reversed(self.letters):
                code = re.search(r"\b\d{6}\b", str(letter.message["Subject"]))
                if code and address in letter.recipients:
                    return code[0]
            time.sleep(0.02)
        raise AssertionError(f"no code for {address}")

    async def _start(self) -> None:
        tls = self._tls if self._tls_at_once else None
        self._server = await self._loop.create_server(self._connected, HOST, 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        assert self._server is not None
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for transport in self._transports:
            transport.abort()
        await asyncio.sleep(0.01)  # the transports close in the loop's next rounds

    def _connected(self) -> asyncio.Protocol:
        self.connections += 1
        if self._silent_at == "CONNECT":
            return _Silent(self._transports)
        if self._hangs_up_at == "CONNECT":
            return _HangsUp()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # aiosmtpd warns of a login without TLS
            return _Speaking(
                self,
                self._transports,
                hostname="mail.example",
                enable_SMTPUTF8=True,
                tls_context=None if self._tls_at_once else self._tls,
                auth_required=self._login is not None,
                auth_require_tls=False,
                authenticator=self._authenticated,
                loop=self._loop,
            )

    def _authenticated(
        self, _server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, auth_data=given[0], handled=False)

    async def handle_EHLO(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Record the client's name."""
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return responses

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Accept or refuse a recipient."""
        await self._fails_at("RCPT", server)
        if "RCPT" in self.answers:
            return self.answers["RCPT"].format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter."""
        await self._fails_at("DATA", server)
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=SMTPUTF8)
        encrypted = session.ssl is not None or self._tls_at_once
        self.letters.append(
            Received(
                envelope.rcpt_tos, str(envelope.mail_from), message, envelope.content, encrypted, session.auth_data
            )
        )
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        """Close the session, or drop the connection before."""
        await self._fails_at("END", server)
        return "221 Bye"

    async def _fails_at(self, command: str, server: SMTP) -> None:
        if self._silent_at == command:
            await asyncio.Event().wait()
        if self._hangs_up_at == command:
            server.transport.abort()
            await asyncio.Event().wait()


class _Speaking(SMTP):
    """Speaks SMTP, and remembers its transports, so that they can be closed."""

    def __init__(self, handler: object, transports: list[Any], **options: Any) -> None:
        self._transports = transports
        super().__init__(handler, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, or begin again after STARTTLS."""
        self._transports.append(transport)
        super().connection_made(transport)


class _Silent(asyncio.Protocol):
    """Never says anything."""

    def __init__(self, transports: list[Any]) -> None:
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport."""
        self._transports.append(transport)


class _HangsUp(asyncio.Protocol):
    """Closes the connection at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close."""
        transport.close()


def make_certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


def _tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context

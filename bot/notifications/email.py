"""E-mails: written with what caused them, sent by the outbox.

They go to the server of the setting ``MAIL_URL``. Without one they become files in the data folder, which the demo
page shows.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTPRecipientRefused, SMTPRecipientsRefused, SMTPResponseException
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.core.errors import StatedError
from bot.core.files import write_whole
from bot.core.settings import Settings, SettingsError
from bot.i18n.catalogue import Catalogue
from bot.security.vault import Purpose, Vault
from bot.storage import Mail, OutboxEntry, Store
from bot.storage.models import new_id, utc_now
from bot.understanding.text import tidy

logger = logging.getLogger(__name__)

#: Sends a letter; its subject is the letter's id.
SEND = "mail.send"
#: Seconds for one answer of the mail server, and for the whole of a letter, without the parting after it; the
#: outbox's lease is longer than both together.
ANSWER_SECONDS = 10.0
LETTER_SECONDS = 25.0
#: How long a letter is kept as a file.
KEPT = timedelta(days=30)
_BAD_MAIL_URL = (
    "MAIL_URL: should be smtp://user:password@host:587 or smtps://…, with signs such as / ? # @ and % in user and "
    "password percent-encoded."
)


class MailError(StatedError):
    """A letter could not be sent; the message never says to whom, nor what stands in it."""


class RefusedError(MailError):
    """The mail server, or e-mail itself, does not know the recipient: to try again is no use."""


@dataclass(frozen=True)
class Letter:
    """An e-mail in plain text.

    Attributes:
        to: the address.
        subject: one line.
        text: the body.
    """

    to: str
    subject: str
    text: str


def letter_of(sentences: Catalogue, to: str, name: str, text: str) -> Letter:
    """A letter that says what is said in the chat, too.

    Args:
        sentences: the mentor's language.
        to: the address.
        name: of the sentence, whose attribute ``.subject`` is the subject.
        text: what is said.
    """
    return Letter(to, sentences.text(f"{name}.subject"), sentences.text("mail-frame", text=text))


@dataclass(frozen=True)
class ShownLetter:
    """A letter that was kept as a file.

    Attributes:
        id: the letter's id.
        to: the address.
        subject: one line.
        text: the body.
        at: when it was written.
    """

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def queue_letter(session: Session, vault: Vault, mentor_id: str, letter: Letter) -> str:
    """Have a letter sent once this transaction is committed; gives its id.

    Args:
        session: an open write transaction.
        vault: encrypts it while it waits.
        mentor_id: who it is for.
        letter: what to send.
    """
    mail_id = new_id()
    contents = vault.seal(session, mentor_id, Purpose.CONVERSATION, mail_id, json.dumps(asdict(letter)).encode())
    session.add(Mail(id=mail_id, mentor_id=mentor_id, contents=contents))
    session.add(OutboxEntry(kind=SEND, subject_id=mail_id, mentor_id=mentor_id))
    return mail_id


def read_sender(mail_from: str) -> Address:
    """The sender that the setting ``MAIL_FROM`` names: ``mentors@jobgen.example``, with or without a name before it.

    Raises:
        SettingsError: the address cannot stand in a header.
    """
    name, _, address = mail_from.rpartition("<")
    user, _, domain = address.strip("> ").rpartition("@")
    if not (user + domain).isascii():
        raise SettingsError("MAIL_FROM: the address should be ASCII; write a domain in other letters as xn--….")
    return Address(tidy(name).strip('" '), user, domain)


def compose(mail_id: str, sender: Address, letter: Letter, at: datetime) -> EmailMessage:
    """The letter as it is sent (RFC 5322), marked as written by a machine (RFC 3834).

    Args:
        mail_id: the same again makes the same Message-ID, so that one sent twice can be told.
        sender: of whom.
        letter: what is said; whatever it holds, it makes no other header and no other recipient.
        at: the time.

    Raises:
        RefusedError: no mail can be sent to such an address.
    """
    try:
        recipient = validate_email(letter.to, check_deliverability=False)
    except EmailNotValidError:
        raise RefusedError("the address is none") from None
    # A domain is written in ASCII where it can be; a name before the @ in other letters needs SMTPUTF8 (RFC 6531).
    user, _, domain = (recipient.ascii_email or recipient.normalized).rpartition("@")
    message = EmailMessage(SMTP if user.isascii() else SMTP.clone(utf8=True))
    message["From"] = sender
    message["To"] = Address(username=user, domain=domain)
    message["Subject"] = _writable(tidy(letter.subject))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_writable(letter.text), charset="utf-8", cte="quoted-printable")
    return message


def _writable(text: str) -> str:
    """``text`` without halves of characters, which UTF-8 cannot write."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class MailServer:
    """A mail server, as ``MAIL_URL`` describes it. Certificates are always checked; ``SSL_CERT_FILE`` adds one's own.

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
            SettingsError: it is no such address; what it holds is not quoted.
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

        A password never leaves this machine in the clear, though someone on the way hides the offer.
        """
        if self.use_tls:
            return False
        return True if self.user and not _is_here(self.host) else None

    async def deliver(self, message: EmailMessage, sender: Address) -> None:
        """Hand a letter over.

        Args:
            message: the letter.
            sender: whose domain the bot names itself by.

        Raises:
            RefusedError: the recipient is refused for good (5xx).
            MailError: it was not taken for any other reason.
        """
        try:
            async with asyncio.timeout(LETTER_SECONDS):
                await self._converse(message, sender)
        except SMTPRecipientsRefused as error:
            raise _refusal(error.recipients[0]) from None
        except SMTPResponseException as error:
            raise MailError(f"the mail server answered {error.code} ({type(error).__name__})") from None
        except Exception as error:  # noqa: BLE001  (its text may name the recipient, or quote the server, which may)
            raise MailError(f"the mail server did not take the letter ({type(error).__name__})") from None

    async def _converse(self, message: EmailMessage, sender: Address) -> None:
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
                await client.send_message(message)
        finally:
            # The library does not wait until TLS has said goodbye, and the loop ends here.
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()


def _refusal(error: SMTPRecipientRefused) -> MailError:
    # RFC 5321, section 4.2.1: 5yz is permanent, 4yz may be tried again.
    kind = RefusedError if error.code >= 500 else MailError
    return kind(f"the mail server answered {error.code} to the recipient")


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MailSender:
    """Sends the letters that wait.

    Args:
        store: the database.
        vault: opens them.
        settings: where to and from whom: ``MAIL_URL``, ``MAIL_FROM``, ``DATA_DIR``.

    Raises:
        SettingsError: ``MAIL_URL`` or ``MAIL_FROM`` cannot be used.
    """

    def __init__(self, store: Store, vault: Vault, settings: Settings) -> None:
        self._store = store
        self._vault = vault
        self._data_dir = settings.data_dir
        self._sender = read_sender(settings.mail_from)
        url = settings.mail_url.get_secret_value()
        self._server = MailServer.parse(url) if url else None

    def send(self, mail_id: str) -> None:
        """Send one letter and destroy its contents; sent, refused or erased before, nothing is done.

        If the service dies in between it is sent again, with the same Message-ID.

        Args:
            mail_id: the letter's id.

        Raises:
            MailError: it could not be sent now.
            VaultError: it cannot be opened.
        """
        try:
            if self._server is None:
                self._keep(mail_id)
            else:
                self._hand_over(mail_id, self._server)
        except RefusedError as refused:
            logger.error("letter %s is given up: %s", mail_id, refused)
            self._finish(mail_id, None)

    def _hand_over(self, mail_id: str, server: MailServer) -> None:
        with self._store.read() as session:
            message = self._message(session, session.get(Mail, mail_id))
        if message is not None:
            asyncio.run(server.deliver(message, self._sender))
            self._finish(mail_id, utc_now())

    def _keep(self, mail_id: str) -> None:
        with self._store.write() as session:
            # Under the row's lock: an erasure that began before leaves nothing to write, a later one finds the file.
            mail = session.get(Mail, mail_id, with_for_update=True)
            message = self._message(session, mail)
            if mail is None or message is None:
                return
            path = _file(self._data_dir, mail_id)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, message.as_bytes())
            mail.contents, mail.sent_at = None, utc_now()

    def _message(self, session: Session, mail: Mail | None) -> EmailMessage | None:
        if mail is None or mail.contents is None:
            return None
        contents = self._vault.open(session, mail.mentor_id, Purpose.CONVERSATION, mail.id, mail.contents)
        return compose(mail.id, self._sender, Letter(**json.loads(contents)), utc_now())

    def _finish(self, mail_id: str, sent_at: datetime | None) -> None:
        with self._store.write() as session:
            session.execute(update(Mail).where(Mail.id == mail_id).values(contents=None, sent_at=sent_at))


def mailbox(data_dir: Path) -> list[ShownLetter]:
    """The letters that were kept as files, the newest first."""
    return letters_in((data_dir / "mail").glob("*.eml"))


def letters_in(paths: Iterable[Path]) -> list[ShownLetter]:
    """The letters in these files, as far as they are there, the newest first."""
    written: list[tuple[int, Path]] = []
    for path in paths:
        try:
            written.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:  # erased meanwhile
            continue
    newest_first = sorted(written, reverse=True)
    return [letter for at, path in newest_first if (letter := _shown(path, at)) is not None]


def _shown(path: Path, at: int) -> ShownLetter | None:
    try:
        message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)
    except FileNotFoundError:
        return None
    text = message.get_content().replace("\r\n", "\n").rstrip("\n")
    written = datetime.fromtimestamp(at / 1e9, UTC)
    return ShownLetter(path.stem, str(message["To"]), str(message["Subject"]), text, written)


def forget_files(data_dir: Path, now: datetime) -> int:
    """Delete the letters that were kept as files for long enough; how many there were.

    Args:
        data_dir: the data folder.
        now: the time, aware.
    """
    old = [path for path in (data_dir / "mail").glob("*.eml") if _written(path) < now - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def letters_of(session: Session, mentor_id: str, data_dir: Path) -> list[Path]:
    """The files in which letters to a mentor lie, or will lie if they are being written now.

    An erasure asks for them in the transaction that deletes the mentor's letters, and removes them after its commit.

    Args:
        session: an open transaction.
        mentor_id: the mentor's id.
        data_dir: the data folder.
    """
    return [_file(data_dir, each) for each in session.scalars(select(Mail.id).where(Mail.mentor_id == mentor_id))]


def _file(data_dir: Path, mail_id: str) -> Path:
    return data_dir / "mail" / f"{mail_id}.eml"

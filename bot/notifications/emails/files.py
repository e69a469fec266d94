"""Stores e-mails as files in the data folder if no mail server is set; the demo page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.storage import Mail

#: How long an e-mail is kept as a file.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class KeptEmail:
    """An e-mail stored as a file.

    Attributes:
        id: the e-mail's id.
        to: the address.
        subject: one line.
        text: the body in plain text.
        at: when it was written.
    """

    id: str
    to: str
    subject: str
    text: str
    at: datetime


def mailbox(data_dir: Path) -> list[KeptEmail]:
    """The e-mails stored as files, the newest first."""
    return read_emails((data_dir / "mail").glob("*.eml"))


def read_emails(paths: Iterable[Path]) -> list[KeptEmail]:
    """The e-mails in those of these files that exist, the newest first."""
    written: list[tuple[int, Path]] = []
    for path in paths:
        try:
            written.append((path.stat().st_mtime_ns, path))
        except FileNotFoundError:  # erased meanwhile
            continue
    newest_first = sorted(written, reverse=True)
    return [email for at, path in newest_first if (email := _shown(path, at)) is not None]


def _shown(path: Path, at: int) -> KeptEmail | None:
    try:
        message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)
    except FileNotFoundError:
        return None
    plain = message.get_body(("plain",))
    text = plain.get_content().replace("\r\n", "\n").rstrip("\n") if plain else ""
    written = datetime.fromtimestamp(at / 1e9, UTC)
    return KeptEmail(path.stem, str(message["To"]), str(message["Subject"]), text, written)


def delete_old_files(data_dir: Path, now: datetime) -> int:
    """Delete old e-mail files; returns their number.

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


def email_files(session: Session, mentor_id: str, data_dir: Path) -> list[Path]:
    """The files of e-mails to a mentor, written or about to be written.

    An erasure asks for them in the transaction that deletes the mentor's e-mails, and removes them after its commit.

    Args:
        session: an open transaction.
        mentor_id: the mentor's id.
        data_dir: the data folder.
    """
    return [email_file(data_dir, each) for each in session.scalars(select(Mail.id).where(Mail.mentor_id == mentor_id))]


def email_file(data_dir: Path, mail_id: str) -> Path:
    """The path of an e-mail's file."""
    return data_dir / "mail" / f"{mail_id}.eml"

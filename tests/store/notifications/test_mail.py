"""Sending mail: through a real SMTP server on this machine, or into files, and no address in any log."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import bot.notifications.emails.smtp
from bot.core.organisation import ORGANISATION
from bot.core.settings import Settings, load_settings
from bot.jobs.outbox import Outbox
from bot.notifications.emails.files import email_files, mailbox
from bot.notifications.emails.message import Email, MailError
from bot.notifications.emails.sender import SEND, MailSender, queue_email
from bot.security.cipher import VaultError
from bot.security.vault import Purpose, Vault
from bot.storage import Mail, Mentor, OutboxEntry, Store
from bot.storage.models import new_id, utc_now
from tests.doubles.mail_server import HOST, MailServerDouble, make_certificate

#: Of the address that letters come from.
DOMAIN = ORGANISATION.contact.partition("@")[2]

ADDRESS = "maria.silva@example.org"
PASSWORD = "p@ss/w?rd #1%"
LETTER = Email(ADDRESS, "Your photo – façade", f"Dear María,\n\nall is well: 日本 🙂.\n.\n\n{ORGANISATION.name}")


@pytest.fixture
def mentor_id(store: Store) -> str:
    """A mentor to write to."""
    with store.write() as session:
        session.add(Mentor(id=(mentor_id := new_id())))
    return mentor_id


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that this machine does not know."""
    return make_certificate(tmp_path)


@pytest.fixture
def _trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine knows the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.notifications.emails.smtp, "ANSWER_SECONDS", 0.3)


@pytest.fixture(autouse=True)
def silent_about_people(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No log says to whom a letter goes, what it says, or the server's password."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's own
    yield
    logged = "\n".join(map(logging.Formatter().format, caplog.get_records("call")))
    for secret in ("maria.silva", LETTER.subject, "all is well", PASSWORD, "p%40ss"):
        assert secret not in logged


def settings_for(data_dir: Path, url: str = "", **others: str) -> Settings:
    return load_settings(_env_file=None, data_dir=data_dir, mail_url=url, **others)


def queued(store: Store, vault: Vault, mentor_id: str, letter: Email = LETTER) -> str:
    with store.write() as session:
        return queue_email(session, vault, mentor_id, letter)


def mail(store: Store, mail_id: str) -> Mail:
    with store.read() as session:
        return session.get_one(Mail, mail_id)


def sender(store: Store, vault: Vault, data_dir: Path, server: MailServerDouble, login: str = "") -> MailSender:
    return MailSender(store, vault, settings_for(data_dir, f"smtp://{login}{HOST}:{server.port}"))


def is_waiting(store: Store, mail_id: str) -> bool:
    row = mail(store, mail_id)
    return row.contents is not None and row.sent_at is None


def test_a_letter_is_sent_and_its_contents_destroyed(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble() as server:
        sender(store, vault, data_dir, server).send(mail_id)
        [received] = server.letters
    assert (received.recipients, received.sender) == ([ADDRESS], ORGANISATION.contact)
    message = received.message
    assert message["From"] == f"{ORGANISATION.name} <{ORGANISATION.contact}>"
    assert message["To"] == ADDRESS
    assert message["Subject"] == LETTER.subject
    assert message["Message-ID"] == f"<{mail_id}@{DOMAIN}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert abs(message["Date"].datetime - utc_now()) < timedelta(minutes=1)
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.text
    assert received.raw.isascii()
    assert not received.is_encrypted
    assert server.greeted_as == [DOMAIN]
    row = mail(store, mail_id)
    assert row.contents is None
    assert row.sent_at is not None
    assert utc_now() - row.sent_at < timedelta(minutes=1)
    assert not (data_dir / "mail").exists()


def test_the_outbox_sends_a_letter_once(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble() as server:
        mails = sender(store, vault, data_dir, server)
        outbox = Outbox(store, {SEND: mails.send})
        assert outbox.run_one()
        assert not outbox.run_one()
        sent_at = mail(store, mail_id).sent_at
        mails.send(mail_id)
        assert server.connections == 1
        assert len(server.letters) == 1
    assert mail(store, mail_id).sent_at == sent_at


def test_what_was_erased_meanwhile_is_not_sent(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    mail_id = queued(store, vault, mentor_id)
    with store.write() as session:
        session.delete(session.get_one(Mail, mail_id))
    with MailServerDouble() as server:
        sender(store, vault, data_dir, server).send(mail_id)
        MailSender(store, vault, settings_for(data_dir)).send(mail_id)
        assert server.connections == 0
    assert mailbox(data_dir) == []


def test_a_letter_whose_key_is_gone_is_not_sent(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    mail_id = queued(store, vault, mentor_id)
    with store.write() as session:
        vault.destroy(session, mentor_id, Purpose.CONVERSATION)
    with pytest.raises(VaultError):
        MailSender(store, vault, settings_for(data_dir)).send(mail_id)


@pytest.mark.usefixtures("_trusted")
def test_starttls_is_used_where_the_server_offers_it(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, certificate: Path
) -> None:
    with MailServerDouble(certificate=certificate) as server:
        sender(store, vault, data_dir, server).send(queued(store, vault, mentor_id))
        assert [letter.is_encrypted for letter in server.letters] == [True]


@pytest.mark.usefixtures("_trusted")
def test_smtps_encrypts_from_the_first_byte(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, certificate: Path
) -> None:
    with MailServerDouble(certificate=certificate, tls_at_once=True) as server:
        settings = settings_for(data_dir, f"smtps://{HOST}:{server.port}")
        MailSender(store, vault, settings).send(queued(store, vault, mentor_id))
        assert [letter.is_encrypted for letter in server.letters] == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_vouches_for_gets_no_letter(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, certificate: Path, scheme: str
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(certificate=certificate, tls_at_once=scheme == "smtps") as server:
        with pytest.raises(MailError):
            MailSender(store, vault, settings_for(data_dir, f"{scheme}://{HOST}:{server.port}")).send(mail_id)
        assert server.letters == []
    assert is_waiting(store, mail_id)


def test_user_and_password_are_percent_decoded(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    with MailServerDouble(login=("bot@example.org", PASSWORD)) as server:
        login = "bot%40example.org:p%40ss%2Fw%3Frd%20%231%25@"
        sender(store, vault, data_dir, server, login).send(queued(store, vault, mentor_id))
        assert [letter.user for letter in server.letters] == ["bot@example.org"]


def test_a_wrong_password_sends_nothing_and_is_told_nobody(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(login=("bot", "another")) as server:
        with pytest.raises(MailError, match="535") as raised:
            sender(store, vault, data_dir, server, "bot:p%40ss@").send(mail_id)
        assert server.letters == []
    assert "p@ss" not in repr(raised.value)
    assert is_waiting(store, mail_id)


def test_a_refused_recipient_is_final(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(answers={"RCPT": "550 5.1.1 <{address}> is unknown"}) as server:
        mails = sender(store, vault, data_dir, server)
        outbox = Outbox(store, {SEND: mails.send})
        assert outbox.run_one()
        assert not outbox.run_one()
        mails.send(mail_id)
        assert server.connections == 1
    row = mail(store, mail_id)
    assert (row.contents, row.sent_at) == (None, None)
    with store.read() as session:
        entry = session.scalars(select(OutboxEntry)).one()
    assert entry.done_at is not None
    assert mail_id in caplog.text
    assert "550" in caplog.text


@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "450 4.2.0 <{address}> is greylisted"},
        {"DATA": "451 4.3.0 try again"},
        {"DATA": "554 5.7.1 looks like spam"},
    ],
    ids=["recipient", "letter", "letter for good"],
)
def test_what_may_work_later_is_tried_again(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, answers: dict[str, str]
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(answers=dict(answers)) as server:
        outbox = Outbox(store, {SEND: sender(store, vault, data_dir, server).send})
        assert outbox.run_one()
        assert server.letters == []
        assert is_waiting(store, mail_id)
        with store.write() as session:
            entry = session.scalars(select(OutboxEntry)).one()
            assert entry.done_at is None
            code = next(iter(answers.values()))[:3]
            assert str(entry.last_error).startswith(f"MailError: the mail server answered {code}")
            assert ADDRESS not in str(entry.last_error)
            entry.next_attempt_at = utc_now() - timedelta(seconds=1)
        server.answers.clear()
        assert outbox.run_one()
        assert len(server.letters) == 1
    assert mail(store, mail_id).sent_at is not None


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("command", ["CONNECT", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", ["hangs_up_at", "silent_at"])
def test_a_server_that_goes_away_or_says_nothing_is_tried_again(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, trouble: str, command: str
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(**{trouble: command}) as server:
        with pytest.raises(MailError):
            sender(store, vault, data_dir, server).send(mail_id)
        assert server.letters == []
    assert is_waiting(store, mail_id)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize("trouble", ["hangs_up_at", "silent_at"])
def test_a_letter_that_was_taken_is_sent_however_the_server_parts(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, trouble: str
) -> None:
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(**{trouble: "END"}) as server:
        sender(store, vault, data_dir, server).send(mail_id)
        assert len(server.letters) == 1
    assert mail(store, mail_id).sent_at is not None


def test_a_letter_takes_so_long_and_no_longer(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.notifications.emails.smtp, "EMAIL_SECONDS", 0.2)
    monkeypatch.setattr(bot.notifications.emails.smtp, "ANSWER_SECONDS", 0.8)
    mail_id = queued(store, vault, mentor_id)
    with MailServerDouble(silent_at="DATA") as server, pytest.raises(MailError, match=r"\(TimeoutError\)"):
        sender(store, vault, data_dir, server).send(mail_id)
    assert is_waiting(store, mail_id)


def test_a_server_that_is_not_there_is_tried_again(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    with MailServerDouble() as server:
        mails = sender(store, vault, data_dir, server)
    mail_id = queued(store, vault, mentor_id)
    with pytest.raises(MailError):
        mails.send(mail_id)
    assert is_waiting(store, mail_id)


def test_no_transaction_is_open_while_the_server_is_spoken_to(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now: list[int] = []
    with MailServerDouble() as server:
        mails = sender(store, vault, data_dir, server)
        deliver = bot.notifications.emails.smtp.MailServer.deliver

        async def spied(*args: object) -> None:
            open_now.append(store._engine.pool.checkedout())
            await deliver(*args)

        monkeypatch.setattr(bot.notifications.emails.smtp.MailServer, "deliver", spied)
        mails.send(queued(store, vault, mentor_id))
    assert open_now == [0]


@pytest.mark.parametrize("address", ["nobody", "a@b@example.org", "a@example.org, b@example.org", "a b@example.org"])
def test_an_address_that_is_none_is_given_up(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, address: str
) -> None:
    mail_id = queued(store, vault, mentor_id, Email(address, "Hello", "Hello"))
    with MailServerDouble() as server:
        sender(store, vault, data_dir, server).send(mail_id)
        assert server.letters == []
    row = mail(store, mail_id)
    assert (row.contents, row.sent_at) == (None, None)


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("maría.silva@example.org", "maría.silva@example.org"),
        ("maria.silva@straße.example", "maria.silva@xn--strae-oqa.example"),
    ],
)
def test_addresses_in_other_letters_get_their_letters(
    store: Store, vault: Vault, data_dir: Path, mentor_id: str, address: str, envelope: str
) -> None:
    mail_id = queued(store, vault, mentor_id, Email(address, "Hello", "Hello"))
    with MailServerDouble() as server:
        sender(store, vault, data_dir, server).send(mail_id)
        [received] = server.letters
    assert received.recipients == [envelope]
    assert received.message["To"] == envelope


def test_without_a_server_a_letter_becomes_a_file(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    mail_id = queued(store, vault, mentor_id)
    MailSender(store, vault, settings_for(data_dir)).send(mail_id)
    path = data_dir / "mail" / f"{mail_id}.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    row = mail(store, mail_id)
    assert row.contents is None
    assert row.sent_at is not None
    [shown] = mailbox(data_dir)
    assert (shown.id, shown.to, shown.subject, shown.text) == (mail_id, ADDRESS, LETTER.subject, LETTER.text)
    assert abs(shown.at - datetime.now(UTC)) < timedelta(minutes=1)
    written = path.read_bytes()
    MailSender(store, vault, settings_for(data_dir)).send(mail_id)
    assert path.read_bytes() == written


def test_a_file_shows_an_address_in_other_letters(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    letter = Email("maría.silva@example.org", "Hello", "Hello")
    mail_id = queued(store, vault, mentor_id, letter)
    MailSender(store, vault, settings_for(data_dir)).send(mail_id)
    assert f"To: {letter.to}\r\n".encode() in (data_dir / "mail" / f"{mail_id}.eml").read_bytes()
    assert [shown.to for shown in mailbox(data_dir)] == [letter.to]


def test_the_mailbox_shows_the_newest_first(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    assert mailbox(data_dir) == []
    mails = MailSender(store, vault, settings_for(data_dir))
    for subject in ("one", "two", "three"):
        mails.send(queued(store, vault, mentor_id, Email(ADDRESS, subject, subject)))
    (data_dir / "mail" / "half.eml.0123").write_bytes(b"a letter that is being written")
    assert [shown.subject for shown in mailbox(data_dir)] == ["three", "two", "one"]


def test_the_files_of_a_mentors_letters_are_found(store: Store, vault: Vault, data_dir: Path, mentor_id: str) -> None:
    with store.write() as session:
        session.add(Mentor(id=(other := new_id())))
    mails = MailSender(store, vault, settings_for(data_dir))
    kept = [queued(store, vault, mentor_id), queued(store, vault, mentor_id)]
    for each in (*kept, queued(store, vault, other)):
        mails.send(each)
    with store.read() as session:
        files = email_files(session, mentor_id, data_dir)
    assert sorted(path.stem for path in files) == sorted(kept)
    for path in files:
        path.unlink()
    assert len(mailbox(data_dir)) == 1

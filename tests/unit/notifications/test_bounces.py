"""Reports about e-mails, as Postfix, Exim and large providers write them, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.organisation import ORGANISATION
from bot.notifications.emails.bounces import Kind, Report, read_report

#: Of the address that letters come from.
DOMAIN = ORGANISATION.contact.partition("@")[2]

MAIL_ID = "0123456789abcdef" * 2
MARIA = "maria@example.org"


def dsn(
    action: str = "failed",
    status: str = "5.1.1",
    recipient: str = f"Final-Recipient: rfc822; {MARIA}",
    returned: str = "message/rfc822",
    message_id: str = f"Message-ID: <{MAIL_ID}@{DOMAIN}>",
) -> bytes:
    """A delivery status notification (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mail.example\nTo: {ORGANISATION.contact}\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n<{MARIA}>: unknown user\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example\n\n"
        f"{recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: {returned}\n\nFrom: {ORGANISATION.contact}\n{message_id}\nSubject: Hello\n\nText\n--b--\n"
    ).encode()


def complaint() -> bytes:
    """A feedback report (RFC 5965)."""
    return (
        f"From: abuse@provider.example\nTo: {ORGANISATION.contact}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nA recipient complained.\n\n"
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: P/1\nVersion: 1\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{MAIL_ID}@{DOMAIN}>\n\nText\n--b--\n"
    ).encode()


FAILED = Report(Kind.FAILED, MAIL_ID, frozenset({MARIA}))


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.2.1", "5.0.0 (unknown)", "5.4.310"])
def test_a_failure_names_the_email_and_the_address(returned: str, status: str) -> None:
    assert read_report(dsn(status=status, returned=returned)) == FAILED


def test_the_address_is_the_one_that_was_written_to_even_where_it_is_forwarded() -> None:
    blocks = f"Original-Recipient: rfc822;Maria@Example.org\nFinal-Recipient: RFC822; <{MARIA}.alias>"
    report = read_report(dsn(recipient=blocks))
    assert report is not None
    assert report.recipients == {MARIA, f"{MARIA}.alias"}


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "4.2.2"), ("failed", "5.7.1"), ("failed", "5.7.26")],
)
def test_what_is_late_or_about_the_sender_says_nothing_of_the_address(action: str, status: str) -> None:
    assert read_report(dsn(action, status)) is None


@pytest.mark.parametrize("message_id", ["X: y", f"Message-ID: <other@{DOMAIN}>", f"Message-ID: <{MAIL_ID}"])
def test_a_report_about_another_email_has_no_id(message_id: str) -> None:
    report = read_report(dsn(message_id=message_id))
    assert report is not None
    assert report.mail_id == ""


def test_a_complaint_names_the_email() -> None:
    assert read_report(complaint()) == Report(Kind.COMPLAINT, MAIL_ID)


@pytest.mark.parametrize("data", [b"", b"\x00\xff", b"Subject: I am on holiday\n\nBack on Monday.", dsn()[:300]])
def test_what_is_no_report_is_none(data: bytes) -> None:
    assert read_report(data) is None


@given(st.binary(max_size=600), st.integers(0, len(dsn())))
def test_no_report_can_do_harm(noise: bytes, at: int) -> None:
    whole = dsn()
    report = read_report(whole[:at] + noise + whole[at:])
    assert report is None or report.mail_id in ("", MAIL_ID)

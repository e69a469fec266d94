"""Reports about e-mails that did not arrive (RFC 3464) and about complaints (RFC 5965), as providers send them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum

#: The id of an e-mail in its Message-ID, as `bot.notifications.emails.message.compose` writes it.
_MAIL_ID = re.compile(r"<([0-9a-f]{32})@")
#: Statuses (RFC 3463) that last and are about the address: 5.7 is about what a provider thinks of the sender.
_LASTING = re.compile(r"5\.(?!7\.)\d{1,3}\.\d{1,3}\b")


class Kind(StrEnum):
    """What a report says."""

    #: The e-mail did not arrive, and will not arrive later.
    FAILED = "failed"
    #: The recipient called it unwanted.
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class Report:
    """What a provider says became of an e-mail.

    Attributes:
        kind: what it says.
        mail_id: the e-mail's id; "" if the report does not quote its Message-ID.
        recipients: the addresses that failed, in lower case; of a complaint none.
    """

    kind: Kind
    mail_id: str
    recipients: frozenset[str] = frozenset()


def read_report(data: bytes) -> Report | None:
    """The report in an e-mail; None if it is none, or says that the e-mail is late or has arrived.

    Args:
        data: the e-mail with the report, as it came.
    """
    message = message_from_bytes(data)
    parts = {part.get_content_type(): part for part in message.walk()}
    kind = str(message.get_param("report-type", "")).lower()
    if kind == "feedback-report" and "message/feedback-report" in parts:
        return Report(Kind.COMPLAINT, _mail_id(parts))
    if kind != "delivery-status" or "message/delivery-status" not in parts:
        return None
    failed = frozenset(_failed(_messages_in(parts["message/delivery-status"])))
    return Report(Kind.FAILED, _mail_id(parts), failed) if failed else None


def _messages_in(part: Message) -> list[Message]:
    """The messages, or the blocks of headers, that are the payload of a part."""
    payload = part.get_payload()
    return [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []


def _failed(blocks: list[Message]) -> list[str]:
    """The addresses in the blocks of those recipients that can never be reached."""
    found = []
    for block in blocks:
        if str(block["Action"]).strip().lower() == "failed" and _LASTING.match(str(block["Status"]).strip()):
            for name in ("Original-Recipient", "Final-Recipient"):
                found.append(str(block[name] or "").partition(";")[2].strip(" \t\r\n<>").lower())
    return [each for each in found if each]


def _mail_id(parts: dict[str, Message]) -> str:
    """The id of the e-mail that a report returns, whole or with its headers only."""
    returned = parts.get("message/rfc822") or parts.get("text/rfc822-headers")
    if returned is None:
        return ""
    whole = _messages_in(returned)
    headers = whole[0].as_string() if whole else str(returned.get_payload())
    found = re.search(r"^Message-ID:\s*(\S+)", headers, re.IGNORECASE | re.MULTILINE)
    match = _MAIL_ID.match(found[1]) if found else None
    return match[1] if match else ""

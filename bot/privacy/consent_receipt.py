"""The consent receipt: a mentor's consents as data and as a page.

The fields are those of Kantara's Consent Receipt Specification 1.1; fields that it lacks (the wording, its SHA-256, the
reply, the position in the ledger) are added to each purpose.
"""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.organisation import ORGANISATION
from bot.core.site_root import root
from bot.i18n.catalogue import Catalogue
from bot.registration import form
from bot.registration.answers import UNCLEAR
from bot.registration.ledger import Contents, Ledger
from bot.registration.registration import Registration
from bot.storage import Consent, Mentor
from bot.storage.models import utc_now

VERSION = "KI-CR-v1.1.0"

Receipt = dict[str, Any]


def receipt(
    session: Session, ledger: Ledger, mentor: Mentor, contact: str, url: str, *, with_replies: bool = True
) -> Receipt:
    """All of a mentor's replies to consents, current and earlier.

    Args:
        session: an open transaction.
        ledger: opens the mentor's own words.
        mentor: the mentor.
        contact: the controller's address for mentors.
        url: of the site.
        with_replies: whether the mentor's own words are in it, which the ledger keeps sealed.
    """
    records = session.scalars(select(Consent).where(Consent.mentor_id == mentor.id).order_by(Consent.id)).all()
    in_force = {record.id for record in Registration(session, mentor).consents.values()}
    purposes = [
        _purpose(record, ledger.contents(session, record) if with_replies else None, in_force=record.id in in_force)
        for record in records
        if record.decision != UNCLEAR
    ]
    times = [record.answered_at for record in records]
    return {
        "version": VERSION,
        "jurisdiction": "",
        "consentTimestamp": int(max(times, default=utc_now()).timestamp()),
        "collectionMethod": "conversation with a bot: " + ", ".join(sorted({each.channel for each in records})),
        "consentReceiptID": f"{mentor.id}-{records[-1].id if records else 0}",
        "language": records[-1].language if records else "en",
        "piiPrincipalId": mentor.id,
        "piiControllers": [controller(contact, url)],
        "policyUrl": url,
        "services": [{"service": "Mentor registration", "purposes": purposes}],
        "sensitive": False,
        "spiCat": [],
    }


def controller(contact: str, url: str) -> dict[str, str]:
    """Who is responsible for the mentors' data, with the address if it is known."""
    names = {"piiController": ORGANISATION.legal_name, "email": contact, "piiControllerUrl": url, "contact": contact}
    return names | ({"address": ORGANISATION.address} if ORGANISATION.address else {})


def _purpose(record: Consent, contents: Contents | None, *, in_force: bool) -> dict[str, Any]:
    item = form.BY_ID.get(form.ItemId(record.item_id))
    return {
        "purpose": record.wording,
        "purposeCategory": [item.section if item else record.item_id],
        "consentType": "EXPLICIT",
        "piiCategory": [],
        "primaryPurpose": True,
        "termination": "until you take it back",
        "thirdPartyDisclosure": record.item_id == "background_check",
        "item": record.item_id,
        "decision": record.decision,
        "inForce": in_force,
        "wordingVersion": record.wording_version,
        "wordingSha256": record.wording_sha256,
        "shownAt": _time(record.shown_at),
        "answeredAt": _time(record.answered_at),
        "reply": contents.reply if contents else None,
        "reading": record.reading,
        "channel": record.channel,
        "ledgerPosition": record.id,
        "ledgerCode": record.code,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def receipt_page(found: Receipt, sentences: Catalogue) -> str:
    """The receipt as a page to read, print or keep: HTML that loads nothing except its style sheet."""
    purposes = found["services"][0]["purposes"]
    rows = "\n".join(_row(each, sentences) for each in purposes)
    title = html.escape(sentences.text("receipt-title"))
    lead = html.escape(sentences.text("receipt-lead"))
    keep = html.escape(sentences.text("receipt-keep", contact=found["piiControllers"][0]["email"]))
    number = html.escape(f"{sentences.text('receipt-number')} {found['consentReceiptID']}")
    body = f"<ol>\n{rows}\n</ol>" if purposes else f"<p>{html.escape(sentences.text('receipt-none'))}</p>"
    return f"""<!doctype html>
<html lang="{html.escape(found["language"])}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="{root()}/widget/receipt.css">
</head>
<body>
<main>
<h1>{title}</h1>
<p>{lead}</p>
{body}
<p>{keep}</p>
<p><small>{number}</small></p>
</main>
</body>
</html>
"""


def _row(purpose: dict[str, Any], sentences: Catalogue) -> str:
    decision = sentences.text(f"receipt-decision-{purpose['decision']}")
    said = sentences.text("receipt-said", reply=purpose["reply"]) if purpose["reply"] else ""
    at = sentences.moment(purpose["answeredAt"])
    replaced = "" if purpose["inForce"] else f" {sentences.text('receipt-replaced')}"
    return (
        f"<li>\n<blockquote>{html.escape(purpose['purpose'])}</blockquote>\n"
        f"<p><strong>{html.escape(decision)}</strong>{html.escape(replaced)} {html.escape(said)}</p>\n"
        f"<p><small>{html.escape(at)} · SHA-256 {purpose['wordingSha256'][:16]}</small></p>\n</li>"
    )

"""The webhook for reports about e-mails: one that did not arrive, or that its recipient complained about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.api.webhooks import is_signed, refusal
from bot.core.settings import Settings
from bot.notifications.emails.bounces import Kind, Report, read_report
from bot.notifications.stop_links import stop
from bot.notifications.undeliverable import Undeliverable
from bot.storage import Mail, Store

logger = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Signature"


def bounce_webhook(
    store: Store, settings: Settings, undeliverable: Undeliverable, wake: Callable[[], None]
) -> APIRouter:
    """The route ``POST /webhooks/bounces``; docs/how-to/email.md says what is posted to it, and how it is signed.

    A report twice changes nothing. Whether an e-mail is known is answered alike.

    Args:
        store: knows the e-mails that were sent.
        settings: with which key reports are signed.
        undeliverable: notes the addresses.
        wake: has the outbox look for work.
    """
    key = settings.bounces_key.get_secret_value().encode()
    router = APIRouter()

    async def receive(request: Request) -> JSONResponse:
        if not key:
            return refusal(404, "This service expects no reports about e-mails.")
        body = await request.body()
        if not is_signed(body, request.headers.get(SIGNATURE_HEADER, ""), [key]):
            logger.warning("a report about an e-mail with a wrong signature was refused")
            return refusal(401, "The signature is missing or wrong.")
        report = await asyncio.to_thread(read_report, body)
        if report is not None:
            await asyncio.to_thread(_apply, store, undeliverable, report)
            wake()
        return JSONResponse({"received": True})

    router.add_api_route("/webhooks/bounces", receive, methods=["POST"], include_in_schema=False)
    return router


def _apply(store: Store, undeliverable: Undeliverable, report: Report) -> None:
    with store.write() as session:
        mail = session.get(Mail, report.mail_id)
        if mail is None:
            logger.info("a report (%s) is about no e-mail that is known here", report.kind)
        elif report.kind is Kind.COMPLAINT:
            stop(session, mail.mentor_id)
        else:
            for address in sorted(report.recipients):
                undeliverable.note(session, mail.mentor_id, address)

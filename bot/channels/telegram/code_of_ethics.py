"""The code of ethics in one message, which is edited from clause to clause, and at the end shows what was answered."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import batched
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from bot.channels.telegram.messages import as_plain, utf16_length
from bot.i18n.catalogue import Catalogue
from bot.messages.clauses import IN_TURN
from bot.messages.incoming import Tap
from bot.messages.sight import SENT_AS
from bot.messages.summary import wording_in
from bot.registration import form
from bot.registration.answers import AGREED
from bot.registration.registration import Registration
from bot.storage import Conversation, InboxMessage, Mentor, TranscriptMessage

#: In a question's body while its buttons stand.
STANDS = "stands"
#: What the buttons send that unfold the answers and fold them away. No turn: it changes nothing.
SHOW, HIDE = "answers:show", "answers:hide"
#: Buttons beside each other below the answers.
_A_ROW = 3
#: Characters of each clause where all of them together are too long for a message.
_SHORTENED = 150

#: A text in Telegram's HTML, and its buttons.
Shown = tuple[str, InlineKeyboardMarkup]


def place_of(session: Session, row: TranscriptMessage, first_id: int) -> int | None:
    """The message that the clause in this row takes the place of; None where it is sent below.

    A clause that follows a tap on the one before is shown in the same message. A mentor who writes has their own
    message below that, and is answered below it.

    Args:
        session: an open transaction.
        row: what is to be handed over.
        first_id: of the row, or of the sentence above it in the same message.
    """
    if IN_TURN not in row.body or not _follows_tap(session, row):
        return None
    before = session.scalars(
        select(TranscriptMessage)
        .where(TranscriptMessage.conversation_id == row.conversation_id, TranscriptMessage.sender == "bot")
        .where(TranscriptMessage.id < first_id)
        .order_by(TranscriptMessage.id.desc())
        .limit(1)
    ).first()
    if before is None or IN_TURN not in before.body or STANDS not in before.body:
        return None
    place: int | None = before.body.get(SENT_AS)
    return place


def _follows_tap(session: Session, row: TranscriptMessage) -> bool:
    name = session.scalars(select(InboxMessage.external_id).where(InboxMessage.id == row.turn_id)).first()
    return name is not None and ":update:" in name


def summary(session: Session, conversation: Conversation, sentences: Catalogue, *, unfolded: bool) -> Shown:
    """What was said to the clauses: how many were agreed to, and unfolded what to each, with a button to change it.

    Args:
        session: an open transaction.
        conversation: of the mentor.
        sentences: in the mentor's language.
        unfolded: whether to show each.
    """
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    said = [(number, item) for number, item in enumerate(form.CLAUSES, 1) if current.is_done(item)]
    agreed = sum(current.consents[item.id].decision == AGREED for _number, item in said)
    counts = {"agreed": agreed, "refused": len(said) - agreed, "count": len(form.CLAUSES)}
    heading = html.escape(sentences.text("telegram-code-of-ethics", **counts), quote=False)
    if not unfolded:
        return f"<b>{heading}</b>", InlineKeyboardMarkup([[_button(sentences, "show-answers", SHOW)]])
    labels = {True: sentences.text("button-agree"), False: sentences.text("button-disagree")}
    lines = [
        (number, wording_in(sentences, item), labels[current.consents[item.id].decision == AGREED])
        for number, item in said
    ]
    changes = [
        InlineKeyboardButton(
            sentences.text("button-change-row", label=str(number)),
            callback_data=Tap("change_answer", item.id).payload(),
        )
        for number, item in said
        if current.can_change(item)
    ]
    rows = [list(row) for row in batched(changes, _A_ROW)]
    return _listed(heading, lines), InlineKeyboardMarkup([*rows, [_button(sentences, "hide-answers", HIDE)]])


def _button(sentences: Catalogue, name: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(sentences.text(f"button-{name}"), callback_data=data)


def _listed(heading: str, lines: Sequence[tuple[int, str, str]]) -> str:
    """The heading and each clause with its answer; the clauses shortened where they would not fit."""
    text = ""
    for longest in (None, _SHORTENED):
        shown = (
            (f"{number}. {words if longest is None or len(words) <= longest else words[:longest] + '…'}", label)
            for number, words, label in lines
        )
        parts = [f"{html.escape(words, quote=False)}\n<b>✓ {html.escape(label)}</b>" for words, label in shown]
        text = "\n\n".join([f"<b>{heading}</b>", *parts])
        if utf16_length(as_plain(text)) <= MessageLimit.MAX_TEXT_LENGTH:
            break
    return text


def is_over(session: Session, conversation: Conversation, reply: dict[str, Any]) -> bool:
    """Whether a message that asked the clauses, in turn or on a page, has nothing left to ask."""
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    return (IN_TURN in reply or "clauses" in reply) and all(current.is_done(item) for item in form.CLAUSES)

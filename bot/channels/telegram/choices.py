"""Shows on an answered question what was chosen, and replaces its buttons by one that changes the answer."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit
from telegram.ext import ExtBot

from bot.channels.telegram.calls import persistently
from bot.channels.telegram.code_of_ethics import STANDS, Shown, is_over, summary
from bot.channels.telegram.messages import Reply, as_plain, compose, split, utf16_length
from bot.i18n.catalogue import Catalogue, catalogue
from bot.messages.incoming import Tap
from bot.messages.sight import ELSEWHERE, SENT_AS
from bot.registration import form
from bot.registration.answers import AGREED
from bot.registration.form import Answer
from bot.registration.registration import Registration
from bot.storage import Conversation, Mentor, TranscriptMessage


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A message with a question whose buttons no longer apply.

    Attributes:
        chat_id: of its chat.
        message_id: of the message.
        reply: its content.
        label: the choice; "" if there was none.
        change: the item that its button changes; "" for no button.
        summary: for the clauses, once all are answered: what is shown in the place of the last one.
    """

    chat_id: int
    message_id: int
    reply: Reply
    label: str
    change: str
    summary: Shown | None = None


def take_question_before(session: Session, row: TranscriptMessage) -> AnsweredQuestion | None:
    """The question before a newly sent message, if its buttons are shown but no longer apply; only once.

    Args:
        session: an open write transaction.
        row: the message that was sent.
    """
    before = (
        select(TranscriptMessage)
        .where(
            TranscriptMessage.conversation_id == row.conversation_id,
            TranscriptMessage.sender == "bot",
            TranscriptMessage.id < row.id,
            TranscriptMessage.body["question"].as_string().is_not(None),
        )
        .order_by(TranscriptMessage.id.desc())
        .limit(1)
    )
    question = session.scalars(before).one_or_none()
    if question is None or STANDS not in question.body:
        return None
    conversation = session.get_one(Conversation, row.conversation_id)
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    if "question" not in row.body and current.open_question is not None:
        return None
    question.body = {name: value for name, value in question.body.items() if name != STANDS}
    if question.body.get(SENT_AS) == row.body.get(SENT_AS, ELSEWHERE):
        return None  # it was edited, and asks what follows
    return _answered(session, conversation, question.body, current)


def question_sent_as(session: Session, conversation_id: str, message_id: int) -> AnsweredQuestion | None:
    """The question of a message, as it must be shown now; None if the message has none.

    Args:
        session: an open transaction.
        conversation_id: where it was asked.
        message_id: of the message.
    """
    asked = select(TranscriptMessage.body).where(
        TranscriptMessage.conversation_id == conversation_id,
        TranscriptMessage.sender == "bot",
        TranscriptMessage.body["question"].as_string().is_not(None),
        TranscriptMessage.body[SENT_AS].as_integer() == message_id,
    )
    reply = session.scalars(asked.order_by(TranscriptMessage.id.desc())).first()
    if reply is None:
        return None
    conversation = session.get_one(Conversation, conversation_id)
    current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
    return _answered(session, conversation, reply, current)


def _answered(session: Session, conversation: Conversation, reply: Reply, current: Registration) -> AnsweredQuestion:
    label, change = _choice(reply, current)
    shown = None
    if is_over(session, conversation, reply):
        shown = summary(session, conversation, catalogue(conversation.language), unfolded=False)
    return AnsweredQuestion(int(conversation.external_id), reply[SENT_AS], reply, label, change, shown)


def _choice(reply: Reply, current: Registration) -> tuple[str, str]:
    """The choice at a question, and the item that can be changed; "" for none."""
    item = form.BY_ID.get(reply["question"])
    if item is None or item.id == current.open_question or item not in current.asked or not current.is_done(item):
        return "", ""
    taps = [(each["label"], Tap.parse(each["payload"])) for each in reply.get("buttons", [])]
    label = ""
    if item.answer is Answer.YES_NO:
        intent = "affirm" if current.consents[item.id].decision == AGREED else "deny"
        label = next((name for name, tap in taps if tap and (tap.intent, tap.question) == (intent, item.id)), "")
    elif item.answer is Answer.CHOICE:
        values = [value for value, _ in item.options]
        label = dict(zip(values, (name for name, _ in taps), strict=False)).get(current.answers[item.id], "")
    return label, item.id if current.can_change(item) else ""


async def show_answered(bot: ExtBot[Any], question: AnsweredQuestion, sentences: Catalogue) -> None:
    """Show the choice on a question, or remove its buttons."""
    if question.summary is not None:
        shown, buttons = question.summary
        where = (question.chat_id, question.message_id)
        await persistently(partial(bot.edit_message_text, shown, *where, parse_mode="HTML", reply_markup=buttons))
        return
    text = split(compose(question.reply, sentences), MessageLimit.MAX_TEXT_LENGTH)[-1]
    await show_choice(bot, question.chat_id, question.message_id, text, question.label, question.change, sentences)


async def show_choice(
    bot: ExtBot[Any], chat_id: int, message_id: int, text: str, label: str, change: str, sentences: Catalogue
) -> None:
    """Show the choice on a message, with a button to change it.

    Args:
        bot: makes the call.
        chat_id: of the message's chat.
        message_id: of the message.
        text: its formatted text.
        label: the choice; "" to keep the text.
        change: the item to change; "" for no button.
        sentences: in the mentor's language.

    Raises:
        TelegramError: Telegram refuses or is unreachable.
    """
    tap = Tap("change_answer", change).payload()
    button = InlineKeyboardButton(sentences.text("button-change"), callback_data=tap)
    buttons = InlineKeyboardMarkup([[button]]) if change else None
    chosen = f"✓ {label}"
    if label and text and utf16_length(f"{as_plain(text)}\n\n{chosen}") <= MessageLimit.MAX_TEXT_LENGTH:
        shown = f"{text}\n\n<b>{html.escape(chosen, quote=False)}</b>"
        call = partial(bot.edit_message_text, shown, chat_id, message_id, parse_mode="HTML", reply_markup=buttons)
        await persistently(call)
    else:
        await persistently(partial(bot.edit_message_reply_markup, chat_id, message_id, reply_markup=buttons))

"""A mentor in the Telegram channel, through the double of the Bot API."""

from __future__ import annotations

from bot.i18n.catalogue import catalogue
from bot.registration import form
from tests.doubles.telegram_api import PrivateChat, ReceivedMessage
from tests.support.answers import QUESTIONS, TEXTS, picture
from tests.support.seeding import ASK, is_worth_seeding, seed
from tests.support.service import RunningBot

#: Seconds to wait for a reply.
PATIENCE = 20


def opening_of(question: str) -> str:
    """Words that identify the message that asks ``question``."""
    if question in ("start", "review"):
        return catalogue().text(f"question-{question}").split("\n")[0]
    if question == "email_code":
        return catalogue().text("question-email_code").split("\n")[0]
    item = form.BY_ID[form.ItemId(question)]
    if item.kind is form.Kind.CONSENT:
        return item.wording
    return catalogue().text(f"question-{item.id}", wording=item.wording).split("\n")[0]


def reopening_of(question: str) -> str:
    """Words that identify the message that asks again for a text or a photo."""
    item = form.BY_ID[form.ItemId(question)]
    return catalogue().text(f"question-{question}.again", wording=item.wording)


def address_of(chat: PrivateChat) -> str:
    """The e-mail address of this mentor."""
    return f"telegram.{chat.id}@example.org"


def answers(chat: PrivateChat, question: str, bot: RunningBot, patience: float = PATIENCE) -> ReceivedMessage:
    """Wait for ``question`` and answer it as a willing mentor would: by button, by photo, or typed."""
    asked = chat.waits_for(opening_of(question), timeout=patience)
    labels = {"start": "Let’s start", "account": "I need to register", "review": "Submit"}
    if question == "photo":
        chat.sends_photo(picture())
    elif question == "email":
        chat.sends(address_of(chat))
    elif question == "email_code":
        chat.sends(bot.code_for(address_of(chat), patience))
    elif question in TEXTS:
        chat.sends(TEXTS[question])
    else:
        chat.taps(asked, labels.get(question, "I agree"))
    return asked


def answer_until(chat: PrivateChat, question: str, bot: RunningBot) -> None:
    """Begin and come to ``question``; if it is far, the earlier answers are seeded."""
    chat.sends("/start")
    if is_worth_seeding(question):
        chat.waits_for(opening_of("start"), timeout=PATIENCE)
        seed(bot.data_dir, str(chat.id), question, address_of(chat))
        chat.sends(ASK)
    else:
        for each in QUESTIONS[: QUESTIONS.index(question)]:
            answers(chat, each, bot)
    chat.waits_for(opening_of(question), timeout=PATIENCE)

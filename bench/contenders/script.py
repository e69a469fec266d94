"""What is asked and answered in a registration, for the contenders that have no code of ours.

The words are the form's own (`bot.registration.form`): each question with its notices, each consent. So stock Rasa,
lean Rasa and the plain state machine ask the same as ours does, in the same order, and are told the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.messages.whereabouts import described
from bot.registration import form
from tests.support.answers import new_email, reply_to

#: What begins a registration, and what the last question is answered with.
BEGIN = "I want to become a mentor"
DONE = "Your registration is complete. Thank you!"
#: What the others can be asked on the way; ours knows five times as many.
DIGRESSIONS = (
    "faq_cost",
    "faq_data",
    "faq_check",
    "faq_duration",
    "faq_person",
    "faq_organisation",
    "chat_thanks",
    "chat_bot",
)
#: What is asked aside, in turns, with the intent.
SIDE_QUESTIONS = (
    ("what does it cost", "faq_cost"),
    ("what happens to my data", "faq_data"),
    ("how does the background check work", "faq_check"),
)


@dataclass(frozen=True)
class Question:
    """One question of the form.

    Attributes:
        name: of the item, and of the slot that takes its answer.
        text: what the bot asks.
        is_consent: whether the answer is yes or no; else it is a text.
        reply: what a willing mentor answers.
    """

    name: str
    text: str
    is_consent: bool
    reply: str


def questions() -> list[Question]:
    """All that is asked of a new mentor after `BEGIN`, in order, the check of all answers included."""
    asked: list[Question] = []
    for item in form.ASKED:
        is_consent = item.kind is form.Kind.CONSENT
        lines = [*(notice.wording for notice in form.notices(item)), item.wording, *(text for _, text in item.options)]
        # A photo is not a thing that stock Rasa's channel takes: its bot is told a file's name.
        reply = "me.jpg" if item.id == form.PHOTO else new_email() if item.id == form.EMAIL else reply_to(item.id)
        asked.append(Question(str(item.id), "\n".join(lines), is_consent, reply))
        if item.id == form.EMAIL:
            asked.append(Question("email_code", "Which code is in the e-mail that we sent you?", False, "123456"))
    asked.append(Question("review", "Shall we submit your registration?", True, "yes"))
    return asked


def texts(asked: Iterable[Question]) -> list[str]:
    """The replies that are texts of the mentor's own."""
    return [question.reply for question in asked if not question.is_consent]


def digression_text(intent: str) -> str:
    """What the bot says to a question on the way, at the first question of the form."""
    sentence = intent.replace("_", "-", 1)
    where = described(catalogue(), form.ASKED[0].id, form.ASKED, [item.id for item in form.ASKED])
    arguments = where | {"contact": ORGANISATION.contact, "steps": len(form.STEPS)}
    return catalogue().text(sentence, **arguments).splitlines()[0]

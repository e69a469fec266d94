"""A mentor's position in the form, for use in sentences: what is open, what comes next, how much is left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from bot.i18n.catalogue import Argument, Catalogue, Sentence, catalogue
from bot.messages.summary import wording_in
from bot.registration import form
from bot.registration.form import Answer, Item, ItemId
from bot.registration.registration import (
    CANCEL,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    START,
    START_OVER,
    Registration,
)

#: Seconds that an answer takes. The whole form is about ten minutes.
_SECONDS = {
    Answer.CHOICE: 10,
    Answer.NAME: 15,
    Answer.EMAIL: 60,  # with the code that proves it
    Answer.LONG_TEXT: 75,
    Answer.PHOTO: 45,
    Answer.DATE: 15,
    Answer.YES_NO: 12,
    Answer.COUNTRY: 10,
    Answer.REGION: 10,
}
_SECONDS_OF_REVIEW = 30
#: The sentence before the whole code.
_WITH_CODE = "faq-code"
#: Questions outside the form that have a name in sentences.
_FRAME = {START: "start", EMAIL_CODE: "email_code", JOIN: "join", REVIEW: "review", RECONSIDER: "reconsider"} | {
    **dict.fromkeys((START_OVER, CANCEL), "deletion")
}


def whereabouts(sentences: Catalogue, current: Registration) -> dict[str, Argument]:
    """The mentor's position, for use in sentences; see `described`."""
    asked = current.asked
    undone = {item.id for item in asked if not current.is_done(item)}
    return described(sentences, current.topic, asked, undone)


def described(
    sentences: Catalogue, question: ItemId | None, asked: Sequence[Item], undone: Collection[ItemId]
) -> dict[str, Argument]:
    """The arguments for sentences about the mentor's position in the form.

    ``left`` counts what is still to be answered, the open question included, the final check not; ``short`` says
    whether that is consents only; ``minutes`` is how long it takes, the final check included; ``open`` and ``next``
    name the open question and the one after it; ``place`` is the line above the open question.

    Args:
        sentences: in the mentor's language.
        question: the open question, or the item that it is about; None after the submit.
        asked: this mentor's questions, in order.
        undone: those without an answer.
    """
    to_do = [item for item in asked if item.id in undone]
    following = next((item.id for item in to_do if item.id != question), REVIEW)
    seconds = sum(_SECONDS[item.answer] for item in to_do) + _SECONDS_OF_REVIEW
    return {
        "left": len(to_do),
        "short": "yes" if all(item.kind is form.Kind.CONSENT for item in to_do) else "no",
        "minutes": max(len(to_do[:2]), 1, round(seconds / 60)),
        "open": _name(sentences, question),
        "next": _name(sentences, following),
        "place": _place(sentences, question, asked),
    }


def _name(sentences: Catalogue, question: ItemId | None) -> str:
    if question is None:
        return ""
    name = f"item-{_FRAME.get(question, question)}"
    return sentences.text(name) if sentences.has(name) else sentences.text("item-other")


def _place(sentences: Catalogue, question: ItemId | None, asked: Sequence[Item]) -> str:
    if question == EMAIL_CODE:
        question = form.EMAIL
    item = next((each for each in asked if each.id == question), None)
    step = item.step if item else "review"
    of_step = [each.id for each in asked if each.step == step]
    number, of = (of_step.index(item.id) + 1, len(of_step)) if item else (1, 1)
    label = sentences.text(f"step-{step}", part=number, parts=of)
    return sentences.text("progress", label=label, step=form.STEPS.index(step) + 1, of=len(form.STEPS))


def completed(name: str, sentence: Sentence) -> Sentence:
    """The sentence, with the whole code of ethics where it belongs to it."""
    if name != _WITH_CODE:
        return sentence
    return Sentence(f"{sentence}\n\n{_whole_code(sentence.language)}", sentence.language)


@cache
def _whole_code(language: str) -> str:
    """The code of ethics as a numbered list."""
    sentences = catalogue(language)
    return "\n\n".join(f"{number}. {wording_in(sentences, item)}" for number, item in enumerate(form.CLAUSES, 1))

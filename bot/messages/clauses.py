"""The code of ethics as one card: every clause with its text, its two buttons and what was said to it.

A channel that can show the card says so (`bot.conversation.workers.Channel`); the others ask one clause after another,
and so does this one where the mentor prefers that.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot.i18n.catalogue import Catalogue, Sentence
from bot.messages.buttons import Button, named_button
from bot.messages.incoming import Tap
from bot.messages.phrasing import Phrasing
from bot.messages.sight import newest_question
from bot.messages.summary import wording_in
from bot.registration import form
from bot.registration.form import Item
from bot.registration.registration import Registration

#: Replies of a tap with which the mentor asks for one clause at a time, or for all of them on one card.
ONE_BY_ONE, ON_ONE_CARD = "one", "card"
#: What a press sends that asks for the card.
TO_CARD = Tap("repeat", reply=ON_ONE_CARD)
#: In the mentor's own message in the transcript: the clause of the card that they pressed, and what they chose.
ON_CLAUSE, CHOSEN = "on_clause", "chosen"
#: In a question's body: it is a clause in its turn. A channel may show one after another in the same place.
IN_TURN = "in_turn"


def are_in_turn(current: Registration) -> bool:
    """Whether the clauses are what is asked now, and not one of them again that is being changed."""
    return current.mentor.focus is None and current.open_question in {item.id for item in form.CLAUSES}


def card(question: dict[str, Any], current: Registration, sentences: Catalogue, phrasing: Phrasing) -> dict[str, Any]:
    """The card, of the message that asks the first open clause alone."""
    done = sum(current.is_done(item) for item in form.CLAUSES)
    introduction = "\n".join(wording_in(sentences, notice) for notice in form.notices(form.CLAUSES[0]))
    ways = [each for each in question["buttons"] if each["style"] == "secondary"]
    kept = {name: value for name, value in question.items() if name != "clause"}
    if "translation" in kept:  # each clause has its own
        kept["translation"] = {name: value for name, value in kept["translation"].items() if name != "text"}
    return kept | {
        "text": phrasing.in_other_words("question-code", count=len(form.CLAUSES)),
        "notice": introduction,
        "progress": question["progress"]
        | {"label": sentences.text("step-agreement"), "part": done, "parts": len(form.CLAUSES)},
        "clauses": [_clause(item, current, sentences) for item in form.CLAUSES],
        "buttons": [_way("one-by-one", ONE_BY_ONE, sentences), *ways],
    }


def with_way_to_card(question: dict[str, Any], sentences: Catalogue) -> dict[str, Any]:
    """The message that asks one clause, with a button that shows all of them."""
    return question | {"buttons": [*question["buttons"], _way("on-one-card", ON_ONE_CARD, sentences)]}


def with_answers(message: dict[str, Any], current: Registration) -> dict[str, Any]:
    """A message of the transcript; if it is the card, with what was said to each clause so far."""
    if "clauses" not in message:
        return message
    clauses = [{**each, "answer": _answer(form.BY_ID.get(each["id"]), current)} for each in message["clauses"]]
    return {**message, "clauses": clauses}


def pressed_clause(session: Session, conversation_id: str, tap: Tap) -> Item | None:
    """The clause that a tap answers on the card that was shown last, in its present wording; None if it answers none.

    Args:
        session: an open transaction.
        conversation_id: where it was tapped.
        tap: what was tapped.
    """
    item = next((each for each in form.CLAUSES if each.id == tap.question), None)
    if item is None or tap.intent not in ("affirm", "deny"):
        return None
    for clause in shown_card(session, conversation_id):
        if clause["id"] == item.id and clause["sha256"] == item.wording_sha256:
            return item if tap.payload() in (each["payload"] for each in clause["buttons"]) else None
    return None


def shown_card(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """The clauses of the card, if the question that was shown last in a conversation is the card; else none."""
    row = newest_question(session, conversation_id)
    return row.body.get("clauses", []) if row is not None else []


def _clause(item: Item, current: Registration, sentences: Catalogue) -> dict[str, Any]:
    taps = {name: Tap(intent, item.id, current.mentor.revision) for name, intent in _CHOICES.items()}
    meaning = sentences.text(f"meaning-{item.id}")
    clause: dict[str, Any] = {
        "id": item.id,
        "text": item.wording,
        "sha256": item.wording_sha256,
        "meaning": meaning,
        "meaning_language": meaning.language if isinstance(meaning, Sentence) else sentences.language,
        "buttons": [named_button(sentences, name, tap) for name, tap in taps.items()],
    }
    if sentences.has(f"wording-{item.id}"):  # English has none: it is the wording
        clause["translation"] = wording_in(sentences, item)
    return clause


#: The buttons of a clause, and the intent of each.
_CHOICES = {"agree": "affirm", "disagree": "deny"}


def _way(name: str, reply: str, sentences: Catalogue) -> Button:
    return named_button(sentences, name, Tap("repeat", reply=reply), "secondary")


def _answer(item: Item | None, current: Registration) -> str:
    return current.consents[item.id].decision if item is not None and current.is_done(item) else ""

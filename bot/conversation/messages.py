"""Rendering: from what the dialogue decided to say to a message that a channel can show.

The engine carries only references (``{"say": …}``, ``{"ask": …}``): the sentences come from the catalogue and
the answers from the database, here, when the turn is finished.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from bot import form
from bot.answers import Note
from bot.catalogue import Argument, Catalogue
from bot.conversation.dialogue import date_candidates
from bot.conversation.incoming import Tap
from bot.form import Answer, Item, ItemId
from bot.registration import RECONSIDER, REFUSED, REVIEW, START, Registration
from bot.vault import Vault

Message = dict[str, Any]

_INPUTS = {
    Answer.CHOICE: "choice",
    Answer.NAME: "short_text",
    Answer.EMAIL: "short_text",
    Answer.LONG_TEXT: "long_text",
    Answer.PHOTO: "photo",
    Answer.DATE: "date",
    Answer.YES_NO: "consent",
}


class Renderer:
    """Renders messages for one mentor.

    Args:
        catalogue: the sentences in the mentor's language.
        current: the mentor's registration.
        contact_email: where a mentor can write to a person.
        dates_offered: how many readings of an ambiguous date of birth wait for the mentor's choice.
    """

    def __init__(self, catalogue: Catalogue, current: Registration, contact_email: str, dates_offered: int = 0) -> None:
        self._catalogue = catalogue
        self._current = current
        self._contact = contact_email
        self._dates_offered = dates_offered

    def note(self, note: Note) -> list[Message]:
        """A sentence; the summary of the answers so far; or a sentence with the mentor's photo."""
        if note.id == "summary":
            return [{**self._say("summary"), "kind": "review", "sections": self._sections(), "input": "none"}]
        arguments = dict(note.arguments)
        photo = arguments.pop("photo", None)
        message = self._say(note.id, **arguments)
        if photo:
            message |= {"kind": "photo", "photo": photo}
        return [message]

    def question(self, question: ItemId) -> Message:
        """The open question with its buttons, notices and progress."""
        message = {START: self._start, REVIEW: self._review, RECONSIDER: self._reconsider}.get(question, self._item)(
            question
        )
        return {"kind": "question", **message, "question": question}

    def _say(self, name: str, **arguments: str | int) -> Message:
        defaults: dict[str, Argument] = {"contact": self._contact, "steps": len(form.STEPS)}
        text = self._catalogue.text(name, **defaults | arguments)
        return {"kind": "say", "text": text}

    def _button(self, label: str, tap: Tap, style: str = "primary") -> dict[str, str]:
        return {"label": label, "payload": tap.payload(), "style": style}

    def _named_button(self, name: str, tap: Tap, style: str = "primary") -> dict[str, str]:
        return self._button(self._catalogue.text(f"button-{name}"), tap, style)

    def _answer_tap(self, intent: str, question: ItemId, reply: str = "") -> Tap:
        return Tap(intent, question, self._current.mentor.revision, reply)

    def _start(self, _question: ItemId) -> Message:
        return {
            "text": self._catalogue.text("question-start"),
            "input": "choice",
            "buttons": [self._named_button("start", Tap("register"))],
        }

    def _item(self, question: ItemId) -> Message:
        item = form.BY_ID[question]
        message: Message = {
            "text": self._question_text(item),
            "input": _INPUTS[item.answer],
            "progress": self.progress(item.step, item),
            "buttons": [*self._replies(item), *self._navigation()],
        }
        notices = [notice.wording for notice in form.notices(item)]
        if notices:
            message["notice"] = "\n".join(notices)
        if item.answer is Answer.YES_NO:
            message["clause"] = item.wording
        if self._catalogue.has(f"question-{item.id}.example"):
            message["example"] = self._catalogue.text(f"question-{item.id}.example")
        if item.max_length:
            message["max_length"] = item.max_length
        return message

    def _question_text(self, item: Item) -> str:
        if item.step == "ethics":
            return self._catalogue.text("question-clause", number=form.part(item)[0])
        return self._catalogue.text(f"question-{item.id}", wording=item.wording)

    def _replies(self, item: Item) -> list[dict[str, str]]:
        if item.answer is Answer.YES_NO:
            return [
                self._named_button("agree", self._answer_tap("affirm", item.id)),
                self._named_button("disagree", self._answer_tap("deny", item.id)),
            ]
        if item.answer is Answer.CHOICE:
            intents = {form.Account.EXISTING.value: "affirm", form.Account.NEW.value: "deny"}
            return [self._button(wording, self._answer_tap(intents[value], item.id)) for value, wording in item.options]
        if item.answer is Answer.DATE:
            return [
                self._button(placeholder, self._answer_tap("inform", item.id, str(number)))
                for number, placeholder in enumerate(DATE_PLACEHOLDERS[: self._dates_offered])
            ]
        return []

    def _navigation(self) -> list[dict[str, str]]:
        if self._current.mentor.focus is not None:
            return [self._named_button("keep", Tap("resume"), "secondary")]
        if self._current.open_question == self._current.asked[0].id:
            return []
        return [self._named_button("back", Tap("go_back"), "secondary")]

    def progress(self, step: str, item: Item | None = None) -> dict[str, str | int]:
        """Where this step stands: "Code of ethics 3 of 15", step 9 of 11."""
        number, of = form.part(item) if item else (1, 1)
        asked = [other for other in self._current.asked if item and other.step == item.step]
        if item in asked:
            number, of = asked.index(item) + 1, len(asked)
        label = self._catalogue.text(f"step-{step}", part=number, parts=of)
        step_number = form.STEPS.index(step) + 1
        return {"label": label, "step": step_number, "of": len(form.STEPS), "part": number, "parts": of}

    def _review(self, question: ItemId) -> Message:
        return {
            "kind": "review",
            "text": self._catalogue.text("question-review"),
            "input": "review",
            "progress": self.progress("review"),
            "sections": self._sections(),
            "buttons": [self._named_button("submit", self._answer_tap("affirm", question))],
        }

    def _reconsider(self, question: ItemId) -> Message:
        refused = self._current.refused
        return {
            "text": self._catalogue.text("question-reconsider", count=len(refused)),
            "input": "choice",
            "progress": self.progress("agreement" if refused[0].step == "ethics" else refused[0].step),
            "clause": "\n\n".join(item.wording for item in refused),
            "buttons": [
                self._named_button("reconsider", self._answer_tap("affirm", question)),
                self._named_button("not-now", self._answer_tap("deny", question)),
            ],
        }

    def _sections(self) -> list[dict[str, Any]]:
        sections: dict[str, list[dict[str, Any]]] = {}
        for item in self._current.asked:
            if self._current.is_done(item):
                sections.setdefault(item.section, []).append(self._row(item))
        return [{"title": title, "rows": rows} for title, rows in sections.items()]

    def _row(self, item: Item) -> dict[str, Any]:
        row: dict[str, Any] = {
            "label": item.wording if item.answer is Answer.YES_NO else self._catalogue.text(f"label-{item.id}"),
            "value": self._value(item),
            "change": self._named_button("change", Tap("change_answer", item.id), "secondary"),
        }
        if item.answer is Answer.PHOTO:
            row["photo"] = self._current.answers[item.id].value
        return row

    def _value(self, item: Item) -> str:
        if item.answer is Answer.YES_NO:
            refused = self._current.consents[item.id].decision == REFUSED
            return self._catalogue.text("value-refused" if refused else "value-agreed")
        if item.answer in (Answer.PHOTO, Answer.DATE):
            return self._catalogue.text(f"value-{item.id}")
        value = self._current.answers[item.id].value
        return dict(item.options).get(value, value)


#: Stand in the transcript for the two readings of an ambiguous date; filled in when they are shown.
DATE_PLACEHOLDERS = ("{date-1}", "{date-2}")


def fill_placeholders(session: Session, vault: Vault, catalogue: Catalogue, mentor_id: str, body: Message) -> Message:
    """``body`` with the dates that its buttons offer, if they still wait for a choice; else hidden."""
    buttons = body.get("buttons", [])
    if not any(button["label"] in DATE_PLACEHOLDERS for button in buttons):
        return body
    dates = date_candidates(session, vault, mentor_id)
    labels = dict.fromkeys(DATE_PLACEHOLDERS, catalogue.text("value-date_of_birth"))
    for placeholder, each in zip(DATE_PLACEHOLDERS, dates, strict=False):
        labels[placeholder] = catalogue.text(
            "button-date", day=each.day, month=catalogue.text(f"month-{each.month}"), year=str(each.year)
        )
    return {
        **body,
        "buttons": [{**button, "label": labels.get(button["label"], button["label"])} for button in buttons],
    }

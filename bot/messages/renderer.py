"""Renders the dialogue's decisions as messages that a channel can show.

The dialogue names its sentences; they come from the catalogue, and the answers from the database, here, at the end of
the turn.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from bot.i18n.catalogue import Argument, Catalogue, Sentence, catalogue
from bot.messages.buttons import Button, button, language_button, named_button
from bot.messages.date_choices import DATE_PLACEHOLDERS
from bot.messages.incoming import Tap
from bot.messages.joining import JoinQuestions
from bot.messages.masks import masked_address
from bot.messages.offers import Offers
from bot.messages.phrasing import Phrasing
from bot.messages.summary import Summary, wording_in
from bot.messages.whereabouts import whereabouts
from bot.registration import form
from bot.registration.answers import MessageRef, option_labels, question_to_save
from bot.registration.form import Answer, Item, ItemId
from bot.registration.registration import (
    CANCEL,
    CONFIRM,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    SAVE,
    START,
    START_OVER,
    Registration,
)

Message = dict[str, Any]

#: The note with which a channel offers the consent receipt.
RECEIPT = "faq-receipt"
#: The note with which a channel offers the mentor's data.
MY_DATA = "faq-my_data"

_INPUTS = {
    Answer.CHOICE: "choice",
    Answer.NAME: "short_text",
    Answer.EMAIL: "short_text",
    Answer.LONG_TEXT: "long_text",
    Answer.PHOTO: "photo",
    Answer.DATE: "date",
    Answer.YES_NO: "consent",
    Answer.COUNTRY: "short_text",
    Answer.REGION: "short_text",
}
#: Fields that a browser may fill in (WCAG 2.2, SC 1.3.5).
_AUTOFILL = {form.FULL_NAME: "name", form.EMAIL: "email"}


#: The reply of a tap that asks for all answers in full.
WHOLE = "whole"
#: Says that a date has two readings, which the question for it offers.
WHICH_DATE = "note-date-which"
#: The note that offers another language.
OTHER_LANGUAGE = "note-other-language"
#: Characters of the mentor's text that a question repeats.
_LONGEST_QUOTE = 120
#: Variables of sentences that stand for what the mentor gave.
_QUOTED = frozenset({"values", "address"})


def with_language(message: Message, language: str) -> Message:
    """``message`` with its text's language: ``language``, or English without a translation."""
    text = message["text"]
    return message | {"language": text.language if isinstance(text, Sentence) else language}


class Renderer:
    """Renders messages for one mentor.

    Args:
        catalogue: the sentences in the mentor's language.
        current: the mentor's registration.
        contact_email: where a mentor can write to a person.
        dates_offered: readings of an ambiguous date that wait for the mentor's choice.
        said: texts of the bot's last turns, the newest first; they are not repeated if there is another wording, and
            those of the newest turn never.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        current: Registration,
        contact_email: str,
        dates_offered: int = 0,
        said: Sequence[Collection[str]] = (),
    ) -> None:
        self._catalogue = catalogue
        self._current = current
        self._contact = contact_email
        self._dates_offered = dates_offered
        self._phrasing = Phrasing(catalogue, contact_email, said)
        self._joining = JoinQuestions(catalogue, current, self._phrasing)

    def note(self, note: MessageRef) -> list[Message]:
        """A sentence; the summary of the answers so far; or a sentence with the mentor's photo."""
        arguments = dict(note.arguments)
        if note.id == "summary":
            whole = {"whole": True} if "whole" in arguments else {}
            return [{**self._say("summary"), "kind": "review", **self._answers(), "input": "none", **whole}]
        if note.id == OTHER_LANGUAGE:
            return [self._other_language(str(arguments["language"]))]
        photo, link, choices, words = (arguments.pop(name, None) for name in ("photo", "link", "choices", "words"))
        message = self._say(note.id, **whereabouts(self._catalogue, self._current) | arguments)
        if photo:
            message |= {"kind": "photo", "photo": photo}
        if link:
            message |= {"link": link}
        if words:  # of any length: a variable of a sentence has a limit
            message |= {"text": f"{message['text']} {words}", "words_of": "person"}
        elif _QUOTED & arguments.keys():
            message |= {"quotes": True}
        if note.id in (RECEIPT, MY_DATA):
            message |= {"document": "receipt" if note.id == RECEIPT else "my_data"}
        buttons = Offers(self._catalogue, self._current).buttons(note.id, str(choices or ""))
        return [message | {"buttons": buttons} if buttons else message]

    def _other_language(self, language: str) -> Message:
        """The offer to write another language, in that language."""
        return {
            "kind": "say",
            "text": catalogue(language).text(OTHER_LANGUAGE),
            "buttons": [language_button(language)],
        }

    def question(self, question: ItemId) -> Message:
        """The open question with its buttons, notices and progress."""
        special = {
            START: self._start,
            REVIEW: self._review,
            RECONSIDER: self._reconsider,
            START_OVER: self._confirmation,
            CANCEL: self._confirmation,
            EMAIL_CODE: self._code,
            JOIN: self._joining.question,
            SAVE: self._save,
            CONFIRM: self._asked_back,
        }
        asks = self._withdrawal if self._current.withdrawing else special.get(question, self._item)
        return {"kind": "question", **asks(question), "question": question}

    def _say(self, name: str, **arguments: Argument) -> Message:
        defaults: dict[str, Argument] = {"contact": self._contact, "steps": len(form.STEPS)}
        text = self._phrasing.in_other_words(name, everywhere=True, **defaults | arguments)
        return {"kind": "say", "text": text}

    def _button(self, name: str, tap: Tap, style: str = "primary", **arguments: Argument) -> Button:
        return named_button(self._catalogue, name, tap, style, **arguments)

    def _answer_tap(self, intent: str, question: ItemId, reply: str = "") -> Tap:
        return Tap(intent, question, self._current.mentor.revision, reply)

    def _start(self, _question: ItemId) -> Message:
        return {
            "text": self._phrasing.in_other_words("question-start"),
            "input": "choice",
            "buttons": [self._button("start", Tap("register"))],
        }

    def _item(self, question: ItemId) -> Message:
        item = next(each for each in self._current.asked if each.id == question)
        message = self._asked(item)
        if item.answer is Answer.DATE and self._dates_offered:
            return message | {"text": self._phrasing.in_other_words(WHICH_DATE)}
        notices = form.notices(item)
        if notices:
            message["notice"] = "\n".join(wording_in(self._catalogue, notice) for notice in notices)
        if item.answer is Answer.YES_NO:
            message |= self._clause(item)
        if self._catalogue.has(f"question-{item.id}.example"):
            message["example"] = self._catalogue.text(f"question-{item.id}.example")
        if item.max_length:
            message["max_length"] = item.max_length
        if item.id in _AUTOFILL:
            message["autocomplete"] = _AUTOFILL[item.id]
        return message

    def _asked(self, item: Item) -> Message:
        """The question, its way of answering and its buttons; and the present answer, if it is about to be changed."""
        message: Message = {
            "text": self._question_text(item),
            "input": _INPUTS[item.answer],
            **self._steps(item.step, item),
            "buttons": [*self._replies(item), *self._navigation()],
        }
        if self._current.mentor.focus == item.id and item.kind is form.Kind.QUESTION:
            message |= self._present(item)
        return message

    def _clause(self, *items: Item) -> Message:
        """The binding wording and, for other languages, its translation."""
        message: Message = {"clause": "\n\n".join(item.wording for item in items)}
        if all(self._catalogue.has(f"wording-{item.id}") for item in items):  # English needs none
            message["translation"] = {
                "language": self._catalogue.language,
                "label": self._catalogue.text("translation-label"),
                "text": "\n\n".join(wording_in(self._catalogue, item) for item in items),
            }
        return message

    def _question_text(self, item: Item) -> Sentence:
        if item.step == "ethics":
            number = form.part(item)[0]
            return self._phrasing.in_other_words("question-clause", number=number, turn="odd" if number % 2 else "even")
        return self._phrasing.in_other_words(f"question-{item.id}", wording=wording_in(self._catalogue, item))

    def _replies(self, item: Item) -> list[Button]:
        if item.answer is Answer.YES_NO:
            return [
                self._button("agree", self._answer_tap("affirm", item.id)),
                self._button("disagree", self._answer_tap("deny", item.id)),
            ]
        if item.answer is Answer.CHOICE:
            return [
                button(label, self._option_tap(item, value))
                for value, label in option_labels(item, self._catalogue).items()
            ]
        if item.answer is Answer.DATE:
            return [
                button(placeholder, self._answer_tap("inform", item.id, str(number)))
                for number, placeholder in enumerate(DATE_PLACEHOLDERS[: self._dates_offered])
            ]
        return []

    def _option_tap(self, item: Item, value: str) -> Tap:
        if item.yes_and_no is None:
            return self._answer_tap("inform", item.id, value)
        return self._answer_tap("affirm" if value == item.yes_and_no[0] else "deny", item.id)

    def _navigation(self) -> list[Button]:
        if self._current.mentor.focus is not None:
            return [self._button("keep", Tap("resume"), "secondary")]
        if self._current.open_question == self._current.asked[0].id:
            return []
        return [self._button("back", Tap("go_back"), "secondary")]

    def progress(self, step: str, item: Item | None = None) -> dict[str, str | int]:
        """Where this step stands: "Code of ethics 3 of 15", step 9 of 11."""
        asked = [other.id for other in self._current.asked if other.step == step]
        number, of = (asked.index(item.id) + 1, len(asked)) if item else (1, 1)
        label = self._catalogue.text(f"step-{step}", part=number, parts=of)
        step_number = form.STEPS.index(step) + 1
        return {"label": label, "step": step_number, "of": len(form.STEPS), "part": number, "parts": of}

    def _steps(self, step: str, item: Item) -> Message:
        """The progress of a step; none after the submit, when there are no more steps."""
        return {"progress": self.progress(step, item)} if self._current.mentor.submitted_at is None else {}

    def _present(self, item: Item) -> Message:
        """The answer that is about to be changed."""
        return self._one_answer("title-present", item, self._current.answers[item.id])

    def _one_answer(self, title: str, item: Item, value: str) -> Message:
        summary = Summary(self._catalogue, self._current)
        return {
            "sections": [{"title": self._catalogue.text(title), "rows": [summary.row(item, value)]}],
            "whole_button": self._whole_button(),
        }

    def _whole_button(self) -> Button:
        return self._button("whole", Tap("see_review", reply=WHOLE), "secondary")

    def _code(self, question: ItemId) -> Message:
        if self._current.is_proving_other:
            other = self._joining.other()
            text = self._phrasing.in_other_words(
                "question-join-code", address=masked_address(other.address or "") if other else ""
            )
            not_this = self._button(self._joining.refusal, self._answer_tap("deny", question), "secondary")
        else:
            text = self._phrasing.in_other_words("question-email_code")
            not_this = self._button("other-address", Tap("change_answer", form.EMAIL), "secondary")
        return {
            "text": text,
            "input": "short_text",
            **self._steps("account", form.BY_ID[form.EMAIL]),
            "max_length": form.NAME_LENGTH,
            "autocomplete": "one-time-code",
            "buttons": [self._button("resend-code", Tap("resend_code"), "secondary"), not_this],
        }

    def _answers(self) -> Message:
        """Every answer, and a button to read them whole for a channel that shortens or folds them."""
        sections = Summary(self._catalogue, self._current).sections()
        return {"sections": sections, "whole_button": self._whole_button()}

    def _review(self, question: ItemId) -> Message:
        return {
            "kind": "review",
            "text": self._phrasing.in_other_words("question-review"),
            "input": "review",
            "progress": self.progress("review"),
            **self._answers(),
            "buttons": [self._button("submit", self._answer_tap("affirm", question))],
        }

    def review_below(self) -> Message:
        """The check of the answers where they stand above: nothing but what can be done."""
        submit = self._button("submit", self._answer_tap("affirm", REVIEW))
        show = self._button("show-answers", Tap("see_review"), "secondary")
        return {
            "kind": "question",
            "text": self._phrasing.in_other_words("question-review-below"),
            "input": "review",
            "progress": self.progress("review"),
            "buttons": [submit, show],
            "question": REVIEW,
        }

    def _reconsider(self, question: ItemId) -> Message:
        refused = self._current.refused
        clauses = self._clause(*refused)
        if self._current.withdrawn.issuperset(each.id for each in refused):
            return {
                "text": self._phrasing.in_other_words("question-reconsider-withdrawn", count=len(refused)),
                "input": "choice",
                **clauses,
                "buttons": [self._button("agree-again", self._answer_tap("affirm", question))],
            }
        return {
            "text": self._phrasing.in_other_words("question-reconsider", count=len(refused)),
            "input": "choice",
            "progress": self.progress("review"),
            **clauses,
            "buttons": [
                self._button("reconsider", self._answer_tap("affirm", question)),
                self._button("not-now", self._answer_tap("deny", question)),
            ],
        }

    def _confirmation(self, question: ItemId) -> Message:
        if question == CANCEL and self._current.was_sent:
            text, doing, keeping = "question-delete", "do-delete", "keep-account"
        else:
            doing = {START_OVER: "do-start-over", CANCEL: "do-cancel"}[question]
            text, keeping = f"question-{question}", "keep-answers"
        return {
            "text": self._phrasing.in_other_words(text),
            "input": "choice",
            "buttons": [
                self._button(doing, self._answer_tap("affirm", question), "danger"),
                self._button(keeping, self._answer_tap("deny", question)),
            ],
        }

    def _save(self, question: ItemId) -> Message:
        """Ask whether to save a doubtful answer."""
        item, text, _turn_id, otherwise = self._current.doubted
        changes = self._current.is_change_doubted
        quoted = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()}…"
        yes, no = ("use", "use-typed") if otherwise else ("save", "save-not")
        yes, no = ("save-change", "keep-present") if changes else (yes, no)
        new = self._one_answer("title-new", item, text) if item.answer is Answer.PHOTO else {}
        return {
            "text": self._phrasing.in_other_words(question_to_save(item, changes=changes), text=quoted),
            "input": "choice",
            **self._steps(item.step, item),
            **new,
            "buttons": [
                self._button(yes, self._answer_tap("affirm", question), text=text),
                self._button(no, self._answer_tap("deny", question), "secondary", text=otherwise),
            ],
        }

    def _asked_back(self, question: ItemId) -> Message:
        """Ask whether a likely yes is one, with the consent's wording and buttons."""
        item = self._current.doubted.item
        return {
            "text": self._phrasing.in_other_words("question-confirm"),
            "input": _INPUTS[item.answer],
            **self._steps(item.step, item),
            **self._clause(item),
            "buttons": [
                self._button("agree", self._answer_tap("affirm", question)),
                self._button("disagree", self._answer_tap("deny", question)),
            ],
        }

    def _withdrawal(self, question: ItemId) -> Message:
        """Ask whether to withdraw a consent, with the consequences; both buttons say what they do."""
        return {
            "text": self._phrasing.in_other_words("question-withdraw"),
            "input": "choice",
            **self._clause(form.BY_ID[question]),
            "buttons": [
                self._button("do-withdraw", self._answer_tap("affirm", question), "danger"),
                self._button("keep-consent", self._answer_tap("deny", question)),
            ],
        }

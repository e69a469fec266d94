"""The buttons below a note. The buttons of a question are in `bot.messages.renderer`."""

from __future__ import annotations

from bot.i18n.catalogue import Catalogue, languages
from bot.messages.buttons import Button, button, language_button, named_button
from bot.messages.home import home_buttons
from bot.messages.incoming import Tap
from bot.registration import form
from bot.registration.form import Answer, ItemId
from bot.registration.registration import START, Registration

#: The notes that remind of a registration.
_REMINDERS = ("reminder-1", "reminder-3", "reminder-14", "reminder-asked")


#: The replies of buttons about a person: one should answer here, or is not needed any more.
PERSON_HERE, END_PERSON = "here", "end"


class Offers:
    """The buttons that one mentor is offered below a note.

    Args:
        catalogue: the sentences in the mentor's language.
        current: the mentor's registration.
    """

    def __init__(self, catalogue: Catalogue, current: Registration) -> None:
        self._catalogue = catalogue
        self._current = current

    def buttons(self, note_id: str, choices: str) -> list[Button]:
        """The buttons below a note; none below most of them.

        Args:
            note_id: id of the note in the catalogue.
            choices: likely intents, each with an item after a colon, separated by spaces.
        """
        offered = {
            "note-ways-on": self._ways_on,
            "greeting-back": self._choices,
            "note-consents": self._consents_to_withdraw,
            "note-no-reminders": self._to_withdrawal,
            "note-which-ending": self._endings,
            "faq-languages": self._languages,
            "person-offer": self._person_here,
            **dict.fromkeys(("person-says", "person-passed-on"), self._go_on),
            **dict.fromkeys(("person-asked", "person-open"), self._while_talking),
            **dict.fromkeys(("result-cancelled", "result-expired"), self._again),
            **dict.fromkeys(_REMINDERS, self._after_reminder),
        }
        if note_id in offered:
            return offered[note_id]()
        return home_buttons(self._catalogue, self._current, note_id) or self._possible_meanings(choices)

    def _button(self, name: str, tap: Tap, style: str = "primary") -> Button:
        return named_button(self._catalogue, name, tap, style)

    def _languages(self) -> list[Button]:
        """The other languages that the bot writes."""
        return [language_button(code) for code in languages() if code != self._catalogue.language]

    def _possible_meanings(self, choices: str) -> list[Button]:
        """The possible meanings of a message that was not understood, in the mentor's words, and "none of these"."""
        taps = [Tap(intent, item) for intent, item in (each.split(":") for each in choices.split())]
        buttons = [button(self._meaning(tap), tap, "secondary") for tap in taps]
        return [*buttons, self._button("none-of-these", Tap("repeat"), "secondary")] if buttons else []

    def _meaning(self, tap: Tap) -> str:
        """The label of a choice in the mentor's words, with its item if it names one."""
        meant = self._catalogue.text(f"choice-{tap.intent}")
        item = form.BY_ID.get(ItemId(tap.question))
        if item is None:
            return meant
        name = f"consent-{item.id}" if item.kind is form.Kind.CONSENT else f"label-{item.id}"
        return self._catalogue.text("about-item", choice=meant, item=self._catalogue.text(name))

    def _consents_to_withdraw(self) -> list[Button]:
        """Buttons for the consents in force; each asks about its consent again."""
        return [
            button(self._catalogue.text(f"consent-{item.id}"), Tap("change_answer", item.id), "secondary")
            for item in self._current.in_force
        ]

    def _to_withdrawal(self) -> list[Button]:
        return [self._button("withdraw", Tap("withdraw_consent"), "secondary")] if self._current.in_force else []

    def _endings(self) -> list[Button]:
        """The possible meanings of "stop" or "delete"; each needs a confirmation."""
        if self._current.mentor.submitted_at is None:
            again = [self._button("start-over", Tap("start_over"), "secondary")]
        else:
            again = []
        name = "do-delete" if self._current.was_sent else "do-cancel"
        deletion = self._button(name, Tap("cancel"), "secondary")
        go_on = self._button("end-nothing", Tap("repeat"), "secondary")
        return [*self._to_withdrawal(), *again, deletion, go_on]

    def _after_reminder(self) -> list[Button]:
        """What a mentor can do about a reminder; the time of the next one is read from the button's label."""
        return [
            self._button("continue", Tap("repeat")),
            self._button("in-a-week", Tap("remind_me"), "secondary"),
            self._button("no-reminders", Tap("stop_reminders"), "secondary"),
        ]

    def _person_here(self) -> list[Button]:
        """A person answers here, or not; nothing typed is taken for it, because another question is open."""
        return [
            self._button("here", Tap("faq_person", reply=PERSON_HERE), "secondary"),
            self._button("not-now", Tap("repeat"), "secondary"),
        ]

    def _go_on(self) -> list[Button]:
        """The way from the talk with a person back to the form; none while no question is open."""
        question = self._current.open_question
        if question is None:
            return []
        return [self._button("start", Tap("register")) if question == START else self._button("go-on", Tap("repeat"))]

    def _while_talking(self) -> list[Button]:
        end = self._button("no-person", Tap("faq_person", reply=END_PERSON), "secondary")
        return [*self._go_on(), end]

    def _again(self) -> list[Button]:
        """What a mentor can do after a check that was cancelled or expired."""
        return [self._button("try-again", Tap("register"))]

    def _choices(self) -> list[Button]:
        """What a mentor who comes back can do."""
        return [
            self._button("continue", Tap("repeat")),
            self._button("review", Tap("see_review"), "secondary"),
            self._button("start-over", Tap("start_over"), "secondary"),
        ]

    def _ways_on(self) -> list[Button]:
        """What a mentor can do after several answers that were not understood."""
        item = form.BY_ID.get(self._current.topic or START)
        explained = "meaning" if item is None or item.answer is Answer.YES_NO else "example"
        taps = {explained: f"faq_{explained}", "why": "faq_why", "person": "faq_person", "later": "pause"}
        return [self._button(name, Tap(intent), "secondary") for name, intent in taps.items()]

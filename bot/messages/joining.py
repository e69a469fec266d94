"""The question which of two registrations continues, or whether a link's registration is the mentor's."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from bot.i18n.catalogue import Argument, Catalogue
from bot.messages.buttons import Button, named_button
from bot.messages.incoming import Tap
from bot.messages.masks import masked_address, masked_name
from bot.messages.phrasing import Phrasing
from bot.registration import form
from bot.registration.form import ItemId
from bot.registration.registration import Registration, is_of_one_person
from bot.storage import Mentor
from bot.storage.models import utc_now

Message = dict[str, Any]


class JoinQuestions:
    """Asks one mentor about another registration.

    Args:
        catalogue: the sentences in the mentor's language.
        current: the mentor's registration.
        phrasing: chooses the wording.
    """

    def __init__(self, catalogue: Catalogue, current: Registration, phrasing: Phrasing) -> None:
        self._catalogue = catalogue
        self._current = current
        self._phrasing = phrasing

    def _button(self, name: str, tap: Tap, style: str = "primary", **arguments: Argument) -> Button:
        return named_button(self._catalogue, name, tap, style, **arguments)

    def _answer_tap(self, intent: str, question: ItemId) -> Tap:
        return Tap(intent, question, self._current.mentor.revision)

    def other(self) -> Registration | None:
        """The registration that waits for a choice between it and this one."""
        other = self._current.session.get(Mentor, self._current.mentor.other_id)
        return Registration(self._current.session, other) if other else None

    @property
    def refusal(self) -> str:
        """The button for keeping the current registration, or for refusing a link."""
        return "join-keep" if self._current.answers else "join-not-mine"

    def _link(self, question: ItemId, theirs: Registration) -> Message:
        """Ask whether a link's registration is the mentor's, with the masked name and the time."""
        mine, other = self._current.mentor, theirs.mentor
        began = (other.started_at or other.created_at).astimezone(ZoneInfo(mine.time_zone or other.time_zone or "UTC"))
        address = theirs.address
        parts = [masked_name(theirs.answers.get(form.FULL_NAME, "")), masked_address(address) if address else ""]
        has_own = bool(self._current.answers)
        return {
            "text": self._phrasing.in_other_words(
                "question-join-link-two" if has_own else "question-join-link",
                who=", ".join(part for part in parts if part) or self._catalogue.text("somebody-unnamed"),
                began=began,
                zone=began.tzname() or "UTC",
                code="needed" if address else "no",
            ),
            "input": "choice",
            "buttons": [
                self._button("join-link" if has_own else "join-mine", self._answer_tap("affirm", question)),
                self._button(self.refusal, self._answer_tap("deny", question)),
            ],
        }

    def question(self, question: ItemId) -> Message:
        """Ask which of two registrations to keep."""
        theirs = self.other()
        if theirs is not None and not is_of_one_person(self._current.mentor, theirs.mentor):
            return self._link(question, theirs)
        other = theirs.mentor if theirs else None
        submitted = other is not None and other.submitted_at is not None
        answered = sum(theirs.is_done(item) for item in theirs.asked) if theirs else 0
        mine = sum(self._current.is_done(item) for item in self._current.asked)
        began = (other.started_at or other.created_at) if other else utc_now()
        name = "question-join-submitted" if submitted else "question-join"
        return {
            "text": self._phrasing.in_other_words(name, theirs=answered, mine=mine, of=len(form.ASKED), began=began),
            "input": "choice",
            "buttons": [
                self._button("join-other", self._answer_tap("affirm", question)),
                self._button("other-address" if submitted else "join-this", self._answer_tap("deny", question)),
            ],
        }

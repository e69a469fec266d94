"""What the bot says to a mentor who wants a person, and while they talk to one."""

from __future__ import annotations

from bot.messages.incoming import Kind
from bot.messages.offers import END_PERSON, PERSON_HERE
from bot.moves.turn import Turn
from bot.notifications import people
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.registration import EMAIL_CODE, JOIN
from bot.storage.models import utc_now
from bot.understanding.commands import read_command
from bot.understanding.reader import ANSWER, SMALL_TALK

#: Questions whose answer is told from all other words by a rule.
_CHECKED = frozenset({form.EMAIL, EMAIL_CODE, form.DATE_OF_BIRTH})


class People:
    """Asks for a person, and passes on what a mentor writes to them.

    The mentor talks to the person from the request and from each answer on, until they go on with the form.

    Args:
        hours: when a person answers, in the operator's words; "" for the usual sentence.
    """

    def __init__(self, hours: str = "") -> None:
        self._hours = hours or "none"

    def asked(self, turn: Turn) -> list[MessageRef] | None:
        """The reply to a mentor who asks for a person; None without staff, when the address is the way."""
        session, current = turn.session, turn.registration
        if _is_between_two(turn):
            return None
        reply = turn.tap.reply if turn.tap else ""
        request = people.open_request(session, current.mentor.id)
        if reply == END_PERSON:
            if request is not None:
                request.ended_at, request.waiting_since = utc_now(), None
            return [MessageRef("person-ended")]
        if not people.has_staff(session):
            return None
        if request is None and reply != PERSON_HERE:
            return [MessageRef("person-offer", (("hours", self._hours),))]
        is_new = people.ask(session, current.mentor.id, current.open_question)
        return [MessageRef("person-asked" if is_new else "person-open", (("hours", self._hours),))]

    def passed_on(self, turn: Turn, intent: str) -> list[MessageRef] | None:
        """The note that a typed message was passed on; None if the bot replies, with which the talk ends for now.

        A mentor who opens the chat again, or asks for a person, is told that the talk goes on.

        Args:
            turn: of the message.
            intent: what Rasa understood.
        """
        request = people.open_request(turn.session, turn.registration.mentor.id)
        if request is None or _is_between_two(turn):
            return None
        request.is_talking = request.is_talking and _is_for_person(turn, intent) and people.has_staff(turn.session)
        if not request.is_talking:
            return None
        if turn.message.kind is Kind.TEXT:
            request.waiting_since = request.waiting_since or utc_now()
            if intent != "faq_person":
                return [MessageRef("person-passed-on")]
        return [MessageRef("person-open", (("hours", self._hours),))]


def _is_for_person(turn: Turn, intent: str) -> bool:
    """Whether a message is typed, and neither a command and nothing else nor the value that the question asks for."""
    if turn.message.kind is not Kind.TEXT:
        return turn.message.kind is Kind.OPEN
    command = read_command(turn.message.text, "long_text")
    is_command = command is not None and not command.name.startswith(SMALL_TALK)
    return not is_command and not (turn.registration.open_question in _CHECKED and intent == ANSWER)


def _is_between_two(turn: Turn) -> bool:
    """Whether it is open which of two registrations continues, so that neither can talk yet."""
    return turn.registration.open_question == JOIN or turn.registration.is_proving_other

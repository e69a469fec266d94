"""The interface for the custom actions: the open question, answers, submit, digressions.

Rasa has decided the move (the intent) before this is called. Here the database alone decides what is stored and what is
open next, within the turn's transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from bot.accounts.accounts import AccountTable
from bot.accounts.email_codes import Codes
from bot.accounts.opener import queue_opening
from bot.checks.providers.base import Provider
from bot.messages.incoming import Kind
from bot.moves.addresses import Addresses
from bot.moves.answering import Answering
from bot.moves.consents import Consents
from bot.moves.deletion import Deletion, is_about_to_be_erased
from bot.moves.digressions import did_you_mean, digression_note, greeting_within, once_sent_note
from bot.moves.navigation import NOTES_BEFORE_START, Navigation, summary
from bot.moves.people import People
from bot.moves.sharing import Sharing
from bot.moves.status import stage, status_note, with_standing
from bot.moves.turn import Turn
from bot.moves.values import Values
from bot.notifications import site_events
from bot.privacy.confirmations import Confirmations
from bot.registration import form
from bot.registration.answers import InvalidAnswerError, MessageRef
from bot.registration.form import ItemId
from bot.registration.funnel import Funnel
from bot.registration.ledger import Ledger
from bot.registration.registration import (
    JOIN,
    RECONSIDER,
    REVIEW,
    START,
    FormPosition,
    Registration,
)
from bot.security.vault import Vault
from bot.storage import Mentor, Store, after_commit
from bot.storage.accounts import delete_unused_account
from bot.understanding.reader import DIGRESSIONS, SMALL_TALK, Act

_EXPLAINS = "faq_meaning"
#: Topics about consents: at the reconsideration they are about the refused ones.
_ABOUT_CONTENT = frozenset({_EXPLAINS, "faq_why", "faq_example"})
#: The reply to a question at a consent that the bot cannot answer.
_NO_ANSWER_KNOWN = "note-unclear-question"
#: Sentences after everything was deleted.
_ENDINGS = frozenset({"note-started-over", "note-cancelled"})
#: Sentences while the mentor waits for the outbox.
_AWAITED = _ENDINGS | {
    *("note-code-sent", "note-code-sent-again", "note-deleting", "note-withdrawn"),
    *("note-joined", "note-kept-here", "note-other-address", "note-link-joined", "note-link-moved"),
    "note-link-refused",
}
#: Misunderstandings in a row before the bot gives an example, and before it offers buttons.
EXAMPLE_AFTER = 1
BUTTONS_AFTER = 2


class Dialogue:
    """Applies the mentor's moves.

    Args:
        store: the database.
        vault: seals the date of birth and opens inbox bodies.
        ledger: records the consents.
        accounts: finds or opens the mentor's account at submit.
        codes: prove e-mail addresses.
        provider: checks new mentors.
        contact_email: where a mentor can write to a person.
        site: what links in e-mails begin with; "" for no links.
        queued: called after jobs for the outbox are committed.
        person_hours: when a person answers; "" for the usual sentence.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        ledger: Ledger,
        accounts: AccountTable,
        codes: Codes,
        provider: Provider,
        contact_email: str,
        site: str = "",
        queued: Callable[[], None] = lambda: None,
        person_hours: str = "",
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._provider = provider
        self._confirmations = Confirmations(vault, ledger, contact_email, site)
        consents, sharing = Consents(vault, ledger, self._confirmations), Sharing(vault, contact_email)
        addresses, deletion = Addresses(codes, consents, sharing), Deletion(vault, consents, sharing)
        answering = Answering(vault, consents, addresses)
        self._values = Values(answering)
        self._moves = Navigation(vault, ledger, addresses, deletion, answering, self._values, provider)
        self.queued = queued
        self._people = People(person_hours)
        # The turn of each thread. A cut-off attempt that continues later finds its own turn, not the next one.
        self._taken = threading.local()

    @contextmanager
    def taking(self, turn: Turn) -> Iterator[None]:
        """Let the actions in this thread work in this turn during the block."""
        self._taken.turn = turn
        try:
            yield
        finally:
            del self._taken.turn

    @property
    def _turn(self) -> Turn:
        turn: Turn = self._taken.turn
        return turn

    @property
    def position(self) -> FormPosition:
        """The mentor's position in the form, in the current turn."""
        return self._turn.registration.position

    def offer(self, choices: tuple[Act, ...]) -> None:
        """Set the likely meanings of the message, to offer if it is not understood."""
        self._turn.choices = choices

    def take(self, intent: str, target: str | None = None, value: str = "", also: tuple[Act, ...] = ()) -> FormPosition:
        """Apply the turn's message to the open question; returns the new position.

        Args:
            intent: what Rasa understood.
            target: the item that a command names.
            value: the part of the message that is the answer; "" for all of it.
            also: the message's further acts.
        """
        turn = self._turn
        session, current = turn.session, turn.registration
        turn.intent, turn.target, turn.value, turn.also, turn.misses = intent, target, value, also, 0
        topic = current.topic
        passed_on = None if is_about_to_be_erased(session, current) else self._people.passed_on(turn, intent)
        if passed_on is not None:
            turn.said += passed_on
            return current.position
        try:
            notes = self._moves.apply(turn)
        except InvalidAnswerError as invalid:
            turn.misses = turn.conversation.misses + 1
            notes = [invalid.note, *self._explanation(turn, invalid.note, current.topic)]
            notes += self._ways_on(turn, current.topic)
        if notes is None:  # the submit action continues
            return current.position._replace(submitting=True)
        if also and turn.misses == 0:
            notes += self._values.take_beside(turn, topic)
        if also:
            notes += self._answers_beside(turn, topic)
        turn.said += notes
        names = {note.id for note in notes}
        if names & _ENDINGS:
            after_commit(session, self._store.checkpoint)  # deleted data leaves the write-ahead log, too
        if names & _AWAITED:
            after_commit(session, self.queued)
        if turn.conversation.mentor_id != current.mentor.id:  # another registration is kept here
            turn.registration = Registration(session, session.get_one(Mentor, turn.conversation.mentor_id))
        return turn.registration.position

    @staticmethod
    def _answers_beside(turn: Turn, topic: ItemId | None) -> list[MessageRef]:
        """The answers to questions beside a reply; they are about the replied-to question."""
        asked = [act for act in turn.also if act.intent.startswith(DIGRESSIONS)]
        how_far = stage(turn.session, turn.registration) if asked else ""
        notes = [digression_note(act.intent, topic, act.item, how_far) for act in asked]
        return [with_standing(turn.session, turn.registration, each) for each in notes]

    def submit(self) -> FormPosition:
        """Submit the registration; if it is submitted already, only say how the check stands."""
        turn = self._turn
        session, current = turn.session, turn.registration
        if current.mentor.submitted_at is not None:
            if not turn.said:
                turn.said.append(status_note(session, current))
        elif current.open_question == REVIEW:
            self._submit(session, current, turn.conversation.language)
            Funnel().submitted(session, current.mentor, turn.conversation.channel)
            after_commit(session, self.queued)
            turn.said.append(MessageRef("note-submitted"))
        elif current.open_question not in (None, START):  # otherwise it ended because the mentor deleted everything
            turn.said.append(MessageRef("note-not-complete"))
        return current.position

    def _submit(self, session: Session, current: Registration, language: str) -> None:
        mentor = current.mentor
        email, name = current.answers[form.EMAIL], current.answers[form.FULL_NAME]
        before = mentor.account_id
        mentor.account_id = self._accounts.open_account(session, email=email, full_name=name, verified=True)
        if before != mentor.account_id:
            session.flush()
            delete_unused_account(session, before)
        queue_opening(session, mentor.account_id, mentor.id)
        current.submit(mentor.check_provider or self._provider.name)
        self._confirmations.submitted(session, current, language)
        site_events.record(session, site_events.Kind.SUBMITTED, mentor.id)

    def digression(self, intent: str, target: str | None = None, also: tuple[Act, ...] = ()) -> None:
        """Answer digressions, and moves while no question is open.

        Args:
            intent: what Rasa understood.
            target: the item that the message names.
            also: the message's further questions.
        """
        turn = self._turn
        turn.is_small_talk = turn.message.kind is Kind.TEXT and intent.startswith(SMALL_TALK) and not also
        for act in (Act(intent, target), *also):
            notes = self._digression(turn, act.intent, act.item)
            turn.said += [note for note in notes if note not in turn.said]

    def _digression(self, turn: Turn, intent: str, target: str | None) -> list[MessageRef]:
        session, current = turn.session, turn.registration
        if is_about_to_be_erased(session, current):
            return [MessageRef("note-being-deleted")]
        question = current.open_question
        about_person = self._people.passed_on(turn, intent)
        if about_person is None and intent == "faq_person":
            about_person = self._people.asked(turn)
        if about_person is not None:
            after_commit(session, self.queued)  # an event for the site may wait
            return about_person
        is_sent = current.mentor.submitted_at is not None
        if intent == "chat_greet" and (question == JOIN or current.is_proving_other or (is_sent and question)):
            return []  # no place in the form is named: it is sent, or a choice between two registrations is open
        if intent == "chat_greet" and question is not None:
            return [MessageRef("greeting" if question == START else greeting_within(turn.message))]
        if intent in ("chat_greet", "faq_status"):
            return [status_note(session, current)]
        if intent.startswith(("faq_", "chat_")):
            about = current.refused[0].id if question == RECONSIDER and intent in _ABOUT_CONTENT else current.topic
            note = digression_note(intent, about, target, stage(session, current))
            return [with_standing(session, current, note)]
        if question == START:
            return did_you_mean(turn.choices) or [MessageRef(NOTES_BEFORE_START.get(intent, "fallback-start"))]
        if intent == "see_review":
            return [summary(turn)]
        if intent in ("go_back", "start_over"):
            return [MessageRef("note-submitted-already")]
        note = once_sent_note(turn.message.text, stage(session, current))
        return did_you_mean(turn.choices) or [with_standing(session, current, note)]

    @staticmethod
    def _explanation(turn: Turn, note: MessageRef, topic: ItemId | None) -> list[MessageRef]:
        """What the consent means, once, after a question at it that the bot cannot answer and has no guess about."""
        is_first = note.id == _NO_ANSWER_KNOWN and turn.misses == 1
        return [digression_note(_EXPLAINS, topic)] if is_first and not turn.choices else []

    @staticmethod
    def _ways_on(turn: Turn, question: ItemId | None) -> list[MessageRef]:
        """Help after a misunderstanding: likely meanings, or an example, then buttons, then a person."""
        misses = turn.misses or 0
        if turn.choices and misses <= BUTTONS_AFTER:
            return did_you_mean(turn.choices)
        if misses == EXAMPLE_AFTER:
            item = form.BY_ID.get(question or START)
            is_consent = item is not None and item.kind is form.Kind.CONSENT
            return [MessageRef("note-how-to-consent")] if is_consent else [digression_note("faq_example", question)]
        if misses == BUTTONS_AFTER:
            return [MessageRef("note-ways-on")]
        return [MessageRef("note-person")] if misses > BUTTONS_AFTER else []

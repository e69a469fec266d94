"""What the custom actions ask for: what is open, taking an answer, submitting, answering a digression.

Rasa decided the move (the intent) before any of this is called; what is stored, and what is open next, is decided here
from the database alone, within the transaction of the turn.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from bot.accounts import continue_links
from bot.accounts.accounts import AccountTable, queue_opening
from bot.accounts.email_codes import Codes
from bot.checks.providers.base import Provider
from bot.checks.service import Status, current_check
from bot.messages.date_choices import DATE_CANDIDATES, forget
from bot.messages.incoming import Kind
from bot.moves.addresses import Addresses
from bot.moves.answering import Answering
from bot.moves.consents import Consents
from bot.moves.deletion import Deletion, is_about_to_be_erased
from bot.moves.digressions import digression_note
from bot.moves.edits import edited
from bot.moves.move import Move
from bot.moves.sharing import Sharing
from bot.moves.turn import Turn
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import InvalidAnswerError, Note
from bot.registration.form import Answer, ItemId
from bot.registration.funnel import Funnel
from bot.registration.ledger import Ledger
from bot.registration.registration import (
    CANCEL,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    SAVE,
    START,
    START_OVER,
    FormPosition,
    Registration,
)
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store, after_commit
from bot.storage.accounts import delete_unused_account
from bot.storage.models import utc_now

#: Questions about what a mentor agrees to: at the reconsideration they mean what was refused.
_ABOUT_CONTENT = frozenset({"faq_meaning", "faq_why"})
#: What is said to a move before the start.
_AT_START = {
    **dict.fromkeys(("cancel", "start_over", "end_something", "withdraw_consent"), "note-nothing-saved"),
    **dict.fromkeys(("deny", "pause", "skip"), "note-no-start"),
}
#: What is said when everything was deleted.
_ENDINGS = frozenset({"note-started-over", "note-cancelled"})
#: What is said where the mentor waits for what the outbox does next.
_AWAITED = _ENDINGS | {
    *("note-code-sent", "note-code-sent-again", "note-deleting", "note-withdrawn"),
    *("note-joined", "note-kept-here", "note-other-address", "note-link-joined", "note-link-moved"),
    "note-link-refused",
}
#: Checks that ended without a result and without the mentor's doing.
_ENDED_EARLY = frozenset({Status.CANCELLED, Status.EXPIRED})
#: Checks that came to nothing: the mentor may try again.
_CAME_TO_NOTHING = _ENDED_EARLY | {Status.WITHDRAWN}
#: At the check of the answers nothing but these words of a yes says that they shall be sent.
_ASKS_TO_SUBMIT = re.compile(r"\b(?:submit|send)\b", re.IGNORECASE)
#: Misunderstandings in a row after which an example is given, and after which buttons are offered.
EXAMPLE_AFTER = 1
BUTTONS_AFTER = 2


class Dialogue:
    """Takes the mentor's moves.

    Args:
        store: the database.
        vault: seals the date of birth and opens inbox bodies.
        ledger: records the consents.
        accounts: finds or opens the mentor's JobGen account at submit.
        codes: prove e-mail addresses.
        provider: checks the mentors who begin from now on.
        contact_email: where a mentor can write to a person.
        queued: called after work for the outbox is committed.
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
        queued: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._accounts = accounts
        self._ledger = ledger
        self._consents = Consents(vault, ledger)
        self._sharing = Sharing(vault, contact_email)
        self._addresses = Addresses(codes, self._consents, self._sharing)
        self._deletion = Deletion(vault, self._consents, self._sharing)
        self._answering = Answering(vault, self._consents, self._addresses)
        self._provider = provider
        self.queued = queued
        # The turn that each thread takes. One that was cut off and goes on later finds its own, not the next one.
        self._taken = threading.local()

    @contextmanager
    def taking(self, turn: Turn) -> Iterator[None]:
        """Have the actions that are called meanwhile, in this thread, work in this turn."""
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
        """Where the mentor is in the form, in the turn that is being taken."""
        return self._turn.registration.position

    def take(self, intent: str, target: str | None = None) -> FormPosition:
        """Take the turn's message at the open question; gives where the mentor is then.

        Args:
            intent: what Rasa understood.
            target: the item that a command names.
        """
        turn = self._turn
        session, rows, current = turn.session, turn.rows, turn.registration
        move = Move(session, rows.conversation, current, rows.inbox, turn.message, intent, target)
        turn.misses = 0
        try:
            notes = self._move(move)
        except InvalidAnswerError as invalid:
            turn.misses = rows.conversation.misses + 1
            notes = [invalid.note, *self._ladder(turn.misses, current.topic)]
        if notes is None:  # the submit action does the rest
            return current.position._replace(submitting=True)
        turn.said += notes
        names = {note.id for note in notes}
        if names & _ENDINGS:
            after_commit(session, self._store.checkpoint)  # what was deleted leaves the write-ahead log, too
        if names & _AWAITED:
            after_commit(session, self.queued)
        if rows.conversation.mentor_id != current.mentor.id:
            turn.registration = _registration(session, rows.conversation)  # another registration goes on here
        return turn.registration.position

    def submit(self) -> FormPosition:
        """Submit the registration; done before, only say how the check stands."""
        turn = self._turn
        session, current = turn.session, turn.registration
        if current.mentor.submitted_at is not None:
            if not turn.said:
                turn.said.append(self._status(session, current))
        elif current.open_question == REVIEW:
            self._submit(session, current)
            Funnel().submitted(session, current.mentor, turn.rows.conversation.channel)
            after_commit(session, self.queued)
            turn.said.append(Note("note-submitted"))
        elif current.open_question not in (None, START):  # else it ended because the mentor had everything deleted
            turn.said.append(Note("note-not-complete"))
        return current.position

    def _submit(self, session: Session, current: Registration) -> None:
        mentor = current.mentor
        email, name = current.answers[form.EMAIL], current.answers[form.FULL_NAME]
        before = mentor.account_id
        mentor.account_id = self._accounts.open_account(session, email=email, full_name=name, verified=True)
        if before != mentor.account_id:
            session.flush()
            delete_unused_account(session, before)
        queue_opening(session, mentor.account_id, mentor.id)
        current.submit(mentor.check_provider or self._provider.name)
        site_events.record(session, site_events.Kind.SUBMITTED, mentor.id)

    def digression(self, intent: str, target: str | None = None) -> None:
        """Answer a question or remark that is no answer to the form, or a move where no form is open.

        Args:
            intent: what Rasa understood.
            target: the item that the message names.
        """
        turn = self._turn
        turn.said += self._digression(turn.session, turn.registration, intent, target)

    def _digression(self, session: Session, current: Registration, intent: str, target: str | None) -> list[Note]:
        if is_about_to_be_erased(session, current):
            return [Note("note-being-deleted")]
        question = current.open_question
        if intent == "chat_greet" and (question == JOIN or current.is_proving_other):
            return []  # which of two registrations goes on is asked; what would be gone on with is not known yet
        if intent == "chat_greet" and question is not None:
            return [Note("greeting" if question == START else "greeting-back")]
        if intent in ("chat_greet", "faq_status"):
            return [self._status(session, current)]
        if intent.startswith(("faq_", "chat_")):
            about = current.refused[0].id if question == RECONSIDER and intent in _ABOUT_CONTENT else current.topic
            return [digression_note(intent, about, target)]
        if question == START:
            return [Note(_AT_START.get(intent, "fallback-start"))]
        if intent == "see_review":
            return [Note("summary")]
        if intent in ("go_back", "start_over"):
            return [Note("note-submitted-already")]
        return [self._status(session, current)]

    def _status(self, session: Session, current: Registration) -> Note:
        check = current_check(session, current.mentor.id)
        if current.mentor.submitted_at is None and check is not None and check.status not in _ENDED_EARLY:
            return Note("status-withdrawn")  # whatever came of the check, a consent was taken back since
        if current.mentor.submitted_at is None or check is None:
            return Note("status-draft" if current.mentor.started_at else "status-new")
        return Note(f"status-{check.status}")

    @staticmethod
    def _ladder(misses: int, question: ItemId | None) -> list[Note]:
        """What follows a message that was not understood: an example, then buttons, then a person's address."""
        if misses == EXAMPLE_AFTER:
            return [digression_note("faq_example", question)]
        if misses == BUTTONS_AFTER:
            return [Note("note-ways-on")]
        return [Note("note-person")] if misses > BUTTONS_AFTER else []

    def _move(self, move: Move) -> list[Note] | None:
        """Apply the message; gives notes, or None when the mentor asks to submit and may."""
        current = move.registration
        if is_about_to_be_erased(move.session, current):
            return [Note("note-being-deleted")]
        if current.is_being_deleted:
            current.resume()  # the erasure was given up
        question = current.open_question
        if move.message.kind is Kind.BUTTON and question != START and move.is_stale:
            return [Note("note-stale")]
        if move.message.kind is Kind.EDIT:
            return self._take_edit(move)
        if move.message.kind is Kind.UNSUPPORTED:
            raise InvalidAnswerError(move.message.problem or "note-unsupported")
        if move.intent == "stop_reminders":
            current.mentor.reminders_off_at = utc_now()
            return [Note("note-no-reminders")]
        if move.intent == "continue_elsewhere" and current.mentor.started_at is not None:
            return [Note("note-link", (("link", continue_links.make(move.session, self._vault, current.mentor.id)),))]
        if question == START:
            return self._begin(move)
        if question is None:
            return self._after_submit(move)
        navigation = self._navigate(move, question)
        if navigation is not None:
            return navigation
        if not move.has_seen(question):
            added = self._answering.add(move)
            return [Note("note-too-early")] if added is None else added
        doubt = move.doubt(question)
        if doubt:
            return [Note(doubt)]
        if move.message.kind is Kind.PHOTO and question != form.PHOTO:
            raise InvalidAnswerError("note-photo-not-now")
        if question in (START_OVER, CANCEL):
            return self._deletion.take(move, question)
        if question == JOIN:
            return self._addresses.take_choice_of_two(move)
        if question == EMAIL_CODE:
            return self._addresses.take_code(move)
        if question == SAVE:
            return self._answering.take_doubted(move)
        if question in (REVIEW, RECONSIDER):
            return self._at_check(move, question)
        return self._answering.take(move, form.BY_ID[question])

    def _take_edit(self, move: Move) -> list[Note]:
        """An earlier message that was edited: it corrects its answer, or has it asked again if more depends on it."""
        current, before = move.registration, edited(move.session, self._ledger, move.conversation, move.message)
        item = form.BY_ID.get(before.item) if before is not None and before.item is not None else None
        is_photo = bool(move.message.upload or move.message.problem)
        if before is None or item is None or is_photo != (item.answer is Answer.PHOTO):
            return [Note("note-edit-of-nothing")]
        is_open = item.id == current.topic
        if not is_open and not current.change(item.id):
            return [Note("note-not-changeable")]
        taken = None
        if is_open or (current.mentor.submitted_at is None and item.id != form.EMAIL):
            taken = self._answering.take_edit(move, item, before)
        if taken is None:
            return [Note("note-edit-asked")]
        return taken if is_open or current.open_question == SAVE else [*taken, Note("note-edit-taken")]

    def _begin(self, move: Move) -> list[Note]:
        if move.intent != "register":
            return [Note(_AT_START.get(move.intent, "fallback-start"))]
        if move.message.shown in ("", START):  # else it was said to a question that is deleted since
            mentor = move.registration.mentor
            mentor.check_provider, mentor.needs_place = self._provider.name, self._provider.needs_place
            move.registration.start()
            site_events.record(move.session, site_events.Kind.STARTED, mentor.id)
        return []

    def _after_submit(self, move: Move) -> list[Note]:
        """A move of somebody who has submitted, while no question is open."""
        current = move.registration
        if move.intent == "change_answer" and move.target is not None:
            return [] if current.change(ItemId(move.target)) else [Note("note-not-changeable")]
        if move.intent == "change_answer":
            return [Note("note-review-change"), Note("summary")]
        if move.intent == "cancel":
            current.confirm(CANCEL)
            return []
        if move.intent == "end_something":
            return [Note("note-which-ending")]
        if move.intent in ("withdraw_consent", "meant_otherwise"):
            return [_consents_in_force(current)]
        check = current_check(move.session, current.mentor.id)
        if move.intent == "register" and check is not None and check.status in _CAME_TO_NOTHING:
            current.reopen()
            return [Note("note-try-again")]
        return [self._status(move.session, current)]

    def _navigate(self, move: Move, question: ItemId) -> list[Note] | None:
        current = move.registration
        if question in (START_OVER, CANCEL) and move.intent in ("resume", str(question)):
            return None  # the words of the buttons
        if move.intent in ("go_back", "change_answer", "resume"):
            forget(move.session, current.mentor.id, DATE_CANDIDATES)
        if move.intent == "go_back":
            return [] if current.back() else [Note("note-first-question")]
        if move.intent == "change_answer":
            if move.target is None:
                return [Note("note-review-change"), Note("summary")]
            if move.target == question or current.change(ItemId(move.target)):
                return []
            return [Note("note-not-answered-yet" if current.mentor.submitted_at is None else "note-not-changeable")]
        if move.intent == "resume":
            return [Note("note-kept")] if current.resume() and current.mentor.submitted_at is not None else []
        if move.intent == "resend_code" and question != EMAIL_CODE:
            return [Note("note-no-code-open")]
        if move.intent == "skip":
            return self._skip(current)
        if move.intent == "pause":
            return [Note("note-paused")]
        if move.intent == "start_over" and current.mentor.submitted_at is not None:
            return [Note("note-submitted-already")]
        if move.intent == "end_something":
            return [Note("note-which-ending")]
        if move.intent == "withdraw_consent":
            return [_consents_in_force(current)]
        if move.intent == "meant_otherwise":
            return self._ask_last_again(move, question)
        if move.intent in ("start_over", "cancel"):
            current.confirm(START_OVER if move.intent == "start_over" else CANCEL)
            return []
        if move.intent == "see_review":
            return [] if question == REVIEW else [Note("summary")]
        return [] if move.intent in ("repeat", "register") else None

    @staticmethod
    def _ask_last_again(move: Move, question: ItemId) -> list[Note] | None:
        """Ask again what the mentor meant to answer otherwise: the yes or no that they said last."""
        current = move.registration
        if question in (START_OVER, CANCEL, JOIN, SAVE) or current.withdrawing is not None:
            return None  # what they said is no clear reply to that, and it is asked again
        last = current.last_decided or (form.ACCOUNT if form.ACCOUNT in current.answers else None)
        is_at_yes_or_no = question in form.BY_ID and form.BY_ID[question].answer in (Answer.YES_NO, Answer.CHOICE)
        if last is None or last == question or (is_at_yes_or_no and move.conversation.misses):
            return []  # it is this question that they were not understood at
        return [Note("note-asked-again")] if current.change(last) else []

    @staticmethod
    def _skip(current: Registration) -> list[Note]:
        if current.resume():
            return []
        item = form.BY_ID.get(current.open_question or START)
        if item is not None and item.id == form.PHOTO:
            return [Note("note-skip-photo")]
        return [Note("note-skip-consent" if item and item.kind is form.Kind.CONSENT else "note-skip")]

    def _at_check(self, move: Move, question: ItemId) -> list[Note] | None:
        if move.intent == "affirm":
            if question == REVIEW:
                is_said = move.tap is not None or _ASKS_TO_SUBMIT.search(move.message.text)
                return None if is_said else [Note("note-say-submit")]
            move.registration.change(move.registration.refused[0].id)
            return []
        if move.intent == "deny":
            return [Note("note-review-change" if question == REVIEW else "note-draft-kept")]
        raise InvalidAnswerError(f"note-unclear-{question}")


def _consents_in_force(current: Registration) -> Note:
    """The consents that can be withdrawn, each with its button."""
    return Note("note-consents" if current.in_force else "note-no-consents")


def _registration(session: Session, conversation: Conversation) -> Registration:
    return Registration(session, session.get_one(Mentor, conversation.mentor_id))

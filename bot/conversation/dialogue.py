"""What the custom actions ask for: what is open, taking an answer, submitting, answering a digression.

Rasa decided the move (the intent) before any of this is called; what is stored, and what is open next, is
decided here from the database alone. All methods run in one short transaction each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from bot import events, form, links
from bot.accounts import AccountTable, drop_unused, queue_opening
from bot.answers import InvalidAnswerError, Note
from bot.checks.checks import Status, current_check
from bot.checks.provider import Provider
from bot.codes import Codes
from bot.conversation.addresses import Addresses
from bot.conversation.answering import Answering
from bot.conversation.consents import Consents
from bot.conversation.dates import DATE_CANDIDATES, forget
from bot.conversation.deletion import Deletion, is_about_to_be_erased
from bot.conversation.digressions import digression_note
from bot.conversation.edits import edited
from bot.conversation.inbox import load, open_body, take
from bot.conversation.incoming import Kind
from bot.conversation.move import Move
from bot.conversation.sharing import Sharing
from bot.form import Answer, ItemId
from bot.funnel import Funnel
from bot.ledger import Ledger
from bot.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, SAVE, START, START_OVER, Registration
from bot.store import Conversation, Mentor, Store
from bot.store.models import utc_now
from bot.vault import Vault

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


@dataclass(frozen=True)
class State:
    """Where a registration stands, in the terms of the Rasa form.

    Attributes:
        question: the open question; None once submitted.
        slot: the form's slot through which it is asked; None before the start and once submitted.
        done_slots: slots of which everything is stored.
        revision: the mentor's revision.
        submitting: the mentor has just asked to submit, and may.
    """

    question: ItemId | None
    slot: str | None
    done_slots: list[str]
    revision: int
    submitting: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of one message: sentences for the mentor, and where the registration stands now."""

    state: State
    notes: list[Note] = field(default_factory=list)


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

    def state(self, conversation_id: str) -> State:
        """Where the mentor of this conversation stands."""
        with self._store.read() as session:
            return _state(_registration(session, _conversation(session, conversation_id)))

    def take(self, conversation_id: str, turn_id: str, intent: str, target: str | None = None) -> Outcome:
        """Take one message, at most once: the same turn again changes nothing.

        Args:
            conversation_id: the engine's sender id.
            turn_id: the message's id in the inbox.
            intent: what the engine understood.
            target: the item that a command names.
        """
        outcome = self._take(conversation_id, turn_id, intent, target)
        if any(note.id in _ENDINGS for note in outcome.notes):
            self._store.checkpoint()  # what was deleted leaves the write-ahead log, too
        if any(note.id in _AWAITED for note in outcome.notes):
            self.queued()
        return outcome

    def _take(self, conversation_id: str, turn_id: str, intent: str, target: str | None) -> Outcome:
        with self._store.write() as session:
            rows = load(session, turn_id, lock=True)
            row, conversation = rows.inbox, rows.conversation
            if conversation.id != conversation_id:
                raise ValueError(f"turn {turn_id} is not of conversation {conversation_id}")
            current = Registration(session, rows.mentor)
            if conversation.last_turn_id == turn_id or row.body is None:
                return Outcome(_state(current), _said(conversation))
            message = open_body(session, self._vault, row)
            move = Move(session, conversation, current, row, message, intent, target)
            misses = 0
            try:
                result = self._move(move)
            except InvalidAnswerError as invalid:
                misses = conversation.misses + 1
                result = [invalid.note, *self._ladder(misses, current.topic)]
            if result is None:
                # Nothing is committed yet, so the turn is not used up: the submit action will do both.
                return Outcome(_state(current, submitting=True))
            take(session, conversation, turn_id, result, misses)
            if conversation.mentor_id != current.mentor.id:
                current = _registration(session, conversation)  # another registration goes on here
            return Outcome(_state(current), result)

    def submit(self, conversation_id: str, turn_id: str) -> Outcome:
        """Submit the registration in one transaction; done before, it only says how the check stands."""
        with self._store.write() as session:
            conversation = _conversation(session, conversation_id, lock=True)
            current = _registration(session, conversation)
            if current.mentor.submitted_at is not None:
                said = conversation.last_turn_id == turn_id and conversation.last_notes
                return Outcome(_state(current), [] if said else [self._status(session, current)])
            if current.open_question in (None, START):
                return Outcome(_state(current))  # the form ended because the mentor had everything deleted
            if current.open_question != REVIEW:
                return Outcome(_state(current), [Note("note-not-complete")])
            self._submit(session, current)
            Funnel().submitted(session, current.mentor, conversation.channel)
            conversation.last_turn_id = turn_id
            outcome = Outcome(_state(current), [Note("note-submitted")])
        self.queued()
        return outcome

    def _submit(self, session: Session, current: Registration) -> None:
        mentor = current.mentor
        email, name = current.answers[form.EMAIL], current.answers[form.FULL_NAME]
        before = mentor.account_id
        mentor.account_id = self._accounts.open_account(session, email=email, full_name=name, verified=True)
        if before != mentor.account_id:
            session.flush()
            drop_unused(session, before)
        queue_opening(session, mentor.account_id, mentor.id)
        current.submit(mentor.check_provider or self._provider.name)
        events.record(session, events.Kind.SUBMITTED, mentor.id)

    def digression(self, conversation_id: str, turn_id: str, intent: str, target: str | None = None) -> Outcome:
        """The answer to a question or remark that is no answer to the form, or to a move where no form is open.

        Args:
            conversation_id: the engine's sender id.
            turn_id: the message's id in the inbox.
            intent: what the engine understood.
            target: the item that the message names.
        """
        with self._store.read() as session:
            conversation = _conversation(session, conversation_id)
            current = _registration(session, conversation)
            if conversation.last_turn_id == turn_id:
                # This very turn submitted the registration, or ended it, but its reply was lost on the way.
                said = [Note("note-submitted")] if current.mentor.submitted_at is not None else _said(conversation)
                return Outcome(_state(current), said)
            return Outcome(_state(current), self._digression(session, current, intent, target))

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
            return [Note("note-link", (("link", links.make(move.session, self._vault, current.mentor.id)),))]
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
            events.record(move.session, events.Kind.STARTED, mentor.id)
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


def _conversation(session: Session, conversation_id: str, *, lock: bool = False) -> Conversation:
    """The conversation; locked against the same turn in a second transaction where the database can do that."""
    return session.get_one(Conversation, conversation_id, with_for_update=True if lock else None)


def _consents_in_force(current: Registration) -> Note:
    """The consents that can be withdrawn, each with its button."""
    return Note("note-consents" if current.in_force else "note-no-consents")


def _said(conversation: Conversation) -> list[Note]:
    """What the last turn said, until that is in the transcript."""
    return [Note(name, tuple((key, value) for key, value in args)) for name, args in conversation.last_notes]


def _registration(session: Session, conversation: Conversation) -> Registration:
    return Registration(session, session.get_one(Mentor, conversation.mentor_id))


def _state(current: Registration, *, submitting: bool = False) -> State:
    return State(*current.position, current.mentor.revision, submitting=submitting)

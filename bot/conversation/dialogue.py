"""What the custom actions ask for: what is open, taking an answer, submitting, answering a digression.

Rasa decided the move (the intent) before any of this is called; what is stored, and what is open next, is
decided here from the database alone. All methods run in one short transaction each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot import events, form, links
from bot.accounts import AccountTable, drop_unused, queue_opening
from bot.answers import (
    REFUSED,
    UNCLEAR,
    WITHDRAWN,
    InvalidAnswerError,
    Note,
    read_birth_date,
    read_choice,
    read_decision,
    read_text_answer,
)
from bot.catalogue import catalogue
from bot.checks.checks import ENDS, Status, current_check, end
from bot.codes import CodeOutcome, Codes, TooManyCodesError
from bot.conversation.dates import DATE_CANDIDATES, date_candidates, date_of_birth
from bot.conversation.digressions import digression_note
from bot.conversation.inbox import load, open_body, take
from bot.conversation.incoming import Incoming, Kind, Tap
from bot.form import Answer, Item, ItemId
from bot.funnel import Funnel
from bot.joining import has_contents, join
from bot.ledger import Contents, Entry, Ledger, Recorded
from bot.mail import letter_of, queue_letter
from bot.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER, Registration
from bot.store import (
    Account,
    Conversation,
    EmailCode,
    InboxMessage,
    Mentor,
    OutboxEntry,
    SealedValue,
    Store,
    TranscriptMessage,
)
from bot.store.models import utc_now
from bot.vault import Purpose, Vault
from understanding.births import without_birth_date
from understanding.dates import looks_like_date, masked
from understanding.reader import TEXT_KINDS

#: Questions about what a mentor agrees to: at the reconsideration they mean what was refused.
_ABOUT_CONTENT = frozenset({"faq_meaning", "faq_why"})
#: What is said to a move before the start.
_AT_START = {
    **dict.fromkeys(("cancel", "start_over"), "note-nothing-saved"),
    **dict.fromkeys(("deny", "pause", "skip"), "note-no-start"),
}
#: What is said when everything was deleted.
_ENDINGS = frozenset({"note-started-over", "note-cancelled"})
#: What is said where the mentor waits for what the outbox does next.
_AWAITED = frozenset({"note-code-sent", "note-code-sent-again", "note-deleting", "note-withdrawn"})
#: Stands in the transcript for what the mentor had deleted.
FORGOTTEN = "…"
#: Erases a mentor who asked for it, once they could read that it will be done.
ERASE = "mentor.erase"
ERASE_AFTER = timedelta(seconds=20)
#: Stops a check at its provider; its subject is the check's id.
CANCEL_CHECK = "check.cancel"
#: Checks that ended without a result and without the mentor's doing.
_ENDED_EARLY = frozenset({Status.CANCELLED, Status.EXPIRED})
#: Checks that came to nothing: the mentor may try again.
_CAME_TO_NOTHING = _ENDED_EARLY | {Status.WITHDRAWN}
#: At the check of the answers nothing but these words of a yes says that they shall be sent.
_ASKS_TO_SUBMIT = re.compile(r"\b(?:submit|send)\b", re.IGNORECASE)
#: "I agree" to the question whether a consent shall be taken back could mean the one as well as the other.
_AGREEING = re.compile(r"agree|consent|permi", re.IGNORECASE)
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


@dataclass(frozen=True)
class _Turn:
    """One message at one question, with all that is needed to take it."""

    session: Session
    conversation: Conversation
    registration: Registration
    row: InboxMessage
    message: Incoming
    intent: str
    target: str | None

    @property
    def tap(self) -> Tap | None:
        return Tap.parse(self.message.payload) if self.message.kind is Kind.BUTTON else None


class Dialogue:
    """Takes the mentor's moves.

    Args:
        store: the database.
        vault: seals the date of birth and opens inbox bodies.
        ledger: records the consents.
        accounts: finds or opens the mentor's JobGen account at submit.
        codes: prove e-mail addresses.
        check_provider: name of the provider that checks mentors.
        queued: called after work for the outbox is committed.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        ledger: Ledger,
        accounts: AccountTable,
        codes: Codes,
        check_provider: str,
        queued: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._vault = vault
        self._ledger = ledger
        self._accounts = accounts
        self._codes = codes
        self._check_provider = check_provider
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
            turn = _Turn(session, conversation, current, row, message, intent, target)
            misses = 0
            try:
                result = self._move(turn)
            except InvalidAnswerError as invalid:
                misses = conversation.misses + 1
                result = [invalid.note, *self._ladder(misses, current.open_question)]
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
            if current.open_question == START:
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
        current.submit(mentor.check_provider or self._check_provider)
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
        if _is_being_deleted(session, current.mentor):
            return [Note("note-being-deleted")]
        question = current.open_question
        if intent == "chat_greet" and question == JOIN:
            return []  # which of two registrations goes on is asked; what would be gone on with is not known yet
        if intent == "chat_greet" and question is not None:
            return [Note("greeting" if question == START else "greeting-back")]
        if intent in ("chat_greet", "faq_status"):
            return [self._status(session, current)]
        if intent.startswith(("faq_", "chat_")):
            about = current.refused[0].id if question == RECONSIDER and intent in _ABOUT_CONTENT else question
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

    def _move(self, turn: _Turn) -> list[Note] | None:
        """Apply the message; gives notes, or None when the mentor asks to submit and may."""
        current = turn.registration
        if _is_being_deleted(turn.session, current.mentor):
            return [Note("note-being-deleted")]
        question = current.open_question
        if turn.message.kind is Kind.BUTTON and question != START and self._is_stale(turn):
            return [Note("note-stale")]
        if turn.message.kind is Kind.EDIT:
            return self._take_edit(turn)
        if turn.message.kind is Kind.UNSUPPORTED:
            raise InvalidAnswerError(turn.message.problem or "note-unsupported")
        if turn.intent == "stop_reminders":
            current.mentor.reminders_off_at = utc_now()
            return [Note("note-no-reminders")]
        if turn.intent == "continue_elsewhere" and question != START:
            return [Note("note-link", (("link", links.make(turn.session, self._vault, current.mentor.id)),))]
        if question == START:
            return self._begin(turn)
        if question is None:
            return self._after_submit(turn)
        navigation = self._navigate(turn, question)
        if navigation is not None:
            return navigation
        if not self._has_seen(turn, question):
            return [Note("note-too-early")]
        if turn.message.kind is Kind.PHOTO and question != form.PHOTO:
            raise InvalidAnswerError("note-photo-not-now")
        if question in (START_OVER, CANCEL):
            return self._at_confirmation(turn, question)
        if question == JOIN:
            return self._at_join(turn)
        if question == EMAIL_CODE:
            return self._take_code(turn)
        if question in (REVIEW, RECONSIDER):
            return self._at_check(turn, question)
        item = form.BY_ID[question]
        return {
            Answer.CHOICE: self._take_choice,
            Answer.YES_NO: self._take_consent,
            Answer.PHOTO: self._take_photo,
            Answer.DATE: self._take_date,
        }.get(item.answer, self._take_text)(turn, item)

    def _take_edit(self, turn: _Turn) -> list[Note]:
        """An earlier message that was edited: it corrects its answer, or has it asked again if more depends on it."""
        current, item = turn.registration, form.BY_ID.get(ItemId(turn.target or ""))
        if item is None:
            return [Note("note-edit-of-nothing")]
        if not current.change(item.id):
            return [Note("note-not-changeable")]
        is_draft = current.mentor.submitted_at is None
        if is_draft and item.answer.value in TEXT_KINDS and item.id != form.EMAIL:
            return [*self._take_text(turn, item), Note("note-edit-taken")]
        return [Note("note-edit-asked")]

    def _begin(self, turn: _Turn) -> list[Note]:
        if turn.intent != "register":
            return [Note(_AT_START.get(turn.intent, "fallback-start"))]
        if turn.message.shown in ("", START):  # else it was said to a question that is deleted since
            mentor = turn.registration.mentor
            mentor.check_provider = self._check_provider
            turn.registration.start()
            events.record(turn.session, events.Kind.STARTED, mentor.id)
        return []

    def _after_submit(self, turn: _Turn) -> list[Note]:
        """A move of somebody who has submitted, while no question is open."""
        current = turn.registration
        if turn.intent == "change_answer" and turn.target is not None:
            return [] if current.change(ItemId(turn.target)) else [Note("note-not-changeable")]
        if turn.intent == "change_answer":
            return [Note("note-review-change"), Note("summary")]
        if turn.intent == "cancel":
            current.confirm(CANCEL)
            return []
        check = current_check(turn.session, current.mentor.id)
        if turn.intent == "register" and check is not None and check.status in _CAME_TO_NOTHING:
            current.reopen()
            return [Note("note-try-again")]
        return [self._status(turn.session, current)]

    @staticmethod
    def _has_seen(turn: _Turn, question: ItemId) -> bool:
        """Whether the mentor had this question, in its present wording, before them when they wrote."""
        conversation = turn.conversation
        item = form.BY_ID.get(question)
        return (
            conversation.delivered_question == question
            and (turn.tap is not None or turn.message.shown == question)
            and (item is None or conversation.delivered_version == item.version)
        )

    def _is_stale(self, turn: _Turn) -> bool:
        tap = turn.tap
        if tap is None:
            return True
        current = turn.registration
        return tap.revision is not None and (
            tap.revision != current.mentor.revision or tap.question != current.open_question
        )

    def _navigate(self, turn: _Turn, question: ItemId) -> list[Note] | None:
        current = turn.registration
        if question in (START_OVER, CANCEL) and turn.intent in ("resume", str(question)):
            return None  # the words of the buttons
        if turn.intent in ("go_back", "change_answer", "resume"):
            self._forget(turn.session, current.mentor, DATE_CANDIDATES)
        if turn.intent == "go_back":
            return [] if current.back() else [Note("note-first-question")]
        if turn.intent == "change_answer":
            if turn.target is None:
                return [Note("note-review-change"), Note("summary")]
            if current.change(ItemId(turn.target)):
                return []
            return [Note("note-not-answered-yet" if current.mentor.submitted_at is None else "note-not-changeable")]
        if turn.intent == "resume":
            return [Note("note-kept")] if current.resume() and current.mentor.submitted_at is not None else []
        if turn.intent == "resend_code" and question != EMAIL_CODE:
            return [Note("note-no-code-open")]
        if turn.intent == "skip":
            return self._skip(current)
        if turn.intent == "pause":
            return [Note("note-paused")]
        if turn.intent == "start_over" and current.mentor.submitted_at is not None:
            return [Note("note-submitted-already")]
        if turn.intent in ("start_over", "cancel"):
            current.confirm(START_OVER if turn.intent == "start_over" else CANCEL)
            return []
        if turn.intent == "see_review":
            return [] if question == REVIEW else [Note("summary")]
        return [] if turn.intent in ("repeat", "register") else None

    @staticmethod
    def _skip(current: Registration) -> list[Note]:
        if current.resume():
            return []
        item = form.BY_ID.get(current.open_question or START)
        if item is not None and item.id == form.PHOTO:
            return [Note("note-skip-photo")]
        return [Note("note-skip-consent" if item and item.kind is form.Kind.CONSENT else "note-skip")]

    def _at_confirmation(self, turn: _Turn, question: ItemId) -> list[Note]:
        if turn.intent in ("deny", "resume"):
            turn.registration.resume()
            return [Note("note-kept")]
        if turn.intent != "affirm":
            raise InvalidAnswerError("note-unclear-confirmation")
        current = turn.registration
        if current.mentor.submitted_at is not None:
            return self._delete_account(turn)
        current.clear(self._withdrawals(turn, current), restart=question == START_OVER)
        turn.session.execute(delete(SealedValue).where(SealedValue.mentor_id == current.mentor.id))
        self._vault.destroy(turn.session, current.mentor.id, Purpose.CHECK)
        _forget_words(turn.session, current.mentor)
        return [Note("note-started-over" if question == START_OVER else "note-cancelled")]

    def _delete_account(self, turn: _Turn) -> list[Note]:
        """Have everything of a mentor who has submitted erased, once they could read that it will be."""
        current = turn.registration
        self._withdrawals(turn, current)
        current.resume()
        self._stop_check(turn)
        mentor_id, sentences = current.mentor.id, catalogue(turn.conversation.language)
        # It is not the mentor's own work, which goes with them.
        note = Note("note-deleting", (("reference", mentor_id[:8]),))
        known = select(OutboxEntry).where(OutboxEntry.kind == ERASE, OutboxEntry.subject_id == mentor_id)
        entry = turn.session.scalars(known.with_for_update()).one_or_none()
        if entry is not None:  # asked for before; it may have been given up
            entry.failed_at, entry.attempts, entry.next_attempt_at = None, 0, utc_now()
            return [note]
        turn.session.add(OutboxEntry(kind=ERASE, subject_id=mentor_id, next_attempt_at=utc_now() + ERASE_AFTER))
        if current.mentor.verified_email:
            text = sentences.text(note.id, **dict(note.arguments))
            letter = letter_of(sentences, current.mentor.verified_email, note.id, text)
            queue_letter(turn.session, self._vault, mentor_id, letter)
        return [note]

    def _stop_check(self, turn: _Turn) -> None:
        """End the check that is under way, if one is, here and at its provider."""
        check = current_check(turn.session, turn.registration.mentor.id)
        if check is not None and check.status not in ENDS:
            end(turn.session, self._vault, check, Status.WITHDRAWN)
            turn.session.add(OutboxEntry(kind=CANCEL_CHECK, subject_id=check.id, mentor_id=check.mentor_id))

    def _withdrawals(self, turn: _Turn, current: Registration) -> list[Recorded]:
        """A record in the ledger for each consent in force, which takes it back."""
        in_force = [form.BY_ID[item_id] for item_id in current.consents]
        return [self._record(turn, item, WITHDRAWN, current.mentor.id) for item in in_force]

    def _take_code(self, turn: _Turn) -> list[Note]:
        """The code that proves the e-mail address, or the wish for another one."""
        if turn.intent == "resend_code":
            return [self._send_code(turn)]
        current, conversation = turn.registration, turn.conversation
        address = current.answers[form.EMAIL]
        found = self._codes.verify(turn.session, current.mentor.id, conversation.id, address, turn.message.text)
        if found is not CodeOutcome.RIGHT:
            raise InvalidAnswerError(f"note-code-{found.value.replace('_', '-')}")
        return self._meet_others(turn, address.lower())

    def _send_code(self, turn: _Turn) -> Note:
        mentor, conversation = turn.registration.mentor, turn.conversation
        address = turn.registration.answers[form.EMAIL]
        known = select(EmailCode.id).where(EmailCode.conversation_id == conversation.id).limit(1)
        is_another = turn.intent == "resend_code" and turn.session.scalars(known).one_or_none() is not None
        try:
            self._codes.send(turn.session, mentor.id, conversation.id, address, conversation.language)
        except TooManyCodesError as error:
            return Note("note-code-too-many", (("minutes", error.minutes),))
        return Note("note-code-sent-again" if is_another else "note-code-sent")

    def _meet_others(self, turn: _Turn, address: str) -> list[Note]:
        """The address is proven; who has a registration with it already is asked which one goes on."""
        current = turn.registration
        known = select(Mentor).where(Mentor.verified_email == address, Mentor.id != current.mentor.id)
        other = turn.session.scalars(known.order_by(Mentor.created_at).limit(1)).one_or_none()
        if other is None:
            current.prove_email()
            if current.mentor.submitted_at is not None:
                self._change_address(turn, address)
            return [Note("note-code-right")]
        if current.mentor.submitted_at is not None:
            current.change(form.EMAIL)
            return [Note("note-address-taken")]
        current.prove_email()
        return self._offer(turn, other)

    def _offer(self, turn: _Turn, other: Mentor) -> list[Note]:
        """Let the one of two registrations go on that holds anything; if both do, ask."""
        current, theirs = turn.registration, Registration(turn.session, other)
        if not has_contents(current):
            return self._join(turn, keep=theirs, drop=current)
        if not has_contents(theirs):
            return self._join(turn, keep=current, drop=theirs)
        current.mentor.other_id = other.id
        return [Note("note-code-right")]

    def _at_join(self, turn: _Turn) -> list[Note]:
        """Which of two registrations goes on: yes is the other one, no is the one of this conversation."""
        current = turn.registration
        other = turn.session.get(Mentor, current.mentor.other_id)
        if other is None or turn.intent not in ("affirm", "deny"):
            current.mentor.other_id = current.mentor.other_id if other else None
            raise InvalidAnswerError("note-unclear-join")
        theirs = Registration(turn.session, other)
        if turn.intent == "affirm":
            return self._join(turn, keep=theirs, drop=current)
        if other.submitted_at is None:
            return self._join(turn, keep=current, drop=theirs)
        current.mentor.other_id = current.mentor.verified_email = None
        current.change(form.EMAIL)
        return [Note("note-other-address")]

    def _join(self, turn: _Turn, *, keep: Registration, drop: Registration) -> list[Note]:
        self._withdrawals(turn, drop)
        join(turn.session, keep.mentor, drop.mentor)
        return [Note("note-joined" if keep is not turn.registration else "note-kept-here")]

    def _change_address(self, turn: _Turn, address: str) -> None:
        mentor = turn.registration.mentor
        account = turn.session.get(Account, mentor.account_id or "")
        theirs = turn.session.scalars(select(Account).where(Account.email == address)).one_or_none()
        if theirs is not None:  # opened before, by nobody else: the address is proven
            mentor.account_id = theirs.id
            turn.session.flush()
            drop_unused(turn.session, account.id if account else None)
        elif account is not None:
            account.email = address
        events.record(turn.session, events.Kind.CHANGED, turn.registration.mentor.id)

    def _at_check(self, turn: _Turn, question: ItemId) -> list[Note] | None:
        if turn.intent == "affirm":
            if question == REVIEW:
                is_said = turn.tap is not None or _ASKS_TO_SUBMIT.search(turn.message.text)
                return None if is_said else [Note("note-say-submit")]
            turn.registration.change(turn.registration.refused[0].id)
            return []
        if turn.intent == "deny":
            return [Note("note-review-change" if question == REVIEW else "note-draft-kept")]
        raise InvalidAnswerError(f"note-unclear-{question}")

    def _take_choice(self, turn: _Turn, item: Item) -> list[Note]:
        turn.registration.answer(item, read_choice(turn.intent), turn.row.id)
        return []

    def _take_consent(self, turn: _Turn, item: Item) -> list[Note]:
        if turn.registration.withdrawing is not None:
            return self._take_withdrawal(turn, item)
        try:
            decision = read_decision(turn.intent, turn.message.text)
        except InvalidAnswerError:
            turn.registration.consent(self._record(turn, item, UNCLEAR))
            raise
        current = turn.registration
        current.consent(self._record(turn, item, decision))
        if decision == REFUSED:
            return [Note("note-refused")]
        # A check before this one has ended, and its date of birth was deleted with it.
        asks_again = current.open_question == form.DATE_OF_BIRTH and current_check(turn.session, current.mentor.id)
        return [Note("note-date-needed")] if asks_again else []

    def _take_withdrawal(self, turn: _Turn, item: Item) -> list[Note]:
        """The reply to whether a consent shall be taken back: yes takes it back, with all that follows."""
        current = turn.registration
        if turn.intent not in ("affirm", "deny") or (turn.tap is None and _AGREEING.search(turn.message.text)):
            raise InvalidAnswerError("note-unclear-withdrawal")
        if turn.intent == "deny":
            current.resume()
            return [Note("note-kept")]
        current.consent(self._record(turn, item, WITHDRAWN))
        self._stop_check(turn)
        current.reopen()
        events.record(turn.session, events.Kind.WITHDRAWN, current.mentor.id)
        current.consent(self._record(turn, item, REFUSED))
        return [Note("note-withdrawn")]

    def _record(self, turn: _Turn, item: Item, decision: str, mentor_id: str | None = None) -> Recorded:
        conversation = turn.conversation
        reply = masked(turn.message.text) if looks_like_date(turn.message.text) else turn.message.text
        entry = Entry(
            mentor_id=mentor_id or turn.registration.mentor.id,
            item=item,
            decision=decision,
            language=conversation.language,
            shown_at=conversation.delivered_at or utc_now(),
            reading="button" if turn.tap else "typed",
            channel=conversation.channel,
            contents=Contents(reply=reply, message_id=turn.row.external_id, turn_id=turn.row.id),
        )
        return self._ledger.add(turn.session, entry)

    def _take_text(self, turn: _Turn, item: Item) -> list[Note]:
        text = read_text_answer(item, turn.message.text)
        kept = text
        if item.answer is Answer.LONG_TEXT:
            born = date_of_birth(turn.session, self._vault, turn.registration.mentor.id)
            kept = without_birth_date(text, born)
        current = turn.registration
        current.answer(item, kept, turn.row.id)
        notes = [Note("note-birth-hidden")] if kept != text else []
        if item.id == form.EMAIL:
            return notes if current.is_email_proven else [self._send_code(turn)]
        return [*notes, *self._changed(turn, item)]

    @staticmethod
    def _changed(turn: _Turn, item: Item) -> list[Note]:
        """What is said to a new answer after the submit."""
        mentor = turn.registration.mentor
        if mentor.submitted_at is None:
            return []
        events.record(turn.session, events.Kind.CHANGED, mentor.id)
        return [Note("note-changed-shown" if item.id in form.SHOWN else "note-changed")]

    def _take_photo(self, turn: _Turn, item: Item) -> list[Note]:
        if turn.message.problem:
            raise InvalidAnswerError(turn.message.problem)
        if not turn.message.photo:
            raise InvalidAnswerError("note-skip-photo" if turn.intent == "deny" else "note-photo-expected")
        turn.registration.answer(item, turn.message.photo, turn.row.id)
        album = [Note("note-photo-album")] if turn.message.is_album else []
        return [Note("note-photo-saved", (("photo", turn.message.photo),)), *album, *self._changed(turn, item)]

    def _take_date(self, turn: _Turn, item: Item) -> list[Note]:
        tap = turn.tap
        if tap is not None:
            found = self._candidates(turn.session, turn.registration.mentor)
            if not tap.reply.isdigit() or int(tap.reply) >= len(found):
                raise InvalidAnswerError("note-stale")
            return self._keep_date(turn, item, found[int(tap.reply)])
        found_dates = read_birth_date(turn.message.text, datetime.now(UTC).date())
        if len(found_dates) == 1:
            return self._keep_date(turn, item, found_dates[0])
        self._seal(turn, DATE_CANDIDATES, json.dumps([each.isoformat() for each in found_dates]))
        turn.registration.outdate_buttons()
        return [Note("note-date-which")]

    def _keep_date(self, turn: _Turn, item: Item, born: date) -> list[Note]:
        self._forget(turn.session, turn.registration.mentor, DATE_CANDIDATES)
        turn.registration.answer(item, self._seal(turn, form.DATE_OF_BIRTH, born.isoformat()), turn.row.id)
        _hide_elsewhere(turn.session, turn.registration, born)
        return [Note("note-date-kept")]

    def _seal(self, turn: _Turn, name: str, text: str) -> str:
        mentor = turn.registration.mentor
        self._forget(turn.session, mentor, name)
        ciphertext = self._vault.seal(turn.session, mentor.id, Purpose.CHECK, name, text.encode())
        value = SealedValue(mentor_id=mentor.id, name=name, ciphertext=ciphertext)
        turn.session.add(value)
        turn.session.flush()
        return value.id

    @staticmethod
    def _forget(session: Session, mentor: Mentor, name: str) -> None:
        session.execute(delete(SealedValue).where(SealedValue.mentor_id == mentor.id, SealedValue.name == name))

    def _candidates(self, session: Session, mentor: Mentor) -> list[date]:
        return date_candidates(session, self._vault, mentor.id)


def _hide_elsewhere(session: Session, current: Registration, born: date) -> None:
    """Hide the date of birth in what the mentor wrote before it was known."""
    for item in form.ASKED:
        answer = current.answers.get(item.id)
        if item.answer is Answer.LONG_TEXT and answer is not None:
            kept = without_birth_date(answer, born)
            if kept != answer:
                current.reword(item.id, kept)
    conversations = select(Conversation.id).where(Conversation.mentor_id == current.mentor.id)
    for row in session.scalars(select(TranscriptMessage).where(TranscriptMessage.conversation_id.in_(conversations))):
        body = deepcopy(row.body)  # a change within the row's own would go unnoticed
        shown = [body, *(each for section in body.get("sections", ()) for each in section["rows"])]
        for part in shown:
            for name in {"text", "value"} & part.keys():
                part[name] = without_birth_date(part[name], born)
        if body != row.body:
            row.body = body


def _is_being_deleted(session: Session, mentor: Mentor) -> bool:
    """Whether the mentor asked for their erasure and it is about to be done; one given up can be asked for again."""
    if mentor.submitted_at is None:
        return False  # nobody else is asked whether they want that
    wanted = select(OutboxEntry.id).where(
        OutboxEntry.kind == ERASE, OutboxEntry.subject_id == mentor.id, OutboxEntry.failed_at.is_(None)
    )
    return session.scalars(wanted).one_or_none() is not None


def _conversation(session: Session, conversation_id: str, *, lock: bool = False) -> Conversation:
    """The conversation; locked against the same turn in a second transaction where the database can do that."""
    return session.get_one(Conversation, conversation_id, with_for_update=True if lock else None)


def _said(conversation: Conversation) -> list[Note]:
    """What the last turn said, until that is in the transcript."""
    return [Note(name, tuple((key, value) for key, value in args)) for name, args in conversation.last_notes]


def _registration(session: Session, conversation: Conversation) -> Registration:
    return Registration(session, session.get_one(Mentor, conversation.mentor_id))


def _state(current: Registration, *, submitting: bool = False) -> State:
    return State(*current.standing, current.mentor.revision, submitting=submitting)


def _forget_words(session: Session, mentor: Mentor) -> None:
    """Take what the mentor wrote, and what repeats it, out of the transcripts of all their conversations."""
    conversations = select(Conversation.id).where(Conversation.mentor_id == mentor.id)
    for row in session.scalars(select(TranscriptMessage).where(TranscriptMessage.conversation_id.in_(conversations))):
        if row.sender == "mentor":
            row.body = {"kind": "say", "text": FORGOTTEN}
        elif "sections" in row.body or "photo" in row.body:
            row.body = {name: each for name, each in row.body.items() if name not in ("sections", "photo")} | {
                "kind": "say"
            }

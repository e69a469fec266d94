"""Proving an e-mail address, and what follows if somebody has registered with it before."""

from __future__ import annotations

from sqlalchemy import select

from bot import events, form
from bot.accounts import drop_unused
from bot.answers import InvalidAnswerError, Note
from bot.codes import CodeOutcome, Codes, TooManyCodesError
from bot.conversation.consents import Consents
from bot.conversation.move import Move
from bot.joining import has_contents, join
from bot.registration import Registration
from bot.store import Account, EmailCode, Mentor


class Addresses:
    """Sends and takes codes, and lets one of two registrations with the same address go on.

    Args:
        codes: prove e-mail addresses.
        consents: takes back those of the registration that does not go on.
    """

    def __init__(self, codes: Codes, consents: Consents) -> None:
        self._codes = codes
        self._consents = consents

    def take_code(self, move: Move) -> list[Note]:
        """Take the code that proves the e-mail address, or the wish for another one.

        Raises:
            InvalidAnswerError: it is not the code.
        """
        if move.intent == "resend_code":
            return [self.send_code(move)]
        current, conversation = move.registration, move.conversation
        address = current.answers[form.EMAIL]
        found = self._codes.verify(move.session, current.mentor.id, conversation.id, address, move.message.text)
        if found is not CodeOutcome.RIGHT:
            raise InvalidAnswerError(f"note-code-{found.value.replace('_', '-')}")
        return self._meet_others(move, address.lower())

    def send_code(self, move: Move) -> Note:
        """Send a code to the address that was given; gives what is said of it."""
        mentor, conversation = move.registration.mentor, move.conversation
        address = move.registration.answers[form.EMAIL]
        known = select(EmailCode.id).where(EmailCode.conversation_id == conversation.id).limit(1)
        is_another = move.intent == "resend_code" and move.session.scalars(known).one_or_none() is not None
        try:
            self._codes.send(move.session, mentor.id, conversation.id, address, conversation.language)
        except TooManyCodesError as error:
            return Note("note-code-too-many", (("minutes", error.minutes),))
        return Note("note-code-sent-again" if is_another else "note-code-sent")

    def _meet_others(self, move: Move, address: str) -> list[Note]:
        """The address is proven; who has a registration with it already is asked which one goes on."""
        current = move.registration
        known = select(Mentor).where(Mentor.verified_email == address, Mentor.id != current.mentor.id)
        other = move.session.scalars(known.order_by(Mentor.created_at).limit(1)).one_or_none()
        if other is None:
            current.prove_email()
            if current.mentor.submitted_at is not None:
                self._change_address(move, address)
            return [Note("note-code-right")]
        if current.mentor.submitted_at is not None:
            current.change(form.EMAIL)
            return [Note("note-address-taken")]
        current.prove_email()
        return self._offer(move, other)

    def _offer(self, move: Move, other: Mentor) -> list[Note]:
        """Let the one of two registrations go on that holds anything; if both do, ask."""
        current, theirs = move.registration, Registration(move.session, other)
        if not has_contents(current):
            return self._join(move, keep=theirs, drop=current)
        if not has_contents(theirs):
            return self._join(move, keep=current, drop=theirs)
        current.mentor.other_id = other.id
        return [Note("note-code-right")]

    def take_choice_of_two(self, move: Move) -> list[Note]:
        """Take which of two registrations goes on: yes is the other one, no is the one of this conversation.

        Raises:
            InvalidAnswerError: it is neither a yes nor a no.
        """
        current = move.registration
        other = move.session.get(Mentor, current.mentor.other_id)
        if other is None or move.intent not in ("affirm", "deny"):
            current.mentor.other_id = current.mentor.other_id if other else None
            raise InvalidAnswerError("note-unclear-join")
        theirs = Registration(move.session, other)
        if move.intent == "affirm":
            return self._join(move, keep=theirs, drop=current)
        if other.submitted_at is None:
            return self._join(move, keep=current, drop=theirs)
        current.mentor.other_id = current.mentor.verified_email = None
        current.change(form.EMAIL)
        return [Note("note-other-address")]

    def _join(self, move: Move, *, keep: Registration, drop: Registration) -> list[Note]:
        self._consents.withdraw_all(move, drop)
        join(move.session, keep.mentor, drop.mentor)
        return [Note("note-joined" if keep is not move.registration else "note-kept-here")]

    def _change_address(self, move: Move, address: str) -> None:
        mentor = move.registration.mentor
        account = move.session.get(Account, mentor.account_id or "")
        theirs = move.session.scalars(select(Account).where(Account.email == address)).one_or_none()
        if theirs is not None:  # opened before, by nobody else: the address is proven
            mentor.account_id = theirs.id
            move.session.flush()
            drop_unused(move.session, account.id if account else None)
        elif account is not None:
            account.email = address
        events.record(move.session, events.Kind.CHANGED, move.registration.mentor.id)

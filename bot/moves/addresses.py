"""Proving an e-mail address, and what follows if somebody has registered with it before."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.accounts.email_codes import CodeOutcome, Codes, TooManyCodesError
from bot.accounts.merging import has_contents, join, others_of
from bot.moves.consents import Consents
from bot.moves.move import Move
from bot.moves.sharing import Sharing, move_out
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import InvalidAnswerError, Note
from bot.registration.registration import Registration, is_of_one_person
from bot.storage import Account, EmailCode, Mentor
from bot.storage.accounts import delete_unused_account


class Addresses:
    """Sends and takes codes, and lets one of two registrations with the same address go on.

    Args:
        codes: prove e-mail addresses.
        consents: takes back those of the registration that does not go on.
        sharing: closes a registration where its address was not proven, and tells what happened elsewhere.
    """

    def __init__(self, codes: Codes, consents: Consents, sharing: Sharing) -> None:
        self._codes = codes
        self._consents = consents
        self._sharing = sharing

    def take_code(self, move: Move) -> list[Note]:
        """Take the code that proves an e-mail address, or the wish for another one.

        Raises:
            InvalidAnswerError: it is not the code.
        """
        if move.registration.is_proving_other and move.intent == "deny":
            return self._refuse(move)
        address = self._address(move)
        if address is None:  # the other registration was begun anew meanwhile
            move.registration.resume()
            return []
        if move.intent == "resend_code":
            return [self.send_code(move)]
        mentor, conversation = move.registration.mentor, move.conversation
        found = self._codes.verify(move.session, mentor.id, conversation.id, address, move.message.text)
        if found is not CodeOutcome.RIGHT:
            raise InvalidAnswerError(f"note-code-{found.value.replace('_', '-')}")
        if move.registration.is_proving_other:
            return self._follow_proven(move, address.lower())
        return self._prove(move, address.lower())

    def send_code(self, move: Move) -> Note:
        """Send a code to the address that is to be proven; gives what is said of it."""
        mentor, conversation = move.registration.mentor, move.conversation
        known = select(EmailCode.id).where(EmailCode.conversation_id == conversation.id).limit(1)
        is_another = move.intent == "resend_code" and move.session.scalars(known).one_or_none() is not None
        try:
            self._codes.send(move.session, mentor.id, conversation.id, self._address(move) or "", conversation.language)
        except TooManyCodesError as error:
            return Note("note-code-too-many", (("minutes", error.minutes),))
        return Note("note-code-sent-again" if is_another else "note-code-sent")

    def _address(self, move: Move) -> str | None:
        """The address whose code is asked for: of this registration, or of the one that a link is for."""
        current = move.registration
        if current.is_proving_other:
            other = self._other(move)
            return other.address if other else None
        return current.answers[form.EMAIL]

    @staticmethod
    def _other(move: Move) -> Registration | None:
        """The registration that waits for a choice; nothing is answered in it until this transaction ends."""
        others_of(move.session, move.registration.mentor.other_id or "")
        other = move.session.get(Mentor, move.registration.mentor.other_id, with_for_update=True)
        theirs = Registration(move.session, other) if other else None
        return None if theirs is None or theirs.is_being_deleted else theirs

    def _prove(self, move: Move, address: str) -> list[Note]:
        """The address is proven; who has a registration with it already is asked which one goes on."""
        current = move.registration
        other = self._with_address(move, address)
        if other is not None and current.mentor.submitted_at is not None:
            current.change(form.EMAIL)
            return [Note("note-address-taken")]
        current.prove_email()
        # Where another address was proven, or none, this one was not.
        self._sharing.close(move.session, current.mentor.id, Note("note-elsewhere-proven"), but=move.conversation.id)
        if other is not None:
            return self._offer(move, other)
        if current.mentor.submitted_at is not None:
            self._change_address(move, address)
        return [Note("note-code-right")]

    @staticmethod
    def _with_address(move: Move, address: str) -> Mentor | None:
        """The oldest other registration that the same address was proven for."""
        known = select(Mentor).where(Mentor.verified_email == address, Mentor.id != move.registration.mentor.id)
        return move.session.scalars(known.order_by(Mentor.created_at).limit(1)).one_or_none()

    def _offer(self, move: Move, other: Mentor) -> list[Note]:
        """Let the one of two registrations go on that holds anything; if both do, ask."""
        current, theirs = move.registration, Registration(move.session, other)
        if not has_contents(current):
            return self._join(move, keep=theirs, drop=current)
        if not has_contents(theirs):
            return self._join(move, keep=current, drop=theirs)
        current.meet(other.id)
        return [Note("note-code-right")]

    def take_choice_of_two(self, move: Move) -> list[Note]:
        """Take which of two registrations goes on: yes is the other one, no is the one of this conversation.

        Raises:
            InvalidAnswerError: it is neither a yes nor a no.
        """
        current, theirs = move.registration, self._other(move)
        if theirs is None:
            current.part()
            return [Note("note-other-gone")]
        if move.intent not in ("affirm", "deny"):
            raise InvalidAnswerError("note-unclear-join")
        if not is_of_one_person(current.mentor, theirs.mentor):
            return self._follow(move, theirs) if move.intent == "affirm" else self._refuse(move)
        if move.intent == "affirm":
            return self._join(move, keep=theirs, drop=current)
        if theirs.mentor.submitted_at is None:
            return self._join(move, keep=current, drop=theirs)
        current.part()
        current.forget_proof()
        self._sharing.close(move.session, current.mentor.id, Note("note-elsewhere-proven"), but=move.conversation.id)
        current.change(form.EMAIL)
        return [Note("note-other-address")]

    def _join(self, move: Move, *, keep: Registration, drop: Registration) -> list[Note]:
        """Make one of two registrations with the same proven address, which all their conversations go on with."""
        self._consents.withdraw_all(move, drop)
        join(move.session, keep.mentor, drop.mentor)
        self._sharing.tell(
            move.session, keep.mentor.id, Note("note-elsewhere-joined"), but=move.conversation.id, ask=True
        )
        return [Note("note-joined" if keep is not move.registration else "note-kept-here")]

    def _follow(self, move: Move, theirs: Registration) -> list[Note]:
        """Go on with the registration of a link: once its address is proven, or at once where it has none yet."""
        if theirs.address is not None:
            move.registration.ask_code_of_other()
            return [self.send_code(move)]
        self._sharing.close(move.session, theirs.mentor.id, Note("note-elsewhere-moved"))
        return self._enter(move, theirs, "note-link-moved")

    def _follow_proven(self, move: Move, address: str) -> list[Note]:
        """Go on with the registration of a link whose address was proven here just now."""
        theirs = self._other(move)
        if theirs is None:
            move.registration.part()
            return [Note("note-other-gone")]
        is_known = theirs.mentor.verified_email == address
        if is_known:
            self._sharing.tell(move.session, theirs.mentor.id, Note("note-elsewhere-opened"))
        else:
            self._sharing.close(move.session, theirs.mentor.id, Note("note-elsewhere-proven"))
        notes = self._enter(move, theirs, "note-link-joined")
        if is_known:
            return notes
        here = replace(move, registration=Registration(move.session, theirs.mentor))
        return [*notes, *(note for note in self._prove(here, address) if note.id != "note-code-right")]

    def _enter(self, move: Move, theirs: Registration, note: str) -> list[Note]:
        """Go on here with another registration; the one of this conversation is deleted, if it is open nowhere else."""
        current, conversation = move.registration, move.conversation
        has_own = bool(current.answers)
        if others_of(move.session, current.mentor.id, but=conversation.id):
            current.part()
            move_out(move.session, conversation, theirs.mentor.id)
            return [Note(note)]
        self._consents.withdraw_all(move, current)
        join(move.session, theirs.mentor, current.mentor)
        return [Note(note), *([Note("note-link-own-deleted")] if has_own else [])]

    def _refuse(self, move: Move) -> list[Note]:
        """Stay with the registration of this conversation; nothing becomes of the one of the link."""
        current = move.registration
        self._sharing.tell(move.session, current.mentor.other_id or "", Note("note-elsewhere-refused"))
        current.part()
        address = current.mentor.verified_email
        same = self._with_address(move, address) if address and current.is_email_proven else None
        if same is not None:  # which the link came between
            current.meet(same.id)
        return [Note("note-link-refused")]

    def _change_address(self, move: Move, address: str) -> None:
        mentor = move.registration.mentor
        account = move.session.get(Account, mentor.account_id or "")
        theirs = move.session.scalars(select(Account).where(Account.email == address)).one_or_none()
        if theirs is not None:  # opened before, by nobody else: the address is proven
            mentor.account_id = theirs.id
            move.session.flush()
            delete_unused_account(move.session, account.id if account else None)
        elif account is not None:
            account.email = address
        site_events.record(move.session, site_events.Kind.CHANGED, move.registration.mentor.id)

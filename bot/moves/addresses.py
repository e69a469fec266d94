"""Proves an e-mail address, and handles an earlier registration with it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from bot.accounts.email_codes import CodeOutcome, Codes, TooManyCodesError
from bot.accounts.merging import has_contents, merge, others_of
from bot.messages.masks import masked_address
from bot.messages.transcript import CODE_NOT_SENT
from bot.moves.consents import Consents
from bot.moves.sharing import Sharing, move_out
from bot.moves.turn import Turn
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import InvalidAnswerError, MessageRef
from bot.registration.registration import Registration, is_of_one_person
from bot.storage import Account, EmailCode, Mentor
from bot.storage.accounts import delete_unused_account


class Addresses:
    """Sends and checks codes, and merges two registrations with the same address.

    Args:
        codes: prove e-mail addresses.
        consents: withdraws those of the registration that ends.
        sharing: closes a registration in conversations without proof, and tells the others.
    """

    def __init__(self, codes: Codes, consents: Consents, sharing: Sharing) -> None:
        self._codes = codes
        self._consents = consents
        self._sharing = sharing

    def take_code(self, turn: Turn) -> list[MessageRef]:
        """Handle a typed code, or the request for a new code or another address.

        Raises:
            InvalidAnswerError: the code is wrong.
        """
        if turn.registration.is_proving_other and turn.intent == "deny":
            return self._refuse(turn)
        address = self._address(turn)
        if address is None:  # the other registration was started over meanwhile
            turn.registration.resume()
            return []
        if turn.intent == "resend_code":
            return [self.send_code(turn)]
        mentor, conversation = turn.registration.mentor, turn.conversation
        found = self._codes.verify(turn.session, mentor.id, conversation.id, address, turn.message.text)
        if found is not CodeOutcome.RIGHT:
            raise InvalidAnswerError(f"note-code-{found.value.replace('_', '-')}")
        mentor.undeliverable_email = None  # the code arrived
        if turn.registration.is_proving_other:
            return self._follow_proven(turn, address.lower())
        return self._prove(turn, address.lower())

    def send_code(self, turn: Turn) -> MessageRef:
        """Send a code to the address to prove; returns the note about it."""
        mentor, conversation = turn.registration.mentor, turn.conversation
        known = select(EmailCode.id).where(EmailCode.conversation_id == conversation.id).limit(1)
        is_another = turn.intent == "resend_code" and turn.session.scalars(known).one_or_none() is not None
        address = self._address(turn) or ""
        shown = ("address", masked_address(address) if turn.registration.is_proving_other else address)
        try:
            self._codes.queue(turn.session, mentor.id, conversation.id, address, conversation.language)
        except TooManyCodesError as error:
            minutes = ("minutes", error.minutes)
            if self._codes.has_sent(turn.session, conversation.id, address):
                return MessageRef("note-code-too-many", (minutes,))
            return MessageRef(CODE_NOT_SENT, (shown, minutes))
        return MessageRef("note-code-sent-again" if is_another else "note-code-sent", (shown,))

    def _address(self, turn: Turn) -> str | None:
        """The address whose code is asked for: of this registration, or of a link's."""
        current = turn.registration
        if current.is_proving_other:
            other = self._other(turn)
            return other.address if other else None
        return current.answers[form.EMAIL]

    @staticmethod
    def _other(turn: Turn) -> Registration | None:
        """The other registration in a pending choice; it is locked until this transaction ends."""
        others_of(turn.session, turn.registration.mentor.other_id or "")
        other = turn.session.get(Mentor, turn.registration.mentor.other_id, with_for_update=True)
        theirs = Registration(turn.session, other) if other else None
        return None if theirs is None or theirs.is_being_deleted else theirs

    def _prove(self, turn: Turn, address: str) -> list[MessageRef]:
        """Record that the address is proven. If another registration has it, ask which of the two to keep."""
        current = turn.registration
        other = self._with_address(turn, address)
        if other is not None and current.mentor.submitted_at is not None:
            current.change(form.EMAIL)
            return [MessageRef("note-address-taken")]
        current.prove_email()
        # Conversations that proved another address, or none, have not proved this one.
        self._sharing.close(
            turn.session, current.mentor.id, MessageRef("note-elsewhere-proven"), but=turn.conversation.id
        )
        if other is not None:
            return self._offer(turn, other)
        if current.mentor.submitted_at is not None:
            self._change_address(turn, address)
        return [MessageRef("note-code-right")]

    @staticmethod
    def _with_address(turn: Turn, address: str) -> Mentor | None:
        """The oldest other registration with the same proven address."""
        known = select(Mentor).where(Mentor.verified_email == address, Mentor.id != turn.registration.mentor.id)
        return turn.session.scalars(known.order_by(Mentor.created_at).limit(1)).one_or_none()

    def _offer(self, turn: Turn, other: Mentor) -> list[MessageRef]:
        """Keep the only registration with answers; if both have some, ask."""
        current, theirs = turn.registration, Registration(turn.session, other)
        if not has_contents(current):
            return self._merge(turn, keep=theirs, drop=current)
        if not has_contents(theirs):
            return self._merge(turn, keep=current, drop=theirs)
        current.meet(other.id)
        return [MessageRef("note-code-right")]

    def take_choice_of_two(self, turn: Turn) -> list[MessageRef]:
        """Handle the choice of a registration: yes is the other one, no is this conversation's.

        Raises:
            InvalidAnswerError: it is neither a yes nor a no.
        """
        current, theirs = turn.registration, self._other(turn)
        if theirs is None:
            current.part()
            return [MessageRef("note-other-gone")]
        if turn.intent not in ("affirm", "deny"):
            raise InvalidAnswerError("note-unclear-join")
        if not is_of_one_person(current.mentor, theirs.mentor):
            return self._follow(turn, theirs) if turn.intent == "affirm" else self._refuse(turn)
        if turn.intent == "affirm":
            return self._merge(turn, keep=theirs, drop=current)
        if theirs.mentor.submitted_at is None:
            return self._merge(turn, keep=current, drop=theirs)
        current.part()
        current.forget_proof()
        self._sharing.close(
            turn.session, current.mentor.id, MessageRef("note-elsewhere-proven"), but=turn.conversation.id
        )
        current.change(form.EMAIL)
        return [MessageRef("note-other-address")]

    def _merge(self, turn: Turn, *, keep: Registration, drop: Registration) -> list[MessageRef]:
        """Merge two registrations with the same proven address; all their conversations continue with it."""
        self._consents.withdraw_all(turn, drop)
        merge(turn.session, keep.mentor, drop.mentor)
        self._sharing.tell(
            turn.session, keep.mentor.id, MessageRef("note-elsewhere-joined"), but=turn.conversation.id, ask=True
        )
        return [MessageRef("note-joined" if keep is not turn.registration else "note-kept-here")]

    def _follow(self, turn: Turn, theirs: Registration) -> list[MessageRef]:
        """Continue with a link's registration: after its address is proven, or at once if it has none."""
        if theirs.address is not None:
            turn.registration.ask_code_of_other()
            return [self.send_code(turn)]
        self._sharing.close(turn.session, theirs.mentor.id, MessageRef("note-elsewhere-moved"))
        return self._enter(turn, theirs, "note-link-moved")

    def _follow_proven(self, turn: Turn, address: str) -> list[MessageRef]:
        """Continue with a link's registration, whose address was just proven here."""
        theirs = self._other(turn)
        if theirs is None:
            turn.registration.part()
            return [MessageRef("note-other-gone")]
        is_known = theirs.mentor.verified_email == address
        theirs.mentor.undeliverable_email = None
        if is_known:
            self._sharing.tell(turn.session, theirs.mentor.id, MessageRef("note-elsewhere-opened"))
        else:
            self._sharing.close(turn.session, theirs.mentor.id, MessageRef("note-elsewhere-proven"))
        notes = self._enter(turn, theirs, "note-link-joined")
        if is_known:
            return notes
        here = replace(turn, registration=Registration(turn.session, theirs.mentor))
        return [*notes, *(note for note in self._prove(here, address) if note.id != "note-code-right")]

    def _enter(self, turn: Turn, theirs: Registration, note: str) -> list[MessageRef]:
        """Continue here with another registration; this conversation's is deleted unless it is open elsewhere."""
        current, conversation = turn.registration, turn.conversation
        has_own = bool(current.answers)
        if others_of(turn.session, current.mentor.id, but=conversation.id):
            current.part()
            move_out(turn.session, conversation, theirs.mentor.id)
            return [MessageRef(note)]
        self._consents.withdraw_all(turn, current)
        merge(turn.session, theirs.mentor, current.mentor)
        return [MessageRef(note), *([MessageRef("note-link-own-deleted")] if has_own else [])]

    def _refuse(self, turn: Turn) -> list[MessageRef]:
        """Keep this conversation's registration; the link's is unchanged."""
        current = turn.registration
        self._sharing.tell(turn.session, current.mentor.other_id or "", MessageRef("note-elsewhere-refused"))
        current.part()
        address = current.mentor.verified_email
        same = self._with_address(turn, address) if address and current.is_email_proven else None
        if same is not None:  # which the link came between
            current.meet(same.id)
        return [MessageRef("note-link-refused")]

    def _change_address(self, turn: Turn, address: str) -> None:
        mentor = turn.registration.mentor
        account = turn.session.get(Account, mentor.account_id or "")
        theirs = turn.session.scalars(select(Account).where(Account.email == address)).one_or_none()
        if theirs is not None:  # only this mentor can have opened it: the address is proven
            mentor.account_id = theirs.id
            turn.session.flush()
            delete_unused_account(turn.session, account.id if account else None)
        elif account is not None:
            account.email = address
        site_events.record(turn.session, site_events.Kind.CHANGED, turn.registration.mentor.id)

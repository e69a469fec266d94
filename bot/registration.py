"""One mentor's registration: what is answered, what is open, and what an answer changes.

The database alone says what is answered; nothing here is kept between two transactions.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, load_only

from bot import form
from bot.answers import REFUSED, UNCLEAR, WITHDRAWN
from bot.form import Item, ItemId
from bot.places import WITH_REGION
from bot.store import Answer, Check, Consent, Mentor, OutboxEntry
from bot.store.models import utc_now

#: Open questions that are no item of the form: before the first one, the code that proves the e-mail address, which
#: of two registrations goes on, while consents are refused, the check of the answers, and whether to begin again or to
#: end and delete everything.
START = ItemId("start")
EMAIL_CODE = ItemId("email_code")
JOIN = ItemId("join")
RECONSIDER = ItemId("reconsider")
REVIEW = ItemId("review")
START_OVER = ItemId("start_over")
CANCEL = ItemId("cancel")
_CONFIRMATIONS = frozenset({START_OVER, CANCEL})
#: What cannot be changed once the registration is submitted: the check is about it.
_FIXED = frozenset({form.ACCOUNT, form.FULL_NAME, form.DATE_OF_BIRTH})

_ANSWERS = select(Answer).where(Answer.mentor_id == bindparam("mentor_id"))
#: Without what only a receipt needs: the wordings are long.
_CONSENTS = (
    select(Consent)
    .where(Consent.mentor_id == bindparam("mentor_id"))
    .order_by(Consent.id)
    .options(load_only(Consent.item_id, Consent.decision, Consent.wording_version))
)

CHECK_START = "check.start"
#: Providers that have to know where a mentor lives.
_NEED_PLACE = frozenset({"checkr"})


class Registration:
    """The registration of one mentor within one transaction.

    Args:
        session: an open transaction; a write transaction for the methods that change something.
        mentor: the mentor's row.
    """

    def __init__(self, session: Session, mentor: Mentor) -> None:
        self.session = session
        self.mentor = mentor
        rows = session.scalars(_ANSWERS, {"mentor_id": mentor.id})
        self.answers: dict[ItemId, Answer] = {ItemId(row.item_id): row for row in rows}
        #: The consent in force for each item; the ledger keeps the earlier ones, and what was unclear, too.
        self.consents: dict[ItemId, Consent] = {}
        for record in session.scalars(_CONSENTS, {"mentor_id": mentor.id}):
            self._enter(record)

    @property
    def account(self) -> str | None:
        """The answer to the account question, a value of `form.Account`."""
        answer = self.answers.get(form.ACCOUNT)
        return answer.value if answer else None

    @property
    def asked(self) -> list[Item]:
        """What this mentor is asked, in order."""
        asked = form.asked_for(self.account, place=self.mentor.check_provider in _NEED_PLACE)
        country = self.answers.get(form.COUNTRY)
        return [item for item in asked if item.id != form.REGION or (country and country.value in WITH_REGION)]

    @property
    def is_email_proven(self) -> bool:
        """Whether the mentor proved that the address they gave is theirs."""
        answer = self.answers.get(form.EMAIL)
        return answer is not None and answer.value.lower() == self.mentor.verified_email

    @property
    def refused(self) -> list[Item]:
        """The consents that the mentor refused, in order."""
        return [item for item in form.CONSENTS if self._current(item) and self.consents[item.id].decision == REFUSED]

    @property
    def withdrawing(self) -> Item | None:
        """The consent that a mentor who has submitted is asked about: shall it be taken back?"""
        item = form.BY_ID.get(ItemId(self.mentor.focus or ""))
        submitted = self.mentor.submitted_at is not None
        return item if submitted and item is not None and item.kind is form.Kind.CONSENT else None

    @property
    def open_question(self) -> ItemId | None:
        """The question to be answered now; None once the registration is submitted, unless something is changed."""
        if self.mentor.focus is not None:
            return ItemId(self.mentor.focus)
        if self.mentor.submitted_at is not None:
            return EMAIL_CODE if self.mentor.verified_email and not self.is_email_proven else None
        return START if self.mentor.started_at is None else self._next_question

    @property
    def _next_question(self) -> ItemId:
        if self.mentor.other_id is not None:
            return JOIN
        if self.refused and all(self._current(item) for item in form.CONSENTS):
            return RECONSIDER  # also where the check ended, and its date of birth would be asked first
        for item in self.asked:
            if item.id == form.CODE_OF_ETHICS and self.refused:
                return RECONSIDER  # the whole code is agreed to only when each clause is
            if not self.is_done(item):
                return item.id
            if item.id == form.EMAIL and not self.is_email_proven:
                return EMAIL_CODE
        return RECONSIDER if self.refused else REVIEW

    @property
    def open_slot(self) -> str | None:
        """The slot of the Rasa form through which the open question is asked."""
        question = self.open_question
        if question in (*_CONFIRMATIONS, JOIN):
            return "review"  # none of the form's own: it is kept open until that is answered
        if question is None or question == START:
            return None
        if question == RECONSIDER:
            return "consent"
        return form.BY_ID[question].slot if question in form.BY_ID else str(question)

    @property
    def done_slots(self) -> list[str]:
        """The slots of the Rasa form whose items are all stored and none is being answered again."""
        open_slot = self.open_slot
        return [slot for slot in form.SLOTS if slot != open_slot and self._is_slot_done(slot)]

    def _is_slot_done(self, slot: str) -> bool:
        if slot == "review":
            return self.mentor.submitted_at is not None
        if slot == EMAIL_CODE:
            return self.is_email_proven
        return all(self.is_done(item) for item in self.asked if item.slot == slot)

    def is_done(self, item: Item) -> bool:
        """Whether ``item`` has an answer, or a consent given or refused to its current wording."""
        return item.id in self.answers if item.kind is form.Kind.QUESTION else self._current(item)

    def start(self) -> None:
        """The mentor wants to begin."""
        if self.mentor.started_at is None:
            self.mentor.started_at = utc_now()
            self.mentor.revision += 1

    def answer(self, item: Item, value: str, turn_id: str) -> None:
        """Store ``value`` as the current answer to ``item`` and go on to the next open question."""
        row = self.answers.get(item.id)
        if row is None:
            row = Answer(mentor_id=self.mentor.id, item_id=item.id)
            self.session.add(row)
            self.answers[item.id] = row
        row.value = value
        row.wording_version = item.version
        row.turn_id = turn_id
        row.answered_at = utc_now()
        self._move_on()

    def consent(self, record: Consent) -> None:
        """Take a reply that the ledger recorded and, unless it was unclear, go on to the next open question."""
        self._enter(record)
        if record.decision != UNCLEAR:
            self._move_on()

    def confirm(self, question: ItemId) -> None:
        """Ask whether to begin again (`START_OVER`) or to end and delete everything (`CANCEL`)."""
        self.mentor.focus = question
        self.mentor.revision += 1

    def clear(self, withdrawals: list[Consent], *, restart: bool) -> None:
        """Delete every answer; the consents in force are taken back by ``withdrawals``.

        Args:
            withdrawals: a record for each consent in force.
            restart: begin with the first question again, else before it.
        """
        for row in self.answers.values():
            self.session.delete(row)
        self.answers.clear()
        for record in withdrawals:
            self.consent(record)
        if not restart:
            self.mentor.started_at = None
        self.mentor.verified_email = self.mentor.other_id = None
        self._move_on()

    def prove_email(self) -> None:
        """The mentor proved that the address they gave is theirs."""
        self.mentor.verified_email = self.answers[form.EMAIL].value.lower()
        self.mentor.revision += 1

    def reopen(self) -> None:
        """Make a draft of a submitted registration again: a consent was withdrawn, or the check came to nothing."""
        self.mentor.submitted_at = None
        self._move_on()

    def change(self, item_id: ItemId) -> bool:
        """Ask ``item_id`` again.

        Returns:
            False if it was not answered yet, is none of this mentor's questions, or cannot be changed any more.
        """
        item = form.BY_ID.get(item_id)
        if item is None or not self.can_change(item):
            return False
        self.mentor.focus = item_id
        self.mentor.revision += 1
        return True

    def can_change(self, item: Item) -> bool:
        """Whether the mentor can answer ``item`` anew."""
        fixed = self.mentor.submitted_at is not None and item.id in _FIXED
        return self.is_done(item) and not fixed

    def back(self) -> bool:
        """Ask the question before the open one again.

        Returns:
            False at the first question.
        """
        ids = [item.id for item in self.asked]
        question = self.open_question
        position = ids.index(question) if question in ids else len(ids)
        if question == EMAIL_CODE:
            position = ids.index(form.EMAIL) + 1
        earlier = [item.id for item in self.asked[:position] if self.is_done(item)]
        return bool(earlier) and self.change(earlier[-1])

    def resume(self) -> bool:
        """Keep the answer that was about to be changed and go on where the mentor was.

        Returns:
            False if none was being changed.
        """
        if self.mentor.focus is None:
            return False
        self._move_on()
        return True

    def submit(self, provider: str) -> Check:
        """Submit the registration: the check and the outbox entry that starts it, in this transaction.

        Args:
            provider: name of the provider that will do the check.

        Raises:
            ValueError: a question is still open.
        """
        if self.open_question != REVIEW:
            raise ValueError(f"{self.open_question} is still open")
        self.mentor.submitted_at = utc_now()
        self.mentor.revision += 1
        check = Check(mentor_id=self.mentor.id, provider=provider, status="queued")
        self.session.add(check)
        self.session.flush()
        self.session.add(OutboxEntry(kind=CHECK_START, subject_id=check.id, mentor_id=self.mentor.id))
        return check

    def _enter(self, record: Consent) -> None:
        if record.decision == WITHDRAWN:
            self.consents.pop(ItemId(record.item_id), None)
        elif record.decision != UNCLEAR:
            self.consents[ItemId(record.item_id)] = record

    def _current(self, item: Item) -> bool:
        record = self.consents.get(item.id)
        return record is not None and record.wording_version == item.version

    def _move_on(self) -> None:
        self.mentor.focus = None
        self.mentor.revision += 1

"""One mentor's registration: what is answered, what is open, and what an answer changes.

Only the database knows what is answered; nothing here is kept between two transactions. The module is long because
it is one class: every change of a registration also changes the open question and outdates the buttons, and `_change`
is where both happen.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from bot.i18n.geography import WITH_REGION
from bot.jobs.queue import enqueue
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR, WITHDRAWN
from bot.registration.form import Item, ItemId
from bot.registration.ledger import Recorded
from bot.storage import Answer, Base, Check, Consent, Mentor
from bot.storage.accounts import delete_unused_account
from bot.storage.models import utc_now
from bot.understanding import reader

#: Open questions that are no item of the form: before the first one, the code that proves the e-mail address, which
#: of two registrations goes on, while consents are refused, the check of the answers, whether to begin again or to end
#: and delete everything, whether to save what may be no answer, and whether a likely yes or no to a consent is one.
START = ItemId("start")
EMAIL_CODE = ItemId("email_code")
JOIN = ItemId("join")
RECONSIDER = ItemId("reconsider")
REVIEW = ItemId("review")
START_OVER = ItemId("start_over")
CANCEL = ItemId("cancel")
SAVE = ItemId(reader.SAVE)
CONFIRM = ItemId(reader.CONFIRM)
_CONFIRMATIONS = frozenset({START_OVER, CANCEL, SAVE, CONFIRM})
#: Stands where a question is open while everything is about to be erased: none is open then.
BEING_DELETED = ItemId("being_deleted")
#: What cannot be changed once the registration is submitted: the check is about it.
_FIXED = frozenset({form.ACCOUNT, form.FULL_NAME, form.DATE_OF_BIRTH})

_answers, _consents, _mentors = (Base.metadata.tables[each.__tablename__] for each in (Answer, Consent, Mentor))
_ANSWERED = select(_answers.c.item_id, _answers.c.value).where(_answers.c.mentor_id == bindparam("mentor"))
_DECIDED = (
    select(_consents.c.item_id, _consents.c.id, _consents.c.decision, _consents.c.wording_sha256)
    .where(_consents.c.mentor_id == bindparam("mentor"))
    .order_by(_consents.c.id)
)
_ADD = insert(_answers)
_REPLACE = update(_answers).where(
    _answers.c.mentor_id == bindparam("of_mentor"), _answers.c.item_id == bindparam("of_item")
)
_CLEAR = delete(_answers).where(_answers.c.mentor_id == bindparam("mentor"))
_CHANGE = update(_mentors).where(_mentors.c.id == bindparam("of_mentor"))

CHECK_START = "check.start"


class Decision(NamedTuple):
    """What a mentor said to a consent.

    Attributes:
        id: of the ledger's record.
        decision: ``agreed`` or ``refused``.
        wording_sha256: of the wording that was shown.
    """

    id: int
    decision: str
    wording_sha256: str


class Doubted(NamedTuple):
    """What may be an answer, or a yes to a consent.

    Attributes:
        item: to which question.
        text: what would be stored, or what sounded like a yes.
        turn_id: in which it was written.
        otherwise: the answer where the mentor says no: as it was typed, or as it was before; "" to ask again. Of a
            consent, the fingerprint of its wording.
    """

    item: Item
    text: str
    turn_id: str
    otherwise: str = ""


class FormPosition(NamedTuple):
    """Where a registration is, in the terms of the Rasa form.

    Attributes:
        question: the open question; None once submitted.
        slot: the slot of the form through which it is asked; None before the start and once submitted.
        done_slots: those whose items are all stored, and none is being answered again.
        submitting: whether the mentor has just asked to submit, and may.
    """

    question: ItemId | None
    slot: str | None
    done_slots: list[str]
    submitting: bool = False


class Registration:
    """The registration of one mentor within one transaction.

    Answers and consents are read as plain rows, and what changes is written at once, past the session's unit of work:
    a turn reads all of them three times.

    Args:
        session: an open transaction; a write transaction for the methods that change something.
        mentor: the mentor's row.
    """

    def __init__(self, session: Session, mentor: Mentor) -> None:
        self.session = session
        self.mentor = mentor
        connection, wanted = session.connection(), {"mentor": mentor.id}
        #: The text of each answer; for a photo its id, for the date of birth the id of the sealed value.
        self.answers: dict[ItemId, str] = {
            ItemId(row.item_id): row.value for row in connection.execute(_ANSWERED, wanted)
        }
        #: The consent in force for each item; the ledger keeps the earlier ones, and what was unclear, too.
        self.consents: dict[ItemId, Decision] = {}
        #: The consents that are refused because they were withdrawn, and the record of the last withdrawal of each.
        self.withdrawn: set[ItemId] = set()
        self._withdrawals: dict[ItemId, int] = {}
        for item_id, *decision in connection.execute(_DECIDED, wanted):
            self._enter(ItemId(item_id), Decision(*decision))

    @property
    def account(self) -> str | None:
        """The answer to the account question, a value of `form.Account`."""
        return self.answers.get(form.ACCOUNT)

    @property
    def asked(self) -> list[Item]:
        """What this mentor is asked, in order."""
        asked = form.asked_for(self.account, place=self.mentor.needs_place)
        country = self.answers.get(form.COUNTRY)
        return [item for item in asked if item.id != form.REGION or country in WITH_REGION]

    @property
    def is_email_proven(self) -> bool:
        """Whether the mentor proved that the address they gave is theirs."""
        answer = self.answers.get(form.EMAIL)
        return answer is not None and answer.lower() == self.mentor.verified_email

    @property
    def refused(self) -> list[Item]:
        """The consents that the mentor refused, in order."""
        refused = {item_id for item_id, said in self.consents.items() if said.decision == REFUSED}
        return [each for each in form.CONSENTS if each.id in refused and self.is_done(each)] if refused else []

    @property
    def in_force(self) -> list[Item]:
        """The consents that the mentor gave and did not take back, in order."""
        agreed = {item_id for item_id, said in self.consents.items() if said.decision == AGREED}
        return [each for each in form.CONSENTS if each.id in agreed] if agreed else []

    @property
    def last_decided(self) -> ItemId | None:
        """The consent that the mentor last said yes or no to."""
        return max(self.consents, key=lambda item_id: self.consents[item_id].id, default=None)

    @property
    def was_sent(self) -> bool:
        """Whether the registration was ever submitted, whatever became of it."""
        if self.mentor.submitted_at is not None:
            return True
        return (
            self.session.scalars(select(Check.id).where(Check.mentor_id == self.mentor.id).limit(1)).first() is not None
        )

    @property
    def is_being_deleted(self) -> bool:
        """Whether the mentor had everything deleted, and it is to be erased."""
        return self.mentor.focus == BEING_DELETED

    @property
    def withdrawing(self) -> Item | None:
        """The consent whose withdrawal the mentor is asked to confirm; only after they have submitted."""
        item = form.BY_ID.get(ItemId(self.mentor.focus or ""))
        submitted = self.mentor.submitted_at is not None
        return item if submitted and item is not None and item.kind is form.Kind.CONSENT else None

    @property
    def open_question(self) -> ItemId | None:
        """The question to be answered now; None once the registration is submitted, unless something is changed."""
        if self.is_being_deleted:
            return None
        if self.mentor.focus == CONFIRM and self._is_reworded:
            return self.topic
        if self.mentor.focus is not None:
            return ItemId(self.mentor.focus)
        if self.mentor.other_id is not None:
            return JOIN  # also before the start: somebody may come by a link
        if self.mentor.submitted_at is not None:
            return EMAIL_CODE if self.mentor.verified_email and not self.is_email_proven else None
        return START if self.mentor.started_at is None else self._next_question

    @property
    def _is_reworded(self) -> bool:
        """Whether the consent that sounded agreed to has another wording since: then that is to be asked."""
        return (self.mentor.doubted or [""])[-1] != self.doubted.item.wording_sha256

    @property
    def _next_question(self) -> ItemId:
        refused = self.refused
        if refused and all(self.is_done(item) for item in form.CONSENTS):
            return RECONSIDER  # also where the check ended, and its date of birth would be asked first
        for item in self.asked:
            if refused and item.id == form.CODE_OF_ETHICS:
                return RECONSIDER  # the whole code is agreed to only when each clause is
            if not self.is_done(item):
                return item.id
            if item.id == form.EMAIL and not self.is_email_proven:
                return EMAIL_CODE
        return RECONSIDER if refused else REVIEW

    @property
    def position(self) -> FormPosition:
        """The open question, in the terms of the Rasa form."""
        question = self.open_question
        slot = self._slot(question)
        return FormPosition(question, slot, self._done_but(slot))

    @staticmethod
    def _slot(question: ItemId | None) -> str | None:
        if question in (*_CONFIRMATIONS, JOIN):
            return "review"  # none of the form's own: it is kept open until that is answered
        if question is None or question == START:
            return None
        if question == RECONSIDER:
            return "consent"
        return form.BY_ID[question].slot if question in form.BY_ID else str(question)

    def _done_but(self, open_slot: str | None) -> list[str]:
        undone = {open_slot, *(item.slot for item in self.asked if not self.is_done(item))}
        if self.mentor.submitted_at is None:
            undone.add("review")
        if not self.is_email_proven:
            undone.add(EMAIL_CODE)
        return [slot for slot in form.SLOTS if slot not in undone]

    def is_done(self, item: Item) -> bool:
        """Whether ``item`` has an answer, or a consent given or refused to its wording.

        A draft needs a consent to the present wording; a submitted registration keeps the wording agreed to.
        """
        if item.kind is form.Kind.QUESTION:
            return item.id in self.answers
        said = self.consents.get(item.id)
        if said is None:
            return False
        return self.mentor.submitted_at is not None or said.wording_sha256 == item.wording_sha256

    def start(self) -> None:
        """The mentor wants to begin."""
        if self.mentor.started_at is None:
            self._change(started_at=utc_now())

    def answer(self, item: Item, value: str, turn_id: str, *, stays: bool = False) -> None:
        """Store ``value`` as the current answer to ``item`` and go on to the next open question.

        Args:
            item: the question.
            value: the answer.
            turn_id: in which it was given.
            stays: keep what is being changed, if anything is: the answer is to another question.
        """
        row = {"value": value, "wording_version": item.version, "turn_id": turn_id, "answered_at": utc_now()}
        if item.id in self.answers:
            self._replace(item.id, row)
        else:
            self.session.connection().execute(_ADD, {"mentor_id": self.mentor.id, "item_id": item.id, **row})
        self.answers[item.id] = value
        if stays:
            self._change()
        else:
            self._move_on()

    def reword(self, item_id: ItemId, value: str) -> None:
        """Keep ``value`` in the place of an answer that says more than may be kept."""
        self._replace(item_id, {"value": value})
        self.answers[item_id] = value

    def consent(self, record: Recorded) -> None:
        """Take a reply that the ledger recorded and, unless it was unclear, go on to the next open question."""
        self._take(record)
        if record.decision != UNCLEAR:
            self._move_on()

    def await_erasure(self) -> None:
        """Ask nothing any more: everything is to be erased."""
        self._change(focus=BEING_DELETED, reminders_off_at=utc_now())

    def confirm(self, question: ItemId) -> None:
        """Ask whether to begin again (`START_OVER`) or to end and delete everything (`CANCEL`)."""
        self._change(focus=question, doubted=None)

    def clear(self, withdrawals: list[Recorded], *, restart: bool) -> None:
        """Delete every answer; the consents in force are taken back by ``withdrawals``.

        Args:
            withdrawals: a record for each consent in force.
            restart: begin with the first question again, else before it.
        """
        self.session.connection().execute(_CLEAR, {"mentor": self.mentor.id})
        self.answers.clear()
        for record in withdrawals:
            self._take(record)
        started_at = self.mentor.started_at if restart else None
        account_id = self.mentor.account_id
        self._change(
            focus=None, doubted=None, started_at=started_at, verified_email=None, other_id=None, account_id=None
        )
        if account_id is not None:  # it holds name and address
            delete_unused_account(self.session, account_id)

    def prove_email(self) -> None:
        """The mentor proved that the address they gave is theirs."""
        self._change(verified_email=self.answers[form.EMAIL].lower())

    @property
    def address(self) -> str | None:
        """The address whose mailbox says whose registration this is: the proven one, else the one that was given."""
        return self.mentor.verified_email or self.answers.get(form.EMAIL)

    def meet(self, other_id: str) -> None:
        """Ask which of two registrations goes on, this one or another one."""
        self._change(focus=None, doubted=None, other_id=other_id)

    @property
    def is_proving_other(self) -> bool:
        """Whether the code is asked for that proves the address of the other registration."""
        return self.mentor.focus == EMAIL_CODE and self.mentor.other_id is not None

    def ask_code_of_other(self) -> None:
        """Ask for the code that proves the address of the other registration."""
        self._change(focus=EMAIL_CODE, doubted=None)

    def forget_proof(self) -> None:
        """The address that was proven belongs to another registration; this one needs another address."""
        self._change(verified_email=None)

    def part(self) -> None:
        """Go on without the other registration."""
        self._change(focus=None, doubted=None, other_id=None)

    def reopen(self) -> None:
        """Make a draft of a submitted registration again: a consent was withdrawn, or the check came to nothing."""
        self._change(focus=None, doubted=None, submitted_at=None)

    def change(self, item_id: ItemId) -> bool:
        """Ask ``item_id`` again.

        Returns:
            False if it was not answered yet, is none of this mentor's questions, or cannot be changed any more.
        """
        item = form.BY_ID.get(item_id)
        if item is None or not self.can_change(item):
            return False
        self._change(focus=item_id, doubted=None)
        return True

    def doubt(self, item: Item, text: str, turn_id: str, otherwise: str = "") -> None:
        """Ask whether to save ``text`` as the answer to ``item``.

        Args:
            item: the question that it was written at.
            text: what would be stored.
            turn_id: in which it was written.
            otherwise: the answer where the mentor says no; "" to ask the question again.
        """
        self._change(focus=SAVE, doubted=[item.id, text, turn_id, *([otherwise] if otherwise else [])])

    def ask_back(self, item: Item, text: str, turn_id: str) -> None:
        """Ask whether ``text``, which sounded like a yes to the consent ``item``, is one.

        Args:
            item: the consent, in its present wording.
            text: what the mentor said.
            turn_id: in which they said it.
        """
        self._change(focus=CONFIRM, doubted=[item.id, text, turn_id, item.wording_sha256])

    def drop_doubted(self) -> None:
        """Do not save what the mentor was asked about: its question is asked again."""
        item = self.doubted.item
        self._change(focus=item.id if self.is_done(item) else None, doubted=None)

    @property
    def doubted(self) -> Doubted:
        """What the mentor is asked about: whether to save it (`SAVE`), or whether it is a yes (`CONFIRM`)."""
        item_id, *rest = self.mentor.doubted or ("", "", "")
        return Doubted(form.BY_ID[ItemId(item_id)], *rest)

    @property
    def is_change_doubted(self) -> bool:
        """Whether the mentor is asked, at `SAVE`, whether to replace an answer that there is."""
        item, _text, _turn_id, otherwise = self.doubted
        return bool(otherwise) and otherwise == self.answers.get(item.id)

    @property
    def topic(self) -> ItemId | None:
        """What the open question is about: itself, or the one whose answer is asked about again."""
        return self.doubted.item.id if self.mentor.doubted else self.open_question

    def can_change(self, item: Item) -> bool:
        """Whether the mentor can answer ``item`` anew."""
        fixed = self.mentor.submitted_at is not None and item.id in _FIXED
        return self.is_done(item) and not fixed

    def back(self) -> bool:
        """Ask the question before the open one again.

        Returns:
            False at the first question.
        """
        if self.is_proving_other:
            return self.resume()  # to which of the two it is
        ids = [item.id for item in self.asked]
        question = self.topic
        position = ids.index(question) if question in ids else len(ids)
        if question == EMAIL_CODE:
            position = ids.index(form.EMAIL) + 1
        earlier = [item.id for item in self.asked[:position] if self.is_done(item)]
        return bool(earlier) and self.change(earlier[-1])

    def outdate_buttons(self) -> None:
        """Make the buttons of the questions before out of date; every other change does so, too."""
        self._change()

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
        self._change(submitted_at=utc_now())
        check = Check(mentor_id=self.mentor.id, provider=provider, status="queued")
        self.session.add(check)
        self.session.flush()
        enqueue(self.session, CHECK_START, check.id, mentor_id=self.mentor.id)
        return check

    def _take(self, record: Recorded) -> None:
        self._enter(record.item_id, Decision(record.id, record.decision, record.wording_sha256))

    def _enter(self, item_id: ItemId, said: Decision) -> None:
        if said.decision == WITHDRAWN:
            self.consents.pop(item_id, None)
            self._withdrawals[item_id] = said.id
        elif said.decision != UNCLEAR:
            self.consents[item_id] = said
            # A withdrawal is recorded together with the no that it leaves behind.
            if said.decision == REFUSED and self._withdrawals.get(item_id) == said.id - 1:
                self.withdrawn.add(item_id)
            elif said.decision != REFUSED:
                self.withdrawn.discard(item_id)

    def _move_on(self) -> None:
        self._change(focus=None, doubted=None)

    def _replace(self, item_id: ItemId, values: dict[str, object]) -> None:
        which = {"of_mentor": self.mentor.id, "of_item": item_id}
        self.session.connection().execute(_REPLACE, {**which, **values})

    def _change(self, **values: str | datetime | list[str] | None) -> None:
        """Change the mentor's row, and its revision with it."""
        changed = {**values, "revision": self.mentor.revision + 1}
        self.session.connection().execute(_CHANGE, {"of_mentor": self.mentor.id, **changed})
        for name, value in changed.items():
            set_committed_value(self.mentor, name, value)


def is_of_one_person(one: Mentor, other: Mentor) -> bool:
    """Whether two registrations have the same proven address and so belong to one person."""
    return one.verified_email is not None and one.verified_email == other.verified_email

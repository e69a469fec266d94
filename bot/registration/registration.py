"""One mentor's registration: its answers, its open question, and its changes.

Only the database holds the answers; nothing here is kept between transactions. The module is long because it is one
class: every change of a registration also changes the open question and outdates the buttons, both in `_change`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, null, select, union_all, update
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

#: Open questions outside the form: the start, the e-mail code, the choice between two registrations, the
#: reconsideration of refused consents, the review, starting over, deleting everything, saving a doubtful answer, and
#: confirming a likely yes or no to a consent.
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
#: The open question's value while everything is about to be erased: no question is open.
BEING_DELETED = ItemId("being_deleted")
#: Answers that cannot be changed after the submit, because the check uses them.
_FIXED = frozenset({form.ACCOUNT, form.FULL_NAME, form.DATE_OF_BIRTH})

_answers, _consents, _mentors = (Base.metadata.tables[each.__tablename__] for each in (Answer, Consent, Mentor))
#: Every answer, and every reply to a consent, which has its wording's fingerprint beside it.
_SAID = union_all(
    select(_answers.c.id, _answers.c.item_id, _answers.c.value.label("said"), null().label("wording_sha256")).where(
        _answers.c.mentor_id == bindparam("mentor")
    ),
    select(_consents.c.id, _consents.c.item_id, _consents.c.decision, _consents.c.wording_sha256).where(
        _consents.c.mentor_id == bindparam("mentor")
    ),
).order_by("id")
_ADD = insert(_answers)
_REPLACE = update(_answers).where(
    _answers.c.mentor_id == bindparam("of_mentor"), _answers.c.item_id == bindparam("of_item")
)
_CLEAR = delete(_answers).where(_answers.c.mentor_id == bindparam("mentor"))
_CHANGE = update(_mentors).where(_mentors.c.id == bindparam("of_mentor"))

CHECK_START = "check.start"


class Decision(NamedTuple):
    """A mentor's reply to a consent.

    Attributes:
        id: of the ledger's record.
        decision: ``agreed`` or ``refused``.
        wording_sha256: of the wording that was shown.
    """

    id: int
    decision: str
    wording_sha256: str


class Doubted(NamedTuple):
    """A doubtful answer, or a likely yes to a consent.

    Attributes:
        item: the question.
        text: the value to store, or the likely yes.
        turn_id: in which it was written.
        otherwise: the answer after a no: as typed, or as before; "" to ask again. For a consent, its wording's
            fingerprint.
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
        done_slots: slots whose items are all stored, with none being answered again.
        submitting: whether the mentor is submitting and may.
    """

    question: ItemId | None
    slot: str | None
    done_slots: list[str]
    submitting: bool = False


class Registration:
    """The registration of one mentor within one transaction.

    Answers and consents are read as plain rows, and changes are written at once, without the session's unit of work,
    because a turn reads all of them three times.

    Args:
        session: an open transaction; a write transaction for the methods that change something.
        mentor: the mentor's row.
    """

    def __init__(self, session: Session, mentor: Mentor) -> None:
        self.session = session
        self.mentor = mentor
        #: The text of each answer; for a photo its id, for the date of birth the id of the sealed value.
        self.answers: dict[ItemId, str] = {}
        #: The current reply to each consent; the ledger also keeps earlier and unclear ones.
        self.consents: dict[ItemId, Decision] = {}
        #: The consents that are refused because they were withdrawn, each with its last withdrawal's record.
        self.withdrawn: set[ItemId] = set()
        self._withdrawals: dict[ItemId, int] = {}
        #: The item whose answer was replaced in this transaction.
        self.changed: ItemId | None = None
        for number, item_id, said, wording_sha256 in session.connection().execute(_SAID, {"mentor": mentor.id}):
            if wording_sha256 is None:
                self.answers[ItemId(item_id)] = said
            else:
                self._enter(ItemId(item_id), Decision(number, said, wording_sha256))

    @property
    def account(self) -> str | None:
        """The answer to the account question, a value of `form.Account`."""
        return self.answers.get(form.ACCOUNT)

    @property
    def asked(self) -> list[Item]:
        """The items that this mentor is asked, in order."""
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
        """The consents in force, in order."""
        agreed = {item_id for item_id, said in self.consents.items() if said.decision == AGREED}
        return [each for each in form.CONSENTS if each.id in agreed] if agreed else []

    @property
    def last_decided(self) -> ItemId | None:
        """The consent that the mentor last answered with yes or no."""
        return max(self.consents, key=lambda item_id: self.consents[item_id].id, default=None)

    @property
    def was_sent(self) -> bool:
        """Whether the registration was ever submitted."""
        if self.mentor.submitted_at is not None:
            return True
        return (
            self.session.scalars(select(Check.id).where(Check.mentor_id == self.mentor.id).limit(1)).first() is not None
        )

    @property
    def is_being_deleted(self) -> bool:
        """Whether the mentor deleted everything, and the erasure is pending."""
        return self.mentor.focus == BEING_DELETED

    @property
    def withdrawing(self) -> Item | None:
        """The consent whose withdrawal the mentor is asked to confirm; only after they have submitted."""
        item = form.BY_ID.get(ItemId(self.mentor.focus or ""))
        submitted = self.mentor.submitted_at is not None
        return item if submitted and item is not None and item.kind is form.Kind.CONSENT else None

    @property
    def open_question(self) -> ItemId | None:
        """The open question; None after the submit, unless an answer is being changed."""
        if self.is_being_deleted:
            return None
        if self.mentor.focus == CONFIRM and self._is_reworded:
            return self.topic
        if self.mentor.focus is not None:
            return ItemId(self.mentor.focus)
        if self.mentor.other_id is not None:
            return JOIN  # also before the start: the mentor may come by a link
        if self.mentor.submitted_at is not None:
            return EMAIL_CODE if self.mentor.verified_email and not self.is_email_proven else None
        return START if self.mentor.started_at is None else self._next_question

    @property
    def _is_reworded(self) -> bool:
        """Whether the likely consent's wording has changed since, so that it must be asked again."""
        return (self.mentor.doubted or [""])[-1] != self.doubted.item.wording_sha256

    @property
    def _next_question(self) -> ItemId:
        refused = self.refused
        if refused and all(self.is_done(item) for item in form.CONSENTS):
            return RECONSIDER  # also if the check has ended, and the date of birth would be asked first
        for item in self.asked:
            if refused and item.id == form.CODE_OF_ETHICS:
                return RECONSIDER  # the code as a whole needs a yes to each clause
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
            return "review"  # no slot of the form: the form stays open until it is answered
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
        """Whether ``item`` has an answer, or a reply to the consent's wording.

        A draft needs a consent to the current wording; a submitted registration keeps its own.
        """
        if item.kind is form.Kind.QUESTION:
            return item.id in self.answers
        said = self.consents.get(item.id)
        if said is None:
            return False
        return self.mentor.submitted_at is not None or said.wording_sha256 == item.wording_sha256

    def start(self) -> None:
        """Begin the registration."""
        if self.mentor.started_at is None:
            self._change(started_at=utc_now())

    def answer(self, item: Item, value: str, turn_id: str, *, stays: bool = False) -> None:
        """Store ``value`` as the current answer to ``item`` and go on to the next open question.

        Args:
            item: the question.
            value: the answer.
            turn_id: in which it was given.
            stays: keep the item that is being changed, because the answer is to another one.
        """
        row = {"value": value, "wording_version": item.version, "turn_id": turn_id, "answered_at": utc_now()}
        if item.id in self.answers:
            self._replace(item.id, row)
            self.changed = item.id
        else:
            self.session.connection().execute(_ADD, {"mentor_id": self.mentor.id, "item_id": item.id, **row})
        self.answers[item.id] = value
        if stays:
            self._change()
        else:
            self._move_on()

    def reword(self, item_id: ItemId, value: str) -> None:
        """Replace an answer that holds hidden data by ``value``."""
        self._replace(item_id, {"value": value})
        self.answers[item_id] = value

    def consent(self, record: Recorded) -> None:
        """Apply a recorded reply and, unless it was unclear, go on to the next open question."""
        before = self.consents.get(record.item_id)
        self._take(record)
        if record.decision != UNCLEAR:
            self.changed = record.item_id if before is not None else None
            self._move_on()

    def await_erasure(self) -> None:
        """Ask no more questions: everything will be erased."""
        self._change(focus=BEING_DELETED, reminders_off_at=utc_now())

    def confirm(self, question: ItemId) -> None:
        """Ask whether to start over (`START_OVER`), or to end and delete everything (`CANCEL`)."""
        self._change(focus=question, doubted=None)

    def clear(self, withdrawals: list[Recorded], *, restart: bool) -> None:
        """Delete every answer; ``withdrawals`` withdraw the consents in force.

        Args:
            withdrawals: a record for each consent in force.
            restart: begin with the first question again; otherwise stop before it.
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
        if account_id is not None:  # the account holds name and address
            delete_unused_account(self.session, account_id)

    def prove_email(self) -> None:
        """Record that the mentor proved their address."""
        self._change(verified_email=self.answers[form.EMAIL].lower())

    @property
    def address(self) -> str | None:
        """The address that decides whose registration this is: the proven one, otherwise the given one."""
        return self.mentor.verified_email or self.answers.get(form.EMAIL)

    def meet(self, other_id: str) -> None:
        """Ask which of two registrations to keep, this one or another one."""
        self._change(focus=None, doubted=None, other_id=other_id)

    @property
    def is_proving_other(self) -> bool:
        """Whether the open question is for the code to the other registration's address."""
        return self.mentor.focus == EMAIL_CODE and self.mentor.other_id is not None

    def ask_code_of_other(self) -> None:
        """Ask for the code to the other registration's address."""
        self._change(focus=EMAIL_CODE, doubted=None)

    def forget_proof(self) -> None:
        """Drop the proven address, which belongs to another registration; this one needs another."""
        self._change(verified_email=None)

    def part(self) -> None:
        """Continue without the other registration."""
        self._change(focus=None, doubted=None, other_id=None)

    def reopen(self) -> None:
        """Turn a submitted registration into a draft, after a withdrawal or a check without a result."""
        self._change(focus=None, doubted=None, submitted_at=None)

    def change(self, item_id: ItemId) -> bool:
        """Ask ``item_id`` again.

        Returns:
            False if it has no answer yet, is none of this mentor's questions, or can no longer be changed.
        """
        item = form.BY_ID.get(item_id)
        if item is None or not self.can_change(item):
            return False
        self._change(focus=item_id, doubted=None)
        return True

    def doubt(self, item: Item, text: str, turn_id: str, otherwise: str = "") -> None:
        """Ask whether to save ``text`` as the answer to ``item``.

        Args:
            item: the question.
            text: the value to store.
            turn_id: in which it was written.
            otherwise: the answer after a no; "" to ask the question again.
        """
        self._change(focus=SAVE, doubted=[item.id, text, turn_id, *([otherwise] if otherwise else [])])

    def ask_back(self, item: Item, text: str, turn_id: str) -> None:
        """Ask whether ``text``, a likely yes to the consent ``item``, is one.

        Args:
            item: the consent, in its current wording.
            text: the mentor's reply.
            turn_id: the reply's turn.
        """
        self._change(focus=CONFIRM, doubted=[item.id, text, turn_id, item.wording_sha256])

    def drop_doubted(self) -> None:
        """Drop the doubtful answer, and ask its question again."""
        item = self.doubted.item
        self._change(focus=item.id if self.is_done(item) else None, doubted=None)

    @property
    def doubted(self) -> Doubted:
        """The doubtful answer at `SAVE`, or the likely yes at `CONFIRM`."""
        item_id, *rest = self.mentor.doubted or ("", "", "")
        return Doubted(form.BY_ID[ItemId(item_id)], *rest)

    @property
    def is_change_doubted(self) -> bool:
        """Whether the answer at `SAVE` would replace another one."""
        item, _text, _turn_id, otherwise = self.doubted
        return bool(otherwise) and otherwise == self.answers.get(item.id)

    @property
    def photos(self) -> list[str]:
        """The ids of the photo that is the answer, and of one that the mentor is asked whether to use instead."""
        kept = [self.answers.get(form.PHOTO, "")]
        return [*kept, self.doubted.text] if self.mentor.doubted and self.topic == form.PHOTO else kept

    @property
    def topic(self) -> ItemId | None:
        """The item of the open question: itself, or the one whose answer is confirmed."""
        return self.doubted.item.id if self.mentor.doubted else self.open_question

    def can_change(self, item: Item) -> bool:
        """Whether the mentor can change ``item``."""
        fixed = self.mentor.submitted_at is not None and item.id in _FIXED
        return self.is_done(item) and not fixed

    def back(self, before: ItemId | None = None) -> bool:
        """Go back to the question before the open one.

        Args:
            before: of several questions that are open together, the first one.

        Returns:
            False at the first question.
        """
        if self.is_proving_other:
            return self.resume()  # to which of the two it is
        ids = [item.id for item in self.asked]
        question = before or self.topic
        position = ids.index(question) if question in ids else len(ids)
        if question == EMAIL_CODE:
            position = ids.index(form.EMAIL) + 1
        earlier = [item.id for item in self.asked[:position] if self.is_done(item)]
        return bool(earlier) and self.change(earlier[-1])

    def outdate_buttons(self) -> None:
        """Outdate the buttons of earlier questions; every other change does so, too."""
        self._change()

    def resume(self) -> bool:
        """Keep the answer that was about to be changed, and return to the open question.

        Returns:
            False if no answer was being changed.
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
            # A withdrawal is recorded together with the no that remains.
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
    """Whether two registrations have the same proven address, so that they belong to one person."""
    return one.verified_email is not None and one.verified_email == other.verified_email

"""Applies a move at the open question: answer, correction, navigation or ending."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from bot.checks.providers.base import Provider
from bot.checks.service import Status, current_check
from bot.messages.clauses import ON_ONE_CARD, ONE_BY_ONE
from bot.messages.date_choices import DATE_CANDIDATES, forget
from bot.messages.incoming import CHANGE_LANGUAGE, Kind
from bot.moves.addresses import Addresses
from bot.moves.answering import Answering
from bot.moves.deletion import Deletion, is_about_to_be_erased
from bot.moves.digressions import once_sent_note, topic_sentence
from bot.moves.edits import edited
from bot.moves.languages import change_language
from bot.moves.status import ENDED_EARLY, stage, with_standing
from bot.moves.turn import Turn
from bot.moves.values import Values
from bot.notifications import site_events
from bot.registration import form
from bot.registration.answers import InvalidAnswerError, MessageRef
from bot.registration.form import Answer, ItemId
from bot.registration.ledger import Ledger
from bot.registration.registration import (
    CANCEL,
    CONFIRM,
    EMAIL_CODE,
    JOIN,
    RECONSIDER,
    REVIEW,
    SAVE,
    START,
    START_OVER,
    Registration,
)
from bot.security import continue_links
from bot.security.vault import Vault
from bot.storage.models import utc_now
from bot.understanding.reminder_times import reminder_days
from bot.understanding.replies import has_none, says_submit

#: Replies to moves before the start.
NOTES_BEFORE_START = {
    **dict.fromkeys(("cancel", "start_over", "end_something", "withdraw_consent"), "note-nothing-saved"),
    **dict.fromkeys(("deny", "pause", "skip", "remind_me"), "note-no-start"),
}
#: Checks without a result; the mentor may try again.
_CAME_TO_NOTHING = ENDED_EARLY | {Status.WITHDRAWN}


class Navigation:
    """Applies moves.

    Args:
        vault: makes the tokens of links.
        ledger: knows which consent an edited message was about.
        addresses: proves e-mail addresses.
        deletion: deletes what the mentor wants deleted.
        answering: handles answers to the form's questions.
        values: handles answers to other questions than the open one.
        provider: checks new mentors.
    """

    def __init__(
        self,
        vault: Vault,
        ledger: Ledger,
        addresses: Addresses,
        deletion: Deletion,
        answering: Answering,
        values: Values,
        provider: Provider,
    ) -> None:
        self._vault = vault
        self._ledger = ledger
        self._addresses = addresses
        self._deletion = deletion
        self._answering = answering
        self._values = values
        self._provider = provider

    def apply(self, turn: Turn) -> list[MessageRef] | None:
        """Apply the message; returns notes, or None if the mentor submits and may."""
        current = turn.registration
        if is_about_to_be_erased(turn.session, current):
            return [MessageRef("note-being-deleted")]
        if current.is_being_deleted:
            current.resume()  # the erasure failed
        question = current.open_question
        if turn.clause is not None:
            return self._answering.take(turn, turn.clause)
        if turn.message.kind is Kind.BUTTON and question != START and turn.is_stale:
            return _to_stale_tap(turn)
        if turn.message.kind is Kind.EDIT:
            return self._take_edit(turn)
        if turn.message.kind is Kind.UNSUPPORTED:
            raise InvalidAnswerError(turn.message.problem or "note-unsupported")
        command = self._wherever_it_is(turn, question)
        if command is not None:
            return command
        if question == START:
            return self._begin(turn)
        if question is None:
            return self._after_submit(turn)
        navigation = self._navigate(turn, question)
        if navigation is not None:
            return navigation
        if turn.is_at_card and turn.message.kind is Kind.TEXT:
            turn.conversation.one_by_one = True
            return [MessageRef("note-one-by-one")]
        if not turn.has_seen(question):
            added = self._answering.add(turn)
            return [MessageRef("note-too-early")] if added is None else added
        doubt = turn.doubt(question)
        if doubt:
            return [MessageRef(doubt)]
        if turn.message.kind is Kind.PHOTO and current.topic != form.PHOTO:
            raise InvalidAnswerError("note-photo-not-now")
        if question in (START_OVER, CANCEL):
            return self._deletion.take(turn, question)
        if question == JOIN:
            return self._addresses.take_choice_of_two(turn)
        if question == EMAIL_CODE:
            return self._addresses.take_code(turn)
        if question == SAVE:
            return self._answering.take_doubted(turn)
        if question in (REVIEW, RECONSIDER):
            return self._at_check(turn, question)
        return self._answering.take(turn, current.doubted.item if question == CONFIRM else form.BY_ID[question])

    def _wherever_it_is(self, turn: Turn, question: ItemId | None) -> list[MessageRef] | None:
        """Carry out a command that works at every question; None if the message is none."""
        if turn.intent == "stop_reminders":
            mentor = turn.registration.mentor
            mentor.reminders_off_at, mentor.remind_at = utc_now(), None
            return [MessageRef("note-no-reminders")]
        if turn.intent == "remind_me" and question not in (None, START):
            return [_remind(turn)]
        if turn.intent == "continue_elsewhere" and turn.registration.mentor.started_at is not None:
            link = continue_links.make(turn.session, self._vault, turn.registration.mentor.id)
            return [MessageRef("note-link", (("link", link),))]
        return change_language(turn) if turn.intent == CHANGE_LANGUAGE else None

    def _take_edit(self, turn: Turn) -> list[MessageRef]:
        """Handle an edited message: correct its answer, or ask again if more depends on it."""
        current, before = turn.registration, edited(turn.session, self._ledger, turn.conversation, turn.message)
        item = form.BY_ID.get(before.item) if before is not None and before.item is not None else None
        is_photo = bool(turn.message.upload or turn.message.problem)
        if before is None or item is None or is_photo != (item.answer is Answer.PHOTO):
            return [MessageRef("note-edit-of-nothing")]
        is_open = item.id == current.topic
        if not is_open and not current.change(item.id):
            return [MessageRef("note-not-changeable")]
        taken = None
        if is_open or (current.mentor.submitted_at is None and item.id != form.EMAIL):
            taken = self._answering.take_edit(turn, item, before)
        if taken is None:
            return [MessageRef("note-edit-asked")]
        return taken if is_open or current.open_question == SAVE else [*taken, MessageRef("note-edit-taken")]

    def _begin(self, turn: Turn) -> list[MessageRef]:
        # A message to a question that has been deleted since does not begin anything.
        if turn.intent != "register" or turn.message.shown not in ("", START):
            return [MessageRef(NOTES_BEFORE_START.get(turn.intent, "fallback-start"))]
        mentor = turn.registration.mentor
        mentor.check_provider, mentor.needs_place = self._provider.name, self._provider.needs_place
        turn.registration.start()
        site_events.record(turn.session, site_events.Kind.STARTED, mentor.id)
        return []

    def _after_submit(self, turn: Turn) -> list[MessageRef]:
        """Apply a move after submission, while no question is open."""
        current = turn.registration
        if turn.message.kind is Kind.PHOTO and current.change(form.PHOTO):
            return self._answering.take(turn, form.BY_ID[form.PHOTO])
        corrected = self._values.correct(turn, None) if turn.intent == "change_answer" else None
        if corrected is not None:
            return corrected
        if turn.intent == "change_answer" and turn.target is not None:
            return [] if current.change(ItemId(turn.target)) else [MessageRef("note-not-changeable")]
        if turn.intent == "change_answer":
            return [MessageRef("note-review-change"), MessageRef("summary")]
        if turn.intent == "cancel":
            current.confirm(CANCEL)
            return []
        if turn.intent == "end_something":
            return [MessageRef("note-which-ending")]
        if turn.intent in ("withdraw_consent", "meant_otherwise"):
            return [_consents_in_force(current)]
        check = current_check(turn.session, current.mentor.id)
        if turn.intent == "register" and check is not None and check.status in _CAME_TO_NOTHING:
            current.reopen()
            return [MessageRef("note-try-again")]
        note = once_sent_note(turn.message.text, stage(turn.session, current))
        return [with_standing(turn.session, current, note)]

    def _navigate(self, turn: Turn, question: ItemId) -> list[MessageRef] | None:
        current = turn.registration
        if question in (START_OVER, CANCEL) and turn.intent in ("resume", str(question)):
            return None  # the buttons' texts
        if turn.intent == "change_answer" and turn.value and current.is_proving_other:
            raise InvalidAnswerError("note-code-none")  # an address alone proves nothing
        corrected = self._values.correct(turn, question) if turn.intent == "change_answer" else None
        if corrected is not None:
            return corrected
        if turn.intent in ("go_back", "change_answer", "resume"):
            forget(turn.session, current.mentor.id, DATE_CANDIDATES)
        if turn.intent == "go_back":
            before = form.CLAUSES[0].id if turn.is_at_card else None
            return [] if current.back(before) else [MessageRef("note-first-question")]
        if turn.intent == "change_answer":
            if turn.target is None:
                note = MessageRef("note-review-change")
                return [note] if question == REVIEW else [note, MessageRef("summary")]
            if turn.target == question or current.change(ItemId(turn.target)):
                return []
            return [
                MessageRef("note-not-answered-yet" if current.mentor.submitted_at is None else "note-not-changeable")
            ]
        if turn.intent == "resume":
            return [MessageRef("note-kept")] if current.resume() and current.mentor.submitted_at is not None else []
        if turn.intent == "resend_code" and question != EMAIL_CODE:
            return [MessageRef("note-no-code-open")]
        if turn.intent == "skip" and question == form.EMAIL and has_none(turn.text) and self._has_no_account(turn):
            return [MessageRef("note-new-account")]
        if turn.intent == "skip":
            return [] if current.resume() else [MessageRef(topic_sentence("skip", current.topic))]
        if turn.intent == "pause":
            return [MessageRef(topic_sentence("note-paused", question))]
        if turn.intent == "start_over" and current.mentor.submitted_at is not None:
            return [MessageRef("note-submitted-already")]
        if turn.intent == "end_something":
            return [MessageRef("note-which-ending")]
        if turn.intent == "withdraw_consent":
            return [_consents_in_force(current)]
        if turn.intent == "meant_otherwise":
            return self._ask_last_again(turn, question)
        if turn.intent in ("start_over", "cancel"):
            current.confirm(START_OVER if turn.intent == "start_over" else CANCEL)
            return []
        if turn.intent == "see_review":
            return [] if question == REVIEW and not turn.wants_whole else [summary(turn)]
        if turn.tap is not None and turn.tap.reply in (ONE_BY_ONE, ON_ONE_CARD):
            turn.conversation.one_by_one = turn.tap.reply == ONE_BY_ONE
        return [] if turn.intent in ("repeat", "register") else None

    @staticmethod
    def _has_no_account(turn: Turn) -> bool:
        """At the address of an account that is said not to exist: register instead; False if it was not about one."""
        current = turn.registration
        is_about_one = current.answers.get(form.ACCOUNT) == form.Account.EXISTING and form.EMAIL not in current.answers
        if is_about_one:
            current.answer(form.BY_ID[form.ACCOUNT], form.Account.NEW, turn.row.id)
        return is_about_one

    @staticmethod
    def _ask_last_again(turn: Turn, question: ItemId) -> list[MessageRef] | None:
        """Ask the last yes-or-no question again, which the mentor wants to answer differently."""
        current = turn.registration
        if question in (START_OVER, CANCEL, JOIN, SAVE, CONFIRM) or current.withdrawing is not None:
            return None  # the message is no clear reply to it, so it is asked again
        last = current.last_decided or (form.ACCOUNT if form.ACCOUNT in current.answers else None)
        is_at_yes_or_no = question in form.BY_ID and form.BY_ID[question].answer in (Answer.YES_NO, Answer.CHOICE)
        if last is None or last == question or (is_at_yes_or_no and turn.conversation.misses):
            return []  # the misunderstanding was at this question
        return [MessageRef("note-asked-again")] if current.change(last) else []

    def _at_check(self, turn: Turn, question: ItemId) -> list[MessageRef] | None:
        if turn.intent == "affirm":
            if question == REVIEW:
                return None if turn.tap is not None or says_submit(turn.text) else [MessageRef("note-say-submit")]
            turn.registration.change(turn.registration.refused[0].id)
            return []
        if turn.intent == "deny":
            return [MessageRef("note-review-change" if question == REVIEW else "note-draft-kept")]
        raise InvalidAnswerError(f"note-unclear-{question}")


def summary(turn: Turn) -> MessageRef:
    """All answers, whole if that was asked for."""
    return MessageRef("summary", (("whole", "yes"),) if turn.wants_whole else ())


def _to_stale_tap(turn: Turn) -> list[MessageRef]:
    """What is said to a tap that comes too late; nothing to a second one where the next clause is asked already."""
    turn.chosen = turn.repeated
    return [] if turn.chosen else [MessageRef("note-stale")]


def _remind(turn: Turn) -> MessageRef:
    """Set a reminder for the requested time, or in a day."""
    mentor = turn.registration.mentor
    here = utc_now().astimezone(ZoneInfo(mentor.time_zone or "UTC"))
    when = here + timedelta(days=reminder_days(turn.message.text, here.date()) or 1)
    mentor.remind_at, mentor.reminders_off_at = when.astimezone(UTC), None
    return MessageRef("note-remind", (("when", when),))


def _consents_in_force(current: Registration) -> MessageRef:
    """The note with the consents that can be withdrawn."""
    return MessageRef("note-consents" if current.in_force else "note-no-consents")

"""Records consents and withdrawals in the ledger, from which they take effect."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.checks.service import current_check, withdraw
from bot.moves.turn import Turn
from bot.notifications import site_events
from bot.privacy.confirmations import Confirmations
from bot.registration import form
from bot.registration.answers import REFUSED, UNCLEAR, WITHDRAWN, InvalidAnswerError, MessageRef, read_decision
from bot.registration.form import Item
from bot.registration.ledger import Contents, Entry, Ledger, Recorded
from bot.registration.registration import CONFIRM, RECONSIDER, Registration
from bot.security.vault import Vault
from bot.storage.models import utc_now
from bot.understanding.consent import agrees_to_several
from bot.understanding.dates import looks_like_date, masked
from bot.understanding.learned import LIKELY_REPLY

_IDS = frozenset(item.id for item in form.CONSENTS)
#: At the question whether to withdraw a consent, "I agree" is ambiguous.
_AGREEING = re.compile(r"agree|consent|permi", re.IGNORECASE)


class Consents:
    """Handles replies to commitments and clauses.

    Args:
        vault: holds the key of the date of birth, which is deleted when a check ends.
        ledger: records the replies.
        confirmations: tell by e-mail of a consent that was taken back.
    """

    def __init__(self, vault: Vault, ledger: Ledger, confirmations: Confirmations) -> None:
        self._vault = vault
        self._ledger = ledger
        self._confirmations = confirmations

    def take(self, turn: Turn, item: Item) -> list[MessageRef]:
        """Handle a reply to a consent, to whether a likely yes is one, or to whether to withdraw it.

        Raises:
            InvalidAnswerError: it is neither a yes nor a no; the ledger records it as unclear.
        """
        if turn.registration.withdrawing is not None:
            return self._take_withdrawal(turn, item)
        current = turn.registration
        if turn.intent == LIKELY_REPLY:
            current.consent(self._record(turn, item, UNCLEAR))
            current.ask_back(item, _masked(turn.message.text), turn.row.id)
            return []
        try:
            decision = read_decision(turn.intent, turn.message.text)
        except InvalidAnswerError:
            current.consent(self._record(turn, item, UNCLEAR))
            raise
        if turn.clause is not None:
            turn.chosen = decision
            if current.is_done(item) and current.consents[item.id].decision == decision:
                return []  # pressed twice
        is_second_look = turn.clause is None and item in current.refused
        current.consent(self._record(turn, item, decision))
        if is_second_look:
            _look_at_next(current, item)
        if decision == REFUSED and turn.clause is None:
            return [MessageRef("note-refused")]
        if turn.tap is None and agrees_to_several(turn.message.text) and current.open_question in _IDS:
            return [MessageRef("note-each-is-asked")]
        # An earlier check has ended, and the date of birth was deleted with it.
        asks_again = current.open_question == form.DATE_OF_BIRTH and current_check(turn.session, current.mentor.id)
        return [MessageRef("note-date-needed")] if asks_again else []

    def withdraw_all(self, turn: Turn, registration: Registration) -> list[Recorded]:
        """Record a withdrawal in the ledger for each consent in force."""
        in_force = [form.BY_ID[item_id] for item_id in registration.consents]
        return [self._record(turn, item, WITHDRAWN, registration.mentor.id) for item in in_force]

    def _take_withdrawal(self, turn: Turn, item: Item) -> list[MessageRef]:
        """Handle the reply to the question whether to withdraw a consent: a yes withdraws it."""
        current = turn.registration
        if turn.intent not in ("affirm", "deny") or (turn.tap is None and _AGREEING.search(turn.message.text)):
            raise InvalidAnswerError("note-unclear-withdrawal")
        if turn.intent == "deny":
            current.resume()
            return [MessageRef("note-kept")]
        self._confirmations.withdrawn(turn.session, current, turn.conversation.language, item)
        current.consent(self._record(turn, item, WITHDRAWN))
        withdraw(turn.session, self._vault, current.mentor.id)
        current.reopen()
        site_events.record(turn.session, site_events.Kind.WITHDRAWN, current.mentor.id)
        current.consent(self._record(turn, item, REFUSED))
        return [MessageRef("note-withdrawn")]

    def _record(self, turn: Turn, item: Item, decision: str, mentor_id: str | None = None) -> Recorded:
        conversation = turn.conversation
        replies = [_masked(turn.message.text)]
        shown_at = conversation.delivered_at or utc_now()
        if turn.clause is not None:
            shown_at = turn.row.received_at - timedelta(seconds=turn.message.seconds)
        if turn.registration.open_question == CONFIRM:
            replies.insert(0, turn.registration.doubted.text)
        entry = Entry(
            mentor_id=mentor_id or turn.registration.mentor.id,
            item=item,
            decision=decision,
            language=conversation.language,
            shown_at=shown_at,
            reading="button" if turn.tap else "typed",
            channel=conversation.channel,
            contents=Contents(reply="\n".join(replies), message_id=turn.row.external_id, turn_id=turn.row.id),
        )
        return self._ledger.add(turn.session, entry)


def _look_at_next(current: Registration, item: Item) -> None:
    """Ask the next refused consent after ``item``, if a second look at them has begun."""
    after = form.CONSENTS[form.CONSENTS.index(item) + 1 :]
    later = [each for each in after if each in current.refused]
    if later and current.open_question == RECONSIDER:
        current.change(later[0].id)


def _masked(text: str) -> str:
    return masked(text) if looks_like_date(text) else text

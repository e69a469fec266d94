"""What the ledger is told of a reply to a consent: what was shown, what was said, and nothing that was not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, UNCLEAR, MessageRef
from bot.registration.form import ItemId
from bot.storage import Conversation, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, consents, text

ITEM = form.BY_ID[ItemId("two_months")]


def newest(store: Store) -> Any:
    return consents(store)[-1]


@pytest.mark.parametrize("by_tap", [True, False], ids=["tap", "typed"])
@pytest.mark.parametrize(
    ("label", "words", "decision"), [("I agree", "yes", AGREED), ("I do not agree", "no", REFUSED)]
)
def test_a_record_says_what_was_shown_and_how_it_was_answered(
    mentor: ChattingMentor, store: Store, label: str, words: str, decision: str, *, by_tap: bool
) -> None:
    mentor.comes_to(ITEM.id)
    with store.write() as session:
        conversation = session.get_one(Conversation, mentor.conversation_id)
        conversation.language = "fr"
        shown_at = conversation.delivered_at
    said = Incoming(Kind.BUTTON, payload=mentor.payload(label)) if by_tap else text(words)
    before = utc_now()
    turn_id = mentor.leaves(said, "the channel's own id")
    mentor.takes(turn_id, "affirm" if decision == AGREED else "deny")
    record = newest(store)
    assert (record.mentor_id, record.item_id, record.decision) == (mentor.mentor_id, ITEM.id, decision)
    assert (record.wording, record.wording_version) == (ITEM.wording, ITEM.version)
    assert record.wording_sha256 == ITEM.wording_sha256
    assert record.shown_at == shown_at
    assert shown_at is not None
    assert shown_at < before <= record.answered_at <= utc_now()
    assert (record.language, record.channel) == ("fr", "web")
    assert record.reading == ("button" if by_tap else "typed")
    assert record.reply == (label if by_tap else words)
    assert (record.message_id, record.turn_id) == ("the channel's own id", turn_id)


@pytest.mark.parametrize("intent", ["affirm", "register", "sounds_like_yes", "inform"])
def test_what_is_only_likely_a_yes_agrees_to_nothing(mentor: ChattingMentor, store: Store, intent: str) -> None:
    mentor.agent.likelihoods = {intent: 0.999}
    mentor.comes_to(ITEM.id).says("the tide comes in at seven")
    assert {each.decision for each in consents(store) if each.item_id == ITEM.id} <= {UNCLEAR}
    with mentor.registration() as current:
        assert ITEM.id not in current.consents
        assert current.open_question == ITEM.id


def test_only_the_intents_of_yes_and_no_are_taken_for_a_decision(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("background_check")
    for intent in ("inform", "nlu_fallback", "faq_cost", ""):
        turn = mentor.takes(mentor.leaves(text("yes")), intent)
        assert turn.said[0] == MessageRef("note-unclear-consent")
        assert mentor.question == "background_check"
    assert {record.decision for record in consents(store)} == {UNCLEAR}


def test_a_date_in_a_reply_to_a_consent_is_recorded_without_it(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("two_months").says("I agree, as of 14 August 1978")
    [record] = consents(store)[1:]
    assert record.reply == "I agree, as of • • •"

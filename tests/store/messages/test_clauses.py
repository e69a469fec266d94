"""The code of ethics on one card: each clause is answered by itself, in any order, and recorded by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.messages.incoming import Incoming, Kind
from bot.messages.sight import Seen, TooQuickError
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED
from bot.registration.registration import RECONSIDER
from bot.security.vault import Vault
from bot.storage import Consent, Conversation, Store, TranscriptMessage
from tests.store.mentor import ChattingMentor, consents

CLAUSES = [str(item.id) for item in form.CLAUSES]
FIRST, SECOND, SEVENTH, LAST = CLAUSES[0], CLAUSES[1], CLAUSES[6], CLAUSES[-1]


class Chooser(ChattingMentor):
    """A mentor on a channel that shows all clauses on one card."""

    shows_cards = True

    @property
    def card(self) -> dict[str, Any]:
        """The question that was asked last."""
        return next(each for each in reversed(self.messages()) if each.get("question"))

    def button(self, clause: str, label: str = "I agree") -> str:
        """The payload of a clause's button."""
        [found] = [each for each in self.card["clauses"] if each["id"] == clause]
        return next(str(each["payload"]) for each in found["buttons"] if each["label"] == label)

    def presses(self, clause: str, label: str = "I agree") -> str:
        """Press a button of a clause; gives what the bot said."""
        return self.taps_payload(self.button(clause, label))

    def answers(self) -> dict[str, str]:
        """What the card shows of each clause that is answered."""
        return {each["id"]: each["answer"] for each in self.card["clauses"] if each["answer"]}


@pytest.fixture
def mentor(store: Store, vault: Vault, data_dir: Path) -> Iterator[Chooser]:
    with Chooser(store, vault, data_dir) as chatting:
        yield chatting.comes_to(FIRST)


def decided(store: Store) -> list[tuple[str, str]]:
    """What the ledger has of the clauses, in order."""
    return [(each.item_id, each.decision) for each in consents(store) if each.item_id in CLAUSES]


def test_the_card_has_each_clause_as_it_counts_with_two_like_buttons(mentor: Chooser) -> None:
    card = mentor.card
    assert (card["question"], card["input"]) == (FIRST, "consent")
    assert "clause" not in card
    assert [each["id"] for each in card["clauses"]] == CLAUSES
    for item, shown in zip(form.CLAUSES, card["clauses"], strict=True):
        assert (shown["text"], shown["sha256"], shown["answer"]) == (item.wording, item.wording_sha256, "")
        assert [(each["label"], each["style"]) for each in shown["buttons"]] == [
            ("I agree", "primary"),
            ("I do not agree", "primary"),
        ]
        assert shown["meaning"]
        assert "translation" not in shown
    assert [each["label"] for each in card["buttons"]] == ["One at a time", "Back"]


def test_in_french_each_clause_has_its_translation_below_it(mentor: Chooser) -> None:
    mentor.says("en français s’il vous plaît")
    card = mentor.card
    assert set(card["translation"]) == {"language", "label"}
    assert all(each["translation"] and each["text"] != each["translation"] for each in card["clauses"])
    assert [each["text"] for each in card["clauses"]] == [item.wording for item in form.CLAUSES]


def test_clauses_are_answered_in_any_order_each_with_its_own_record(mentor: Chooser, store: Store) -> None:
    said = len(mentor.messages())
    assert mentor.presses(SEVENTH) == ""
    assert mentor.presses(LAST, "I do not agree") == ""
    assert mentor.presses(FIRST) == ""
    assert decided(store) == [(SEVENTH, AGREED), (LAST, REFUSED), (FIRST, AGREED)]
    assert mentor.question == SECOND
    # The card stays the one message; what was pressed is noted behind it.
    added = mentor.messages()[said:]
    assert [(each["from"], each["on_clause"], each["chosen"]) for each in added] == [
        ("mentor", SEVENTH, AGREED),
        ("mentor", LAST, REFUSED),
        ("mentor", FIRST, AGREED),
    ]
    assert mentor.answers() == {SEVENTH: AGREED, LAST: REFUSED, FIRST: AGREED}
    with store.read() as session:
        rows = session.scalars(select(Consent).where(Consent.item_id.in_(CLAUSES)).order_by(Consent.id)).all()
        wordings = {item.id: item.wording for item in form.CLAUSES}
        assert [row.wording for row in rows] == [wordings[form.ItemId(row.item_id)] for row in rows]
        assert {row.reading for row in rows} == {"button"}


def test_once_all_are_answered_the_next_question_comes(mentor: Chooser, store: Store) -> None:
    for clause in reversed(CLAUSES):
        assert mentor.question == FIRST
        mentor.presses(clause)
    assert mentor.question == form.CODE_OF_ETHICS
    assert mentor.card["question"] == form.CODE_OF_ETHICS
    assert decided(store) == [(clause, AGREED) for clause in reversed(CLAUSES)]


def test_a_refusal_is_explained_once_at_the_end(mentor: Chooser, store: Store) -> None:
    for clause in CLAUSES:
        heard = mentor.presses(clause, "I do not agree" if clause == SEVENTH else "I agree")
    assert mentor.question == RECONSIDER
    assert "You said no to this" in heard
    mentor.taps("Look again")
    assert mentor.card["clause"] == form.BY_ID[form.ItemId(SEVENTH)].wording
    mentor.taps("I agree")
    assert mentor.question == form.CODE_OF_ETHICS


def test_an_answer_can_be_changed_and_the_same_again_is_recorded_once(mentor: Chooser, store: Store) -> None:
    mentor.presses(SEVENTH)
    mentor.presses(SEVENTH)
    assert decided(store) == [(SEVENTH, AGREED)]
    mentor.presses(SEVENTH, "I do not agree")
    mentor.presses(SEVENTH, "I agree")
    assert decided(store) == [(SEVENTH, AGREED), (SEVENTH, REFUSED), (SEVENTH, AGREED)]
    assert mentor.answers() == {SEVENTH: AGREED}


def test_a_clause_pressed_while_the_mentor_asks_for_one_at_a_time_is_followed_by_the_next(mentor: Chooser) -> None:
    [one_by_one] = [each["payload"] for each in mentor.card["buttons"] if each["label"] == "One at a time"]
    presses = (Incoming(Kind.BUTTON, payload=payload) for payload in (one_by_one, mentor.button(FIRST)))
    mentor.sends_at_once(*presses)
    assert (mentor.card["question"], mentor.card["clause"]) == (SECOND, form.CLAUSES[1].wording)


def test_after_going_on_the_card_answers_nothing(mentor: Chooser, store: Store) -> None:
    button = mentor.button(SEVENTH, "I do not agree")
    for clause in CLAUSES:
        mentor.presses(clause)
    before = decided(store)
    assert "belongs to an earlier question" in mentor.taps_payload(button)
    assert decided(store) == before
    assert mentor.question == form.CODE_OF_ETHICS


@pytest.mark.parametrize("words", ["I agree", "yes", "no", "I do not agree", "I guess", "yes to all", "hm"])
def test_typed_words_answer_no_clause_of_the_card_but_ask_it_alone(mentor: Chooser, store: Store, words: str) -> None:
    mentor.presses(FIRST)
    heard = mentor.says(words)
    assert decided(store) == [(FIRST, AGREED)]
    assert "one at a time" in heard
    assert mentor.card["clause"] == form.BY_ID[form.ItemId(SECOND)].wording
    mentor.says("I agree")
    assert decided(store) == [(FIRST, AGREED), (SECOND, AGREED)]
    assert mentor.card["question"] == CLAUSES[2]
    assert "clauses" not in mentor.card


def test_one_at_a_time_and_back_to_the_card_by_button(mentor: Chooser, store: Store) -> None:
    mentor.presses(SECOND)
    mentor.taps_payload(mentor.card["buttons"][0]["payload"])
    assert mentor.card["clause"] == form.CLAUSES[0].wording
    mentor.taps("I agree")
    assert mentor.card["clause"] == form.CLAUSES[2].wording
    mentor.taps("All on one card")
    assert mentor.answers() == {FIRST: AGREED, SECOND: AGREED}
    assert decided(store) == [(SECOND, AGREED), (FIRST, AGREED)]


def test_the_card_before_is_closed_once_a_clause_is_asked_alone(mentor: Chooser, store: Store) -> None:
    button = mentor.button(SEVENTH)
    mentor.says("yes")
    assert "belongs to an earlier question" in mentor.taps_payload(button)
    assert decided(store) == []


def test_a_question_is_answered_and_the_card_comes_again_as_it_was(mentor: Chooser, store: Store) -> None:
    mentor.presses(SEVENTH)
    before = mentor.card["id"]
    assert mentor.says("is it free?")
    assert mentor.card["id"] > before
    assert mentor.answers() == {SEVENTH: AGREED}
    mentor.presses(FIRST)
    assert decided(store) == [(SEVENTH, AGREED), (FIRST, AGREED)]


def test_back_leaves_the_card_whatever_is_answered_on_it(mentor: Chooser) -> None:
    mentor.presses(FIRST)
    mentor.presses(SECOND)
    mentor.says("go back")
    assert mentor.question == "published_and_rated"
    mentor.taps("Keep my answer")
    assert mentor.answers() == {FIRST: AGREED, SECOND: AGREED}


def test_one_clause_is_changed_alone(mentor: Chooser) -> None:
    mentor.presses(SEVENTH)
    mentor.taps_payload(f"change_answer:{SEVENTH}")
    assert mentor.card["clause"] == form.CLAUSES[6].wording
    mentor.taps("I do not agree")
    assert mentor.answers() == {SEVENTH: REFUSED}


def test_who_starts_over_meanwhile_agrees_to_nothing(mentor: Chooser, store: Store) -> None:
    button = mentor.button(SEVENTH)
    mentor.says("start over")
    mentor.taps_payload(button)
    assert decided(store) == []


def test_a_clause_whose_wording_is_another_now_is_shown_anew(mentor: Chooser, store: Store) -> None:
    with store.write() as session:
        row = session.scalars(select(TranscriptMessage).order_by(TranscriptMessage.id.desc())).first()
        assert row is not None
        row.body = row.body | {
            "clauses": [each | ({"sha256": "0" * 64} if each["id"] == SEVENTH else {}) for each in row.body["clauses"]]
        }
    mentor.presses(SEVENTH)
    assert decided(store) == []
    mentor.presses(SEVENTH)
    assert decided(store) == [(SEVENTH, AGREED)]


def test_a_payload_that_the_card_did_not_offer_does_nothing(mentor: Chooser, store: Store) -> None:
    mentor.taps_payload(f"affirm:{SEVENTH}:0")
    mentor.taps_payload(f"inform:{SEVENTH}:{mentor.button(SEVENTH).split(':')[2]}")
    assert decided(store) == []


def test_what_is_pressed_while_the_turn_before_waits_is_taken_too(mentor: Chooser, store: Store) -> None:
    """No clause waits for another one: the buttons stay good while answers come in."""
    buttons = [mentor.button(clause) for clause in CLAUSES[:4]]
    turns = [mentor.leaves(Incoming(Kind.BUTTON, payload=each)) for each in buttons]
    assert len(set(turns)) == 4
    mentor.service_starts_again()
    mentor.waits()
    assert decided(store) == [(clause, AGREED) for clause in CLAUSES[:4]]


def test_the_record_says_for_how_long_the_clause_itself_was_there(mentor: Chooser, store: Store) -> None:
    mentor.consent_seconds = 2.0
    card = mentor.card["id"]
    with store.write() as session:
        shown = session.get_one(TranscriptMessage, card)
        shown.created_at -= timedelta(hours=1)
    press = Incoming(Kind.BUTTON, payload=mentor.button(SEVENTH))
    with pytest.raises(TooQuickError):
        mentor.leaves(press, seen=Seen(card, 0.69))
    mentor.leaves(press, seen=Seen(card, 3.0))
    mentor.service_starts_again()
    mentor.waits()
    with store.read() as session:
        [record] = session.scalars(select(Consent).where(Consent.item_id == SEVENTH)).all()
        assert 3.0 <= (record.answered_at - record.shown_at).total_seconds() < 30


def test_a_channel_that_shows_no_cards_asks_one_by_one(store: Store, vault: Vault, data_dir: Path) -> None:
    with ChattingMentor(store, vault, data_dir) as plain:
        plain.comes_to(FIRST)
        question = plain.messages()[-1]
        assert question["clause"] == form.CLAUSES[0].wording
        assert [each["label"] for each in question["buttons"]] == ["I agree", "I do not agree", "Back"]


def test_the_preference_is_one_of_the_conversation(mentor: Chooser, store: Store) -> None:
    mentor.says("yes")
    with store.read() as session:
        assert session.get_one(Conversation, mentor.conversation_id).one_by_one

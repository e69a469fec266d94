"""Consents are taken back and set right in the mentor's own words, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages.incoming import MAXIMUM_PAYLOAD_BYTES, Tap
from bot.moves.deletion import ERASE
from bot.registration import form
from bot.registration.answers import AGREED, REFUSED, WITHDRAWN
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, RECONSIDER, REVIEW
from bot.security.vault import Vault
from bot.storage import Store
from tests.store.mentor import ChattingMentor, consents, queued

WISHES = [
    "I want to withdraw a consent",
    "withdraw consent",
    "I take it back",
    "I no longer agree",
    "retirer un accord",
]
LIST = "These are the consents you have given"


@pytest.fixture
def registered(store: Store, vault: Vault, data_dir: Path) -> Iterator[ChattingMentor]:
    """A mentor who has submitted."""
    with ChattingMentor(store, vault, data_dir) as chatting:
        chatting.says("yes")
        chatting.comes_to(REVIEW).says("submit")
        assert chatting.question is None
        yield chatting


def decisions(store: Store, item: str) -> list[str]:
    return [each.decision for each in consents(store) if each.item_id == item]


def offered(mentor: ChattingMentor) -> dict[str, str]:
    """The buttons of the list of consents: payloads by label."""
    [message] = [each for each in mentor.news() if LIST in each["text"]]
    return {each["label"]: each["payload"] for each in message["buttons"]}


@pytest.mark.parametrize("words", WISHES)
def test_after_the_submit_the_consents_are_listed_each_with_its_button(
    registered: ChattingMentor, store: Store, words: str
) -> None:
    registered.says(words)
    assert registered.question is None
    buttons = offered(registered)
    assert [Tap.parse(each) for each in buttons.values()] == [Tap("change_answer", item.id) for item in form.CONSENTS]
    assert all(len(each.encode()) <= MAXIMUM_PAYLOAD_BYTES for each in buttons.values())
    assert len(buttons) == len(form.CONSENTS), "no two have the same name"
    assert queued(store, ERASE) == []
    registered.taps_payload(buttons["Privacy"])
    assert registered.question == "ethics_privacy"
    assert decisions(store, "ethics_privacy") == [AGREED], "to look is not to take back"
    registered.taps("Withdraw this consent")
    assert decisions(store, "ethics_privacy") == [AGREED, WITHDRAWN, REFUSED]


@pytest.mark.parametrize("words", ["unsubscribe", "Unsubscribe me please"])
def test_to_unsubscribe_ends_the_reminders_and_offers_the_consents(registered: ChattingMentor, words: str) -> None:
    assert "no more reminders" in registered.says(words)
    assert registered.question is None
    registered.taps("Withdraw a consent")
    assert "Background check" in offered(registered)


@pytest.mark.parametrize("words", WISHES[:3])
def test_before_the_submit_what_was_agreed_is_listed_and_asked_again(
    mentor: ChattingMentor, store: Store, words: str
) -> None:
    mentor.comes_to("ethics_laws").says("no")
    mentor.says(words)
    assert mentor.question == "ethics_mentee_rights"
    buttons = offered(mentor)
    assert "Laws" not in buttons, "that was refused"
    assert list(buttons)[:2] == ["Background check", "At least two months"]
    mentor.taps_payload(buttons["At least two months"])
    assert mentor.question == "two_months"
    mentor.says("no")
    assert mentor.question == "ethics_mentee_rights"
    assert decisions(store, "two_months") == [AGREED, REFUSED]


def test_where_nothing_was_agreed_there_is_nothing_to_withdraw(mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons")
    assert "You have no consent to withdraw" in mentor.says("I want to withdraw a consent")
    assert mentor.question == "reasons"
    with mentor.registration() as current:
        assert ItemId("reasons") not in current.answers


@pytest.mark.parametrize(
    ("at", "words", "item"),
    [
        ("two_months", "Actually no, I take back what I said about the background check", "background_check"),
        ("ethics_records", "I no longer agree with the publishing", "published_and_rated"),
        (REVIEW, "I no longer agree with the publishing", "published_and_rated"),
        (REVIEW, "I take back what I said about clause 3", "ethics_laws"),
        (REVIEW, "je ne suis plus d’accord avec la publication", "published_and_rated"),
    ],
)
def test_an_item_that_is_taken_back_by_name_is_asked_again(
    mentor: ChattingMentor, store: Store, at: str, words: str, item: str
) -> None:
    mentor.comes_to(at).says(words)
    assert mentor.question == item
    assert decisions(store, item) == [AGREED]
    mentor.taps("I do not agree")
    assert decisions(store, item) == [AGREED, REFUSED]


def test_after_the_submit_it_is_confirmed_first(registered: ChattingMentor, store: Store) -> None:
    assert "Do you want to withdraw this consent?" in registered.says("I no longer agree with the publishing")
    registered.says("no")
    assert decisions(store, "published_and_rated") == [AGREED]
    registered.says("I take back what I said about the background check")
    registered.says("yes")
    assert decisions(store, "background_check") == [AGREED, WITHDRAWN, REFUSED]


def test_what_was_not_asked_yet_is_not_asked_out_of_turn(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months")
    mentor.says("I no longer agree with the publishing")
    assert mentor.question == "two_months"


@pytest.mark.parametrize(("said", "then"), [("no", "sorry, I meant yes"), ("yes", "sorry, I meant no")])
def test_who_meant_it_otherwise_is_asked_that_again(mentor: ChattingMentor, store: Store, said: str, then: str) -> None:
    mentor.comes_to("two_months").says(said)
    assert mentor.question == "published_and_rated"
    heard = mentor.says(then)
    assert mentor.question == "two_months"
    assert "Here is that question again" in heard
    first = [AGREED] if said == "yes" else [REFUSED]
    assert decisions(store, "two_months") == first, "to be asked again is to have said nothing yet"
    assert decisions(store, "published_and_rated") == []
    mentor.says("yes" if said == "no" else "no")
    assert decisions(store, "two_months") == [*first, AGREED if said == "no" else REFUSED]
    assert mentor.question == "published_and_rated"


@pytest.mark.parametrize(("said", "then"), [("no", "sorry, I meant yes"), ("yes", "sorry, I meant no")])
def test_the_kind_of_account_is_asked_again_too(mentor: ChattingMentor, said: str, then: str) -> None:
    mentor.comes_to("account").says(said)
    assert mentor.question != form.ACCOUNT
    mentor.says(then)
    assert mentor.question == form.ACCOUNT


def test_at_the_first_consent_it_is_that_one_that_is_meant(mentor: ChattingMentor, store: Store) -> None:
    mentor.comes_to("two_months")
    mentor.says("I guess")
    mentor.says("sorry, I meant yes")
    assert mentor.question == "two_months", "it is asked again, and nothing before it"
    assert decisions(store, "background_check") == [AGREED]


def test_at_a_deletion_it_deletes_nothing(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("delete my answers")
    mentor.says("sorry, I meant yes")
    assert mentor.question == CANCEL
    mentor.says("no")
    assert mentor.question == "two_months"


def withdraws(mentor: ChattingMentor) -> str:
    mentor.says("withdraw my permission")
    return mentor.taps("Withdraw this consent")


def test_after_a_withdrawal_it_is_not_held_against_the_mentor(registered: ChattingMentor) -> None:
    heard = withdraws(registered)
    assert "You said no" not in heard
    assert "look at it again" not in heard
    assert "You withdrew your consent to this" in heard
    assert list(registered.buttons()) == ["Agree again"]
    assert "You withdrew your consent to this" in registered.says("hello")


@pytest.mark.parametrize(
    "words", ["I changed my mind, I agree again", "Agree again", "I agree again please", "ok, I changed my mind"]
)
def test_who_agrees_again_is_shown_the_wording_first(registered: ChattingMentor, store: Store, words: str) -> None:
    withdraws(registered)
    registered.says(words)
    assert registered.question == "background_check"
    assert decisions(store, "background_check")[-1] == REFUSED, "not before the wording was shown"
    registered.says("I agree")
    assert decisions(store, "background_check")[-1] == AGREED


def test_a_refusal_is_still_called_one(mentor: ChattingMentor) -> None:
    mentor.comes_to("two_months").says("no")
    mentor.answers_until(RECONSIDER)
    assert "You said no to this" in mentor.heard()
    assert list(mentor.buttons()) == ["Look again", "Not now"]


@pytest.mark.parametrize(
    ("at", "words", "question"),
    [
        (REVIEW, "now send it off please", None),
        (REVIEW, "submit it please", None),
        (REVIEW, "I want send my registration", None),
        (REVIEW, "all gud", REVIEW),
        (form.ACCOUNT, "I'm not registered", form.FULL_NAME),
    ],
)
def test_who_wants_to_go_on_is_not_asked_about_a_deletion(
    mentor: ChattingMentor, at: str, words: str, question: str | None
) -> None:
    mentor.agent.likelihoods = {"cancel": 0.9, "start_over": 0.9, "end_something": 0.9, "inform": 0.001}
    mentor.comes_to(at).says(words)
    assert mentor.question == question


def test_who_sends_it_again_after_the_submit_is_told_where_it_stands(registered: ChattingMentor) -> None:
    registered.agent.likelihoods = {"cancel": 0.9, "start_over": 0.9, "end_something": 0.9, "inform": 0.001}
    assert "It’s already sent" in registered.says("please submit")
    assert registered.question is None


def test_what_may_be_an_end_is_asked_with_buttons(mentor: ChattingMentor, store: Store) -> None:
    mentor.agent.likelihoods = {"cancel": 0.9, "end_something": 0.8, "inform": 0.001}
    mentor.comes_to("two_months").says("I am no longer interested in any of it")
    assert mentor.question == "two_months"
    assert "I am not sure what you want to end" in mentor.heard()
    [message] = [each for each in mentor.news() if "not sure" in each["text"]]
    labels = [each["label"] for each in message["buttons"]]
    assert labels == ["Withdraw a consent", "Start over", "Delete my answers", "None of these"]
    mentor.taps_payload(message["buttons"][2]["payload"])
    assert mentor.question == CANCEL
    mentor.says("no")
    mentor.taps_payload(message["buttons"][3]["payload"])
    assert mentor.question == "two_months"


def test_what_may_be_an_end_after_the_submit_is_asked_with_buttons(registered: ChattingMentor) -> None:
    registered.agent.likelihoods = {"cancel": 0.9, "end_something": 0.8, "inform": 0.001}
    registered.says("I am no longer interested in any of it")
    assert list(registered.buttons()) == ["Withdraw a consent", "Delete my account", "None of these"]
    registered.taps("None of these")
    assert registered.question is None

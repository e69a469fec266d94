"""Lines that are sent one after another belong to the question that was shown when the first was sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.messages.inbox import accept
from bot.messages.incoming import Incoming, Kind
from bot.registration.form import ItemId
from bot.security.vault import Vault
from bot.storage import InboxMessage, Store
from bot.storage.models import utc_now
from tests.store.mentor import ChattingMentor, text

pytestmark = pytest.mark.slow


class LineMentor(ChattingMentor):
    """A mentor on a channel that gathers lines."""

    gather_seconds = 0.3
    sent = 0

    def sends_lines(self, *messages: Incoming | str) -> list[str]:
        """Send messages, long ago, before the bot deals with the first; gives their names."""
        names = []
        for message in messages:
            LineMentor.sent += 1
            names.append(f"line-{LineMentor.sent}")
            incoming = text(message) if isinstance(message, str) else message
            kept = (self.store, self.vault, self.conversation_id, incoming, names[-1])
            accept(*kept, consent_seconds=self.consent_seconds)
        with self.store.write() as session:
            session.execute(update(InboxMessage).values(received_at=utc_now() - timedelta(minutes=1)))
        self.service_starts_again()
        self.waits()
        return names

    def edits(self, name: str, words: str) -> str:
        """Edit a message."""
        return self._turn(Incoming(Kind.EDIT, text=words, edits=name))

    def answer(self, item: str) -> str | None:
        """What is stored for an item."""
        with self.registration() as current:
            return current.answers.get(ItemId(item))


@pytest.fixture
def liner(store: Store, vault: Vault, tmp_path: Path) -> Iterator[LineMentor]:
    with LineMentor(store, vault, tmp_path) as mentor:
        yield mentor


def said_by(mentor: ChattingMentor) -> list[str]:
    return [each["text"] for each in mentor.messages() if each["from"] == "mentor"]


def test_three_lines_are_one_answer_to_the_question_that_was_shown(liner: LineMentor) -> None:
    liner.comes_to("reasons").sends_lines("I like people.", "I have time.", "And I was out of work once.")
    assert liner.answer("reasons") == "I like people.\nI have time.\nAnd I was out of work once."
    assert (liner.question, liner.answer("experience")) == ("experience", None)
    assert said_by(liner)[-3:] == ["I like people.", "I have time.", "And I was out of work once."]


def test_a_name_in_two_lines_is_one_name(liner: LineMentor) -> None:
    liner.comes_to("full_name").sends_lines("Rosa", "O'Neil-Nguyen")
    assert (liner.answer("full_name"), liner.question) == ("Rosa O'Neil-Nguyen", "email")


@pytest.mark.parametrize("more", ["Jon Smith", "that is my full name", "why do you ask?", "thanks"])
def test_what_is_no_rest_of_a_name_is_not_added_to_it(liner: LineMentor, more: str) -> None:
    liner.comes_to("full_name").sends_lines("John Smith", more)
    assert liner.answer("full_name") == "John Smith"


def test_the_parts_of_a_message_that_was_cut_are_joined_as_they_were(liner: LineMentor) -> None:
    first = "I have helped people. " * 186 + "abcd"
    assert len(first) == 4096
    liner.comes_to("reasons").sends_lines(Incoming(Kind.TEXT, text=first, is_cut=True), "efgh, and more. Why not?")
    assert liner.answer("reasons") == f"{first}efgh, and more. Why not?"


@pytest.mark.parametrize("more", ["back", "who sees this?", "/help", "gotta go, bye"])
def test_a_command_or_a_question_after_it_is_no_part_of_it(liner: LineMentor, more: str) -> None:
    liner.comes_to("reasons").sends_lines("I like people.", more)
    assert liner.answer("reasons") == "I like people."


def test_a_line_is_waited_for(liner: LineMentor) -> None:
    """A turn is not taken while lines may follow: the second line is written while the first waits."""
    liner.gather_seconds = 1.0
    liner.service_starts_again()
    liner.comes_to("reasons")

    async def two_lines() -> None:
        first = await liner._conversations.accept(liner.conversation_id, text("I like people."), "slow-1")
        assert not await liner._conversations.answered(first, 0.2)
        second = await liner._conversations.accept(liner.conversation_id, text("I have time."), "slow-2")
        assert await liner._conversations.answered(second, 10)
        assert await liner._conversations.answered(first, 10)

    liner._runner.run(two_lines())
    assert liner.answer("reasons") == "I like people.\nI have time."


def test_what_is_no_answer_in_words_waits_for_nothing(liner: LineMentor) -> None:
    liner.gather_seconds = 600.0
    liner.service_starts_again()
    liner.comes_to("reasons").says("back")
    assert liner.question == "email"
    liner.says("change my reasons")
    liner.comes_to("background_check").says("I agree")
    assert liner.question == "two_months"


def test_a_line_that_was_edited_meanwhile_counts_as_it_is_now(liner: LineMentor, store: Store) -> None:
    liner.comes_to("reasons")
    number = LineMentor.sent + 1
    liner.sends_lines(
        "I like poeple.", Incoming(Kind.EDIT, text="I like people.", edits=f"line-{number}"), "I have time."
    )
    assert liner.answer("reasons") == "I like people.\nI have time."
    with store.read() as session:
        assert [row.body for row in session.scalars(select(InboxMessage)) if row.processed_at is None] == []


def test_the_service_may_be_killed_before_the_lines_are_taken(liner: LineMentor) -> None:
    liner.comes_to("reasons")
    liner.agent.fails(2)
    liner.sends_lines("I like people.", "I have time.")
    assert liner.answer("reasons") == "I like people.\nI have time."


def test_each_line_can_be_edited_however_often(liner: LineMentor) -> None:
    liner.comes_to("reasons")
    first, second = liner.sends_lines("I like people.", "I have time.")
    for words in ("I love people.", "I adore people."):
        assert "I have changed that answer" in liner.edits(first, words)
        assert liner.answer("reasons") == f"{words}\nI have time."
    liner.edits(second, "I have much time.")
    assert liner.answer("reasons") == "I adore people.\nI have much time."
    assert liner.question == "experience"


def test_a_line_that_comes_before_the_next_question_is_seen_is_added(mentor: ChattingMentor) -> None:
    heard = mentor.comes_to("reasons").says_at_once("I like people.", "I have time.", "I have time.")
    assert "I have added that to your answer" in heard
    with mentor.registration() as current:
        assert current.answers[ItemId("reasons")] == "I like people.\nI have time."
    assert mentor.question == "experience"


@pytest.mark.parametrize("more", ["yes", "next", "I just told you"])
def test_no_button_word_is_added(mentor: ChattingMentor, more: str) -> None:
    mentor.comes_to("expertise").says_at_once("Sales", more)
    with mentor.registration() as current:
        assert current.answers[ItemId("expertise")] == "Sales"
    assert mentor.question == "photo"


def test_a_line_after_a_name_is_told_that_it_came_too_early(mentor: ChattingMentor) -> None:
    assert "came before you could see" in mentor.comes_to("full_name").says_at_once("Rosa", "O'Neil-Nguyen")


@pytest.mark.parametrize(
    "words", ["Welding, ISO 9606-1:2017", "Python 3.12.1, since 2012", "see https://example.org/2019/03/05/me"]
)
@pytest.mark.parametrize("question", ["reasons", "experience", "expertise"])
def test_an_answer_is_judged_by_its_own_question_not_by_the_next(
    mentor: ChattingMentor, question: str, words: str
) -> None:
    mentor.comes_to(question).says(words)
    with mentor.registration() as current:
        assert current.answers[ItemId(question)] == words
    own = [each for each in mentor.messages() if each["from"] == "mentor"][-1]
    assert (own["text"], own.get("hidden")) == (words, None)


def test_an_answer_that_is_changed_while_the_date_is_asked_is_not_hidden(mentor: ChattingMentor) -> None:
    mentor.comes_to("date_of_birth").says("change my expertise")
    mentor.says("Welding, ISO 9606-1:2017")
    assert mentor.question == "date_of_birth"
    assert said_by(mentor)[-1] == "Welding, ISO 9606-1:2017"


def test_after_the_submit_too(mentor: ChattingMentor) -> None:
    mentor.answers_until("review").says("submit")
    mentor.says("change my expertise")
    mentor.says("Welding, ISO 9606-1:2017")
    assert said_by(mentor)[-1] == "Welding, ISO 9606-1:2017"
    mentor.says("14 August 1978")
    assert said_by(mentor)[-1] == "•• •• ••••"


def test_the_second_edit_corrects_the_answer_too(liner: LineMentor) -> None:
    (name,) = liner.comes_to("full_name").sends_lines("Jon Smith")
    for words in ("John Smit", "John Smith", "John A. Smith"):
        assert "I have changed that answer" in liner.edits(name, words)
        assert (liner.answer("full_name"), liner.question) == (words, "email")


def test_a_reply_that_was_not_accepted_is_taken_when_it_is_edited_into_a_good_one(liner: LineMentor) -> None:
    (name,) = liner.comes_to("email").sends_lines("ann@")
    assert liner.question == "email"
    liner.edits(name, "ann@example.org")
    assert (liner.answer("email"), liner.question) == ("ann@example.org", "email_code")


def test_one_that_is_edited_into_no_answer_is_not_stored(liner: LineMentor) -> None:
    (name,) = liner.comes_to("reasons").sends_lines("see above")
    assert "I can’t save that" in liner.edits(name, "next")
    assert (liner.answer("reasons"), liner.question) == (None, "reasons")
    liner.edits(name, "I like people.")
    assert (liner.answer("reasons"), liner.question) == ("I like people.", "experience")


def test_what_is_asked_back_can_be_edited(liner: LineMentor) -> None:
    (name,) = liner.comes_to("full_name").sends_lines("Next")
    liner.edits(name, "Ann Next")
    assert (liner.answer("full_name"), liner.question) == ("Ann Next", "email")


def test_a_question_that_was_edited_is_no_answer(liner: LineMentor) -> None:
    liner.comes_to("reasons").agent.likelihoods = {"faq_sees": 1.0, "inform": 0.01}
    (name,) = liner.sends_lines("who sees this?")
    assert "No answer depends on it" in liner.edits(name, "who sees this, and when?")
    assert liner.question == "reasons"


def test_an_unclear_reply_to_a_consent_is_asked_once_more_not_taken(liner: LineMentor) -> None:
    (name,) = liner.comes_to("two_months").sends_lines("I guess")
    assert "I’ll ask you again" in liner.edits(name, "I agree")
    with liner.registration() as current:
        assert "two_months" not in current.consents

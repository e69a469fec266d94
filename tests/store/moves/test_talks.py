"""A mentor who talks to a person: what goes to them, what goes to the form, and how each is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.api import staff_accounts as staff
from bot.api.staff_accounts import Role
from bot.core.organisation import ORGANISATION
from bot.notifications import people
from bot.registration.form import ItemId
from bot.registration.registration import EMAIL_CODE, JOIN
from bot.storage import Consent, PersonRequest, StaffMember, Store
from tests.store.accounts.test_joining import STORY, has_told, proves
from tests.store.accounts.test_joining import other as other
from tests.store.mentor import CONTACT, ChattingMentor, happened
from tests.support.registrations import BORN

pytestmark = pytest.mark.slow

PASSED_ON = f"I passed this on to the person at {ORGANISATION.name}."
PASSED_ON_AGAIN = f"The person at {ORGANISATION.name} gets this, too."
GO_ON = "Go on with the form"


def add_staff(store: Store, role: Role = Role.DECIDE) -> None:
    with store.write() as session:
        session.add(StaffMember(name=f"ann-{role}", password_hash="", role=role))


@pytest.fixture
def talking(mentor: ChattingMentor, store: Store) -> Callable[[str], ChattingMentor]:
    """Gives a mentor who asked for a person at a question."""
    add_staff(store)

    def at(question: str) -> ChattingMentor:
        mentor.comes_to(question)
        mentor.says("I want to talk to a person")
        mentor.taps("Yes, answer me here")
        return mentor

    return at


def request_of(mentor: ChattingMentor) -> PersonRequest:
    with mentor.store.read() as session:
        return session.scalars(select(PersonRequest).where(PersonRequest.mentor_id == mentor.mentor_id)).one()


def is_answered(mentor: ChattingMentor, text: str, seen: int | None = None) -> None:
    """Have a person answer who saw the messages up to this one, or all."""
    request = request_of(mentor)
    newest = mentor.messages()[-1]["id"] if seen is None else seen
    with mentor.store.write() as session:
        to = (session, mentor.vault, CONTACT, request.id, text)
        people.answer(*to, actor="ann", before=request.answers, seen=newest)


def stored(mentor: ChattingMentor, question: str) -> str | None:
    with mentor.registration() as current:
        return current.answers.get(ItemId(question))


def decisions(mentor: ChattingMentor) -> list[str]:
    with mentor.store.read() as session:
        return list(session.scalars(select(Consent.decision)))


@pytest.mark.parametrize("question", ["reasons", "expertise", "full_name"])
def test_what_is_written_to_a_person_is_no_answer_to_the_form(
    talking: Callable[[str], ChattingMentor], question: str
) -> None:
    mentor = talking(question)
    for text in ("My brother wants to join as well, and we share one address in Lisbon.", "Ana Souza"):
        assert mentor.says(text) in (PASSED_ON, PASSED_ON_AGAIN)
        assert mentor.question == question
        assert "?" not in mentor.heard(), "the form is quiet meanwhile"
    assert stored(mentor, question) is None
    mentor.taps(GO_ON)
    assert mentor.messages()[-1]["question"] == question
    mentor.answers_until({"reasons": "experience", "expertise": "photo", "full_name": "email"}[question])


def test_words_after_an_answer_go_to_the_person_until_the_mentor_goes_on(
    talking: Callable[[str], ChattingMentor],
) -> None:
    mentor = talking("reasons")
    mentor.taps(GO_ON)
    is_answered(mentor, "Yes, that is fine.")
    assert "Go on with the form" in mentor.buttons()
    assert mentor.says("Thank you! And may I use my work address for that?") == PASSED_ON
    assert stored(mentor, "reasons") is None
    mentor.taps(GO_ON)
    mentor.says("I want to give back what others gave me, and I like to teach.")
    assert stored(mentor, "reasons")


@pytest.mark.parametrize("text", ["yes", "I agree", "no", "oui", "👍"])
def test_a_yes_to_a_person_is_no_consent(talking: Callable[[str], ChattingMentor], text: str) -> None:
    mentor = talking("two_months")
    before = decisions(mentor)
    is_answered(mentor, "Do you agree to be called back?")
    assert mentor.says(text).startswith(PASSED_ON)
    assert all("question" not in each for each in mentor.news())
    assert decisions(mentor) == before
    assert mentor.question == "two_months"


def test_nothing_is_sent_started_or_deleted_by_a_yes_to_a_person(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("review")
    assert mentor.says("yes, submit") != ""
    mentor.taps_payload("faq_person")
    mentor.says("delete everything")
    assert mentor.question == "cancel"
    mentor.says("I want to talk to a person")
    assert mentor.says("yes") == PASSED_ON
    assert mentor.question == "cancel"
    with mentor.registration() as current:
        assert current.mentor.submitted_at is None
        assert current.answers


@pytest.mark.parametrize(
    ("command", "question"),
    [("back", "background_check"), ("delete everything", "cancel"), ("start over", "start_over")],
)
def test_a_command_is_for_the_bot(talking: Callable[[str], ChattingMentor], command: str, question: str) -> None:
    mentor = talking("two_months")
    mentor.says(command)
    assert mentor.question == question
    assert not request_of(mentor).is_talking


@pytest.mark.parametrize(
    "text", ["Could you call me again tomorrow?", "Are you a person?", "hello", "thanks", "let me skip to it"]
)
def test_what_only_looks_like_a_command_goes_to_the_person(talking: Callable[[str], ChattingMentor], text: str) -> None:
    mentor = talking("two_months")
    is_answered(mentor, "How can I help?")
    assert request_of(mentor).waiting_since is None
    assert mentor.says(text) == PASSED_ON
    assert request_of(mentor).waiting_since is not None


def test_a_code_an_address_and_a_date_still_answer_their_question(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("email")
    assert mentor.says("Which address do you mean?") == PASSED_ON
    mentor.says(mentor.email)
    assert mentor.question == EMAIL_CODE
    mentor.says("I want to talk to a person")
    assert mentor.says("The code does not come.") == PASSED_ON_AGAIN
    mentor.says(mentor.code())
    assert mentor.question == "reasons"


def test_a_date_of_birth_is_hidden_from_the_person(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("date_of_birth")
    mentor.says("14 August 1978")
    assert mentor.question == "background_check"
    mentor.says("I want to talk to a person")
    mentor.says(f"I was born on {BORN.isoformat()}, is that too young?")
    said = " ".join(each["text"] for each in mentor.messages())
    assert "1978" not in said
    assert str(BORN.year) not in said


def test_a_mentor_who_comes_back_is_told_that_the_talk_goes_on(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("reasons")
    is_answered(mentor, "How can I help?")
    heard = mentor.opens()
    assert heard.startswith(f"A person at {ORGANISATION.name} answers you here")
    assert mentor.says("I have no mentoring experience at all.") == PASSED_ON
    mentor.taps_payload("faq_person:::end")
    assert "A person" not in mentor.opens()


def test_after_the_submit_all_but_commands_goes_to_the_person(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("review")
    mentor.taps(GO_ON)
    mentor.taps("Submit")
    assert mentor.question is None
    mentor.says("I want to talk to a person")
    assert GO_ON not in mentor.buttons()
    assert mentor.says("When will you call me?") == PASSED_ON
    assert "check" in mentor.says("status")
    assert "Delete my account" in (mentor.says("delete my account") and mentor.buttons())


def test_lines_of_a_burst_are_passed_on_with_one_note(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("two_months")
    assert mentor.says_at_once("One thing.", "My neighbour asked me,", "and I told her to ask you.") == PASSED_ON


def test_who_only_reads_cannot_answer(mentor: ChattingMentor, store: Store) -> None:
    add_staff(store, Role.READ)
    mentor.comes_to("reasons")
    said = mentor.says("I want to talk to a person")
    assert CONTACT in said
    assert "answer you here" not in said


def test_once_nobody_can_answer_the_bot_replies_again(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("two_months")
    with mentor.store.write() as session:
        staff.remove(session, f"ann-{Role.DECIDE}", "root")
    assert PASSED_ON not in mentor.says("what is the point of all this paperwork")


def test_a_mentor_who_wrote_after_the_page_was_opened_still_waits(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("two_months")
    seen = mentor.messages()[-1]["id"]
    mentor.says("One more thing: what about holidays?")
    is_answered(mentor, "To your first question: yes.", seen)
    assert request_of(mentor).waiting_since is not None
    is_answered(mentor, "And holidays are yours.")
    assert request_of(mentor).waiting_since is None


@pytest.mark.postgresql_too
def test_a_talk_goes_on_when_two_registrations_become_one(
    talking: Callable[[str], ChattingMentor],
    other: ChattingMentor,
) -> None:
    mentor = talking("two_months")
    other.answers_until("email")
    other.says("I want to talk to a person")
    other.taps("Yes, answer me here")
    other.taps(GO_ON)
    dropped = other.mentor_id
    proves(other, mentor.email)
    assert other.mentor_id == mentor.mentor_id != dropped
    with mentor.store.read() as session:
        requests = session.scalars(select(PersonRequest).order_by(PersonRequest.asked_at)).all()
    assert [each.mentor_id for each in requests] == [mentor.mentor_id] * 2
    assert [each.ended_at is None for each in requests] == [True, False]
    assert happened(mentor.store, dropped)[-1] == "mentor.deleted"


def test_nobody_talks_while_it_is_open_which_registration_goes_on(
    talking: Callable[[str], ChattingMentor],
    other: ChattingMentor,
) -> None:
    mentor = talking("reasons")
    has_told(mentor, STORY)
    has_told(other, "Something else altogether, which took ten years.")
    proves(other, mentor.email)
    assert other.question == JOIN
    other.says("I want to talk to a person")
    other.taps_payload("faq_person:::here")
    with other.store.read() as session:
        assert session.scalars(select(PersonRequest).where(PersonRequest.mentor_id == other.mentor_id)).all() == []


def test_which_registration_goes_on_is_never_a_message_to_the_person(
    talking: Callable[[str], ChattingMentor], other: ChattingMentor
) -> None:
    mentor = talking("reasons")
    has_told(mentor, STORY)
    has_told(other, "Something else altogether, which took ten years.")
    other.says("I want to talk to a person")
    other.taps("Yes, answer me here")
    proves(other, mentor.email)
    assert other.question == JOIN
    is_answered(other, "Which of them do you mean?")
    assert PASSED_ON not in other.says("The one from before"), "it is asked again, because a person spoke meanwhile"
    assert other.question == JOIN
    other.says("The one from before")
    assert other.mentor_id == mentor.mentor_id


def test_a_mentor_who_is_being_erased_talks_to_nobody(talking: Callable[[str], ChattingMentor]) -> None:
    mentor = talking("review")
    mentor.taps(GO_ON)
    mentor.taps("Submit")
    mentor.says("I want to talk to a person")
    mentor.says("delete my account")
    mentor.taps("Delete my account")
    assert PASSED_ON not in mentor.says("Are you still there?")

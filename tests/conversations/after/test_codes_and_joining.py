"""The e-mail address is proven by a code, and one person's two registrations become one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.answers import TEXTS
from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor


@pytest.fixture
def second(bot: RunningBot, mentor: WebMentor) -> Iterator[WebMentor]:
    """The same person in another browser, with the same address."""
    with WebMentor(bot.url) as again:
        again.email = mentor.email
        yield again.opens()


def test_a_code_is_asked_for_until_it_is_the_right_one(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email_code")
    assert f"I have sent a code to {mentor.email}." in mentor.heard()
    wrong = f"{(int(mentor.new_code()) + 1) % 1_000_000:06}"
    mentor.dialogue(f"""
        > {wrong}
        < That’s not the code
        ? email_code
        > why do you need that?
        < the address is really yours
        ? email_code
        > nothing came
        < code
        ? email_code
    """)
    code = mentor.new_code()  # of the second letter, which may still be on its way
    assert mentor.says(f"it is {code[:3]} {code[3:]}").startswith("Thank you")
    assert mentor.question == "reasons"
    assert records.answers["email"] == mentor.email


def test_a_wrong_address_can_be_changed_and_its_code_is_good_no_more(mentor: WebMentor) -> None:
    mentor.answers_until("email_code")
    old = mentor.new_code()
    mentor.dialogue("""
        > wrong address
        ? email
        > other.maria@example.org
        < I have sent a code
        ? email_code
    """)
    new = mentor.new_code()
    if old != new:
        assert "That’s not the code" in mentor.says(old)
    assert mentor.says(new).startswith("Thank you")
    assert mentor.question == "reasons"


def test_a_changed_address_is_proven_again(mentor: WebMentor) -> None:
    mentor.answers_until("expertise").dialogue("""
        > change my e-mail
        ? email
        > someone.else@example.org
        ? email_code
    """)
    mentor.answers()
    assert mentor.question == "expertise"


def test_the_same_address_leads_back_to_the_registration_that_was_begun(
    mentor: WebMentor, second: WebMentor, records: Records
) -> None:
    mentor.answers_until("expertise")
    second.answers_until("email_code")
    assert "We’ll go on with it here" in second.answers()
    assert second.question == "expertise"
    second.answers_until("photo")
    assert records.answers["expertise"] == TEXTS["expertise"]
    assert "Your photo" in mentor.says("repeat") or mentor.question == "photo"


@pytest.mark.parametrize(("label", "reasons"), [("The one from before", "first"), ("This one", "second")])
def test_of_two_registrations_the_mentor_chooses_one(
    mentor: WebMentor, second: WebMentor, records: Records, label: str, reasons: str
) -> None:
    mentor.answers_until("reasons")
    mentor.says("My first reasons are these.")
    mentor.answers_until("photo")
    second.answers_until("email")
    other_address, second.email = second.email, "for.now." + second.email
    second.answers_until("reasons")
    second.says("My second reasons are those.")
    second.email = other_address
    second.dialogue("> change my e-mail").answers()
    second.answers()
    assert second.question == "join"
    second.taps(label)
    assert second.question == ("photo" if reasons == "first" else "experience")
    mentor.says("repeat")
    assert mentor.question == second.question
    assert records.answers["reasons"] == f"My {reasons} reasons are {'these' if reasons == 'first' else 'those'}."


def link_of(mentor: WebMentor) -> str:
    """The token of a link that the mentor asks for."""
    mentor.says("I want to go on on my phone")
    [link] = [each for message in mentor.news for each in message.get("links", []) if "continue=" in each["url"]]
    return str(link["url"].partition("continue=")[2])


def test_a_link_goes_on_in_another_browser_once(bot: RunningBot, mentor: WebMentor) -> None:
    mentor.answers_until("experience")
    token = link_of(mentor)
    with WebMentor(bot.url) as phone, WebMentor(bot.url) as stranger:
        phone.opens(link=token)
        assert phone.question == "join"
        assert f", {mentor.email[0]}…@" in phone.asked["text"]
        phone.dialogue("""
            > hello
            ? join
            > why do you ask?
            < so that nobody gets into somebody else’s
            ? join
            > yes
            < I have sent a code
            ? email_code
        """)
        phone.new_code()
        phone.dialogue("""
            > back
            ? join
        """)
        phone.taps("Yes, go on with it")
        assert "That is the right code" in phone.says(phone.new_code())
        assert phone.question == "experience"
        mentor.looks()
        assert "now open on another device" in mentor.heard()
        phone.answers()
        mentor.says("repeat")
        assert mentor.question == "expertise"
        stranger.opens(link=token)
        assert "used before, or it is too old" in "\n".join(each["text"] for each in stranger.messages)
        assert stranger.question == "start"


def test_a_link_without_an_address_takes_the_registration_along(bot: RunningBot, mentor: WebMentor) -> None:
    mentor.answers_until("email")
    token = link_of(mentor)
    with WebMentor(bot.url) as phone:
        phone.opens(link=token)
        assert "It is no longer open where the link was made" in phone.taps("Yes, go on with it")
        assert phone.question == "email"
        mentor.looks()
        assert "your registration goes on there" in mentor.heard()
        assert mentor.question == "start"
        assert "What is your e-mail" not in mentor.says("what is your name?")
        mentor.says("yes, let's start")
        assert mentor.question == "account"
        phone.answers_until("reasons")
        mentor.opens()
        assert phone.email not in repr(mentor.messages)
        assert mentor.question == "account"


def test_a_link_that_is_not_for_oneself_is_refused_and_changes_nothing(bot: RunningBot, mentor: WebMentor) -> None:
    mentor.answers_until("experience")
    token = link_of(mentor)
    with WebMentor(bot.url) as victim, WebMentor(bot.url) as another:
        victim.opens().answers_until("experience")
        victim.opens(link=token)
        assert victim.question == "join"
        assert "nothing has changed here" in victim.taps("Keep my own")
        assert victim.question == "experience"
        victim.says("This is for nobody else to read, I am sure.")
        mentor.looks()
        assert "chose not to go on with your registration" in mentor.heard()
        mentor.says("repeat")
        assert mentor.question == "experience"
        another.opens(link=link_of(mentor))
        another.dialogue("""
            > no
            < nothing has changed here
            ? start
        """)
        another.says("yes")
        assert another.question == "account"

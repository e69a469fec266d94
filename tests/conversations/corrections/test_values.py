"""Answers in sentences: several at once, one set right in the middle of something else, and after the submit."""

from __future__ import annotations

from tests.support.records import Records
from tests.support.web import WebMentor


def test_several_answers_at_once_each_fill_their_question(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name").dialogue("""
        > I'm Ana Souza, ana.souza@example.org, I worked 10 years in HR
        < I noted: your name, Ana Souza; your e-mail address, ana.souza@example.org;
        < your experience, “I worked 10 years in HR”.
        ? email_code
        > (code)
        ? reasons
        > …
        ? expertise
    """)
    assert records.answers["full_name"] == "Ana Souza"
    assert records.answers["email"] == "ana.souza@example.org"
    assert records.answers["experience"] == "I worked 10 years in HR"


def test_a_correction_in_the_middle_changes_the_answer_and_nothing_else(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months").dialogue("""
        > that was wrong, my name is Robert Smyth
        < I noted: your name, Robert Smyth
        ? two_months
        > sorry, my name is spelled Smith, not Smyth
        < I noted: your name, Robert Smith
        ? two_months
        > I was born on 5 March 1975
        < I noted: your date of birth
        ? two_months
    """)
    assert records.answers["full_name"] == "Robert Smith"
    assert [each.decision for each in records.ledger] == ["agreed"]
    mentor.dialogue("""
        > I agree; also my email changed to ana.s@example.org
        < I noted: your e-mail address, ana.s@example.org
        ? email_code
        > (code)
        ? published_and_rated
        > oops, wrong email. It's rob@example.org
        < I noted: your e-mail address, rob@example.org
        ? email_code
        > (code)
        ? published_and_rated
    """)
    assert records.answers["email"] == "rob@example.org"
    assert [each.decision for each in records.ledger] == ["agreed", "agreed"]


def test_a_correction_without_the_answer_asks_for_it_and_comes_back(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > that photo is awful, can I send another one?
        ? photo
        > (photo)
        ? date_of_birth
        > my name is wrong
        ? full_name
        > Robert Smith
        ? date_of_birth
    """)
    assert records.answers["full_name"] == "Robert Smith"


def test_a_slip_in_a_well_known_address_is_asked_about(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email").dialogue("""
        > it's ana.souza@gmial.com
        < Did you mean ana.souza@gmail.com?
        < [Yes, ana.souza@gmail.com] [No, ana.souza@gmial.com]
        [No, ana.souza@gmial.com]
        ? email_code
        > wrong, it's ana.souza@gmail.con
        < Did you mean ana.souza@gmail.com?
        > yes
        ? email_code
    """)
    assert records.answers["email"] == "ana.souza@gmail.com"


def test_a_part_of_a_name_is_not_taken_for_all_of_it(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo")
    before = records.answers["full_name"]
    mentor.dialogue("""
        > actually my name is Bob
        < Do you want me to save “Bob” as your name?
        > no
        < All right
        ? photo
    """)
    assert records.answers["full_name"] == before


def test_a_correction_after_the_submit_is_confirmed_first(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review").dialogue("""
        > just send the damn thing
        ? nothing
        > that was wrong, my name is Robert Smith
        < That can’t be changed any more, as the background check is about it
        ? nothing
        > please change my expertise to welding and plumbing
        < Do you want your profile to say “welding and plumbing”? Job seekers see this.
        > yes
        < I have saved that
        ? nothing
        > my email changed to ana.s@example.org
        < The background check uses your e-mail address
        > yes, save it
        ? email_code
        > (code)
        ? nothing
    """)
    assert records.answers["expertise"] == "welding and plumbing"
    assert records.answers["email"] == "ana.s@example.org"
    assert records.answers["full_name"] != "Robert Smith"


def test_a_correction_after_the_submit_is_left_when_the_mentor_says_no(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review").dialogue("""
        > submit
        ? nothing
    """)
    before = records.answers["email"]
    mentor.dialogue("""
        > my email changed to ana.s@example.org
        [Keep as it is]
        ? nothing
    """)
    assert records.answers["email"] == before


def test_an_answer_in_free_words_is_kept_beside_a_correction(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("experience").dialogue("""
        > Ten years in logistics. By the way, my name is spelled Anna, not Ana
        ? expertise
        > Change my experience: eleven years in logistics
        < I noted: your experience, “eleven years in logistics”
        ? expertise
        > is there a list to choose from?
        ? save
        > no
        ? expertise
        > I have a question
        ? expertise
    """)
    assert records.answers["experience"] == "eleven years in logistics"


def test_a_place_that_is_not_asked_is_no_answer(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months").dialogue("""
        > I moved, I'm in Alberta now
        < I don’t ask where you live
        ? two_months
    """)
    assert not {"country", "region"} & records.answers.keys()

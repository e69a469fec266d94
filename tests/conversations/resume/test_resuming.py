"""Coming back: however long a mentor was away, the conversation goes on where they were."""

from __future__ import annotations

import itertools
from collections import Counter

from bot.core.organisation import ORGANISATION
from tests.support.answers import CONSENT_IDS, QUESTIONS, TEXTS
from tests.support.records import Records
from tests.support.web import WebMentor

#: Days. Whoever is away for an hour is welcomed back.
AWAY = 90.0


def test_at_every_question_the_next_answer_is_stored_once_and_at_its_place(mentor: WebMentor, records: Records) -> None:
    for question, following in itertools.pairwise(QUESTIONS):
        assert mentor.question == question
        records.stay_away(AWAY)
        mentor.answers()
        assert mentor.news[-1].get("question") == following, mentor.heard()
        assert sum(1 for each in mentor.news if each["from"] == "bot" and each.get("question")) == 1
    records.stay_away(AWAY)
    mentor.dialogue("""
        > submit
        < Your registration is complete
        ? nothing
    """)
    answers = records.answers
    assert answers == TEXTS | {
        "email": mentor.email,
        "account": "new",
        "photo": answers["photo"],
        "date_of_birth": "sealed",
    }
    assert records.sealed == ["date_of_birth"]
    assert [(each.item, each.decision, each.reply) for each in records.ledger] == [
        (item, "agreed", "I agree") for item in CONSENT_IDS
    ]
    records.stay_away(AWAY)
    mentor.dialogue("""
        > status
        < your background check is running
        ? nothing
    """)


def test_whatever_comes_first_afterwards_is_taken_as_ever(mentor: WebMentor, records: Records) -> None:
    def then(question: str, script: str) -> None:
        mentor.answers_until(question)
        records.stay_away(AWAY)
        mentor.dialogue(script)

    then("start", "> what does it cost?\n< It is free\n? start")
    then("account", "[I need to register]\n? full_name")
    then("full_name", "> go back\n? account")
    records.stay_away(AWAY)
    mentor.dialogue("[Keep my answer]\n? full_name")
    then("full_name", "> 12345\n< doesn’t look like a name\n? full_name")
    then("email", "> change my name\n? full_name")
    records.stay_away(AWAY)
    mentor.dialogue("> Ann Lee\n? email")
    then("reasons", f"> who reads this?\n< The people at {ORGANISATION.name}\n? reasons")
    then("experience", "> start over\n? start_over")
    records.stay_away(AWAY)
    mentor.dialogue("> no\n? experience")
    then("expertise", "> hello\n< You are at: Your expertise\n? expertise")
    then("photo", "> who sees my photo?\n< Job seekers see it\n? photo")
    then("date_of_birth", "> 03/05/1971\n< two ways\n? date_of_birth")
    records.stay_away(AWAY)
    mentor.dialogue("[3 May 1971]\n? background_check")
    then("background_check", "[I agree]\n? two_months")
    then("two_months", "> maybe\n? two_months")
    then("published_and_rated", "> no\n< noted that you do not agree\n? ethics_assist_and_guide")
    assert records.answers["full_name"] == "Ann Lee"
    assert [(each.item, each.decision) for each in records.ledger] == [
        ("background_check", "agreed"),
        ("two_months", "unclear"),
        ("two_months", "agreed"),
        ("published_and_rated", "refused"),
    ]


def test_who_comes_back_is_greeted_once_and_can_go_on(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise")
    before = len(mentor.messages)
    mentor.opens()
    assert len(mentor.messages) == before, "a reload is no return"
    records.stay_away(AWAY)
    mentor.opens()
    said = [each["text"] for each in mentor.messages[before:]]
    assert said[0].startswith("Welcome back. Everything you told me so far is saved")
    assert mentor.question == "expertise"
    assert len(mentor.opens().messages) == before + len(said), "greeted once"
    mentor.dialogue("""
        [Continue]
        ? expertise
        > …
        ? photo
    """)
    assert records.answers["expertise"] == TEXTS["expertise"]


def test_who_comes_back_can_look_at_the_answers(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise")
    records.stay_away(AWAY)
    mentor.opens().dialogue(f"""
        < Welcome back
        < [Continue] [Review my answers] [Start over]
        ? expertise
        [Review my answers]
        < Full legal name: {TEXTS["full_name"]}
        ! Your expertise:
        ? expertise
        [Change: Your reasons]
        ? reasons
        > Because I can.
        ? expertise
    """)
    assert records.answers["reasons"] == "Because I can."


def test_who_comes_back_can_start_over(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("background_check")
    records.stay_away(AWAY)
    mentor.opens().dialogue("""
        < Welcome back
        [Start over]
        ? start_over
        [Start over]
        < Your answers are deleted, and we begin again
        ? account
    """)
    assert (records.answers, records.sealed) == ({}, [])


def test_who_comes_back_while_changing_an_answer_goes_on_with_the_change(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("> change my reasons\n? reasons")
    records.stay_away(AWAY)
    mentor.opens().dialogue("""
        < Welcome back
        ? reasons
        [Continue]
        ? reasons
        < [Keep my answer]
        > Because I can.
        ? photo
    """)
    assert records.answers["reasons"] == "Because I can."


def test_who_comes_back_before_the_start_at_the_review_or_after_the_end_is_greeted_accordingly(
    mentor: WebMentor, records: Records
) -> None:
    mentor.says("what does it cost?")
    records.stay_away(AWAY)
    mentor.opens().dialogue("""
        < thank you for thinking of becoming a
        ? start
    """)
    mentor.answers_until("review")
    records.stay_away(AWAY)
    mentor.opens().dialogue("""
        < Welcome back
        ? review
        > yes
        < please press Submit, or type “submit”
        ? review
        > submit
        < Your registration is complete
        ? nothing
    """)
    assert records.registration["status"] == "submitted"
    records.stay_away(AWAY)
    mentor.opens()
    assert "your background check is running" in mentor.messages[-1]["text"]
    assert mentor.messages[-1].get("question") is None


def test_who_pauses_goes_on_with_the_same_question(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("experience").dialogue("""
        > pause
        < Just write when you’re back
        ? nothing
        > I'm back
        ? experience
        > stop for now
        < Just write when you’re back
        ? nothing
    """)
    records.stay_away(AWAY)
    mentor.opens().dialogue("""
        > …
        ? expertise
    """)
    assert records.answers["experience"] == TEXTS["experience"]


def test_a_button_from_before_the_break_answers_its_question_if_that_is_still_open(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("two_months")
    agree = mentor.payload("I agree")
    records.stay_away(AWAY)
    mentor.opens().taps_payload(agree)
    assert mentor.question == "published_and_rated"
    assert "earlier question" in mentor.taps_payload(agree)
    assert Counter(each.item for each in records.ledger) == {"background_check": 1, "two_months": 1}


def test_a_reload_shows_the_same_conversation(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    before = mentor.messages
    assert mentor.opens().messages == before


def test_a_conversation_with_many_questions_in_between_goes_on(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    for turn in range(35):
        said = mentor.says("is it free?")
        assert ("It is free" in said) == (turn % 2 == 0), turn
        assert turn % 2 == 0 or "just above" in said or "hasn’t changed" in said, turn
        assert mentor.question == "reasons"
    mentor.answers()
    assert mentor.question == "experience"
    assert records.answers["reasons"] == TEXTS["reasons"]

"""Starting over and ending: asked back first, and then what was stored is gone."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from bot.i18n.catalogue import catalogue
from bot.registration import form
from tests.support.answers import TEXTS
from tests.support.records import Records
from tests.support.service import RunningBot
from tests.support.web import WebMentor, tells

START_OVER = "Do you want to delete all your answers and begin again with the first question?"
CANCEL = "Do you want to end your registration and delete all your answers?"

#: What a mentor typed that the bot says nowhere itself.
ANSWERS = [TEXTS[question] for question in ("full_name", "reasons", "experience")]


def sentence(name: str) -> str:
    """What the bot says under this name."""
    return catalogue().text(name)


def typed(mentor: WebMentor) -> list[str]:
    """What the reloaded page shows as the mentor's own words."""
    return [each["text"] for each in mentor.opens().messages if each["from"] == "mentor"]


@pytest.mark.parametrize("question", ["full_name", "photo", "background_check", "review"])
def test_who_declines_to_start_over_or_to_end_keeps_everything(
    mentor: WebMentor, records: Records, question: str
) -> None:
    mentor.answers_until(question)
    before = records.registration
    mentor.dialogue(f"""
        > start over
        < {START_OVER}
        < [Start over] [Keep my answers]
        ? start_over
        > no
        < All right, I kept everything as it was
        ? {question}
        > cancel
        < {CANCEL}
        < [Delete my answers] [Keep my answers]
        ? cancel
        [Keep my answers]
        < Everything stays as it is
        ? {question}
    """)
    assert records.registration == before


def test_every_way_to_say_that_it_shall_not_be(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    before = records.registration
    for words in ("no", "no, keep them", "keep my answers", "no thanks", "continue", "skip", "no, delete nothing"):
        mentor.dialogue(f"> cancel\n? cancel\n> {words}\n? reasons")
        assert records.registration == before, words


def test_who_says_no_in_the_words_of_the_question_means_it(mentor: WebMentor) -> None:
    mentor.answers_until("account").dialogue("> cancel\n? cancel\n> don't delete anything\n? account")


def test_what_is_neither_yes_nor_no_deletes_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    before = records.answers
    mentor.dialogue("""
        > start over
        ? start_over
        > maybe
        < answer yes or no
        ? start_over
        > yes?
        ? start_over
        > yes but keep my name
        ? start_over
        > xyzzy blub
        ? start_over
        > (photo)
        ? start_over
        > what does it cost?
        < It is free
        ? start_over
        > repeat
        ? start_over
        > stop
        < Just write when you’re back
        ? nothing
        > review my answers
        < Full legal name
        ? start_over
        > no
        ? reasons
    """)
    assert records.answers == before


def test_the_words_for_it_also_at_a_free_text_question(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    for words, question in [
        ("start over", "start_over"),
        ("restart", "start_over"),
        ("I want to begin again from scratch", "start_over"),
        ("can we start again please?", "start_over"),
        ("cancel", "cancel"),
        ("quit", "cancel"),
        ("please delete my answers", "cancel"),
        ("delete everything", "cancel"),
        ("I don't want to be a mentor any more", "cancel"),
        ("please cancel my registration", "cancel"),
    ]:
        mentor.dialogue(f"> {words}\n? {question}\n> no\n? reasons")
    assert set(records.answers) == {"account", "full_name", "email"}


def test_who_starts_over_at_a_consent_begins_with_nothing(mentor: WebMentor, records: Records, bot: RunningBot) -> None:
    mentor.answers_until("photo").walks_until("published_and_rated")
    photo = records.answers["photo"]
    address = next(each["photo"] for each in mentor.messages if each.get("photo"))
    assert records.photo_files(photo) != []
    agree = mentor.payload("I agree")
    mentor.dialogue("""
        > start over
        ? start_over
        > yes
        < Your answers are deleted, and we begin again
        ? account
    """)
    registration = records.registration
    assert registration["status"] == "draft"
    assert [each["value"] for each in registration["answers"]] == [None] * len(registration["answers"])
    assert (records.consents, records.sealed, records.photo_files(photo)) == ({}, [], [])
    assert mentor.http.get(address).status_code == 404
    assert [(each.item, each.decision) for each in records.ledger] == [
        ("background_check", "agreed"),
        ("two_months", "agreed"),
        ("background_check", "withdrawn"),
        ("two_months", "withdrawn"),
    ], "the ledger only ever grows"
    assert bot.json("registrations", "show", registration["id"]) == registration
    mentor.taps_payload(agree)
    assert records.consents == {}, "a button from before is good for nothing"


def test_who_ends_at_the_review_is_forgotten_and_can_register_afresh(
    mentor: WebMentor, records: Records, bot: RunningBot
) -> None:
    mentor.answers_until("email").says("maria@at-work.example")
    mentor.answers_until("review")
    photo, submit = records.answers["photo"], mentor.payload("Submit")
    mentor.dialogue("""
        > I want to cancel
        ? cancel
        [Delete my answers]
        < Your answers are deleted, and nothing was sent
        ? start
    """)
    assert (records.answers, records.consents, records.sealed) == ({}, {}, [])
    assert records.photo_files(photo) == []
    assert records.registration["status"] == "new"
    assert set(typed(mentor)) == {"…", "Delete my answers"}
    page = str(mentor.messages)
    for value in (*ANSWERS, "maria@at-work.example", "sections", photo):
        assert value not in page
    mentor.taps_payload(submit)
    assert (mentor.question, records.registration["status"]) == ("start", "new")

    mentor.dialogue("""
        > status
        < You have not started yet
        ? start
        > yes
        ? account
        > I already have an account
        ? email
        > ann.lee@example.org
        ? email_code
        > (code)
        ? reasons
    """)
    mentor.answers_until("review").dialogue("""
        < E-mail address: ann.lee@example.org
        > submit
        < Your registration is complete
        ? nothing
    """)
    registration = records.registration
    assert (registration["status"], registration["email"]) == ("submitted", "ann.lee@example.org")
    assert set(records.consents.values()) == {"agreed"}
    assert len(records.consents) == len(form.CONSENTS)
    checks = [each for each in bot.json("checks", "list") if each["registration"] == registration["id"]]
    assert len(checks) == 1


def test_whatever_the_mentor_typed_is_gone_from_the_page(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email").says("maria@at-work.example")
    mentor.answers_until("date_of_birth").dialogue("""
        > change my name
        ? full_name
        > Samuel John Reed of Leeds
        ? date_of_birth
        > who sees my date of birth?
        ? date_of_birth
        > 03/05/1971
        < two ways
        ? date_of_birth
        > review my answers
        < Samuel John Reed
        ? date_of_birth
        > cancel
        ? cancel
        > yes
        ? start
    """)
    assert set(typed(mentor)) == {"…", "yes"}
    page = str(mentor.messages)
    for value in (*ANSWERS, "maria@at-work.example", "Samuel John Reed of Leeds", "1971", "5 March", "sections"):
        assert not tells(page, value)
    assert records.sealed == [], "neither a date of birth nor two that it may be"


def test_whatever_the_mentor_typed_is_in_no_table_any_more(mentor: WebMentor, bot: RunningBot) -> None:
    words = "Because of the lighthouse keeper of Ushant"

    def is_kept() -> bool:
        with closing(sqlite3.connect(bot.data_dir / "bot.db")) as database:
            return any(words in statement for statement in database.iterdump())

    mentor.answers_until("reasons").dialogue(f"""
        > {words}
        ? experience
    """)
    assert is_kept()
    mentor.dialogue("""
        > cancel
        > yes
        < Your answers are deleted
        ? start
    """)
    assert not is_kept()


def test_to_start_over_twice(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email").dialogue("""
        > start over
        > yes
        ? account
        > start over
        ? start_over
        [Start over]
        ? account
        > I need to register
        ? full_name
        > Ann Lee
        ? email
    """)
    assert records.answers == {"account": "new", "full_name": "Ann Lee"}


def test_to_say_it_twice_deletes_nothing(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email").dialogue("""
        > start over
        ? start_over
        > start over
        ? start_over
        > cancel
        ? cancel
        > cancel
        ? cancel
        > no
        ? email
    """)
    assert set(records.answers) == {"account", "full_name"}


def test_to_end_rather_than_to_start_over(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons").dialogue("""
        > start over
        ? start_over
        > cancel
        ? cancel
        > yes
        < nothing was sent
        ? start
    """)
    assert records.answers == {}


def test_who_cancels_while_changing_an_answer_keeps_the_old_one(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("""
        > change my reasons
        ? reasons
        > cancel
        ? cancel
        > no
        < I kept everything as it was
        ? photo
    """)
    assert records.answers["reasons"] == TEXTS["reasons"]


def test_the_choice_of_a_date_is_still_there_for_who_does_not_cancel(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > 03/05/1971
        < two ways
        > cancel
        ? cancel
        > no
        ? date_of_birth
        [3 May 1971]
        < I have stored your date of birth encrypted
        ? background_check
    """)
    assert records.sealed == ["date_of_birth"]


def test_before_the_start_there_is_nothing_to_delete(mentor: WebMentor, records: Records) -> None:
    for words in ("cancel", "start over", "delete my answers"):
        mentor.dialogue(f"> {words}\n< There is nothing saved yet\n? start")
    mentor.dialogue("""
        > yes
        ? account
    """)
    assert records.answers == {}


def test_after_submitting_nothing_is_deleted_unless_that_is_confirmed(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review").says("start over")
    sure = mentor.payload("Start over")
    mentor.dialogue("""
        > no
        ? review
        [Submit]
        ? nothing
    """)
    before = records.registration
    mentor.taps_payload(sure)
    mentor.dialogue("""
        > start over
        < You have sent your registration
        ? nothing
        > cancel
        < Do you want to delete your account?
        ? cancel
        > no
        < I kept everything
        ? nothing
        > yes
        ? nothing
    """)
    after = records.registration
    assert after | {"check": before["check"]} == before
    assert after["check"]["id"] == before["check"]["id"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        pytest.param("cancel", "Delete my answers", id="the button's words, typed"),
        pytest.param("cancel", "yes, delete them", id="yes, delete them"),
        pytest.param("start over", "yes, start over", id="yes, start over"),
    ],
)
def test_who_says_yes_in_the_words_of_the_question_means_it(
    mentor: WebMentor, records: Records, command: str, words: str
) -> None:
    mentor.answers_until("email").dialogue(f"> {command}\n> {words}\n< Your answers are deleted")
    assert records.answers == {}


def test_a_question_at_the_confirmation_is_answered_about_the_deletion(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name").dialogue(f"""
        > cancel
        ? cancel
        > what does that mean?
        < {sentence("meaning-deletion")}
        ? cancel
        > why do you ask?
        < {sentence("why-deletion")}
        ? cancel
        > who sees that?
        < {sentence("sees-deletion")}
        ? cancel
        > how long do you keep my answers?
        < {sentence("kept-deletion")}
        ? cancel
        > can you give me an example?
        < {sentence("example-deletion")}
        ? cancel
        > purple clouds
        < answer yes or no
        < {sentence("example-deletion")}
        ? cancel
        > purple clouds
        < [What does it mean?]
        [What does it mean?]
        < {sentence("meaning-deletion")}
        ? cancel
        > no
        ? full_name
    """)
    assert records.answers == {"account": "new"}


def test_who_does_not_want_to_start_is_understood(mentor: WebMentor, records: Records) -> None:
    for words in ("no", "no thanks", "not now", "stop", "later"):
        mentor.dialogue(f"> {words}\n< Come back any time you like\n! I did not quite get that\n? start")
    assert records.registration["status"] == "new"


@pytest.mark.parametrize("words", ["submit it please", "now send it off please", "I want send my registration"])
def test_who_sends_it_in_other_words_is_not_asked_about_a_deletion(mentor: WebMentor, words: str) -> None:
    mentor.answers_until("review").dialogue(f"> {words}\n< Your registration is complete\n? nothing")
    mentor.dialogue("> please submit\n! delete\n? nothing")


def test_who_sounds_content_or_new_is_not_asked_about_a_deletion(mentor: WebMentor) -> None:
    mentor.answers_until("account").dialogue("> I'm not registered\n? full_name")
    mentor.answers_until("review").dialogue("> all gud\n? review")


def test_what_only_sounds_like_an_end_is_asked_about(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("two_months")
    before = records.registration
    mentor.dialogue("""
        > not interested any more
        < I am not sure what you want to end
        < [Withdraw a consent] [Start over] [Delete my answers] [None of these]
        ? two_months
    """)
    assert records.registration == before

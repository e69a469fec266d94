"""What is no answer: it is said why, help grows with each try, and the same question stays open."""

from __future__ import annotations

from typing import NamedTuple

from bot.core.organisation import ORGANISATION
from bot.registration import form
from tests.support.answers import CONSENT_IDS, picture
from tests.support.dialogue import assert_said_anew, offered
from tests.support.records import Records
from tests.support.web import WebMentor, tells
from tests.support.wordings import is_said

PERSON = ORGANISATION.contact
LAST_CLAUSE = form.CLAUSES[-1].id


class Miss(NamedTuple):
    """What is no answer at a question, and how the mentor is helped."""

    question: str
    text: str
    reason: str
    example: str
    explained: str = "Show an example"


_CONSENT = "Press a button, or type “I agree” or “I do not agree”"
_MEANING = "What does it mean?"

MISSES = [
    Miss("account", "purple clouds", "which of the two it is", "Press one of the two buttons"),
    Miss("full_name", "12345", "doesn’t look like a name", "Samuel John Reed"),
    Miss("email", "maria", "doesn’t look like an e-mail address", "sam.reed@example.org"),
    Miss("reasons", "🎉", "only saw symbols or emoji", "I changed jobs at fifty"),
    Miss("expertise", "x", "a little short", "Plumbing, sales"),
    Miss("photo", "purple clouds", "I need a picture here", "A selfie is fine"),
    Miss("date_of_birth", "purple clouds", "couldn’t read that as a date", "24 July 1979"),
    Miss("background_check", "purple clouds", "Just so I note it correctly", _CONSENT, _MEANING),
    Miss(LAST_CLAUSE, "purple clouds", "Just so I note it correctly", _CONSENT, _MEANING),
    Miss(
        "reconsider", "purple clouds", "Would you like to look at it again?", "Press one of the two buttons", _MEANING
    ),
    Miss("review", "purple clouds", "press Submit or type", "press Change next to", _MEANING),
]


def climb(mentor: WebMentor, miss: Miss) -> None:
    """Miss the question six times in a row, in the same words, and then press each of the buttons that help."""
    question, text, reason, example, explained = miss
    mentor.dialogue(f"""
        > {text}
        < {reason}
        < {example}
        ? {question}
        > {text}
        < {reason}
        < Here is what we can do
        < [{explained}] [Why do you ask?] [Talk to a person] [Go on later]
        ? {question}
        > {text}
        < {reason}
        < If you would rather talk to a person, write to {PERSON}
        ? {question}
        > {text}
        < {reason}
        < A person can help you with this: {PERSON}
        ? {question}
        > {text}
        < {PERSON}
        ? {question}
        > {text}
        < {PERSON}
        ? {question}
        [{explained}]
        ? {question}
        [Why do you ask?]
        ? {question}
        [Talk to a person]
        < {PERSON}
        ? {question}
        [Go on later]
        < Just write when you’re back
        ? nothing
        > repeat
        ? {question}
    """)


def test_help_grows_with_each_try_at_every_kind_of_question(mentor: WebMentor, records: Records) -> None:
    for miss in MISSES:
        if miss.question == "reconsider":
            mentor.says("no")
        elif miss.question == "review":
            mentor.dialogue("[Look again]\n> I agree")
        mentor.answers_until(miss.question)
        climb(mentor, miss)
    assert set(records.answers) == {item.id for item in form.ASKED if item.kind is form.Kind.QUESTION}
    assert records.registration["submitted_at"] is None
    missed = [(each.item, each.reply) for each in records.ledger if each.decision == "unclear"]
    consents = [miss for miss in MISSES if miss.question in CONSENT_IDS]
    assert missed == [(miss.question, miss.text) for miss in consents for _try in range(6)]
    assert [each.item for each in records.ledger if each.decision == "agreed"] == CONSENT_IDS


def test_before_the_start_a_person_is_named_at_once_and_nothing_begins(mentor: WebMentor, records: Records) -> None:
    for name_of_person in (f"< {PERSON}", f"< {PERSON}", f"! {PERSON}") * 2:
        mentor.dialogue(f"""
            > xyzzy blub
            < I can register you as a mentor, or answer questions about it
            {name_of_person}
            ? start
        """)
    mentor.says("yes")
    assert mentor.question == "account"
    assert records.answers == {}


def test_the_ladder_begins_anew_with_the_next_question(mentor: WebMentor) -> None:
    mentor.answers_until("full_name").dialogue("""
        > 12345
        < Samuel John Reed
        > 12345
        < Here is what we can do
        > Ann Lee
        ? email
        > maria
        < sam.reed@example.org
        ! Here is what we can do
        ? email
        > maria
        < Here is what we can do
        ? email
    """)


def test_a_question_in_between_is_no_try(mentor: WebMentor) -> None:
    mentor.answers_until("email").dialogue("""
        > maria
        < sam.reed@example.org
        > why do you ask?
        < We need it for your account
        > maria
        < Here is what we can do
        ? email
    """)


def test_an_answer_right_after_six_tries_is_taken(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name")
    for text in ("12345", "🎉", "", "x@", "http://example.org", "#1"):
        mentor.says(text)
        assert_said_anew(mentor)
        assert mentor.question == "full_name", text
    mentor.dialogue("""
        > Ann Lee
        ? email
    """)
    assert records.answers["full_name"] == "Ann Lee"


def test_what_is_no_answer_is_explained_and_a_good_answer_is_taken_right_after(
    mentor: WebMentor, records: Records
) -> None:
    for question in ("start", "account", "full_name", "email", "reasons", "photo", "date_of_birth", "background_check"):
        mentor.answers_until(question)
        for text in ("", " \n\t ", "🎉🎉🎉", "x" * 10_000):
            said = mentor.says(text)
            assert mentor.question == question, said
            notes = [each for each in mentor.news if each["from"] == "bot" and each["kind"] == "say"]
            assert notes, f"{question}: the mentor is told what is wrong"
            assert_said_anew(mentor)
        mentor.answers()
        assert mentor.question != question, "a good answer is taken right after"
    assert [each.decision for each in records.ledger] == ["unclear"] * 4 + ["agreed"]


def test_a_text_over_the_limit_is_told_how_long_it_is(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons").dialogue(f"""
        > {"word " * 1_001}word
        < 5,000 characters: it has 5,009
        ? reasons
        > {"word " * 999}words
        ? experience
    """)
    assert len(records.answers["reasons"]) == 5_000


def test_an_address_that_is_none_is_asked_again(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email")
    for address in ("maria", "maria@", "maria@example", "a b@example.org", "@example.org", "a@b@c.org", "maria@.org"):
        mentor.dialogue(f"> {address}\n< doesn’t look like an e-mail address\n? email")
    assert "email" not in records.answers


def test_an_address_is_taken_out_of_what_stands_around_it(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("email")
    for typed, stored in [
        ("My e-mail address is maria@example.org.", "maria@example.org"),
        ("<maria@example.org>", "maria@example.org"),
        ("  MARIA.Lopez@Example.ORG ", "MARIA.Lopez@example.org"),
        ("josé+mentor@bücher.example", "josé+mentor@bücher.example"),
    ]:
        mentor.dialogue(f"> {typed}\n? email_code")
        assert records.answers["email"] == stored
        mentor.dialogue("> back\n? email")


def test_what_is_no_name_is_asked_again(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name")
    for text in ("12345", "maria@", "https://example.org/maria", "R2-D2", "Ann <b>Lee</b>", "x" * 201):
        mentor.dialogue(f"> {text}\n? full_name")
    assert records.answers == {"account": "new"}


def test_a_date_that_cannot_be_is_explained(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth")
    for text, sentence in [
        ("31 February 1985", "does not exist"),
        ("1 1 2090", "in the future"),
        ("1 January 2020", "at least 18"),
        ("1 January 1880", "more than 120 years"),
        ("May 1985", "the day, the month and the year"),
        ("yesterday", "couldn’t read that as a date"),
        ("99/99/9999", "does not exist"),
        ("29.2.1985", "does not exist"),
    ]:
        mentor.dialogue(f"> {text}\n< {sentence}\n? date_of_birth")
    page = str(mentor.opens().messages)
    assert "31 February" not in page, "not even a wrong one is shown"
    assert (records.answers.get("date_of_birth"), records.sealed) == (None, [])


def test_an_ambiguous_date_is_asked_back_with_two_buttons(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > 03/05/1971
        < That date can be read in two ways. Which one is it?
        < [5 March 1971] [3 May 1971]
        ? date_of_birth
        > purple clouds
        < couldn’t read that as a date
        < [5 March 1971] [3 May 1971]
        ? date_of_birth
        [3 May 1971]
        < I have stored your date of birth encrypted
        ? background_check
    """)
    typed = [each["text"] for each in mentor.messages if each["from"] == "mentor"]
    assert not any("1971" in text for text in typed)
    assert not tells(str(mentor.opens().messages), "1971"), "the choice is gone once it is made"
    assert records.answers["date_of_birth"] == "sealed"


def test_an_ambiguous_date_is_asked_back_without_the_whole_question(mentor: WebMentor) -> None:
    mentor.answers_until("date_of_birth")
    for text, sentences in [("03/05/1971", 1), ("why?", 2)]:
        mentor.says(text)
        *_, question = said = [each for each in mentor.news if each["from"] == "bot"]
        assert len(said) == sentences
        assert [each["label"] for each in question["buttons"]] == ["5 March 1971", "3 May 1971", "Back"]
        assert not {"notice", "example"} & question.keys()
        assert "1971" not in question["text"], "the dates are on the buttons alone, which go once one is pressed"


def test_an_ambiguous_date_may_also_be_typed_once_more(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > 03/05/1971
        < two ways
        > 3 May 1971
        < I have stored your date of birth encrypted
        ? background_check
    """)
    assert records.sealed == ["date_of_birth"]


def test_an_age_is_no_date_of_birth(mentor: WebMentor) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > I am 40
        ! Everything so far is saved
        ? date_of_birth
    """)


def test_a_file_that_is_no_photo_is_explained(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo")
    for name, data, sentence in [
        ("me.jpg", b"plain text", "can’t open that file as a picture"),
        ("me.jpg", b"", "can’t open that file as a picture"),
        ("me.png", picture(kind="PNG")[:2000], "damaged"),
        ("me.png", picture(100, 100, "PNG"), "too small"),
    ]:
        assert is_said(sentence, mentor.sends(data, name))
        assert_said_anew(mentor)
        assert mentor.question == "photo"
    assert "photo" not in records.answers
    mentor.answers()
    assert mentor.question == "date_of_birth"


def test_words_where_a_photo_is_asked(mentor: WebMentor) -> None:
    mentor.answers_until("photo").dialogue("""
        > it is on my website
        ? photo
        > www.example.org/me.jpg
        < Please send a photo of yourself
        ? photo
        > here is my photo
        < one clear photo of your face
        ? photo
    """)


def test_a_file_where_something_else_is_asked_is_not_kept(mentor: WebMentor, records: Records) -> None:
    mentor.dialogue("""
        > (photo)
        ? start
    """)
    for question in ("account", "reasons", "date_of_birth", "background_check"):
        mentor.answers_until(question)
        files = set(records.photo_files(""))
        mentor.dialogue(f"> (photo)\n< I don’t need a file at this question\n? {question}")
        assert set(records.photo_files("")) == files
        assert records.uploads() == []
    assert records.ledger == []


def test_a_file_over_the_limit_is_refused_with_a_sentence(mentor: WebMentor) -> None:
    mentor.answers_until("photo")
    response = mentor.http.post(
        "/api/photos", data={"id": "big"}, files={"file": ("me.jpg", b"\xff" * (21 * 1024 * 1024))}
    )
    assert response.status_code == 413
    assert "20 megabytes" in response.json()["error"]


def test_the_two_buttons_of_a_confirmation_stay_while_it_is_not_answered(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name").says("start over")
    for _each in range(6):
        mentor.dialogue("> purple clouds\n< answer yes or no\n< [Start over] [Keep my answers]\n? start_over")
    assert offered([mentor.asked]) == ["Start over", "Keep my answers"]
    assert records.answers == {"account": "new"}

"""Questions and remarks on the way: they are answered, and the open question comes back in other words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue
from bot.messages.whereabouts import described
from bot.moves.digressions import topic_sentence
from bot.registration import form
from tests.support.answers import CONSENT_IDS, QUESTIONS, TEXTS
from tests.support.dialogue import play
from tests.support.records import Records
from tests.support.web import WebMentor

CONTACT = ORGANISATION.contact
LAST_CLAUSE = form.CLAUSES[-1].id

#: What mentors ask, by the sentence of the catalogue that answers it.
TOPICS: dict[str, dict[str, str]] = {
    "data and check": {
        "faq-data": "where is my data stored?",
        "faq-delete": "how can I have my data deleted later?",
        "faq-change": "can I change my answers later?",
        "faq-check": "what exactly do you check?",
        "faq-check_time": "how long does the background check take?",
        "faq-record": "what if I have a criminal record?",
    },
    "effort and rules": {
        "faq-cost": "does it cost anything?",
        "faq-duration": "how many questions are left?",
        "faq-pause": "can I stop and go on tomorrow?",
        "faq-time": "how many hours a week is it?",
        "faq-after": "what happens after I submit?",
        "refuse": "what if I would rather not answer this?",
        "faq-breach": "what happens if I break one of the rules?",
        "faq-leave": "can I stop being a mentor later?",
    },
    "mentoring and help": {
        "faq-published": "who rates me?",
        "faq-mentor": "what does a mentor do?",
        "faq-eligible": "do I need a degree to be a mentor?",
        "faq-account": f"what is a {ORGANISATION.name} account?",
        "faq-photo": "can I use a selfie?",
        "faq-languages": "do you speak Spanish?",
        "faq-person": "can I talk to a human?",
        "faq-organisation": f"what is {ORGANISATION.name}?",
        "faq-help": "what can I type here?",
        "faq-next": "what comes next?",
        "faq-everyone": "do all mentors have to do this?",
        "faq-trouble": "it is not working",
        "cannot": "what if I can't do that?",
    },
    "small talk": {
        "chat-thanks": "thank you very much",
        "chat-bot": "are you a robot?",
        "chat-feelings": "how are you today?",
        "chat-praise": "you are very helpful",
        "chat-abuse": "you stupid bot",
        "chat-complaint": "this is taking forever",
        "chat-sorry": "oops, my mistake",
        "chat-laugh": "hahaha",
        "chat-told": "you asked me that already",
        "chat-worry": "I am worried",
        "chat-offtopic": "what is the weather like?",
    },
}

#: What mentors ask about the open question.
ABOUT_IT = {
    "why": "why do you ask?",
    "meaning": "what does that mean?",
    "sees": "who can see this?",
    "kept": "how long do you keep this?",
    "example": "can you give me an example?",
}

#: How mentors name the items of the form when they ask about one.
NAMES = {
    "full_name": "my name",
    "email": "my e-mail address",
    "reasons": "my reasons",
    "experience": "my experience",
    "expertise": "my expertise",
    "photo": "my photo",
    "date_of_birth": "my date of birth",
}

#: How mentors ask what a commitment or clause means, at another question.
MEANINGS = {
    "background_check": "what does the background check mean?",
    "two_months": "what does the two months commitment mean?",
    "published_and_rated": "what does published and rated mean?",
    "ethics_assist_and_guide": "what does clause 1 mean?",
    "ethics_confidentiality": "what is meant by an appropriate level of confidentiality?",
    "ethics_laws": "what does the third clause mean?",
    "ethics_mentee_rights": "what does the clause about the mentee's rights mean?",
    "ethics_respect_for_time": "can you explain clause 5?",
    "ethics_autonomy": "what does autonomy mean?",
    "ethics_own_work": "what does clause number 7 mean?",
    "ethics_privacy": "can you explain the clause about privacy?",
    "ethics_truthfulness": "explain clause 9 please",
    "ethics_smooth_ending": "what does a smooth transition mean?",
    "ethics_no_exploitation": "what does exploitative mean?",
    "ethics_own_limits": "what does the twelfth clause mean?",
    "ethics_records": "what does property of the mentee mean?",
    "ethics_ethical_issues": "what is a conflict of interest?",
    "ethics_right_to_end": "what does it mean to dissolve the relationship?",
    "code_of_ethics": "what does the code of ethics mean?",
}


def sentence(name: str, question: str | None = None) -> str:
    """What the bot says under this name, at a question that everything before is answered of."""
    ids = [item.id for item in form.ASKED]
    open_question = form.ItemId(question) if question else None
    before = {"start": 0, "email_code": ids.index(form.EMAIL) + 1, "reconsider": len(ids) - 1}
    place = ids.index(open_question) if open_question in ids else before.get(str(question), len(ids))
    where = described(catalogue(), open_question, form.ASKED, ids[place:])
    return catalogue().text(name, **(where | {"contact": CONTACT, "steps": len(form.STEPS)}))


def every_question(mentor: WebMentor) -> Iterator[str]:
    """Walk through a registration, stopping at every question there is; the last clause is refused at first."""
    reconsidered = False
    while True:
        yield mentor.question
        if mentor.question == "review":
            return
        if mentor.question == "reconsider":
            reconsidered = True
            mentor.dialogue("> yes\n> I agree")
        elif mentor.question == LAST_CLAUSE and not reconsidered:
            mentor.says("I do not agree")
        else:
            mentor.answers()


def asks(mentor: WebMentor, words: str, name: str) -> None:
    """Ask something at the open question: the right sentence is said, and the question comes back with all it had."""
    before = mentor.asked
    play(mentor, f"> {words}\n? {before['question']}")
    expected = sentence(topic_sentence(name, before["question"]), before["question"])
    assert expected in mentor.heard(), f"{before['question']}: {words!r}: {mentor.heard()}"
    again = mentor.asked
    assert again["text"] != before["text"], "the question comes back in other words"
    if before["question"] == "review":  # the answers themselves are not shown again unless asked for
        assert [each["label"] for each in again["buttons"]] == ["Submit", "Show my answers"]
    else:
        assert _lasting(again) == _lasting(before)


def _lasting(message: dict[str, Any]) -> dict[str, Any]:
    """What of a question stays the same when it is asked again; addresses of photos are signed anew."""
    same = {name: each for name, each in message.items() if name not in ("text", "id", "at")}
    lasting: dict[str, Any] = json.loads(re.sub(r"(/api/photos/\w+)[^\"]*", r"\1", json.dumps(same)))
    return lasting


@pytest.mark.parametrize("group", TOPICS)
def test_at_every_question_a_question_of_the_mentors_is_answered_and_the_open_one_comes_back(
    mentor: WebMentor, records: Records, group: str
) -> None:
    topics = list(TOPICS[group].items())
    seen = []
    for number, question in enumerate(every_question(mentor)):
        name, words = topics[number % len(topics)]
        asks(mentor, words, name)
        seen.append(question)
    assert set(seen) == {*QUESTIONS, "reconsider"}
    assert records.answers == TEXTS | {"email": mentor.email} | {
        "account": "new",
        "photo": records.answers["photo"],
        "date_of_birth": "sealed",
    }
    assert [each.item for each in records.ledger] == [
        *CONSENT_IDS[:-1],
        LAST_CLAUSE,
        "code_of_ethics",
    ], "no question and no remark is a reply to a consent"


def test_every_question_can_be_asked_about(mentor: WebMentor, records: Records) -> None:
    rest = ("meaning", "sees", "kept", "example")
    for number, question in enumerate(every_question(mentor)):
        if question == "reconsider":
            for topic in ("why", "meaning", "example"):
                asks(mentor, ABOUT_IT[topic], f"{topic}-{LAST_CLAUSE}")
            continue
        another = rest[number % len(rest)]
        asks(mentor, ABOUT_IT["why"], f"why-{question}")
        asks(mentor, ABOUT_IT[another], another)
    assert {each.decision for each in records.ledger} == {"agreed", "refused"}


def test_an_item_that_is_named_is_meant_at_every_other_question(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("account")
    asks(mentor, "who sees my photo?", "sees-photo")
    asks(mentor, "how long do you keep my date of birth?", "kept-date_of_birth")
    mentor.answers_until("reasons")
    for item, name in NAMES.items():
        asks(mentor, f"why do you need {name}?", f"why-{item}")
        asks(mentor, f"who can see {name}?", f"sees-{item}")
    mentor.answers_until("background_check")
    for item, name in NAMES.items():
        asks(mentor, f"how long do you keep {name}?", f"kept-{item}")
    for item in ("reasons", "experience", "expertise"):
        asks(mentor, f"can you show me an example for {NAMES[item]}?", f"example-{item}")
    assert records.answers["reasons"] == TEXTS["reasons"]
    assert records.ledger == []


def test_every_commitment_and_clause_is_explained_at_other_questions(mentor: WebMentor, records: Records) -> None:
    assert list(MEANINGS) == CONSENT_IDS
    for number, (item, words) in enumerate(MEANINGS.items()):
        mentor.answers_until(("reasons", "photo", "two_months")[number // 7])
        asks(mentor, words, f"meaning-{item}")
    assert records.answers["reasons"] == TEXTS["reasons"]
    assert [each.item for each in records.ledger] == ["background_check"]


def test_a_clause_that_does_not_exist_is_not_explained_as_something_else(mentor: WebMentor) -> None:
    mentor.answers_until("reasons").dialogue(f"""
        > what does clause 16 mean?
        < {sentence("meaning-code_of_ethics")}
        ? reasons
    """)


def test_several_questions_in_a_row_and_then_the_answer(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("""
        > who sees this?
        < Job seekers see it
        ? photo
        > and how long do you keep it?
        < It stays with your mentor profile
        ? photo
        > can I use a selfie?
        < A selfie is fine
        ? photo
        > thanks
        < You’re welcome
        ? photo
        > (photo)
        < Thank you. This is how job seekers will see you
        ? date_of_birth
    """)
    assert "photo" in records.answers


def test_the_whole_code_can_be_read_at_once(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("ethics_confidentiality").dialogue("""
        > show me the whole code
        < 1. The mentor’s role is to assist and guide their mentee
        < 15. Either party may dissolve the relationship
        ? ethics_confidentiality
    """)
    assert [each.item for each in records.ledger][-1] == "ethics_assist_and_guide"


def test_thanks_and_a_question_are_answered_by_the_answer(mentor: WebMentor) -> None:
    mentor.answers_until("photo").dialogue("""
        > thanks! what comes next?
        < I need your photo first, then your date of birth.
        ! welcome
        ? photo
    """)


def test_what_is_left_gets_less(mentor: WebMentor) -> None:
    mentor.answers_until("ethics_autonomy").dialogue("""
        > how many are left?
        < 11 short points and the final check are left, about 3 minutes.
        ? ethics_autonomy
        > I agree
        ? ethics_own_work
        > how many are left?
        < 10 short points and the final check are left, about 2 minutes.
        ? ethics_own_work
    """)


def test_the_same_question_twice_is_answered_twice_in_other_words(mentor: WebMentor) -> None:
    mentor.answers_until("email").dialogue("""
        > is it free?
        < It is free
        ? email
        > is it free?
        < You’ll find that just above
        ! It is free
        ? email
        > so is it free?
        < It is free
        ? email
    """)


def test_a_question_while_an_answer_is_changed_leaves_the_change_open(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("photo").dialogue("""
        > change my reasons
        ? reasons
        > who reads this?
        < The people at
        ? reasons
        < [Keep my answer]
        > Because I can.
        ? photo
    """)
    assert records.answers["reasons"] == "Because I can."


def test_a_question_while_a_date_waits_for_its_reading_leaves_the_choice_open(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("date_of_birth").dialogue("""
        > 03/05/1971
        < two ways
        > who sees this?
        < Only those who do your background check
        ? date_of_birth
        < [5 March 1971] [3 May 1971]
        [5 March 1971]
        < I have stored your date of birth encrypted
        ? background_check
    """)
    assert records.sealed == ["date_of_birth"]


def test_the_status_says_how_far_the_registration_is(mentor: WebMentor) -> None:
    mentor.dialogue("""
        > what is my status?
        < You have not started yet
        ? start
        > yes
        > status
        < You are at: Your account 1 of 3 · step 1 of 11
        ? account
    """)


def test_a_greeting_starts_nothing_over(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise").dialogue("""
        > hello
        < You are at: Your expertise · step 4 of 11
        ? expertise
    """)
    assert records.answers["reasons"] == TEXTS["reasons"]


def test_a_greeting_before_the_start_is_greeted(mentor: WebMentor) -> None:
    mentor.dialogue("""
        > good morning
        < Hello again. I can register you as a mentor
        ? start
    """)


def test_after_submitting_questions_are_still_answered(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("review").taps("Submit")
    while (before := records.registration)["check"]["status"] == "queued":
        time.sleep(0.1)  # the test's own time-out ends it
    mentor.dialogue("""
        > how long does the background check take?
        < It takes a few days
        ? nothing
        > who sees my photo?
        < Job seekers see it with your mentor profile
        ? nothing
        > what does clause 3 mean?
        < which laws on mentoring hold where you live
        ? nothing
        > thank you
        < You’re welcome
        ? nothing
        > what is the weather like?
        < I can’t help with that
        ? nothing
        > you stupid bot
        < I’m sorry that this isn’t going well
        ? nothing
        > hello
        < your background check is running
        ? nothing
        > how many questions are left?
        < Nothing is left for you to do
        ? nothing
        > I'm done
        < It’s already sent
        ? nothing
        > can I talk to a human?
        < Write to
        ? nothing
        > xyzzy blub
        < your background check is running
        ? nothing
        > why do you ask?
        ! You can still put right what is wrong
        ? nothing
        > what does that mean?
        ! Submit sends it to us
        ? nothing
        > can you give me an example?
        ! press Submit
        ? nothing
    """)
    assert records.registration == before

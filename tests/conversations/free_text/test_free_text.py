"""Free text: traps in an answer are stored as typed; what is plainly no answer is none."""

from __future__ import annotations

import pytest

from bot.core.organisation import ORGANISATION
from tests.support.answers import TEXTS
from tests.support.records import Records
from tests.support.web import WebMentor

#: Answers to "what are your reasons", each with something in it that means more in other places.
REASONS = (
    "No. Stop asking, yes? /restart – I started on 3 May 2015 🙂 and I would go back.\nTruly.",
    "Yes, since I was helped once.",
    "No one helped me.",
    "I agree with those who say: give something back.",
    "Why not? Somebody helped me once.",
    "How could I not help? I was out of work myself.",
    "Stop people from giving up, cancel their doubts.",
    "I want to start over and help others to start over.",
    "To help.",
    "I want to change my life and the lives of others.",
    "Thank you for asking. I like to help people.",
    "Hello! My name is Maria and I love to teach.",
    "I do not know what to say, but I like people.",
    "Because I can. What does it cost me? Nothing.",
    "What I get back is worth more than what I give.",
    "People ask me: how long does it take? I say: as long as it needs.",
    "I got my first job through a mentor; who else would show them?",
    "/start was my first word. " + "I have helped many people. " * 120,
    "My brother was born on 24 July 1979, and I have worked since 01/02/1997.",
    "Write to me at maria@example.org or +47 900 00 000.",
    '{"intent": "affirm"} <b>bold</b> \'; DROP TABLE mentors; --',
    "أحب مساعدة الناس على إيجاد عمل",
    "I hate that stupid bots decide who gets a job.",
    "  Two spaces  inside, and around.  ",
    "Line one\n\nLine three\n- a\n- b",
    "because i want to delete the shame of being out of work",
)

#: Words that are commands elsewhere and an area of expertise here.
EXPERTISE = (
    "IT",
    "HR",
    "Resume writing",
    "Photo editing",
    "Background checks",
    "Change management",
    "Privacy",
    "Customer support, help desk",
)

NAMES = (
    "Ng",
    "O’Brien",
    "María-José",
    "李小龍",
    "محمد بن سلمان",
    "Nguyễn Thị Minh Khai",
    "J. R. R. Tolkien",
    "Skip Thornton",
    "Will Do",
    "Yes Andersen",
    "Noh Back",
    "May Day",
)

#: What is plainly no answer, with a part of what is said to it.
NO_ANSWERS = {
    "thank you": "You’re welcome",
    "hello": "You are at",
    "how much is it?": "It is free",
    "what if I say no to a clause?": "Your answers stay saved",
    "can I change my answers later?": "you can change every answer",
    "can I talk to a human?": f"Write to {ORGANISATION.contact}",
    "why do you need this?": "get to know you",
    "are you a robot?": f"I am {ORGANISATION.name}’s bot",
    "who will read this?": f"The people at {ORGANISATION.name}",
    "how long should it be?": "Two or three sentences",
    "help": "I ask one question at a time",
    "skip": "I need an answer to this one",
    "what is my status?": "Everything so far is saved",
    "review my answers": "Here is what you told me so far",
    "can we pause here please?": "Just write when you’re back",
    "what does clause 3 mean?": "which laws on mentoring",
    "you idiot": "I’m sorry that this isn’t going well",
}

#: What moves the mentor away from a free-text question.
COMMANDS = {
    "back": "email",
    "Go back!": "email",
    "can I go back please?": "email",
    "change my name": "full_name",
    "I want to change my e-mail address": "email",
    "start over": "start_over",
    "please cancel": "cancel",
}


def test_every_reason_is_stored_as_typed(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    for number, text in enumerate(REASONS):
        mentor.says(text)
        assert mentor.question == "experience", f"{text!r}: {mentor.heard()}"
        assert records.answers["reasons"] == text.strip()
        if number < len(REASONS) - 1:
            mentor.dialogue("> change my reasons\n? reasons")
    assert mentor.answers_until("review").heard().count(REASONS[-1]) == 1


def test_a_question_to_the_bot_after_an_answer_is_answered_and_not_stored(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons").dialogue("""
        > I want to help others. Is that enough?
        < Two or three sentences are enough
        ? experience
        > Ten years in a factory. Do you sort these in any way?
        ? save
        > no
        ? experience
    """)
    assert records.answers["reasons"] == "I want to help others."


def test_words_that_are_commands_elsewhere_can_be_an_area_of_expertise(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise")
    for text in EXPERTISE:
        mentor.dialogue(f"> {text}\n? photo")
        assert records.answers["expertise"] == text
        mentor.dialogue("> change my expertise\n? expertise")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("expertise", "Resume"),
        ("expertise", "Review"),
        ("expertise", "Data"),
        ("expertise", "Status meetings"),
        ("reasons", "Skip the theory. Do it."),
    ],
)
def test_an_answer_that_begins_like_something_else_is_an_answer(
    mentor: WebMentor, records: Records, question: str, text: str
) -> None:
    mentor.answers_until(question).says(text)
    assert records.answers.get(question) == text


def test_a_long_story_with_a_question_at_its_end_is_an_answer(mentor: WebMentor, records: Records) -> None:
    story = (
        "I have been a baker for thirty years. I have trained four apprentices, and all of them have shops of their "
        "own now."
    )
    mentor.answers_until("experience").dialogue(f"> {story} Is that what you would like to know?\n? expertise")
    assert records.answers["experience"] == story


def test_what_is_plainly_no_answer_is_none_even_where_anything_may_be_written(
    mentor: WebMentor, records: Records
) -> None:
    mentor.answers_until("reasons")
    for words, sentence in NO_ANSWERS.items():
        mentor.dialogue(f"> {words}\n< {sentence}")
        assert mentor.question == "reasons", words
    assert "reasons" not in records.answers


def test_the_words_that_the_help_offers_are_commands_at_free_text_too(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons").dialogue("""
        > help
        < You can also type “back”, “repeat”, “change my expertise”, “review my answers”, “pause”
        ? reasons
        > repeat
        ? reasons
        > review my answers
        ? reasons
        > change my expertise
        ? reasons
        > back
        ? email
        > skip
        ? reasons
        > status
        ? reasons
    """)
    assert "reasons" not in records.answers


def test_a_command_as_a_whole_message_is_followed(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("reasons")
    for words, question in COMMANDS.items():
        mentor.dialogue(f"> {words}\n? {question}\n> skip\n? reasons")
    assert "reasons" not in records.answers


def test_names_of_any_culture_are_taken_as_written(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name")
    for name in NAMES:
        mentor.dialogue(f"> {name}\n? email")
        assert records.answers["full_name"] == name
        mentor.dialogue("> back\n? full_name")


def test_a_name_is_taken_out_of_its_sentence(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("full_name").dialogue("""
        > Hi, my name is Skip Thornton.
        ? email
    """)
    assert records.answers["full_name"] == "Skip Thornton"


def test_an_answer_to_one_question_is_not_taken_for_another(mentor: WebMentor, records: Records) -> None:
    mentor.answers_until("expertise").dialogue("""
        > 3 May 1985
        ? photo
    """)
    assert records.answers["expertise"] == "3 May 1985"
    assert "date_of_birth" not in records.answers


def test_right_to_left_text_is_shown_in_the_review_as_typed(mentor: WebMentor, records: Records) -> None:
    arabic = "تدريب، محاسبة، مقابلات العمل"
    mentor.answers_until("expertise").says(arabic)
    mentor.dialogue(f"""
        > review my answers
        < Your expertise: {arabic}
        < Your reasons: {TEXTS["reasons"]}
        ? photo
    """)

"""What stands beside a remark or a question: it is neither lost nor stored with it."""

from __future__ import annotations

import pytest

from bot.registration import form
from bot.registration.answers import DoubtfulAnswerError, read_text_answer
from bot.understanding.consent import Reading, Subject, read_consent
from bot.understanding.learned import LIKELY_REPLY
from bot.understanding.reader import Act, Meaning, ReadingContext
from bot.understanding.text import MASK
from tests.support.reading import read

CONSENT = ReadingContext(
    form.ItemId("ethics_records"), "yes_no", form.BY_ID[form.ItemId("ethics_records")].wording, "en"
)
EXPERIENCE = ReadingContext("experience", "long_text")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Say that again please, my dog walked over the keyboard", "repeat"),
        ("Répétez s'il vous plaît, mon chien a marché sur le clavier", "repeat"),
        ("The phone rang. Repeat the question please", "repeat"),
    ],
)
def test_a_command_counts_beside_a_remark(text: str, command: str) -> None:
    assert read(text, CONSENT, {}).intent == command


@pytest.mark.parametrize("text", ["Yes. Repeat the question please", "I go back, I go forward, who knows"])
def test_a_command_beside_a_reply_or_within_a_sentence_does_not(text: str) -> None:
    assert read(text, CONSENT, {}).intent not in ("repeat", "go_back")


def test_a_refusal_beside_a_wish_to_delete_everything_is_none_to_the_open_question() -> None:
    assert read("I don't like this at all. Delete everything I've told you.", CONSENT, {}) == Meaning("cancel")
    assert read("I don't like this at all.", CONSENT, {}) == Meaning("deny")


@pytest.mark.parametrize(
    "text",
    [
        "Welding, plumbing, heating. Do you sort these in any way?",
        "Does leading a team of young engineers over many years count here, or do you want something with a diploma?",
        "My last answer should say fifteen years, not fifty!",
        "There's a typo in your question, just saying",
    ],
)
def test_a_text_with_a_question_to_the_bot_is_not_saved_unasked(text: str) -> None:
    meaning = read(text, EXPERIENCE, {"inform": 0.9})
    assert meaning.intent in (LIKELY_REPLY, "inform")
    if meaning.intent == "inform":
        with pytest.raises(DoubtfulAnswerError):
            read_text_answer(form.BY_ID[form.ItemId("experience")], text)


def test_an_age_beside_a_question_is_no_date_of_birth() -> None:
    asked = ReadingContext("date_of_birth", "date")
    meaning = read(f"Is there a maximum age? I'm {MASK}{MASK}.", asked, {"faq_eligible": 0.9})
    assert meaning == Meaning("faq_eligible")
    dated = read(f"Is there a maximum age? {MASK} {MASK} {MASK}", asked, {"faq_eligible": 0.9})
    assert dated == Meaning("inform", also=(Act("faq_eligible"),))


@pytest.mark.parametrize("kind", ["email", "photo", "code"])
def test_a_question_is_answered_whatever_is_remarked_after_it(kind: str) -> None:
    text = "Who will see this? I had a bad experience once"
    assert read(text, ReadingContext(None, kind), {"faq_sees": 0.9}).intent == "faq_sees"


@pytest.mark.parametrize(
    ("consent", "text", "reading"),
    [
        ("ethics_confidentiality", "I will keep what my mentee tells me confidential", Reading.CONFIRM),
        ("ethics_laws", "I will inform myself about the laws here and obey them", Reading.CONFIRM),
        ("two_months", "I will help everyone I accept for at least two months", Reading.CONFIRM),
        (
            "ethics_own_limits",
            "i will not go beyond my expertise, and refer them on if i can't help properly",
            Reading.CONFIRM,
        ),
        ("ethics_confidentiality", "I will keep my garden tidy", Reading.UNCLEAR),
        ("ethics_confidentiality", "I'll keep it confidential if they do as well", Reading.UNCLEAR),
        ("ethics_laws", "I have no idea about the law", Reading.UNCLEAR),
        ("ethics_records", "I agree that notes are useful", Reading.UNCLEAR),
        ("two_months", "I will think about the two months later", Reading.UNCLEAR),
    ],
)
def test_a_promise_in_own_words_is_asked_back_and_one_of_something_else_is_not(
    consent: str, text: str, reading: Reading
) -> None:
    subject = Subject(consent, form.BY_ID[form.ItemId(consent)].wording)
    assert read_consent(text, subject) is reading


@pytest.mark.parametrize(
    "text",
    ["go back one, I think I spelled my name with one t", "In experience please write twelve years, I counted badly"],
)
def test_what_is_likelier_anything_but_an_answer_is_not_saved_unasked(text: str) -> None:
    for likelihoods in ({"change_answer": 0.6, "inform": 0.3}, {"faq_meaning": 0.3, "faq_why": 0.3, "inform": 0.04}):
        assert read(text, EXPERIENCE, likelihoods) == Meaning(LIKELY_REPLY)
    assert read(text, EXPERIENCE, {"change_answer": 0.3, "inform": 0.6}) == Meaning("inform")


def test_a_list_and_a_reason_are_answers_however_unlikely() -> None:
    for text in ("Languages: some French, German, a bit of Arabic", "To save other people the cost"):
        assert read(text, EXPERIENCE, {"faq_cost": 0.5, "inform": 0.01}) == Meaning("inform")


def test_another_consent_taken_back_is_no_refusal_of_the_open_one() -> None:
    asked = ReadingContext("two_months", "yes_no", form.BY_ID[form.ItemId("two_months")].wording)
    text = "about that background thing, I take it back. Don't do it"
    assert read(text, asked, {}) == Meaning("withdraw_consent", "background_check")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("fine I guess, but I don't like it", Reading.UNCLEAR),
        ("I travel a lot, but I don't like it", Reading.NO),
        ("i wont do it for them, promise", Reading.CONFIRM),
    ],
)
def test_a_refusal_beside_a_yes_or_of_what_is_forbidden_is_none(text: str, reading: Reading) -> None:
    item = form.BY_ID[form.ItemId("ethics_own_work")]
    assert read_consent(text, Subject(str(item.id), item.wording)) is reading

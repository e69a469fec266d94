"""What is never stored as an answer in words, and what is one although it has the same words in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.channels.telegram.updates import COMMANDS
from bot.i18n.catalogue import catalogue, languages
from bot.registration import form
from bot.registration.answers import DoubtfulAnswerError, InvalidAnswerError, read_text_answer
from bot.registration.form import Item, ItemId
from bot.understanding.asides import Aside, aside_in
from bot.understanding.lists import PhraseList
from bot.understanding.reader import FREE_KINDS, SAVE, Meaning, ReadingContext, read_by_rule
from evaluation.__main__ import read_set

QUESTIONS = Path(__file__).parents[3] / "bot" / "i18n" / "locales" / "en" / "questions.ftl"
NAME = form.BY_ID[form.FULL_NAME]
IN_WORDS = [item for item in form.ASKED if item.answer.value in FREE_KINDS]
TEXTS = [item for item in IN_WORDS if item is not NAME]


#: Buttons that show a value.
_WITH_VALUES = ("button-date", "button-change-row", "button-use", "button-use-typed")


def labels() -> list[str]:
    """What is written on every button, in every language, but on those with a date."""
    found: list[str] = []
    for language in languages():
        sentences = catalogue(language)
        names = re.findall(r"^(button-[\w-]+) =", QUESTIONS.read_text(encoding="utf-8"), re.MULTILINE)
        found += [sentences.text(name) for name in names if name not in _WITH_VALUES]
        for item in form.ASKED:
            found += [
                sentences.text(f"option-{item.id}-{value}") if sentences.has(f"option-{item.id}-{value}") else wording
                for value, wording in item.options
            ]
    return sorted(set(found))


def is_stored(item: Item, text: str) -> bool:
    """Whether a typed message becomes the answer without another word."""
    meaning = read_by_rule(text, ReadingContext(item.id, item.answer.value))
    if meaning is not None and meaning.intent != "inform":
        return False
    try:
        read_text_answer(item, text)
    except (InvalidAnswerError, DoubtfulAnswerError):
        return False
    return True


@pytest.mark.parametrize("item", IN_WORDS, ids=lambda item: item.id)
def test_no_label_of_a_button_is_an_answer(item: Item) -> None:
    assert [label for label in labels() if is_stored(item, label)] == []
    assert [label for label in labels() if is_stored(item, f"{label.lower()}.")] == []


NO_ANSWERS = [
    *("next", "Next", "NEXT!", "submit", "Submit now", "continue", "Continue please", "yes", "No", "no.", "test"),
    *("OK", "ok, next please", "yes yes", "I agree", "send", "suivant", "Envoyer", "retour svp", "oui", "Non merci"),
    *("I JUST TOLD YOU", "i already told you that!", "see above", "See above please", "ditto", "as I said before"),
    *("ugh, I just told you", "déjà répondu", "voir ci-dessus", "same as above"),
    *("gotta go, dinner's ready", "I have to go now. Bus!", "bye", "au revoir", "ok bye", "I must go, sorry"),
    *(
        "/edit",
        "/privacy",
        "/settings",
        "/delete",
        "/stop",
        "/language",
        "/foo",
        "/Foo_bar",
        "/edit@MentorBot",
    ),
    *("/edit my photo", "aide", "pourquoi ?", "Qui voit ma réponse ?", "changer d’adresse"),
]


@pytest.mark.parametrize("item", IN_WORDS, ids=lambda item: item.id)
@pytest.mark.parametrize("text", NO_ANSWERS)
def test_what_is_no_answer_is_not_stored(item: Item, text: str) -> None:
    assert not is_stored(item, text)


@pytest.mark.parametrize("item", IN_WORDS, ids=lambda item: item.id)
def test_no_command_of_telegrams_menu_is_an_answer(item: Item) -> None:
    for command in COMMANDS:
        meaning = read_by_rule(f"/{command}", ReadingContext(item.id, item.answer.value))
        assert meaning is not None, command
        assert meaning.intent not in ("inform", "faq_commands"), command


@pytest.mark.parametrize("kind", ["name", "email", "long_text", "yes_no", "date", "photo", "code", "choice", "review"])
@pytest.mark.parametrize("text", ["/foo", "/affirm", "/settings2", "/foo@MentorBot"])
def test_a_command_that_nobody_knows_is_told_which_there_are(kind: str, text: str) -> None:
    assert read_by_rule(text, ReadingContext("x", kind)) == Meaning("faq_commands")


@pytest.mark.parametrize("language", languages())
def test_the_commands_that_are_named_are_those_of_the_menu(language: str) -> None:
    sentence = catalogue(language).text("faq-commands")
    assert {word.strip(".,") for word in sentence.split() if word.startswith("/")} == {f"/{each}" for each in COMMANDS}


@pytest.mark.parametrize(
    "text", ["Next", "Submit", "next submit", "Test", "Send", "Test User", "guess", "me", "Suivant", "Ok", "Done"]
)
def test_a_name_of_such_words_is_asked_back(text: str) -> None:
    with pytest.raises(DoubtfulAnswerError) as doubtful:
        read_text_answer(NAME, text)
    assert doubtful.value.value == text


@pytest.mark.parametrize(
    "text",
    [
        *("Will Next", "Mark Submit", "Skip Thornton", "Ok Min-jung", "Test Nguyen", "Grant Test", "Non Sukprasert"),
        *("Bill Send", "Sue Continue", "My name is Next", "I am Mark Next", "Ana Oui", "Guy Sure"),
    ],
)
def test_a_name_with_such_a_word_is_a_name(text: str) -> None:
    assert is_stored(NAME, text)


@pytest.mark.parametrize("item", TEXTS, ids=lambda item: item.id)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "Testing",
            "Resume",
            "Review",
            "Sales",
            "Go",
            "Marketing",
            "IT",
            "Test automation",
            "Software testing",
            "Submitting bids",
            "HR",
        ),
        *(
            "None",
            "Never.",
            "Why not?",
            "Because I can",
            "Yes, I trained four people.",
            "No, but I would like to learn.",
        ),
        *("I told them to submit it, and then to continue.", "See above all: patience.", "Next year I retire."),
        *("I have to go the extra mile", "Bye bye unemployment, hello career!", "Bookkeeping?", "No experience"),
        *("As I said to my pupils: again!", "Testing, sales", "stop smoking courses", "/r/careers moderator"),
        *(
            "Yes. I coached a team.",
            "ok at maths",
            "Change management",
            "Edit films",
            "Open source",
            "The next generation",
        ),
    ],
)
def test_an_answer_may_have_such_words_in_it(item: Item, text: str) -> None:
    assert is_stored(item, text)


@pytest.mark.parametrize("text", ["blah blah", "Can't I just upload my CV?", "What do you want to hear?"])
def test_what_may_be_an_answer_or_not_is_asked_back(text: str) -> None:
    with pytest.raises(DoubtfulAnswerError):
        read_text_answer(form.BY_ID[ItemId("expertise")], text)


def test_an_answer_to_another_question_is_asked_back() -> None:
    for text in ("that was wrong, my name is Robert Smith", "ana@example.org", "sorry: my e-mail is ana@example.org"):
        assert aside_in(text, "long_text") is Aside.SENTENCE
    assert read_text_answer(NAME, "that was wrong, my name is Robert Smith") == "Robert Smith"


@pytest.mark.parametrize(("name", "kind"), [("free_text", "long_text"), ("names", "name")])
def test_no_real_answer_of_the_evaluation_is_taken_for_an_aside(name: str, kind: str) -> None:
    assert [row["text"] for row in read_set(name) if aside_in(row["text"], kind) is not None] == []


@pytest.mark.parametrize("kind", sorted(FREE_KINDS))
def test_whether_to_save_it_is_answered_with_yes_or_no_or_another_answer(kind: str) -> None:
    asked = ReadingContext(SAVE, kind)
    for text in ("yes", "Yes, save it", "save it please", "yes please"):
        assert read_by_rule(text, asked) == Meaning("affirm")
    for text in ("no", "No, do not save it", "don't save it"):
        assert read_by_rule(text, asked) == Meaning("deny")
    assert read_by_rule("oui", ReadingContext(SAVE, kind, language="fr")) == Meaning("affirm")
    assert read_by_rule("back", asked) == Meaning("go_back")
    assert read_by_rule("Ann Lee", asked) in (None, Meaning("inform"))


def test_a_list_names_a_language_with_every_phrase() -> None:
    for name in ("commands", "no_answers"):
        phrases = PhraseList(name)
        assert len(phrases.parts) == len(set(phrases.parts)), name
    assert PhraseList("commands").part_of("Precedent") == "go_back", "French without its accents"
    assert PhraseList("commands").part_of("Bäck") is None


@pytest.mark.parametrize(
    "text", ["Not sure what you expect", "idk what im good at", "Je ne suis pas sûre de ce que vous attendez"]
)
def test_who_is_at_a_loss_is_asked_back_and_a_story_is_none(text: str) -> None:
    assert aside_in(text, "long_text") is Aside.SENTENCE
    assert aside_in(text, "name") is None
    assert (
        aside_in(f"{text}, but then a mentor took me by the hand and showed me the trade, day by day", "long_text")
        is None
    )

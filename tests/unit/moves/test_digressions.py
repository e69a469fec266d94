"""Questions and remarks on the way: each has a sentence, at every question and about every item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.i18n.catalogue import catalogue
from bot.moves.digressions import digression_note
from bot.registration import form
from bot.registration.answers import Note
from bot.registration.form import ItemId, Kind
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER
from bot.understanding.items import CLAUSES, named_item
from bot.understanding.reader import ABOUT_ITEMS, ANSWER, COMMANDS, DIGRESSIONS, UNKNOWN

ROOT = Path(__file__).resolve().parents[3]
FRAME = (START, EMAIL_CODE, JOIN, REVIEW, RECONSIDER, START_OVER, CANCEL)
QUESTIONS: tuple[ItemId | None, ...] = (*(item.id for item in form.ASKED), *FRAME, None)
ITEMS: tuple[str | None, ...] = (*(item.id for item in form.ASKED), None, "no_such_item")
#: Sentences that depend on where the mentor stands: `Dialogue` chooses them.
WHERE_ONE_STANDS = {"faq_status", "chat_greet"}


def read_yaml(path: Path) -> dict[str, Any]:
    loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def intents() -> list[str]:
    found: list[str] = read_yaml(ROOT / "domain.yml")["intents"]
    return found


TOPICS = sorted(each for each in intents() if each.startswith(DIGRESSIONS) and each not in WHERE_ONE_STANDS)


def told(note: Note) -> str:
    """The sentence as the mentor gets it."""
    return catalogue().text(note.id, contact="mentors@jobgen.example", steps=len(form.STEPS), **dict(note.arguments))


@pytest.mark.parametrize("intent", TOPICS)
def test_every_topic_has_a_sentence_at_every_question_about_every_item(intent: str) -> None:
    for question in QUESTIONS:
        for item in ITEMS:
            sentence = told(digression_note(intent, question, item))
            assert len(sentence) > 5, (intent, question, item)
            assert "{" not in sentence, (intent, question, item)


@pytest.mark.parametrize("intent", sorted(set(TOPICS) - ABOUT_ITEMS))
def test_a_general_topic_has_one_sentence_wherever_it_is_asked(intent: str) -> None:
    assert {digression_note(intent, question, item) for question in QUESTIONS for item in ITEMS} == {
        Note(intent.replace("_", "-", 1))
    }


@pytest.mark.parametrize("intent", sorted(ABOUT_ITEMS))
def test_who_names_an_item_hears_about_that_one_whatever_is_asked(intent: str) -> None:
    for item in form.ASKED:
        assert len({digression_note(intent, question, item.id) for question in QUESTIONS}) == 1


@pytest.mark.parametrize("intent", sorted(ABOUT_ITEMS))
def test_who_names_none_hears_about_what_is_asked(intent: str) -> None:
    for item in form.ASKED:
        assert digression_note(intent, item.id) == digression_note(intent, None, item.id)
        assert digression_note(intent, item.id, "no_such_item") == digression_note(intent, item.id)


@pytest.mark.parametrize("intent", ["faq_why", "faq_meaning"])
def test_every_item_and_clause_is_explained_in_words_of_its_own(intent: str) -> None:
    assert len({told(digression_note(intent, item.id)) for item in form.ASKED}) == len(form.ASKED)


@pytest.mark.parametrize("intent", ["faq_sees", "faq_kept", "faq_example"])
def test_all_consents_share_what_is_the_same_for_them(intent: str) -> None:
    assert len({digression_note(intent, item.id) for item in form.CONSENTS}) == 1
    questions = [item for item in form.ASKED if item.kind is Kind.QUESTION]
    assert len({digression_note(intent, item.id).id for item in questions}) == len(questions)


@pytest.mark.parametrize("intent", sorted(ABOUT_ITEMS))
def test_what_is_asked_beside_the_form_is_explained_as_what_it_is(intent: str) -> None:
    deletion = {digression_note(intent, question) for question in (START_OVER, CANCEL)}
    others = {digression_note(intent, question) for question in (START, REVIEW, RECONSIDER)}
    of_items = {digression_note(intent, item.id) for item in form.ASKED}
    assert len(deletion) == 1
    assert len(others) == 3
    assert not (deletion | others) & of_items
    assert not deletion & others


def test_once_everything_is_sent_a_question_about_nothing_named_tells_what_comes_next() -> None:
    for intent in ABOUT_ITEMS:
        assert digression_note(intent, None) == Note("faq-after")


@pytest.mark.parametrize("intent", sorted(WHERE_ONE_STANDS))
def test_where_one_stands_is_said_by_the_dialogue_itself(intent: str) -> None:
    assert not catalogue().has(intent.replace("_", "-"))
    assert all(catalogue().has(name) for name in ("greeting", "greeting-back", "status-new", "status-draft"))


def examples() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "nlu").glob("*.yml")):
        for entry in read_yaml(path)["nlu"]:
            for line in entry["examples"].strip().splitlines():
                yield entry["intent"], line.removeprefix("- ").strip()


def test_every_intent_has_examples_and_every_example_an_intent() -> None:
    counts: dict[str, int] = {}
    for intent, example in examples():
        assert example, intent
        counts[intent] = counts.get(intent, 0) + 1
    assert set(counts) == set(intents())
    assert {intent for intent, count in counts.items() if count < 20} == set()


def test_the_readers_intents_are_the_domains() -> None:
    known = set(intents())
    assert known >= ABOUT_ITEMS
    assert known >= COMMANDS
    assert {each for each in known if not each.startswith(DIGRESSIONS)} == COMMANDS | {
        *("register", "affirm", "deny"),
        ANSWER,
    }
    assert UNKNOWN not in known


def test_the_readers_clauses_are_the_forms_in_order() -> None:
    assert [item for item, _ in CLAUSES] == [clause.id for clause in form.CLAUSES]


@pytest.mark.parametrize("item", form.ASKED, ids=lambda item: str(item.id))
def test_whatever_name_an_item_has_leads_to_an_item_of_the_form(item: form.Item) -> None:
    assert named_item(item.wording) in {None, *(each.id for each in form.ASKED)}

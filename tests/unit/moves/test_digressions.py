"""Questions and remarks on the way: each has a sentence, at every question and about every item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.checks.service import Status
from bot.core.organisation import ORGANISATION
from bot.i18n.catalogue import catalogue, languages
from bot.messages.incoming import Incoming, Kind
from bot.messages.whereabouts import described
from bot.moves.digressions import digression_note, greeting_within, is_parting, once_sent_note, topic_sentence
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.form import ItemId
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER
from bot.storage.models import utc_now
from bot.understanding.items import CLAUSES, named_item
from bot.understanding.learned import LIKELY_REPLY
from bot.understanding.likely_replies import REPLY_CLASSES
from bot.understanding.reader import ABOUT_ITEMS, ANSWER, COMMANDS, DIGRESSIONS, UNKNOWN

ROOT = Path(__file__).resolve().parents[3]
FRAME = (EMAIL_CODE, JOIN, REVIEW, RECONSIDER, START_OVER, CANCEL)
QUESTIONS: tuple[ItemId | None, ...] = (START, *(item.id for item in form.ASKED), *FRAME, None)
ITEMS: tuple[str | None, ...] = (*(item.id for item in form.ASKED), None, "no_such_item")
DRAFTS = ("new", "draft", "withdrawn")
STAGES = (*DRAFTS, *(status for status in Status if status is not Status.WITHDRAWN))
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


def told(note: MessageRef, question: ItemId | None = None, language: str = "en", *, is_draft: bool = True) -> str:
    """The sentence as a mentor gets it who answered everything before the open question."""
    ids = [item.id for item in form.ASKED]
    undone = (ids[ids.index(question) :] if question in ids else []) if is_draft else []
    where = described(catalogue(language), question, form.ASKED, undone)
    basics = {"contact": ORGANISATION.contact, "steps": len(form.STEPS), "since": utc_now()}
    return catalogue(language).text(note.id, **(where | basics | dict(note.arguments)))


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("intent", TOPICS)
@pytest.mark.slow
def test_every_topic_has_a_sentence_at_every_question_in_every_state(intent: str, language: str) -> None:
    asked = [(question, None) for question in QUESTIONS] + [(None, item) for item in ITEMS if item]
    for stage in STAGES:
        for question, item in asked:
            note = digression_note(intent, question, item, stage)
            sentence = told(note, question, language, is_draft=stage in DRAFTS)
            assert len(sentence) > 3, (intent, question, item, stage)
            assert "{" not in sentence, (intent, question, item, stage)


@pytest.mark.parametrize("intent", sorted(ABOUT_ITEMS))
def test_who_names_an_item_hears_about_that_one_whatever_is_asked(intent: str) -> None:
    for item in form.ASKED:
        assert len({digression_note(intent, question, item.id) for question in QUESTIONS}) == 1


@pytest.mark.parametrize("intent", sorted(ABOUT_ITEMS))
def test_who_names_none_hears_about_what_is_asked(intent: str) -> None:
    for item in form.ASKED:
        assert digression_note(intent, item.id) == digression_note(intent, None, item.id)
        assert digression_note(intent, item.id, "no_such_item") == digression_note(intent, item.id)


@pytest.mark.parametrize("intent", ["faq_why", "faq_meaning", "faq_example"])
def test_every_item_and_clause_is_explained_in_words_of_its_own(intent: str) -> None:
    assert len({told(digression_note(intent, item.id)) for item in form.ASKED}) == len(form.ASKED)


@pytest.mark.parametrize(
    ("intent", "question", "stage", "name"),
    [
        ("faq_sees", "published_and_rated", "draft", "sees-published_and_rated"),
        ("faq_sees", "ethics_laws", "draft", "sees-consent"),
        ("faq_sees", None, "waiting", "sees"),
        ("faq_kept", "ethics_laws", "draft", "kept-consent"),
        ("faq_example", "ethics_own_limits", "draft", "example-ethics_own_limits"),
        ("faq_mistake", "ethics_own_limits", "draft", "mistake-ethics_own_limits"),
        ("faq_mistake", "ethics_privacy", "draft", "mistake-consent"),
        ("faq_mistake", "reasons", "draft", "mistake"),
        ("faq_mistake", None, "waiting", "mistake.after"),
        ("faq_refuse", "reasons", "draft", "refuse-text"),
        ("faq_refuse", "ethics_laws", "draft", "refuse-consent"),
        ("faq_refuse", "country", "draft", "refuse-country"),
        ("faq_cannot", "photo", "draft", "cannot-photo"),
        ("faq_why", "start_over", "draft", "why-deletion"),
        ("faq_when", "two_months", "draft", "faq-when-two_months"),
        ("faq_when", None, "clear", "status-clear"),
        ("faq_duration", "ethics_laws", "draft", "faq-duration"),
        ("faq_duration", None, "queued", "faq-duration.after"),
        ("faq_duration", None, "review", "status-review"),
        ("faq_duration", "start", "new", "faq-duration-start"),
        ("faq_after", None, "waiting", "faq-after.after"),
        ("faq_after", None, "declined", "status-declined"),
        ("faq_after", None, "clear", "status-clear"),
        ("faq_cost", None, "waiting", "faq-cost"),
        ("chat_worry", "ethics_laws", "draft", "chat-worry-consent"),
        ("chat_worry", "date_of_birth", "draft", "chat-worry-date_of_birth"),
        ("chat_worry", "reasons", "withdrawn", "chat-worry"),
    ],
)
def test_the_most_particular_sentence_is_said(intent: str, question: str | None, stage: str, name: str) -> None:
    assert digression_note(intent, ItemId(question) if question else None, None, stage) == MessageRef(name)


def test_every_sentence_on_a_topic_is_said_somewhere() -> None:
    topics = {intent.replace("_", "-", 1) for intent in TOPICS} | {each.removeprefix("faq_") for each in ABOUT_ITEMS}
    beginnings = tuple(f"{topic}-" for topic in (topics | {"skip", "note-paused"}))
    defined = {name for name in catalogue().ids if name in topics or name.startswith(beginnings)}
    said = {
        digression_note(intent, question, None, stage).id.partition(".")[0]
        for intent in TOPICS
        for question in (*QUESTIONS, *(item.id for item in form.PLACE))
        for stage in STAGES
    }
    said |= {topic_sentence(topic, question) for topic in ("skip", "note-paused") for question in QUESTIONS[1:-1]}
    assert defined - said == set()


def test_a_topic_without_any_sentence_is_an_error() -> None:
    with pytest.raises(LookupError, match="no-such-topic"):
        topic_sentence("no-such-topic", "photo")


#: For each question, the questions and points from it on.
LEFT = {str(item.id): len(form.ASKED) - place for place, item in enumerate(form.ASKED)}


@pytest.mark.parametrize(
    ("question", "left", "minutes", "short"),
    [
        ("account", LEFT["account"], 10, "no"),
        ("photo", LEFT["photo"], 5, "no"),
        ("ethics_respect_for_time", LEFT["ethics_respect_for_time"], 3, "yes"),
        ("ethics_autonomy", LEFT["ethics_autonomy"], 3, "yes"),
        ("code_of_ethics", 1, 1, "yes"),
        ("review", 0, 1, "yes"),
    ],
)
def test_what_is_left_is_counted(question: str, left: int, minutes: int, short: str) -> None:
    ids = [item.id for item in form.ASKED]
    undone = ids[ids.index(ItemId(question)) :] if question in ids else []
    where = described(catalogue(), ItemId(question), form.ASKED, undone)
    assert (where["left"], where["minutes"], where["short"]) == (left, minutes, short)


def test_what_is_left_is_said_in_a_sentence() -> None:
    def said(question: str) -> str:
        return told(digression_note("faq_duration", ItemId(question)), ItemId(question))

    assert (
        said("ethics_autonomy")
        == f"{LEFT['ethics_autonomy']} short points and the final check are left, about 3 minutes."
    )
    assert said("code_of_ethics") == "This point and the final check are left, about a minute."
    assert said("photo") == f"{LEFT['photo']} questions and short points and the final check are left, about 5 minutes."


def test_an_answer_that_is_changed_is_not_counted_as_left() -> None:
    where = described(catalogue(), form.PHOTO, form.ASKED, [form.CODE_OF_ETHICS])
    assert (where["left"], where["open"], where["next"]) == (1, "your photo", "the code as a whole")


def test_the_place_is_the_line_above_the_question() -> None:
    def place(question: str) -> object:
        return described(catalogue(), ItemId(question), form.ASKED, [])["place"]

    assert (
        place("ethics_confidentiality")
        == f"Code of ethics 2 of {len(form.CLAUSES)} · step {form.STEPS.index('ethics') + 1} of {len(form.STEPS)}"
    )
    assert place("email_code") == f"Your account 3 of 3 · step 1 of {len(form.STEPS)}"
    assert place("review") == f"Check your answers · step {len(form.STEPS)} of {len(form.STEPS)}"


@pytest.mark.parametrize(
    "words", ["done", "I'm done", "submit it please", "OK, send my registration now", "fini", "j’ai terminé"]
)
def test_who_is_done_hears_that_everything_is_sent(words: str) -> None:
    assert once_sent_note(words, "waiting") == MessageRef("note-sent-already")
    assert once_sent_note(words, "clear") == MessageRef("status-clear")


@pytest.mark.parametrize("words", ["I'm done with my old job", "submitted to what?", "hm"])
def test_who_says_something_else_hears_how_the_check_stands(words: str) -> None:
    assert once_sent_note(words, "waiting") == MessageRef("status-waiting")


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ({"note-paused"}, True),
        ({"chat-goodbye.after"}, True),
        ({"chat-wait"}, True),
        ({"note-paused", "note-changed"}, False),
        ({"faq-pause"}, False),
        (set(), False),
    ],
)
def test_who_goes_for_a_while_is_asked_nothing(names: set[str], parts: bool) -> None:
    assert is_parting(names) is parts


def test_who_says_hello_is_not_welcomed_back() -> None:
    assert greeting_within(Incoming(Kind.TEXT, text="hello")) == "greeting-here"
    assert greeting_within(Incoming(Kind.TEXT, text="/start")) == "greeting-back"
    assert greeting_within(Incoming(Kind.OPEN)) == "greeting-back"


@pytest.mark.parametrize("intent", sorted(WHERE_ONE_STANDS))
def test_where_one_stands_is_said_by_the_dialogue_itself(intent: str) -> None:
    assert not catalogue().has(intent.replace("_", "-"))
    assert all(catalogue().has(name) for name in ("greeting", "greeting-here", "status-new", "status-draft"))


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
    assert {intent for intent, count in counts.items() if count < 20} <= {LIKELY_REPLY}, "that is read by rule"


def test_the_readers_intents_are_the_domains() -> None:
    known = set(intents())
    assert known >= ABOUT_ITEMS
    assert known >= COMMANDS
    assert {each for each in known if not each.startswith(DIGRESSIONS)} == COMMANDS | {
        *("register", "affirm", "deny", LIKELY_REPLY),
        *("remark", "nonsense", ANSWER),
        *REPLY_CLASSES,
    }
    assert UNKNOWN not in known


def test_the_readers_clauses_are_the_forms_in_order() -> None:
    assert list(CLAUSES) == [clause.id for clause in form.CLAUSES]


@pytest.mark.parametrize("item", form.ASKED, ids=lambda item: str(item.id))
def test_whatever_name_an_item_has_leads_to_an_item_of_the_form(item: form.Item) -> None:
    assert named_item(item.wording) in {None, *(each.id for each in form.ASKED)}

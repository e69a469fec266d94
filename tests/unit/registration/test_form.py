"""The form as data: the owner's wording and order, and that dialogue, catalogue and actions all follow it."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Action
from ruamel.yaml import YAML

import actions.registration as registration_actions
from bot.core.form_files import ENGLISH, FORM_FILES
from bot.i18n.catalogue import catalogue
from bot.messages.incoming import Tap
from bot.moves.digressions import digression_note
from bot.registration import form
from bot.registration.form import Answer, Item, ItemId, Kind
from bot.registration.registration import CANCEL, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START, START_OVER
from bot.understanding.text import words
from tests.unit.registration.owner_form import MENDED_SLIPS, OWNER_FORM, mended

ROOT = Path(__file__).resolve().parents[3]
#: Every wording that the form has or had.
WORDINGS = Path(__file__).parent / "wordings.txt"

#: Questions that the owner's form does not spell out: what "I need to register" comes to, and what some checks need.
NOT_THE_OWNERS = (form.FULL_NAME, form.EMAIL, form.COUNTRY, form.REGION)


def read_yaml(path: Path) -> dict[str, Any]:
    loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    return read_yaml(ROOT / "domain.yml")


@pytest.fixture(scope="module")
def digressions(domain: dict[str, Any]) -> list[str]:
    found = [intent for intent in domain["intents"] if intent.startswith(("faq_", "chat_"))]
    assert len(found) > 10
    return found


def action_names() -> set[str]:
    classes = [
        each
        for _, each in inspect.getmembers(registration_actions, inspect.isclass)
        if issubclass(each, Action) and each is not Action and not inspect.isabstract(each)
    ]
    return {each().name() for each in classes}


def questions() -> list[Item]:
    return [item for item in form.ITEMS if item.kind is Kind.QUESTION]


def test_ids_are_unique_and_each_leads_to_its_item() -> None:
    assert len({item.id for item in form.ITEMS}) == len(form.ITEMS)
    assert all(form.BY_ID[item.id] is item for item in form.ITEMS)
    assert len(form.BY_ID) == len(form.ITEMS) + len(form.PLACE)


def listed_wordings() -> dict[tuple[str, int], str]:
    """The SHA-256 of each version of a wording that mentors were asked, in the order of the form."""
    lines = [line.split() for line in WORDINGS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = {(item, int(version)): sha256 for item, version, sha256 in lines}
    assert len(found) == len(lines)
    return found


def first_wordings() -> dict[str, str]:
    """What each item was worded as when the owner gave the form, as far as the items are still there, in order."""
    given = {item for item, _version in listed_wordings()}
    worded = {
        each.id: form.worded(each.wording[0].text[ENGLISH])
        for file in FORM_FILES
        for each in (
            *(notice for notice in file.item.notices if notice.place == "before"),
            file.item,
            *(notice for notice in file.item.notices if notice.place == "after"),
        )
    }
    return {item: text for item, text in worded.items() if item in given - set(NOT_THE_OWNERS)}


def test_what_mentors_were_asked_stays_on_record_word_for_word() -> None:
    kept = {
        (each.id, each_version.version): hashlib.sha256(form.worded(each_version.text[ENGLISH]).encode()).hexdigest()
        for file in FORM_FILES
        for each in (file.item, *file.item.notices)
        for each_version in each.wording
    }
    changed = [key for key, sha256 in listed_wordings().items() if kept.get(key, sha256) != sha256]
    assert changed == [], "a version that mentors were asked is never changed: add a version"


def test_every_wording_was_the_owners_own_at_first() -> None:
    text = mended()
    assert [item for item, wording in first_wordings().items() if wording not in text] == []


def test_wordings_come_in_the_owners_order() -> None:
    text = mended()
    notices = {item.id for item in form.ITEMS if item.kind is Kind.NOTICE}
    items = {item: text for item, text in first_wordings().items() if item not in notices and item != form.ACCOUNT}
    places = [text.index(wording) for wording in items.values()]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_both_kinds_of_account_are_offered_in_the_owners_words() -> None:
    text = mended()
    options = form.BY_ID[form.ACCOUNT].options
    assert [value for value, _ in options] == [form.Account.EXISTING, form.Account.NEW]
    assert all(f"\n{wording}\n" in text for _, wording in options)


def test_every_line_of_the_owners_form_is_in_the_form() -> None:
    wordings = {*first_wordings().values(), *(wording for _, wording in form.BY_ID[form.ACCOUNT].options)}
    headings = {"Your Path to Success", *(item.section for item in form.ITEMS)}
    missing = []
    for line in mended().splitlines():
        text = line.strip().removeprefix("*").removeprefix("•").strip()
        if text and text not in headings and text not in wordings:
            missing.append(text)
    assert missing == ["Date of birth: (deleted after your background check is complete)"]  # a question and its notice


def test_what_the_owner_starred_is_required_and_asked() -> None:
    starred = [line[1:].strip() for line in mended().splitlines() if line.startswith("*")]
    assert len(starred) == 9
    asked = {item.id: item for item in form.ASKED}
    for line in starred:
        matching = [item for item, wording in first_wordings().items() if item in asked and line.startswith(wording)]
        assert len(matching) == 1, line
        assert asked[form.ItemId(matching[0])].required, line


def test_everything_asked_is_required_and_no_notice_is() -> None:
    assert all(item.required for item in form.ASKED)
    assert not any(item.required for item in form.ITEMS if item.kind is Kind.NOTICE)


@pytest.mark.parametrize(("slip", "mend"), MENDED_SLIPS)
def test_each_typing_slip_of_the_owner_is_mended(slip: str, mend: str) -> None:
    assert slip in OWNER_FORM
    assert not any(slip in wording for wording in first_wordings().values())
    assert sum(mend in wording for wording in first_wordings().values()) == 1


def test_sections_are_the_owners_headings() -> None:
    lines = mended().splitlines()
    assert [heading for heading in dict.fromkeys(item.section for item in form.ITEMS) if heading not in lines] == []


@pytest.mark.parametrize(
    ("item", "notices"),
    [
        ("expertise", ["expertise_shown"]),
        ("date_of_birth", ["check_information", "date_of_birth_deleted"]),
        ("two_months", ["settings_change"]),
        ("ethics_assist_and_guide", ["ethics_introduction"]),
        ("reasons", []),
    ],
)
def test_notices_are_shown_with_their_question(item: str, notices: list[str]) -> None:
    assert [notice.id for notice in form.notices(form.BY_ID[ItemId(item)])] == notices


def test_every_notice_is_shown_with_something_asked() -> None:
    asked = {item.id for item in form.ASKED}
    loose = [item for item in form.ITEMS if item.kind is Kind.NOTICE]
    assert loose
    assert all(notice.notice_for in asked for notice in loose)
    assert not any(item.notice_for for item in form.ASKED)


def test_the_check_permission_stands_alone() -> None:
    permission = form.BY_ID[ItemId("background_check")]
    assert form.notices(permission) == ()
    assert form.part(permission) == (1, 1)


def test_the_wordings_hash_is_sha256_of_its_utf8() -> None:
    for item in form.ITEMS:
        assert item.wording_sha256 == hashlib.sha256(item.wording.encode("utf-8")).hexdigest()
    assert len({item.wording_sha256 for item in form.ITEMS}) == len(form.ITEMS)


def test_the_hash_changes_with_the_wording() -> None:
    clause = form.CLAUSES[0]
    assert replace(clause, wording=clause.wording + " ").wording_sha256 != clause.wording_sha256


def test_versions_count_from_one() -> None:
    assert all(isinstance(item.version, int) and item.version >= 1 for item in form.ITEMS)


def test_answers_fit_their_kind() -> None:
    assert all(item.answer is Answer.YES_NO for item in form.CONSENTS)
    assert all(item.answer is Answer.NONE for item in form.ITEMS if item.kind is Kind.NOTICE)
    assert not any(item.answer in (Answer.NONE, Answer.YES_NO) for item in questions())
    typed = (Answer.NAME, Answer.EMAIL, Answer.LONG_TEXT)
    assert all((item.max_length is not None) == (item.answer in typed) for item in form.ITEMS)


def test_all_consents_share_one_slot_and_each_question_has_its_own() -> None:
    assert {item.slot for item in form.CONSENTS} == {"consent"}
    assert [item.slot for item in questions()] == [item.id for item in questions()]


def test_slots_are_the_questions_and_the_consents_then_the_frame() -> None:
    asked = dict.fromkeys("consent" if item.kind is Kind.CONSENT else item.id for item in form.ASKED)
    assert (*asked, "country", "region", "email_code", "review") == form.SLOTS


def test_a_part_counts_the_items_of_its_step() -> None:
    assert [form.part(clause) for clause in form.CLAUSES] == [
        (number, len(form.CLAUSES)) for number in range(1, len(form.CLAUSES) + 1)
    ]
    assert form.part(form.BY_ID[ItemId("published_and_rated")]) == (2, 2)


def test_who_has_an_account_is_asked_for_the_name_with_the_check() -> None:
    everything = [item.id for item in form.ASKED]
    assert [item.id for item in form.asked_for(form.Account.NEW)] == everything
    assert [item.id for item in form.asked_for(None)] == everything
    later = [item.id for item in form.asked_for(form.Account.EXISTING)]
    assert sorted(later) == sorted(everything)
    assert [each for each in later if each != "full_name"] == [each for each in everything if each != "full_name"]
    assert later[later.index("full_name") + 1] == "date_of_birth"
    asked = {item.id: item for item in form.asked_for(form.Account.EXISTING)}
    assert asked[form.FULL_NAME].step == "date_of_birth"
    assert asked[form.FULL_NAME].wording == form.BY_ID[form.FULL_NAME].wording


def test_the_rasa_form_requires_exactly_the_slots(domain: dict[str, Any]) -> None:
    assert domain["forms"]["registration_form"]["required_slots"] == list(form.SLOTS)
    assert list(domain["slots"]) == [*form.SLOTS, "open_question"]


def test_no_slot_lets_rasa_fill_it_or_steer_by_it(domain: dict[str, Any]) -> None:
    for name, slot in domain["slots"].items():
        kind = "text" if name == "open_question" else "bool"
        assert slot == {"type": kind, "influence_conversation": False, "mappings": [{"type": "custom"}]}


def test_every_slot_is_asked_by_naming_the_open_question(domain: dict[str, Any]) -> None:
    asks = [{"custom": {"ask": "{open_question}"}, "channel": "collector"}]
    assert domain["responses"] == {f"utter_ask_{slot}": asks for slot in form.SLOTS}


def test_the_domain_names_exactly_the_actions_there_are(domain: dict[str, Any]) -> None:
    assert sorted(domain["actions"]) == sorted(action_names())


def test_every_digression_has_a_sentence_at_every_question(digressions: list[str]) -> None:
    questions = [START, EMAIL_CODE, JOIN, RECONSIDER, REVIEW, START_OVER, CANCEL, *(item.id for item in form.ASKED)]
    items = [None, *(item.id for item in form.ASKED)]
    for intent in digressions:
        if intent in ("faq_status", "chat_greet"):
            continue  # these say where the mentor stands
        for question in questions:
            for item in items:
                assert catalogue().has(digression_note(intent, question, item).id), (intent, question, item)


def test_a_digression_is_about_the_item_that_is_named_else_the_one_that_is_asked() -> None:
    laws = form.ItemId("ethics_laws")
    assert digression_note("faq_why", form.PHOTO).id == "why-photo"
    assert digression_note("faq_why", form.PHOTO, form.EMAIL).id == "why-email"
    assert digression_note("faq_meaning", laws).id == "meaning-ethics_laws"
    assert digression_note("faq_sees", laws).id == "sees-consent"
    assert digression_note("faq_sees", None, form.PHOTO).id == "sees-photo"
    assert digression_note("faq_why", None).id == "why"
    assert digression_note("faq_check_time", laws, form.PHOTO).id == "faq-check_time"


def test_the_digression_rule_names_every_digression(digressions: list[str]) -> None:
    rules = read_yaml(ROOT / "stories" / "digressions.yml")["rules"]
    alternatives = [
        {each["intent"] for each in step["or"]}
        for rule in rules
        if {"action": "action_answer_digression"} in rule["steps"]
        for step in rule["steps"]
        if "or" in step
    ]
    assert alternatives == [set(digressions)]


def test_exactly_the_intents_of_the_domain_have_examples_and_enough_of_them(domain: dict[str, Any]) -> None:
    examples: dict[str, list[str]] = {}
    for path in sorted((ROOT / "nlu").glob("*.yml")):
        for entry in read_yaml(path)["nlu"]:
            examples.setdefault(entry["intent"], []).extend(entry["examples"].strip().splitlines())
    assert set(examples) == set(domain["intents"])
    assert [intent for intent, lines in examples.items() if len(lines) < 5] == []


def test_no_example_is_given_for_two_intents() -> None:
    owners: dict[str, set[str]] = {}
    for path in sorted((ROOT / "nlu").glob("*.yml")):
        for entry in read_yaml(path)["nlu"]:
            for line in entry["examples"].strip().splitlines():
                owners.setdefault(line.removeprefix("- ").casefold(), set()).add(entry["intent"])
    assert {line: intents for line, intents in owners.items() if len(intents) > 1} == {}


@pytest.mark.parametrize(
    "item", [each for each in form.ITEMS if each.answer is form.Answer.CHOICE], ids=lambda item: item.id
)
def test_a_choice_has_options_that_fit_on_a_button(item: form.Item) -> None:
    values = [value for value, _wording in item.options]
    assert len(values) == len(set(values)) >= 2
    assert len({words(wording) for _value, wording in item.options}) == len(values), "one could not be typed"
    assert set(item.yes_and_no or ()) <= set(values)
    for value in values:
        tap = Tap("inform", item.id, 2**31, value)
        assert Tap.parse(tap.payload()) == tap

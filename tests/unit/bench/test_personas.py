"""The judging of whole registrations and of single messages, and that what is judged is well-formed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli.understand import Line
from bot.registration import form
from bot.registration.registration import EMAIL_CODE, RECONSIDER, REVIEW, START
from evaluation import playing, voices
from evaluation.__main__ import VOICES, read_set
from evaluation.personas import (
    RIGHT,
    SUBMITTED,
    TOLERABLE,
    WRONG,
    Persona,
    Seen,
    State,
    Step,
    judge,
    read_personas,
)
from evaluation.sentences import TOPICS, sentences_in

PERSONAS = read_personas()
VOICE_ROWS = read_set(VOICES)
EVERY_QUESTION = {START, EMAIL_CODE, REVIEW, SUBMITTED, *(item.id for item in form.ASKED)}
ITEMS = {str(item.id) for item in (*form.ASKED, *form.PLACE)}


def state(question: str = "two_months", answers: dict[str, str] | None = None, **consents: str) -> State:
    return State(question, answers or {}, consents)


def seen(after: State, *sentences: str, before: State | None = None, language: str = "en") -> Seen:
    return Seen(before or state(), after, frozenset(sentences), frozenset({language}))


def step(*expected: dict[str, Any], tolerable: tuple[dict[str, Any], ...] = (), says: str = "words") -> Step:
    return Step("two_months", says, expected=expected, tolerable=tolerable)


YES = {"consent": {"two_months": "agreed"}}
AGREED = state("published_and_rated", two_months="agreed")
REFUSED = state("published_and_rated", two_months="refused")
NEITHER = {"not_stored": True, "next": "two_months"}


def test_a_clear_yes_is_right_once_it_is_recorded() -> None:
    assert judge(step(YES), seen(AGREED)).verdict == RIGHT
    missed = judge(step(YES), seen(state(), "note-unclear-consent"))
    assert (missed.verdict, missed.problems) == (WRONG, ("agreed wanted, none recorded",))


def test_a_yes_that_nobody_gave_is_a_false_consent() -> None:
    found = judge(step(NEITHER), seen(AGREED))
    assert found.verdict == WRONG
    assert found.false_consents == found.wrongly_stored == ("two_months",)
    assert judge(step(NEITHER), seen(REFUSED)).false_consents == ()
    assert judge(step(NEITHER), seen(REFUSED)).wrongly_stored == ("two_months",)


def test_a_yes_for_another_consent_is_a_false_one_though_the_right_one_is_recorded_too() -> None:
    both = state("ethics_laws", two_months="agreed", published_and_rated="agreed")
    found = judge(step(YES), seen(both))
    assert (found.verdict, found.false_consents) == (WRONG, ("published_and_rated",))


def test_asking_back_is_tolerable_where_something_is_wanted_and_wrong_where_nothing_is() -> None:
    asked = seen(state("save"), "question-save-text")
    assert judge(step(YES), asked).verdict == TOLERABLE
    assert judge(step(NEITHER), asked).verdict == WRONG
    assert judge(step({"asked_back": True}), asked).verdict == RIGHT


def test_a_yes_that_is_asked_about_is_told_from_an_unclear_reply_by_the_question_that_is_open() -> None:
    words = ("note-unclear-consent", "question-confirm")
    assert judge(step(YES), seen(state("two_months"), *words)).verdict == WRONG
    assert judge(step(YES), seen(state("confirm"), "question-confirm")).verdict == TOLERABLE


def test_a_question_has_to_be_answered() -> None:
    why = {"answers": ["why|meaning"], **NEITHER}
    assert judge(step(why), seen(state(), "meaning-two_months")).verdict == RIGHT
    assert judge(step(why), seen(state(), "faq-cost")).verdict == WRONG
    assert judge(step(why), seen(AGREED, "meaning-two_months")).false_consents == ("two_months",)


def test_a_question_that_can_be_tapped_is_tolerable() -> None:
    wanted = step({"answers": ["cost|why"], **NEITHER})
    for offered, verdict in (({"faq_why", "pause"}, TOLERABLE), ({"pause"}, WRONG)):
        found = Seen(state(), state(), frozenset({"note-did-you-mean"}), offered=frozenset(offered))
        assert judge(wanted, found).verdict == verdict
    reading = {"reading": "unclear", "name": "note-unclear-consent", "choices": [{"name": "faq_cost"}]}
    assert voices.judge(row({"reading": "digression", "about": "cost"}), reading) == TOLERABLE
    assert voices.judge(row({"reading": "digression", "about": "organisation"}), reading) == WRONG


def test_a_yes_confirms_a_yes_or_an_answer_and_not_one_of_several_buttons() -> None:
    assert seen(state("confirm"), "question-confirm").can_be_confirmed
    assert seen(state("save"), "question-save-name").can_be_confirmed
    assert not seen(state("account"), "note-did-you-mean").can_be_confirmed


def test_a_question_beside_a_yes_is_tolerated_unanswered_but_not_the_other_way_round() -> None:
    both = {**YES, "answers": ["time"]}
    assert judge(step(both), seen(AGREED, "faq-time")).verdict == RIGHT
    assert judge(step(both), seen(AGREED)).verdict == TOLERABLE
    assert judge(step(both), seen(state(), "faq-time")).verdict == WRONG


def test_an_answer_has_to_have_its_value() -> None:
    wanted = step({"stored": {"full_name": ["Ana Ruiz", "Ana"]}}, says="I'm Ana Ruiz")
    assert judge(wanted, seen(state("email", {"full_name": "ana ruiz."}))).verdict == RIGHT
    whole = judge(wanted, seen(state("email", {"full_name": "I'm Ana Ruiz"})))
    assert (whole.verdict, whole.wrongly_stored) == (WRONG, ("full_name",))
    typed = step({"stored": {"full_name": "="}}, says="I'm Ana Ruiz")
    assert judge(typed, seen(state("email", {"full_name": "I'm Ana Ruiz"}))).verdict == RIGHT


def test_an_answer_that_is_gone_is_wrongly_changed() -> None:
    before = state(answers={"full_name": "Ana"})
    assert judge(step(NEITHER), seen(state(), before=before)).wrongly_stored == ("full_name",)


def test_a_deletion_that_is_asked_about_by_mistake_is_counted() -> None:
    found = judge(step(YES), seen(state("cancel")))
    assert (found.verdict, found.is_wrong_ending) == (WRONG, True)
    assert judge(step({"next": "cancel"}), seen(state("cancel"))).verdict == RIGHT


def test_the_wrong_language_is_tolerable_only_if_the_rest_is_right() -> None:
    wanted = step({"answers": ["cost"], "language": "fr"})
    assert judge(wanted, seen(state(), "faq-cost", language="fr")).verdict == RIGHT
    assert judge(wanted, seen(state(), "faq-cost")).verdict == TOLERABLE
    assert judge(wanted, seen(state())).verdict == WRONG


def test_any_alternative_is_enough_and_a_tolerable_one_is_counted_apart() -> None:
    wanted = step(YES, NEITHER)
    assert judge(wanted, seen(state())).verdict == judge(wanted, seen(AGREED)).verdict == RIGHT
    assert judge(step(YES, tolerable=(NEITHER,)), seen(state())).verdict == TOLERABLE


def test_a_made_up_transcript_is_counted_as_it_went() -> None:
    persona = Persona("ana", "made up", "en", "en", ())
    moves = [
        (step(YES, says="sure"), seen(AGREED)),
        (step(YES, says="fine"), seen(state("save"), "question-save-text")),
        (step(NEITHER, says="only on Mondays"), seen(AGREED)),
        (step({"answers": ["cost"], **NEITHER}, says="is it free?"), seen(state("cancel"))),
    ]
    played = [playing.Played(persona, each, what, "said", judge(each, what)) for each, what in moves]
    row = "4 | 1 (25%) | 1 (25%) | 2 (50%) | 1 | 1 | 1 |"
    assert playing.table(played)[2:] == [f"| ana | {row}", f"| **all en** | {row}", f"| **all** | {row}"]
    assert [line.split(" | ")[2] for line in playing.wrong_lines(played)] == [
        "'fine'",
        "'only on Mondays'",
        "'is it free?'",
    ]


def test_the_sentences_of_a_message_are_known_by_their_words() -> None:
    said = "It is free. You pay nothing to be a mentor, and we do not pay you, as mentors are volunteers."
    assert sentences_in(f"{said}\n\nBack to your photo.") == {"faq-cost"}
    assert "question-save-name" in sentences_in("Do you want me to save “Next” as your name?")
    assert sentences_in("Nothing of ours") == set()


def test_there_are_personas_of_each_language() -> None:
    languages = [each.language for each in PERSONAS]
    assert [languages.count(each) for each in ("en", "fr", "mixed")] == [12, 6, 2]


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
def test_each_persona_speaks_at_every_question_and_expects_what_can_be_judged(persona: Persona) -> None:
    assert persona.voice
    assert {each.at for each in persona.steps} - {RECONSIDER} == EVERY_QUESTION
    for each in persona.steps:
        assert bool(each.says) != bool(each.sends), each
        assert each.expected, each
        for wanted in (*each.expected, *each.tolerable):
            known = {"consent", "stored", "not_stored", "next", "answers", "asked_back", "language"}
            assert wanted, each
            assert set(wanted) <= known, each
            assert {*wanted.get("stored", {}), *wanted.get("consent", {})} <= ITEMS, each
            assert set(wanted.get("consent", {}).values()) <= {"agreed", "refused", "none"}, each
            assert {topic for any_of in wanted.get("answers", ()) for topic in any_of.split("|")} <= set(TOPICS), each


def row(*expected: dict[str, Any], question: str = "two_months", text: str = "words", **more: Any) -> dict[str, Any]:
    return {"question": question, "text": text, "expected": list(expected), "language": "en", **more}


@pytest.mark.parametrize(
    ("expected", "reading", "verdict"),
    [
        ({"reading": "yes"}, {"reading": "yes"}, RIGHT),
        ({"reading": "yes"}, {"reading": "unclear", "name": "note-unclear-consent"}, WRONG),
        ({"reading": "yes"}, {"reading": "unclear", "name": "question-save-text"}, TOLERABLE),
        ({"reading": "unclear"}, {"reading": "yes"}, WRONG),
        ({"reading": "digression", "about": "cost|why"}, {"reading": "digression", "name": "faq_why"}, RIGHT),
        ({"reading": "digression", "about": "cost"}, {"reading": "digression", "name": "faq_why"}, WRONG),
        ({"reading": "digression", "about": "cost"}, {"reading": "answer", "value": "words"}, WRONG),
        ({"reading": "command", "name": "help"}, {"reading": "digression", "name": "faq_help"}, RIGHT),
        ({"reading": "command", "name": "pause"}, {"reading": "command", "name": "skip"}, WRONG),
        (
            {"reading": "command", "name": "change_answer", "item": "email"},
            {"reading": "command", "name": "change_answer", "item": "photo"},
            WRONG,
        ),
        ({"reading": "answer", "value": "="}, {"reading": "answer", "value": "Words."}, RIGHT),
        ({"reading": "answer", "value": "other"}, {"reading": "answer", "value": "words"}, WRONG),
        ({"reading": "answer", "value": ["a", "b"]}, {"reading": "answer", "value": ["b", "a"]}, RIGHT),
        ({"reading": "answer", "value": "a"}, {"reading": "answer", "value": ["a", "b"]}, WRONG),
        ({"asked_back": True}, {"reading": "unclear", "name": "question-save-name"}, RIGHT),
    ],
)
def test_a_reading_is_judged_by_what_is_expected(
    expected: dict[str, Any], reading: dict[str, Any], verdict: str
) -> None:
    assert voices.judge(row(expected), reading) == verdict


def test_of_two_acts_both_have_to_be_heard() -> None:
    wanted = row({"acts": [{"reading": "yes"}, {"reading": "digression", "about": "cost"}]})
    cost, why = ({"reading": "digression", "name": name} for name in ("faq_cost", "faq_why"))
    yes = {"reading": "yes"}
    assert voices.judge(wanted, yes | {"acts": [yes, cost]}) == RIGHT
    assert voices.judge(wanted, yes | {"acts": [yes, why]}) == TOLERABLE
    assert voices.judge(wanted, yes) == TOLERABLE
    assert voices.judge(wanted, cost) == WRONG


def test_false_consents_and_what_is_stored_wrongly_are_counted() -> None:
    rows = [row({"reading": "yes"}), row({"reading": "unclear"}), row({"reading": "unclear"}), row({"reading": "no"})]
    readings = [
        {"reading": "yes"},
        {"reading": "yes"},
        {"reading": "confirm", "name": "question-confirm"},
        {"reading": "no"},
    ]
    lines = voices.table(rows, readings)
    assert "| **all** | 4 | 2 (50.0%) | 0 (0.0%) | 2 (50.0%) | 1 | 1 |" in lines
    assert "- clear yes accepted at once: 1 of 1 (100.0%)" in lines
    assert "- neither, but asked whether it is a yes: 1 of 2 (50.0%)" in lines


def test_every_message_in_a_voice_is_well_formed() -> None:
    names = {each.name for each in PERSONAS}
    assert len(VOICE_ROWS) == 600
    assert sum(each["language"] == "en" for each in VOICE_ROWS) == 450
    assert sum(form.BY_ID.get(each["question"]) in form.CONSENTS for each in VOICE_ROWS) >= 150
    for each in VOICE_ROWS:
        plain = {name: each[name] for name in ("question", "state", "text")}
        assert Line.parse(json.dumps(plain)).text == each["text"], each
        assert each["voice"] in names, each
        for wanted in (*each["expected"], *each.get("tolerable", ())):
            for act in wanted.get("acts", [wanted]):
                assert act.get("asked_back") or act["reading"], each
                assert set(act.get("about", "why").split("|")) <= set(TOPICS), each
                assert act.get("item", "email") in ITEMS, each


def test_no_message_in_a_voice_is_there_twice_at_one_question() -> None:
    keys = [(each["question"], each["text"].casefold()) for each in VOICE_ROWS]
    assert len(set(keys)) == len(keys)

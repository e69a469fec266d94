"""What ours is compared with: that it is the same form, and that a wrong reply of it is noticed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bench.contenders.plain import PlainStateMachine
from bench.contenders.project import FORM, write_project
from bench.contenders.script import DIGRESSIONS, SIDE_QUESTIONS, questions
from bench.contenders.state_machine import NOT_UNDERSTOOD, StateMachine
from bench.load import Load, Mentors, Run, by_position, cpu_seconds, resident_bytes
from bot.registration import form


def test_everything_that_the_form_asks_is_asked_in_its_order_and_words() -> None:
    asked = questions()
    own = {"email_code", "review"}
    assert [each.name for each in asked if each.name not in own] == [item.id for item in form.ASKED]
    for question in asked:
        if question.name not in own:
            assert form.BY_ID[form.ItemId(question.name)].wording in question.text


@pytest.mark.parametrize("pipeline", ["stock", "lean"])
def test_the_project_for_unmodified_rasa_is_whole(pipeline: str, tmp_path: Path) -> None:
    write_project(tmp_path / "project", pipeline, questions(), 1, examples=5)
    domain = yaml.safe_load((tmp_path / "project" / "domain.yml").read_text())
    slots = domain["forms"][FORM]["required_slots"]
    assert slots == [each.name for each in questions()] == list(domain["slots"])
    assert {f"utter_ask_{slot}" for slot in slots} <= domain["responses"].keys()
    nlu = {
        each["intent"]: each["examples"]
        for each in yaml.safe_load((tmp_path / "project/data/nlu.yml").read_text())["nlu"]
    }
    assert nlu.keys() == set(domain["intents"])
    assert all(len(lines.splitlines()) >= 5 for lines in nlu.values())
    for text, intent in SIDE_QUESTIONS:
        assert intent in DIGRESSIONS
        assert f"- {text}\n" in nlu[intent]


def test_stock_rasa_has_the_pipeline_that_rasa_init_writes(tmp_path: Path) -> None:
    write_project(tmp_path / "project", "stock", questions(), 1, examples=5)
    config = yaml.safe_load((tmp_path / "project" / "config.yml").read_text())
    pipeline = ["WhitespaceTokenizer", "RegexFeaturizer", "LexicalSyntacticFeaturizer", "CountVectorsFeaturizer"]
    pipeline += ["CountVectorsFeaturizer", "DIETClassifier", "EntitySynonymMapper", "ResponseSelector"]
    assert [each["name"] for each in config["pipeline"]] == [*pipeline, "FallbackClassifier"]
    policies = ["MemoizationPolicy", "RulePolicy", "UnexpecTEDIntentPolicy", "TEDPolicy"]
    assert [each["name"] for each in config["policies"]] == policies
    assert {each["epochs"] for each in [*config["pipeline"], *config["policies"]] if "epochs" in each} == {100}


def test_the_state_machine_asks_again_what_it_does_not_understand(tmp_path: Path) -> None:
    asked = questions()
    machine = StateMachine(str(tmp_path / "answers.db"), asked)
    machine.turn("m", "sign me up")
    number = next(index for index, each in enumerate(asked) if each.is_consent)
    for each in asked[:number]:
        machine.turn("m", each.reply)
    assert machine.turn("m", "perhaps, perhaps not") == [NOT_UNDERSTOOD, asked[number].text]
    assert machine.turn("m", "no") == [asked[number + 1].text]


@pytest.mark.slow
def test_a_contender_is_measured_and_a_wrong_reply_noticed(tmp_path: Path) -> None:
    plain = PlainStateMachine(tmp_path)

    async def measured() -> tuple[Run, Run, dict[int, float], Run]:
        await plain.start()
        mentors = Mentors(plain, seed=1)
        walked = await mentors.register()
        loaded = await mentors.run(Load(4), 0.2)
        positions, _ = await by_position(plain, (2, 5), window=2, longest=60)
        # From here on the mentors expect another question than the one that is asked.
        plain._asked = [replace(each, text="What is the weather like?") for each in plain._asked]
        wrong = await Mentors(plain, seed=1).register()
        return walked, loaded, positions, wrong

    try:
        walked, loaded, positions, wrong = asyncio.run(measured())
        assert sum(cpu_seconds(plain).values()) > 0
        assert sum(resident_bytes(plain).values()) > 2**20
        assert plain.told_done == plain.committed() >= 1
    finally:
        plain.stop()
    assert len(walked.turns) == len(questions()) + 1
    assert walked.errors == loaded.errors == []
    assert set(positions) == {2, 5}
    assert wrong.turns == []
    assert "What is the weather like?" in wrong.errors[0]
    assert not plain.processes()["service"].is_running()

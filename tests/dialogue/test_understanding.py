"""Rasa's NLU with the trained model: what a message means at a question, and `bot understand`."""

from __future__ import annotations

import functools
import json
import os
import queue
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.cli.app import app
from bot.cli.understand import BATCH, QUESTIONS, Understanding
from bot.conversation.readable import hides_date, readable_text, reading_context
from bot.core.organisation import ORGANISATION
from bot.core.settings import load_settings
from bot.dialogue import model as training
from bot.dialogue.agent import Agent
from bot.dialogue.components.linear_model import LinearModel
from bot.dialogue.components.sentence_vectors import VECTORS
from bot.dialogue.model import INPUTS, REPOSITORY, inputs_digest, model_path, train
from bot.i18n.catalogue import catalogue
from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.form import ItemId
from bot.understanding.dates import looks_like_date
from bot.understanding.learned import BY_RULE_ONLY, LIKELY_REPLY
from bot.understanding.reader import ABOUT_ITEMS, DIGRESSIONS, read_by_rule
from evaluation.__main__ import read_set
from tests.support.service import BOT

#: Seconds until a process has loaded the model and answered, on a busy machine that has to train it first.
PATIENCE = 240


class Nlu:
    """The NLU, asked as the service asks it."""

    def __init__(self, model: Path) -> None:
        self._agent = Agent(model)
        VECTORS.load()

    def meanings(self, messages: Iterable[tuple[str | None, str]]) -> list[tuple[str, str | None]]:
        """Intent and named item of messages, each with the question that is open."""
        found = self._agent.read_many(
            self._message(None if question is None else ItemId(question), text) for question, text in messages
        )
        return [(each.intent, each.target) for each in found]

    def meaning(self, question: str | None, text: str) -> tuple[str, str | None]:
        """The same of one message, as in a turn."""
        reading = self._agent.read(*self._message(None if question is None else ItemId(question), text))
        named = (each["value"] for each in reading["entities"] if each["entity"] == "question")
        return reading["intent"]["name"], next(named, None)

    @staticmethod
    def _message(question: ItemId | None, text: str) -> tuple[str, dict[str, Any]]:
        message = Incoming(Kind.TEXT, text=text, shown=question or "")
        hidden = hides_date(message, question, question)
        return readable_text(message, hidden=hidden), reading_context(question).to_metadata()


@pytest.fixture(scope="module")
def nlu(model: Path) -> Nlu:
    """The NLU with the trained model."""
    return Nlu(model)


# The pipeline.

MEANINGS = [
    ("start", "yes", "register", None),
    ("start", "I would like to become a mentor", "register", None),
    ("start", "how much does it cost?", "faq_cost", None),
    ("start", "no", "deny", None),
    ("account", "I need to register", "deny", None),
    ("account", f"I already have a {ORGANISATION.name} account", "affirm", None),
    ("account", f"what is a {ORGANISATION.name} account?", "faq_account", None),
    ("full_name", "Ada Lovelace", "inform", None),
    ("full_name", "Will Skip", "inform", None),
    ("email", "my email is anna.k@example.org", "inform", None),
    ("reasons", "I want to help people find work", "inform", None),
    ("reasons", "why do you want to know that?", "faq_why", None),
    ("reasons", "how long does this take?", "faq_duration", None),
    ("experience", "can you give me an example?", "faq_example", None),
    ("expertise", "Plumbing and heating", "inform", None),
    ("expertise", "what do you mean by areas of expertise?", "faq_meaning", "expertise"),
    ("photo", "who will see my picture?", "faq_sees", "photo"),
    ("photo", "I don't have one right now", "faq_cannot", None),
    ("date_of_birth", "why do you need my date of birth?", "faq_why", "date_of_birth"),
    ("date_of_birth", "3 May 1985", "inform", None),
    ("background_check", "can I talk to a human being?", "faq_person", None),
    ("background_check", "I want to correct the e-mail address I gave you", "change_answer", "email"),
    ("background_check", "who is going to see my date of birth?", "faq_sees", "date_of_birth"),
    ("background_check", "are you a robot?", "chat_bot", None),
    ("background_check", "hello there", "chat_greet", None),
    ("two_months", "yes, I agree", "affirm", None),
    ("two_months", "No, thanks", "deny", None),
    ("two_months", "yes, but only on weekends", "nlu_fallback", None),
    ("two_months", "why do I have to promise that?", "faq_why", None),
    ("two_months", "what does clause 3 mean?", "faq_meaning", "ethics_laws"),
    ("two_months", "could you please explain that?", "faq_meaning", None),
    ("two_months", "skip", "skip", None),
    ("ethics_laws", "let us begin again from the very start", "start_over", None),
    ("ethics_laws", "change the clause about privacy", "change_answer", "ethics_privacy"),
    ("reconsider", "yes", "affirm", None),
    ("reconsider", "why?", "faq_why", None),
    ("review", "submit", "affirm", None),
    ("review", "change my photo", "change_answer", "photo"),
    ("start_over", "yes", "affirm", None),
    ("cancel", "no", "deny", None),
    (None, "how much does it cost?", "faq_cost", None),
    (None, "cancel", "cancel", None),
    (None, "when do I start?", "faq_after", None),
]


@pytest.mark.parametrize(("question", "text", "intent", "target"), MEANINGS)
def test_a_message_means_something_at_a_question(
    nlu: Nlu, question: str | None, text: str, intent: str, target: str | None
) -> None:
    assert nlu.meanings([(question, text)]) == [(intent, target)]
    assert nlu.meaning(question, text) == (intent, target)


def test_messages_of_one_run_do_not_influence_one_another(nlu: Nlu) -> None:
    messages = [(question, text) for question, text, _intent, _target in MEANINGS]
    expected = [(intent, target) for _question, _text, intent, target in MEANINGS]
    assert nlu.meanings(messages) == expected
    assert nlu.meanings(reversed(messages)) == expected[::-1]


def test_the_same_words_mean_different_things_at_different_questions(nlu: Nlu) -> None:
    questions = ("start", "account", "reasons", "background_check", "review")
    assert [intent for intent, _target in nlu.meanings((question, "yes") for question in questions)] == [
        *("register", "affirm", "inform", "affirm", "affirm")
    ]


AGREEING = ("background_check", "ethics_privacy", "cancel")


@pytest.mark.parametrize(
    ("first", "every"), [(0, 3), *(pytest.param(each, 1, marks=pytest.mark.long) for each in range(3))]
)
def test_a_yes_or_a_no_is_never_the_classifiers(nlu: Nlu, first: int, every: int) -> None:
    """Every third text at one of the questions; `make test-long` puts each text to all three."""
    examples = YAML(typ="safe").load(REPOSITORY / "nlu" / "answers.yml")["nlu"]
    texts = [example.removeprefix("- ") for each in examples for example in each["examples"].splitlines()[::4]]
    texts += [row["text"] for name in ("consent", "digressions", "later_topics") for row in read_set(name)]
    asked_at = [(AGREEING[(number + first) % len(AGREEING)], text) for number, text in enumerate(texts[::every])]
    found: list[tuple[str, str | None]] = []
    for start in range(0, len(asked_at), BATCH):
        found += nlu.meanings(asked_at[start : start + BATCH])
    for (question, text), (intent, _target) in zip(asked_at, found, strict=True):
        ruled = read_by_rule(text, reading_context(ItemId(question)))
        if looks_like_date(text):
            continue  # Rasa does not get it as it is
        if ruled is not None:
            assert intent == ruled.intent, (question, text)
        else:
            assert intent not in ("affirm", "deny", "register"), (question, text)


def test_only_digressions_and_changes_name_an_item(nlu: Nlu) -> None:
    rows = read_set("digressions") + read_set("later_topics")
    found = nlu.meanings((row["question"], row["text"]) for row in rows)
    named = {intent for intent, target in found if target is not None}
    assert named <= ABOUT_ITEMS | {"change_answer"}
    assert {target for _intent, target in found if target} <= {item.id for item in form.ASKED}


@pytest.mark.parametrize(
    "text", ["", " ", "🙂", "🙄" * 500, "a" * 20_000, "/affirm", "/restart", "\u0000", "{}", "مرحبا"]
)
def test_nothing_that_can_be_typed_breaks_the_pipeline_or_agrees(nlu: Nlu, text: str) -> None:
    questions = [None, "start", *(item.id for item in form.ASKED), "review", "reconsider", "start_over", "cancel"]
    intents = {intent for intent, _target in nlu.meanings((question, text) for question in questions)}
    assert not {"affirm", "deny", "register"} & intents


# What the model is trained from.

#: A message for a training of our own making, that no other input has.
CANARY = "the canary sings in the coal mine"


def looked_into(*models: Path) -> list[dict[str, Any]]:
    """What trained models know."""
    return [_looked_into(each) for each in models]


def _looked_into(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter="data")
        [component] = Path(folder).glob("components/*LinearIntentClassifier*")
        model = LinearModel.load(component)
        domain = json.loads((Path(folder) / "metadata.json").read_text())["domain"]
        return {
            "classes": sorted(model.labels),
            "coefficients": [float(each) for each in model.weights.sum(axis=0)],
            "words": sorted(model.terms[0]),
            "intents": sorted(each if isinstance(each, str) else next(iter(each)) for each in domain["intents"]),
            "actions": sorted(domain["actions"]),
        }


def training_texts() -> dict[str, list[str]]:
    """The examples in ``nlu/`` by intent."""
    texts: dict[str, list[str]] = {}
    for path in sorted((REPOSITORY / "nlu").glob("*.yml")):
        for each in YAML(typ="safe").load(path)["nlu"]:
            texts.setdefault(each["intent"], []).extend(
                line.removeprefix("- ") for line in each["examples"].splitlines()
            )
    return texts


@pytest.mark.long
def test_the_model_is_trained_from_nlu_stories_config_and_domain_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = train()
    for name in INPUTS:
        source, target = REPOSITORY / name, tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    assert inputs_digest(tmp_path) == inputs_digest()
    canary = f'version: "3.1"\nnlu:\n- intent: canary\n  examples: |\n    - {CANARY}\n    - {CANARY} again\n'
    for elsewhere in ("data", "evaluation", "tests", "docs", "bot"):
        (tmp_path / elsewhere).mkdir(exist_ok=True)
        (tmp_path / elsewhere / "nlu.yml").write_text(canary)
        (tmp_path / elsewhere / "canary.jsonl").write_text(json.dumps({"question": "reasons", "text": CANARY}) + "\n")
    assert inputs_digest(tmp_path) == inputs_digest(), "nothing else counts as an input"
    fresh = tmp_path / "models" / "registration-alone.tar.gz"
    monkeypatch.setattr(training, "REPOSITORY", tmp_path)
    monkeypatch.setattr(training, "MODELS", tmp_path / "models")
    monkeypatch.setattr(training, "model_path", lambda: fresh)
    assert train() == fresh
    alone, ours = looked_into(fresh, shipped)
    assert "canary" not in str(alone)
    assert alone["coefficients"] == pytest.approx(ours["coefficients"])
    assert {name: alone[name] for name in alone if name != "coefficients"} == {
        name: ours[name] for name in ours if name != "coefficients"
    }


def test_the_model_knows_exactly_the_intents_and_words_of_the_training_examples() -> None:
    [ours] = looked_into(train())
    texts = training_texts()
    by_rule = BY_RULE_ONLY | {LIKELY_REPLY}
    assert ours["classes"] == sorted(set(texts) - by_rule), "no likelihood ends, deletes or agrees to anything"
    assert set(ours["classes"]) <= set(ours["intents"])
    said = " ".join(text for each in texts.values() for text in each).casefold().replace("’", "'")
    assert [words for words in ours["words"] if any(word not in said for word in words.split())] == []


# `bot understand`.


def line(question: object, text: object) -> str:
    return json.dumps({"question": question, "text": text}, ensure_ascii=False)


@functools.cache
def loaded() -> Understanding:
    """The NLU of `understand`: it takes seconds to load."""
    return Understanding(train(), load_settings().contact_email)


def understand(data: str) -> list[dict[str, Any]]:
    """What ``bot understand`` prints for its standard input, within this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.cli.understand.Understanding", lambda _model, _contact: loaded())
        result = CliRunner().invoke(app, ["understand"], input=data.encode())
    assert result.exit_code == 0, result.output[-2000:]
    return [json.loads(each) for each in result.stdout.splitlines()]


def understand_in_a_process(data: str | bytes, seconds: float = PATIENCE, **environment: str) -> list[dict[str, Any]]:
    """The same by the command itself, as a program calls it."""
    result = subprocess.run(
        [str(BOT), "understand"],
        input=data.encode() if isinstance(data, str) else data,
        capture_output=True,
        cwd="/",
        env=os.environ | environment,
        timeout=seconds,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode(errors="replace")[-2000:]
    return [json.loads(each) for each in result.stdout.decode().splitlines()]


#: Lines, valid and not, with what has to be in the answers.
LINES: list[tuple[str, dict[str, Any]]] = [
    (line("background_check", "yes"), {"reading": "yes"}),
    (line("background_check", "No, I do not agree"), {"reading": "no"}),
    ("not json", {"error": "Each line has to be a JSON object"}),
    (
        line("two_months", "yes, but only on weekends"),
        {"reading": "unclear", "name": "note-unclear-condition", "sentence": "with a condition"},
    ),
    ("[]", {"error": "Each line has to be a JSON object"}),
    ("5", {"error": "Each line has to be a JSON object"}),
    ('"account"', {"error": "Each line has to be a JSON object"}),
    ("null", {"error": "Each line has to be a JSON object"}),
    ('{"question": "account"}', {"error": "Each line has to be a JSON object"}),
    ('{"text": "yes"}', {"error": "Each line has to be a JSON object"}),
    ('{"question": "account", "text": "yes"', {"error": "Each line has to be a JSON object"}),
    (line("nothing", "yes"), {"error": "There is no question 'nothing'"}),
    (line(None, "yes"), {"error": "have to be texts"}),
    (line("account", 5), {"error": "have to be texts"}),
    (line("account", None), {"error": "have to be texts"}),
    (line("account", f"I already have a {ORGANISATION.name} account"), {"reading": "answer", "value": "existing"}),
    (line("account", "I need to register"), {"reading": "answer", "value": "new"}),
    (line("account", "perhaps"), {"reading": "invalid", "name": "note-unclear-choice"}),
    (line("full_name", "my name is Ana Lucía Fernández"), {"reading": "answer", "value": "Ana Lucía Fernández"}),
    (line("full_name", "12345"), {"reading": "invalid"}),
    (line("email", "it is maria@example.org."), {"reading": "answer", "value": "maria@example.org"}),
    (line("email", "maria at example"), {"reading": "invalid", "name": "note-not-an-email"}),
    (line("reasons", "Ich möchte helfen 🙂"), {"reading": "answer", "value": "Ich möchte helfen 🙂"}),
    (
        line("reasons", "why do you want to know that?"),
        {"reading": "digression", "name": "faq_why", "sentence": catalogue().text("why-reasons")},
    ),
    (line("reasons", "x" * 5_001), {"reading": "invalid", "name": "note-too-long", "sentence": "it has 5,001"}),
    (line("expertise", ""), {"reading": "invalid", "name": "note-empty"}),
    (line("photo", "12"), {"reading": "invalid", "name": "note-photo-expected"}),
    (line("date_of_birth", "3rd of May 1985"), {"reading": "answer", "value": "1985-05-03"}),
    (line("date_of_birth", "08/09/1978"), {"reading": "answer", "value": ["1978-08-09", "1978-09-08"]}),
    (line("date_of_birth", "31 April 1985"), {"reading": "invalid", "name": "note-date-impossible"}),
    (
        line("date_of_birth", "Is it deleted after 2 years?"),
        {"reading": "digression", "name": "faq_kept", "sentence": catalogue().text("kept-date_of_birth")},
    ),
    (line("date_of_birth", "change clause 3"), {"reading": "command", "name": "change_answer", "item": "ethics_laws"}),
    (
        line("ethics_privacy", "what does clause 3 mean?"),
        {"reading": "digression", "name": "faq_meaning", "item": "ethics_laws"},
    ),
    (line("two_months", "skip"), {"reading": "command", "name": "skip"}),
    (line("two_months", "help"), {"reading": "command", "name": "help"}),
    (line("start", "yes"), {"reading": "yes"}),
    (line("start", "let's start"), {"reading": "command", "name": "register"}),
    (line("start", "status"), {"reading": "command", "name": "status"}),
    (line("review", "submit"), {"reading": "yes"}),
    (line("reconsider", "perhaps"), {"reading": "unclear", "name": "note-unclear-reconsider"}),
    (line("start_over", "no"), {"reading": "no"}),
    (line("cancel", "perhaps"), {"reading": "unclear", "name": "note-unclear-confirmation"}),
    (line("cancel", "yes"), {"reading": "yes"}),
    (line("email_code", "my code is 123 456"), {"reading": "answer", "value": "123456"}),
    (line("email_code", "12"), {"reading": "invalid", "name": "note-code-none"}),
    (line("email_code", "send it again"), {"reading": "command", "name": "resend_code"}),
    (line("join", "perhaps"), {"reading": "unclear", "name": "note-unclear-join"}),
    (line("withdraw", "perhaps"), {"reading": "unclear", "name": "note-unclear-withdrawal"}),
    (line("withdraw", "withdraw it"), {"reading": "yes"}),
    (line("country", "Portugal"), {"reading": "answer", "value": "PT"}),
    (line("expertise_shown", "yes"), {"error": "There is no question 'expertise_shown'"}),
]


@pytest.fixture(scope="module")
def answers() -> list[dict[str, Any]]:
    """What ``bot understand`` prints for `LINES`, given at once, with empty lines between and no newline at the end."""
    return understand_in_a_process("\n\n  \n".join(each for each, _answer in LINES))


def test_every_line_gets_a_line_in_its_order(answers: list[dict[str, Any]]) -> None:
    assert len(answers) == len(LINES)
    assert ["error" in answer for answer in answers] == ["error" in expected for _line, expected in LINES]


@pytest.mark.parametrize("number", range(len(LINES)), ids=[each[:60] for each, _answer in LINES])
def test_a_line_is_understood(answers: list[dict[str, Any]], number: int) -> None:
    expected, answer = LINES[number][1], answers[number]
    for name, value in expected.items():
        if name in ("sentence", "error"):
            assert value in answer[name]
        else:
            assert answer[name] == value
    told = {"reading", "name", "item", "value", "sentence", "choices"}
    assert set(answer) <= ({"error"} if "error" in expected else told)
    assert "item" not in answer or answer["item"] in form.BY_ID
    assert None not in answer.values()


def test_what_a_mentor_would_see_is_a_sentence_with_nothing_left_to_fill_in(answers: list[dict[str, Any]]) -> None:
    sentences = [answer["sentence"] for answer in answers if "sentence" in answer]
    assert len(sentences) > 10
    assert not any(sign in sentence for sentence in sentences for sign in "{}$")


def test_more_lines_than_one_batch_are_answered_in_their_order() -> None:
    count = 2 * BATCH + 50
    lines = [
        "nonsense" if number % 7 == 3 else line("expertise", f"Looms, and repairing them, type {number}")
        for number in range(count)
    ]
    found = understand("\n".join(lines) + "\n")
    assert len(found) == count
    for number, answer in enumerate(found):
        if number % 7 == 3:
            assert list(answer) == ["error"]
        else:
            assert answer == {"reading": "answer", "value": f"Looms, and repairing them, type {number}"}


def test_no_line_gets_no_line() -> None:
    assert understand("") == []
    assert understand("\n \n\n") == []


def test_the_questions_are_read_alike_whatever_stands_before_them() -> None:
    before = [line("two_months", "yes"), line("reasons", "why?"), "broken"] * 40
    found = understand("\n".join([*before, line("two_months", "well, I guess")]))
    assert found[-1] == understand(line("two_months", "well, I guess"))[0]


#: Texts of many kinds, each of which is read at every question.
TEXTS = [
    "yes",
    "no",
    "why?",
    "back",
    "help",
    "123456",
    "12 May 1975",
    "Ana Souza",
    "",
    "🙂",
    "/affirm",
    "I am not sure",
]


def test_every_question_is_answered_for() -> None:
    asked_at = [(question, text) for question in QUESTIONS for text in TEXTS]
    found = understand("\n".join(line(*each) for each in asked_at))
    assert [each for each, answer in zip(asked_at, found, strict=True) if "reading" not in answer] == []


class Conversing:
    """A program that writes a line to ``bot understand`` and waits for the answer before it writes the next."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [str(BOT), "understand"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self._listener.join(10)
        self.process.stdin.close()
        self.process.stdout.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for each in self.process.stdout:
            self._answers.put(each)

    def writes(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{each}\n" for each in lines))
        self.process.stdin.flush()

    def reads(self, seconds: float = PATIENCE) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._answers.get(timeout=seconds))
        return answer

    def ends(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = self.process.wait(30)
        self._listener.join(10)
        assert self._answers.empty()
        return code


def test_a_writer_that_waits_gets_each_answer_before_it_closes() -> None:
    with Conversing() as program:
        for number in range(5):
            program.writes(line("reasons", f"reason number {number}"))
            assert program.reads() == {"reading": "answer", "value": f"reason number {number}"}
            program.writes("nonsense")
            assert list(program.reads()) == ["error"]
        program.writes(line("two_months", "yes"), "nonsense", line("two_months", "no"))
        assert [program.reads(), "error" in program.reads(), program.reads()] == [
            {"reading": "yes"},
            True,
            {"reading": "no"},
        ]
        assert program.ends() == 0


def test_a_line_that_was_not_ended_is_answered_at_the_end() -> None:
    with Conversing() as program:
        program.writes(line("two_months", "yes"))
        assert program.reads() == {"reading": "yes"}
        assert program.process.stdin is not None
        program.process.stdin.write(line("two_months", "no"))
        program.process.stdin.close()
        assert program.reads() == {"reading": "no"}
        assert program.process.wait(30) == 0


def test_signs_that_are_no_letters_come_back_as_they_were() -> None:
    text = "Café, 你好, مرحبا, 🙂, “quotes”, \\ and \t tab"
    assert understand(line("reasons", text)) == [{"reading": "answer", "value": text}]
    escaped = json.dumps({"question": "reasons", "text": text})
    assert understand(escaped) == [{"reading": "answer", "value": text}]


def test_a_model_is_there_for_the_present_inputs_afterwards() -> None:
    understand_in_a_process(line("two_months", "yes"))
    assert model_path().exists()


def test_every_digression_that_is_found_has_a_sentence() -> None:
    rows = read_set("digressions") + read_set("later_topics")
    found = understand("\n".join(line(row["question"], row["text"]) for row in rows))
    assert len(found) == len(rows)
    for row, answer in zip(rows, found, strict=True):
        if answer["reading"] == "digression":
            assert answer["name"].startswith(DIGRESSIONS), row
            assert len(answer["sentence"]) > 10, row


def test_half_a_date_is_asked_for_the_rest() -> None:
    halves = [
        "the fourteenth",
        "14 August",
        "May 1985",
        "1985",
        "in May of 1985",
        "it was the 14th",
        "14th August, I think",
    ]
    found = understand("\n".join(line("date_of_birth", text) for text in halves))
    assert [(half, answer["reading"]) for half, answer in zip(halves, found, strict=True)] == [
        (half, "invalid") for half in halves
    ]


@pytest.mark.parametrize("question", [["account"], {"id": "account"}])
def test_a_question_of_another_kind_is_an_error(question: object) -> None:
    found = understand("\n".join([line(question, "yes"), line("two_months", "yes")]))
    assert "error" in found[0]
    assert found[1:] == [{"reading": "yes"}]


def test_half_of_a_surrogate_pair_is_mended_as_in_a_conversation() -> None:
    found = understand('{"question": "reasons", "text": "I like \\ud83d people"}\n' + line("two_months", "yes"))
    assert found == [{"reading": "answer", "value": "I like \ufffd people"}, {"reading": "yes"}]


def test_a_nul_is_taken_out_as_in_a_conversation() -> None:
    found = understand('{"question": "reasons", "text": "I like\\u0000 people"}')
    assert found == [{"reading": "answer", "value": "I like people"}]


def test_bytes_that_are_no_text_are_an_error() -> None:
    data = b"\xff\xfe\n" + line("two_months", "yes").encode()
    try:
        found = understand_in_a_process(data, seconds=40, PYTHONIOENCODING="utf-8:strict")
    except subprocess.TimeoutExpired:
        pytest.fail("it never ends")
    assert "error" in found[0]
    assert found[1:] == [{"reading": "yes"}]


def test_a_notice_is_no_question() -> None:
    found = understand("\n".join(line(item.id, "yes") for item in form.ITEMS if item.kind is form.Kind.NOTICE))
    assert all("error" in answer for answer in found)

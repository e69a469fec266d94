"""Whole registrations in words: what each persona says at each question, the expected results, and the judging.

``evaluation/dialogues/*.yaml`` holds one persona per file; ``evaluation/dialogues/README.md`` describes the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.registration.registration import CONFIRM, SAVE
from evaluation.sentences import ASKING_BACK, sentence_of, tells_about

FOLDER = Path(__file__).parent / "dialogues"
#: Stands for the text of the step itself, and for anything.
AS_TYPED, ANYTHING = "=", "*"
#: Questions that end or delete something.
ENDINGS = frozenset({"start_over", "cancel", "withdraw", "being_deleted"})
#: The open question of a mentor who has submitted.
SUBMITTED = "submitted"

RIGHT, TOLERABLE, WRONG = "right", "tolerable", "wrong"

Expectation = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One message of a persona.

    Attributes:
        at: the question that is open.
        says: the typed text; ``{code}`` stands for the code from the e-mail.
        sends: ``photo``, instead of words.
        expected: alternative results, all right.
        tolerable: harmless results that a person would have avoided.
    """

    at: str
    says: str = ""
    sends: str = ""
    expected: tuple[Expectation, ...] = ()
    tolerable: tuple[Expectation, ...] = ()


@dataclass(frozen=True)
class Persona:
    """Somebody who registers.

    Attributes:
        name: of the file.
        voice: who it is and how they write.
        language: which set it counts in: ``en``, ``fr`` or ``mixed``.
        browser: the language of the browser.
        steps: what they say, in order.
    """

    name: str
    voice: str
    language: str
    browser: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class State:
    """What the database holds about a mentor.

    Attributes:
        question: the open one, `SUBMITTED` after the submit.
        answers: by item; the date of birth unencrypted.
        consents: ``agreed`` or ``refused``, by item.
    """

    question: str
    answers: Mapping[str, str]
    consents: Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """The result of a step.

    Attributes:
        before: the stored state before it.
        after: the stored state after it.
        sentences: the ids of the sentences that the bot said.
        languages: of its messages.
        offered: the intents of the buttons that it offers.
    """

    before: State
    after: State
    sentences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()

    @property
    def changed(self) -> dict[str, str]:
        """Answers and consents that are new or changed; a deleted one is an empty text."""
        found: dict[str, str] = {}
        for old, new in ((self.before.answers, self.after.answers), (self.before.consents, self.after.consents)):
            found |= {item: new.get(item, "") for item in {*old, *new} if old.get(item) != new.get(item)}
        return found

    @property
    def is_asked_back(self) -> bool:
        """Whether the bot asked if it understood correctly.

        The reply to an unclear consent shares words with the question "was that a yes?", so that question is recognised
        by being open.
        """
        others = self.sentences - {"question-confirm"}
        return self.after.question == CONFIRM or any(each.startswith(ASKING_BACK) for each in others)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether a yes would answer what the bot asked back, and not the open question."""
        return self.is_asked_back and self.after.question in (CONFIRM, SAVE)


@dataclass(frozen=True)
class Verdict:
    """How a step went.

    Attributes:
        verdict: `RIGHT`, `TOLERABLE` or `WRONG`.
        problems: what is missing from the nearest expectation, as short kinds.
        wrongly_stored: items that no alternative stores.
        false_consents: consents that were recorded though nobody gave them.
        is_wrong_ending: whether the bot asks for a deletion, a fresh start or a withdrawal that nobody wanted.
    """

    verdict: str
    problems: tuple[str, ...] = ()
    wrongly_stored: tuple[str, ...] = ()
    false_consents: tuple[str, ...] = ()
    is_wrong_ending: bool = False


def read_personas(folder: Path = FOLDER) -> list[Persona]:
    """All personas, by the name of their files."""
    yaml = YAML(typ="safe", pure=True)
    return [_persona(path.stem, yaml.load(path)) for path in sorted(folder.glob("*.yaml"))]


def _persona(name: str, fields: dict[str, Any]) -> Persona:
    steps = tuple(
        Step(
            at=each["at"],
            says=each.get("says", ""),
            sends=each.get("sends", ""),
            expected=tuple(each["expected"]),
            tolerable=tuple(each.get("tolerable", ())),
        )
        for each in fields["steps"]
    )
    return Persona(name, fields["voice"], fields["language"], fields.get("browser", "en"), steps)


def judge(step: Step, seen: Seen) -> Verdict:
    """Judge a step by its expectations."""
    alternatives = (*step.expected, *step.tolerable)
    stored = tuple(item for item, value in seen.changed.items() if not _may_change(item, value, step, alternatives))
    false = tuple(item for item in stored if seen.after.consents.get(item) == "agreed" and item in seen.after.consents)
    asked = {each.get("next") for each in alternatives}
    ending = seen.after.question in ENDINGS - asked and seen.before.question not in ENDINGS
    if stored or ending:
        nearest = min((tuple(problems(each, step, seen)) for each in step.expected), key=len)
        kinds = (*(f"stored {item}" for item in stored), *(["asks for an ending"] if ending else []))
        return Verdict(WRONG, kinds or nearest, stored, false, is_wrong_ending=ending)
    missing = [tuple(problems(each, step, seen)) for each in step.expected]
    nearest = min(missing, key=len)
    if not nearest:
        return Verdict(RIGHT)
    if any(not tuple(problems(each, step, seen)) for each in step.tolerable):
        return Verdict(TOLERABLE, nearest)
    if seen.is_asked_back and not seen.changed and any(_is_offered(each, seen) for each in step.expected):
        return Verdict(TOLERABLE, nearest)
    did = any(each.get("stored") or each.get("consent") for each in step.expected)
    # The bot did the act but missed the question beside it, or asked before it did anything.
    only_beside = any(all(problem.startswith("not answered") for problem in each) for each in missing)
    only_language = any(all(problem.startswith("not in ") for problem in each) for each in missing)
    if only_language or (did and (only_beside or (seen.is_asked_back and not seen.changed))):
        return Verdict(TOLERABLE, nearest)
    return Verdict(WRONG, nearest)


def problems(wanted: Expectation, step: Step, seen: Seen) -> Iterator[str]:
    """What is missing from one expectation, as short kinds; empty if it is met."""
    for item, decision in wanted.get("consent", {}).items():
        found = seen.changed.get(item, "none") if decision == "none" else seen.after.consents.get(item, "none")
        if found != decision:
            yield f"{decision} wanted, {found} recorded"
    for item, value in wanted.get("stored", {}).items():
        if not _is_value(value, seen.after.answers.get(item, ""), step):
            yield f"{item} not stored"
    if wanted.get("not_stored") and seen.changed:
        yield "something stored"
    if "next" in wanted and seen.after.question != wanted["next"]:
        yield f"not at {wanted['next']}"
    for topic in wanted.get("answers", ()):
        if not any(tells_about(each, sentence) for each in topic.split("|") for sentence in seen.sentences):
            yield f"not answered: {topic}"
    if wanted.get("asked_back") and not seen.is_asked_back:
        yield "not asked back"
    if "language" in wanted and wanted["language"] not in seen.languages:
        yield f"not in {wanted['language']}"


def _is_offered(wanted: Expectation, seen: Seen) -> bool:
    """Whether every wanted topic is among the buttons."""
    sentences = [sentence_of(each) for each in seen.offered]
    topics = wanted.get("answers", ())
    return bool(topics) and all(
        any(tells_about(each, sentence) for each in topic.split("|") for sentence in sentences) for topic in topics
    )


def _may_change(item: str, value: str, step: Step, alternatives: tuple[Expectation, ...]) -> bool:
    for each in alternatives:
        if item in each.get("stored", {}) and _is_value(each["stored"][item], value, step):
            return True
        if each.get("consent", {}).get(item) == value:
            return True
    return False


def _is_value(wanted: Any, value: str, step: Step) -> bool:
    if isinstance(wanted, list):
        return any(_is_value(each, value, step) for each in wanted)
    if wanted == ANYTHING:
        return bool(value)
    text = step.says if wanted == AS_TYPED else str(wanted)
    return plain(text) == plain(value)


def plain(text: str) -> str:
    """A text without spaces, capitals and the last full stop, which make no difference between answers."""
    return " ".join(text.split()).rstrip(".").casefold()

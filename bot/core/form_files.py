"""The form as its owner writes it: the files in ``form/``, one for each question or consent, read and checked.

A folder is a section, and the numbers before the names are the order; docs/how-to/change-the-form.md has the fields.
What the bot makes of them is in `bot.registration.form` (items), `bot.i18n.form_sentences` (sentences),
`bot.understanding.items` (names) and `bot.understanding.phrasebook` (paraphrases).
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from bot.core.errors import OwnerFileError
from bot.core.paths import REPOSITORY

FOLDER = REPOSITORY / "form"
ENGLISH = "en"
#: Stands in a new file for what is still to be written.
TO_WRITE = "…"
#: The step of the clauses.
ETHICS = "ethics"
#: The one file of a folder without a number: the section's heading.
SECTION = "section.yml"
#: Items that the program works with, each with its kind of answer; a kind in it is for its item only, but these two.
NEEDED = {
    "account": "choice",
    "full_name": "name",
    "email": "email",
    "expertise": "long_text",
    "photo": "photo",
    "date_of_birth": "date",
    "country": "country",
    "region": "region",
    "background_check": None,
    "code_of_ethics": None,
}
FOR_ANY = ("long_text", "choice")
#: The fields that an item has to have by its kind, and a question by its kind of answer; those of all have no default.
_OF_A_KIND = {
    "question": ("answer", "question", "again", "label", "sees", "kept"),
    "consent": ("question", "again", "button"),
    "clause": ("button",),
}
_OF_AN_ANSWER = {
    "long_text": ("noted", "change", "change_again"),
    "email": ("noted", "change", "change_again"),
    "name": ("noted",),
    "date": ("noted", "value"),
    "country": ("noted",),
    "region": ("noted",),
    "photo": ("change", "change_again", "value"),
}
#: Ids that mean something else where an item's id can stand.
_RESERVED = re.compile(
    "start|review|reconsider|email_code|join|consent|open_question|requested_slot|clause|code|deletion|delete|withdraw|"
    "confirm|cancel|start_over|other|question|text"
)
_NUMBERED = re.compile(r"\d+-[a-z0-9-]+")
#: What may stand in braces in a wording: the organisation's names, as in a sentence.
_BRACES = re.compile(r"\{ -(?:organisation|registered-name) \}")


class FormError(OwnerFileError):
    """A file of the form is invalid; the message names the file and the line, and says what is wrong there."""


def _with_english(words: dict[str, str]) -> dict[str, str]:
    if ENGLISH not in words:
        raise ValueError("the English words are missing: en")
    if unwritten := [language for language, text in words.items() if text == TO_WRITE]:
        raise ValueError(f"still to be written: {', '.join(unwritten)}")
    return words


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,29}$")]
_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
#: A sentence, or a part of one, by the code of its language.
Words = Annotated[dict[_Language, Annotated[str, Field(min_length=1)]], AfterValidator(_with_english)]
_Patterns = list[Annotated[str, AfterValidator(_pattern)]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Strict):
    """One version of a wording.

    Attributes:
        version: counts from 1.
        text: the wording; a consent is given to the English one.
        sha256: of the English text as it stands in the file; ``bot form build`` writes it.
    """

    version: int
    text: Words
    sha256: str | None = None

    @model_validator(mode="after")
    def _is_unchanged(self) -> Self:
        if re.search(r"[{}]", _BRACES.sub("", self.text[ENGLISH])):
            raise ValueError("only { -organisation } and { -registered-name } can stand in braces")
        if self.sha256 not in (None, self.digest):
            raise ValueError(
                f"the text of version {self.version} was changed. If mentors have seen it, put it back and add the new "
                f"text as version {self.version + 1}; if not, delete its line sha256 and run: bot form build"
            )
        return self

    @property
    def digest(self) -> str:
        """Hexadecimal SHA-256 of the English text in UTF-8."""
        return hashlib.sha256(self.text[ENGLISH].encode()).hexdigest()


class _Worded(_Strict):
    id: _Id
    wording: Annotated[list[Wording], Field(min_length=1)]

    @field_validator("id")
    @classmethod
    def _is_free(cls, name: str) -> str:
        if _RESERVED.fullmatch(name):
            raise ValueError(f"the bot uses {name!r} for something else")
        return name

    @field_validator("wording")
    @classmethod
    def _counts(cls, versions: list[Wording]) -> list[Wording]:
        if [each.version for each in versions] != list(range(1, len(versions) + 1)):
            raise ValueError("the versions have to be 1, 2, 3 and so on, the newest last")
        return versions

    @property
    def current(self) -> Wording:
        """The newest version of the wording."""
        return self.wording[-1]


class Notice(_Worded):
    """A notice that is shown with an item; `place` is where the owner's form has it."""

    place: Literal["before", "after"]


class Option(_Strict):
    """One answer to a choice: the stored value, and the words on its button."""

    value: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    text: Words


class Names(_Strict):
    """What people call an item: regular expressions in small letters, without accents.

    Attributes:
        weight: among several items that a message names, the one with the greatest is meant.
    """

    weight: int = 50
    en: _Patterns = []
    fr: _Patterns = []


class ItemFile(_Worded):
    """A question or a consent with all that is said and known of it.

    Attributes:
        kind: a clause is a consent of the code of ethics.
        answer: of a question, the kind of answer.
        step: items that are asked one after another can share a step; the item's id if None.
        max_length: of a long text, in characters.
        only_if_the_check_needs_it: asked only for some providers of background checks.
        yes_and_no: of a choice, the values that a clear yes and a clear no mean.
        answers: by the beginning of the catalogue's names, what is said of this item in place of the general answer.
        paraphrases: by what they are, phrases as in ``bot/understanding/lists``.
    """

    kind: Literal["question", "clause", "consent"]
    answer: Literal["choice", "name", "email", "long_text", "photo", "date", "country", "region"] | None = None
    step: _Id | None = None
    max_length: Annotated[int, Field(ge=10, le=5_000)] | None = None
    only_if_the_check_needs_it: bool = False
    options: list[Option] = []
    yes_and_no: tuple[str, str] | None = None
    notices: list[Notice] = []
    step_title: Words = {}
    question: Words = {}
    again: Words = {}
    hint: Words = {}
    label: Words = {}
    button: Words = {}
    called: Words
    why: Words
    meaning: Words
    sees: Words = {}
    kept: Words = {}
    example: Words
    noted: Words = {}
    change: Words = {}
    change_again: Words = {}
    value: Words = {}
    answers: dict[str, Words] = {}
    names: Names = Names()
    paraphrases: dict[Literal["deed", "done", "never", "holds", "remark"], str] = {}

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind != "question" and (self.answer or self.options):
            raise ValueError(f"a {self.kind} is answered with yes or no: it has no answer and no options")
        if NEEDED.get(self.id, self.answer) != self.answer:
            raise ValueError(f"the bot needs {self.id} with answer: {NEEDED[self.id]}")
        if self.answer not in (None, *FOR_ANY) and self.id not in NEEDED:
            raise ValueError(f"answer: {self.answer} is for the bot's own question; use {' or '.join(FOR_ANY)}")
        needed = (*_OF_A_KIND[self.kind], *_OF_AN_ANSWER.get(self.answer or "", ()))
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.kind} needs {', '.join(missing)}")
        values = [each.value for each in self.options]
        if (self.answer == "choice") != (len(set(values)) >= 2) or len(set(values)) != len(values):
            raise ValueError("a choice, and nothing else, has two options or more, each with another value")
        if not set(self.yes_and_no or ()) <= set(values):
            raise ValueError("yes_and_no names a value that no option has")
        if self.paraphrases and self.kind == "question":
            raise ValueError("only a consent has paraphrases")
        return self


class _Heading(_Strict):
    heading: Words


@dataclass(frozen=True)
class FormFile:
    """One file of the form.

    Attributes:
        path: of the file.
        heading: of its section.
        item: what it says.
    """

    path: Path
    heading: dict[str, str]
    item: ItemFile

    @property
    def step(self) -> str:
        """The step of the conversation that the item belongs to."""
        return self.item.step or (ETHICS if self.item.kind == "clause" else self.item.id)

    def error(self, message: str, *keys: str | int) -> FormError:
        """The error ``message`` at what `keys` lead to in the file."""
        return FormError(f"{_place(self.path, keys)}: {message}")


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice, of which YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        made = super().construct_mapping(node, deep)
        if len(made) != len(node.value):
            names = [key.value for key, _value in node.value]
            double = next(name for name in names if names.count(name) > 1)
            raise yaml.MarkedYAMLError(problem=f"{double!r} stands twice", problem_mark=node.start_mark)
        return made


def _place(path: Path, keys: Sequence[str | int]) -> str:
    """The file and the line of what ``keys`` lead to, as far as they lead."""
    node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    line = 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next(((name, value) for name, value in node.value if name.value == str(key)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            found = (node.value[key], node.value[key])
        else:
            break
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return f"{path.relative_to(path.parents[2])}:{line}"


def _said(error: ErrorDetails, known: Sequence[str]) -> str:
    """What is wrong, as an owner reads it."""
    field = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        return f"{field} is missing"
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(field, known, 1)
        return f"there is no field {field}" + (f"; do you mean {near[0]}?" if near else "")
    if error["type"] == "string_type":
        return f"{field} has to be text; put it in quotation marks"
    message = error["msg"].removeprefix("Value error, ")
    return f"{field}: {message}" if field else message


def _read[Model: BaseModel](path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.load(path.read_text(encoding="utf-8"), _Loader))  # noqa: S506  (a safe one)
    except OSError as error:
        raise FormError(f"{path.relative_to(path.parents[2])}: {error.strerror}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FormError(f"{path.relative_to(path.parents[2])}:{line}: {error.problem}") from None
    except ValidationError as invalid:
        # A misspelt field is said rather than that the right one is missing.
        [first, *_] = sorted(invalid.errors(), key=lambda each: each["type"] != "extra_forbidden")
        raise FormError(f"{_place(path, first['loc'])}: {_said(first, list(model.model_fields))}") from None


def _number(path: Path) -> int:
    if not _NUMBERED.fullmatch(path.stem):
        shown = path.relative_to(path.parents[1] if path.is_dir() else path.parents[2])
        raise FormError(f"{shown}: its name has to begin with a number, which is its place: 035-{path.stem}")
    return int(path.stem.partition("-")[0])


def read_form(folder: Path = FOLDER) -> tuple[FormFile, ...]:
    """Read and check a folder with a form.

    Args:
        folder: with a folder for each section.

    Returns:
        Its files, in the order in which their items are asked.

    Raises:
        FormError: something is invalid or missing.
    """
    sections = sorted((each for each in folder.iterdir() if each.is_dir()), key=_number)
    files: list[FormFile] = []
    for section in sections:
        heading = _read(section / SECTION, _Heading).heading
        paths = [each for each in section.glob("*.yml") if each.name != SECTION]
        files += [FormFile(path, heading, _read(path, ItemFile)) for path in sorted(paths, key=_number)]
    _check(files)
    return tuple(files)


def _check(files: Sequence[FormFile]) -> None:
    """What holds between the files."""
    seen: dict[str, Path] = {}
    for file in files:
        for name, keys in _ids(file.item):
            if name in seen:
                raise file.error(f"the id {name} stands in {seen[name].name}, too", *keys)
            seen[name] = file.path
    for name in NEEDED:
        if name not in seen:
            raise FormError(f"form: the bot needs the item {name}, and no file has it")
    steps: list[str] = []
    for file in files:
        is_first = not steps or steps[-1] != file.step
        if is_first and file.step in steps:
            raise file.error(f"the items of the step {file.step} have to stand one after another", "step")
        if is_first and not file.item.step_title:
            raise file.error(f"step_title is missing: this is the first item of the step {file.step}")
        if file.item.step_title and not is_first:
            raise file.error(f"the step {file.step} has a title already, in its first file", "step_title")
        steps.append(file.step)


def _ids(item: ItemFile) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield item.id, ("id",)
    for number, notice in enumerate(item.notices):
        yield notice.id, ("notices", number, "id")


#: The form of this installation.
FORM_FILES = read_form()

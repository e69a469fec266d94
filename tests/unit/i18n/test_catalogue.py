"""The sentences: what is missing or doubled is an error, and code and catalogue know the same names."""

from __future__ import annotations

import ast
import copy
import json
import re
from functools import cache
from pathlib import Path

import pytest

import bot.i18n.catalogue
from bot.accounts.email_codes import CodeOutcome
from bot.checks.notifier import NOTIFIED
from bot.checks.service import Status
from bot.i18n.catalogue import ENGLISH, Catalogue, CatalogueError, catalogue, sources
from bot.notifications.reminders import STAGES
from bot.registration import form
from bot.registration.form import Answer, Kind
from bot.understanding.consent import Doubt
from bot.understanding.dates import Problem
from bot.understanding.reader import ABOUT_ITEMS, OFFERED

ROOT = Path(__file__).resolve().parents[3]
COPY = ROOT / "bot" / "i18n" / "locales" / "en"

#: How the sentences on a topic begin; `tests/unit/moves/test_digressions.py` says where each is said.
TOPICS = ("faq", "chat", "skip", "note-paused", *(intent.removeprefix("faq_") for intent in ABOUT_ITEMS))
#: Calls whose first text names a sentence.
NAMING_CALLS = {"MessageRef", "text", "_say", "problem", "has", "InvalidAnswerError", "RefusedPhotoError"}
#: Middle parts of names that are made up as the bot runs, by the beginning of the name.
ASKED = (*form.ASKED, *form.PLACE)
QUESTION_IDS = [item.id for item in ASKED if item.step != "ethics"]
ASKED_IDS = {item.id for item in ASKED}
ANSWERED_IDS = {item.id for item in ASKED if item.kind is Kind.QUESTION}
FRAME = {"start", "review", "reconsider", "deletion", "email_code", "join"}
MADE_UP: dict[str, set[str]] = {
    "question-": {
        *(*QUESTION_IDS, "clause", "code", "start", "review", "reconsider", "start_over", "cancel"),
        *(
            "email_code",
            "email_code-later",
            "join",
            "join-submitted",
            "delete",
            "withdraw",
            "confirm",
            "save-name",
            "save-text",
            "save-email",
            *(f"change-{item.id}" for item in ASKED if item.answer in (Answer.EMAIL, Answer.LONG_TEXT, Answer.PHOTO)),
            "reconsider-withdrawn",
            "review-below",
        ),
        *("join-link", "join-link-two", "join-code"),
    },
    "item-": ASKED_IDS | FRAME - {"deletion"} | {"other"},
    "label-": ANSWERED_IDS,
    "consent-": {item.id for item in form.CONSENTS},
    "choice-": OFFERED,
    "receipt-decision-": {"agreed", "refused", "withdrawn"},
    "step-": set(form.STEPS),
    "note-code-": {
        *(each.value.replace("_", "-") for each in CodeOutcome),
        "sent",
        "sent-again",
        "not-sent",
        "too-many",
    },
    "result-": {each.value for each in NOTIFIED},
    "note-noted-": ANSWERED_IDS - {item.id for item in ASKED if item.answer in (Answer.CHOICE, Answer.PHOTO)},
    "month-": {str(number) for number in range(1, 13)},
    "reminder-": {*(str(days) for days in STAGES), "asked"},
    "status-": {"new", "draft", *(status.value for status in Status)},
    "note-date-": {*(problem.value.replace("_", "-") for problem in Problem), "kept", "which", "needed"},
    "note-unclear-": {
        *("choice", "option", "consent", "review", "reconsider", "confirmation", "join", "withdrawal"),
        *(doubt.value for doubt in Doubt if doubt is not Doubt.OTHER),
    },
}


@cache
def trees() -> tuple[ast.Module, ...]:
    files = [path for folder in ("bot", "actions") for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 20
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in files)


@cache
def literals() -> frozenset[str]:
    """Every text that stands in the code, those inside f-strings left out."""
    parts = {
        id(value)
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for value in node.values
    }
    return frozenset(
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
    )


@cache
def templates() -> frozenset[str]:
    """Beginnings of the sentence names that f-strings make up."""
    heads = {
        node.values[0].value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    }
    return frozenset(head for head in heads if isinstance(head, str) and re.fullmatch(r"[a-z]+-(?:[a-z]+-)*", head))


@cache
def named_in_calls() -> frozenset[str]:
    """Every sentence that a call names outright."""
    found = set()
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("_button", "named_button"):
                found |= {f"button-{each.value}" for each in node.args[:1] if isinstance(each, ast.Constant)}
            if called in NAMING_CALLS:
                constants = [
                    inner.value
                    for argument in node.args
                    for inner in ([argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument])
                    if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
                ]
                found |= set(constants[:2] if called != "problem" else constants)
    return frozenset(found)


def digression_ids() -> set[str]:
    """The sentences of the intents in the domain that have one of their own."""
    intents = re.findall(r"^  - ((?:faq|chat)_\w+)$", (ROOT / "domain.yml").read_text(encoding="utf-8"), re.MULTILINE)
    return {
        intent.replace("_", "-", 1) for intent in intents if intent not in {"faq_status", "chat_greet", *ABOUT_ITEMS}
    }


def test_a_missing_sentence_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="no-such-sentence"):
        catalogue().text("no-such-sentence")


def test_a_missing_attribute_is_an_error() -> None:
    with pytest.raises(CatalogueError, match=r"question-photo\.example"):
        catalogue().text("question-photo.example")


def test_a_missing_argument_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="note-too-long"):
        catalogue().text("note-too-long", length=6000)


def test_arguments_are_filled_in() -> None:
    assert "maria@example.org" in catalogue().text("note-person", contact="maria@example.org")
    assert catalogue().text("progress", label="Your photo", step=5, of=11) == "Your photo · step 5 of 11"


def test_an_attribute_is_found() -> None:
    assert catalogue().has("question-email.example")
    assert catalogue().text("question-email.example").startswith("For example")
    assert not catalogue().has("question-photo.example")
    assert not catalogue().has("no-such-sentence")


def test_a_text_of_the_mentor_is_never_read_as_a_sentence_of_ours() -> None:
    assert "{ $contact } <b>" in catalogue().text("button-change-row", label="{ $contact } <b>")


def language_with(monkeypatch: pytest.MonkeyPatch, folder: Path, **files: str) -> str:
    (folder / "xx").mkdir()
    for name, text in files.items():
        (folder / "xx" / f"{name}.ftl").write_text(text, encoding="utf-8")
    monkeypatch.setattr(bot.i18n.catalogue, "COPY", folder)
    return "xx"


def test_a_sentence_defined_twice_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    language = language_with(monkeypatch, tmp_path, first="hello = Hello\n", second="hello = Hi\n")
    with pytest.raises(CatalogueError, match=r"hello is defined twice.*second\.ftl"):
        Catalogue(language)


def test_a_sentence_defined_twice_in_one_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    language = language_with(monkeypatch, tmp_path, first="hello = Hello\nhello = Hi\n")
    with pytest.raises(CatalogueError, match="hello is defined twice"):
        Catalogue(language)


def test_a_file_that_does_not_parse_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    language = language_with(monkeypatch, tmp_path, first="hello = { $name\n")
    with pytest.raises(CatalogueError, match=r"first\.ftl does not parse"):
        Catalogue(language)


def test_a_whole_language_can_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    language = language_with(monkeypatch, tmp_path, first="hello = Hello\n", second="bye = Bye, { $name }\n")
    read = Catalogue(language)
    assert read.ids == {"hello", "bye"}
    assert read.text("bye", name="Maria") == "Bye, Maria"


def test_the_scan_of_the_code_finds_what_it_should() -> None:
    assert {"note-stale", "note-photo-too-large", "error-origin", "telegram-private-only"} <= named_in_calls()
    assert {"question-", "label-", "step-", "month-", "status-", "note-date-", "note-unclear-"} <= templates()


def test_every_sentence_that_a_call_names_exists() -> None:
    dashed = {name for name in named_in_calls() if re.fullmatch(r"[a-z]+(?:-[a-z_0-9]+)+", name)}
    assert len(dashed) > 50
    assert sorted(name for name in dashed if not catalogue().has(name)) == []


def test_every_text_in_the_code_that_looks_like_a_sentences_name_is_one() -> None:
    families = {name.partition("-")[0] for name in catalogue().ids if "-" in name} - {"mentor"}
    looks_like = re.compile(rf"(?:{'|'.join(sorted(families))})-[a-z0-9_-]*[a-z0-9]")
    assert sorted(text for text in literals() if looks_like.fullmatch(text) and not catalogue().has(text)) == []


@pytest.mark.parametrize("beginning", sorted(MADE_UP))
def test_every_name_that_is_made_up_has_its_sentence_and_no_other(beginning: str) -> None:
    defined = {name.removeprefix(beginning) for name in catalogue().ids if name.startswith(beginning)}
    assert defined == MADE_UP[beginning]


def test_every_kind_of_made_up_name_is_known_here() -> None:
    families = {name.partition("-")[0] for name in catalogue().ids if "-" in name}
    ours = {head for head in templates() if head.partition("-")[0] in families}
    assert ours <= {*MADE_UP, "button-", "value-", "question-change-", "meaning-"}


def test_every_digression_of_the_domain_has_its_sentence() -> None:
    assert len(digression_ids()) > 10
    assert sorted(digression_ids() - catalogue().ids) == []


def test_every_sentence_is_used() -> None:
    made_up = {f"{beginning}{end}" for beginning, ends in MADE_UP.items() for end in ends}
    shown = {f"value-{item.id}" for item in form.ASKED if item.answer in (form.Answer.PHOTO, form.Answer.DATE)}
    buttons = {f"button-{name}" for name in literals()}
    on_topics = {name for name in catalogue().ids if name.startswith(TOPICS)}
    used = on_topics | literals() | named_in_calls() | made_up | digression_ids() | shown | buttons
    assert sorted(catalogue().ids - used) == []


def test_every_button_that_a_call_names_exists() -> None:
    buttons = {name for name in named_in_calls() if name.startswith("button-")}
    assert len(buttons) >= 9
    assert sorted(buttons - catalogue().ids) == []


@pytest.mark.parametrize("name", ["notes.ftl", "errors.ftl"])
def test_what_went_wrong_is_never_shouted(name: str) -> None:
    lines = [line for line in (COPY / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if "!" in line] == []


@pytest.mark.parametrize("question", ["start", *QUESTION_IDS, "clause", "review", "reconsider", "start_over", "cancel"])
def test_every_question_has_a_second_wording(question: str) -> None:
    arguments: dict[str, str | int] = {"wording": "words", "number": 2, "count": 2, "turn": "even"}
    first = catalogue().text(f"question-{question}", **arguments)
    assert catalogue().text(f"question-{question}.again", **arguments) != first


SYLLABLE = re.compile(r"[aeiouy]+")
#: Of plain English at the reading age of 12.
HIGHEST_GRADE = 7.0


def grade(text: str) -> float:
    """The school grade that a text asks for, after Flesch and Kincaid; vowel groups are counted as syllables."""
    sentences = [each for each in re.split(r"[.?!:]+(?:\s|$)", text) if re.search(r"[a-z]", each)]
    words = re.findall(r"[a-z’']+", " ".join(sentences).casefold())
    syllables = sum(max(1, len(SYLLABLE.findall(re.sub(r"(?<=[^l])e$|es$|ed$", "", word)))) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def english_texts() -> dict[str, str]:
    """The sentences of each catalogue, and those of the whole form."""
    texts: dict[str, str] = {}
    for name, source in sources(ENGLISH):
        file = name if name.endswith(".ftl") else "form"
        texts[file] = texts.get(file, "") + source
    return texts


@pytest.mark.parametrize("name", sorted(english_texts()))
def test_a_child_of_twelve_can_read_it(name: str) -> None:
    lines = [line for line in english_texts()[name].splitlines() if not line.startswith("#")]
    text = re.sub(r"\{[^}]*\}", "it", " ".join(re.sub(r"^\s*\.?[\w-]+ = ?", "", line) for line in lines))
    assert grade(text) <= HIGHEST_GRADE


def test_the_grade_tells_hard_texts_from_easy_ones() -> None:
    assert grade("I ask one thing. You tell me. It is saved.") < 2
    assert grade("Participation presupposes unconditional acknowledgement of all applicable regulations.") > 15


def test_no_sentence_is_empty() -> None:
    for name, source in sources(ENGLISH):
        assert not re.search(r"^[a-z][\w-]* =\s*$(?!\n    )", source, re.MULTILINE), name


def test_a_sentence_is_copied_with_its_language() -> None:
    sentence = catalogue("fr").text("language-name")
    for same in (copy.copy(sentence), copy.deepcopy(sentence)):
        assert (same, same.language) == (sentence, "fr")
    assert json.loads(json.dumps(sentence)) == sentence

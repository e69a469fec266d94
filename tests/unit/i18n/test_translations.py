"""Translations: what English says each of them says, about the same things, and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from bot.i18n.catalogue import ENGLISH, Catalogue, catalogue, languages, sources, spoken
from bot.registration import form
from bot.registration.form import Answer, Kind
from bot.understanding.consent import Reading, read_consent

TRANSLATIONS = sorted(set(languages()) - {ENGLISH})
SHOWN = {f"wording-{item.id}" for item in form.ITEMS if item.kind in (Kind.NOTICE, Kind.CONSENT)}
SECTIONS = {f"section-{item.section.casefold().replace(' ', '_')}" for item in form.ITEMS}
OPTIONS = {f"option-{item.id}-{value}" for item in form.ITEMS for value, _ in item.options}


class _Arguments(Visitor):
    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802  (the library's name)
        self.found.add(node.id.name)


@cache
def _sentences(language: str) -> dict[str, frozenset[str]]:
    """The arguments of each sentence and attribute."""
    found: dict[str, frozenset[str]] = {}
    for entry in (each for _name, source in sources(language) for each in FluentParser().parse(source).body):
        if not isinstance(entry, ast.Message):
            continue
        patterns = {entry.id.name: entry.value} | {f"{entry.id.name}.{a.id.name}": a.value for a in entry.attributes}
        for name, pattern in patterns.items():
            if pattern is not None:
                arguments = _Arguments()
                arguments.visit(pattern)
                found[name] = frozenset(arguments.found)
    return found


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_says_all_that_english_says(language: str) -> None:
    english, translated = _sentences(ENGLISH), _sentences(language)
    assert len(english) > 300
    assert {name: translated.get(name) for name in english} == english


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_forms_own_words_too_and_nothing_else(language: str) -> None:
    more = set(_sentences(language)) - set(_sentences(ENGLISH))
    assert more >= SHOWN | SECTIONS | OPTIONS
    assert more - SHOWN - SECTIONS - OPTIONS <= {f"wording-{item.id}" for item in (*form.ITEMS, *form.PLACE)}


class _Texts(Visitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802  (the library's name)
        self.found.append(str(node.value))


#: A French sign with a space before it that may break, or with none, and a quotation mark likewise.
_BREAKS = re.compile(r"(?<![\u00a0\u202f?!])[;!?»%]|(?<![\u00a0\u202f]):(?!//)|«(?![\u00a0\u202f])")
#: What the widget says in French, word for word.
_WIDGET = [Path("bot/channels/widget/locales/fr.js"), Path("bot/channels/widget/page/fr.js")]
_JAVASCRIPT_STRING = re.compile(r'"([^"\n]*)"')


def test_no_line_breaks_before_a_french_sign() -> None:
    texts = _Texts()
    for _name, source in sources("fr"):
        texts.visit(FluentParser().parse(source))
    said = [*texts.found, *(each for path in _WIDGET for each in _JAVASCRIPT_STRING.findall(path.read_text("utf-8")))]
    assert len(said) > 1000
    assert [each for each in said if _BREAKS.search(each)] == []


@pytest.mark.parametrize(
    ("language", "first", "later"),
    [("en", "1 March 2026", "3 May 1985"), ("fr", "1er mars 2026", "3 mai 1985")],
)
def test_a_date_is_written_one_way_in_each_language(language: str, first: str, later: str) -> None:
    sentences = catalogue(language)

    def on_button(month: int, day: int, year: int) -> str:
        return sentences.text("button-date", day=day, month=sentences.text(f"month-{month}"), year=str(year))

    assert (on_button(3, 1, 2026), on_button(5, 3, 1985)) == (first, later)
    for day, written in ((datetime(2026, 3, 1, 12, tzinfo=UTC), first), (datetime(1985, 5, 3, 12, tzinfo=UTC), later)):
        assert written in sentences.text("note-remind", when=day)
        assert written in sentences.text("status-clear", since=day)


def test_a_time_is_written_as_people_write_it() -> None:
    at = datetime(2026, 11, 30, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert catalogue("en").moment(at) == "30 November 2026 at 14:30 UTC"
    assert catalogue("fr").moment(at.isoformat()) == "30 novembre 2026 à 14\u00a0h\u00a030 UTC"


def test_what_a_translation_lacks_is_said_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "some.ftl").write_text("here = Here\nthere = There, { $name }\n    .again = There again\n")
    (tmp_path / "xx.ftl").write_text("here = Ici\n")
    monkeypatch.setattr("bot.i18n.catalogue.COPY", tmp_path)
    monkeypatch.setattr("bot.i18n.catalogue.catalogue", Catalogue)
    sentences = Catalogue("xx")
    assert sentences.text("here") == "Ici"
    assert sentences.text("there", name="Ann") == "There, Ann"
    assert sentences.text("there.again") == "There again"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr", "fr"), ("fr-CA", "fr"), ("FR_ca", "fr"), ("en-GB", "en"), ("de", "en"), ("", "en"), ("frr", "en")],
)
def test_the_language_of_a_tag(tag: str, language: str) -> None:
    assert spoken(tag) == language


@pytest.mark.parametrize("text", ["oui", "Oui !", "OUI.", "oui, bien sûr", "bien sur", "Je suis d’accord", "J'accepte"])
def test_a_yes_in_french(text: str) -> None:
    assert read_consent(text) is Reading.YES, "in whatever language it was asked"


@pytest.mark.parametrize("text", ["non", "Non merci.", "je refuse", "Je ne suis pas d’accord", "pas d'accord"])
def test_a_no_in_french(text: str) -> None:
    assert read_consent(text) is Reading.NO


@pytest.mark.parametrize(
    "text",
    [
        *("oui ?", "oui mais", "oui, si je peux", "oui et non", "non ?", "peut-être", "oui je pense", "ouin"),
        *("je ne suis pas sûr", "d'accord avec quoi", "pourquoi", "", "oui non", "je suis d'accord en partie"),
    ],
)
def test_what_is_neither_in_french(text: str) -> None:
    assert read_consent(text) is Reading.UNCLEAR


def test_every_button_of_a_translation_fits_on_a_phone() -> None:
    for language in TRANSLATIONS:
        sentences = catalogue(language)
        plain = [
            name for name, arguments in _sentences(language).items() if not arguments and name.startswith("button-")
        ]
        assert plain
        for name in plain:
            assert len(sentences.text(name)) <= max(26, len(catalogue().text(name))), name


def test_only_a_choice_has_options() -> None:
    assert {item.id for item in form.ITEMS if item.options} == {
        item.id for item in form.ITEMS if item.answer is Answer.CHOICE
    }

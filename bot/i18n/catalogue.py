"""All sentences of the bot, from Fluent files: ``locales/en/<topic>.ftl``, translations ``locales/<code>.ftl``.

What is said of an item of the form is in its file in ``form/``, with its translations.

`fluent.runtime <https://projectfluent.org/fluent/guide/>`_ does the formatting; this module only finds the files and is
stricter than Fluent: a missing message or argument is an error, not a gap in the sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Self

from babel import Locale
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentDateTime, FluentNone, FluentType
from fluent.syntax import ast

from bot.core.organisation import ORGANISATION
from bot.i18n.form_sentences import check_form_sentences, form_sentences

COPY = Path(__file__).parent / "locales"
ENGLISH = "en"

Argument = str | int | datetime

#: Where a language writes numbers and dates in more than one way, whose way is taken: "3 May 1985", "14 h 30".
_FORMATS = {ENGLISH: "en-GB", "fr": "fr-CA"}
#: Before these letters French leaves out the e of "de" and "que".
_VOWEL = re.compile("[aeiouyàâéèêëîïôùûœ]", re.IGNORECASE)
_FIRST_OF_MONTH = re.compile(r"^1 (?=\w)")


class CatalogueError(Exception):
    """A message is missing, doubled, or lacks an argument."""


class _Moment(FluentDateTime):
    """A date or time as the bot writes each: in French "1er mars", and "14 h 30" on one line."""

    def format(self, locale: Locale) -> str:
        written = super().format(locale)
        if locale.language != "fr":
            return written
        return _FIRST_OF_MONTH.sub("1er ", written).replace(" h ", "\u00a0h\u00a0")


def _moment(at: datetime | FluentNone, **options: FluentType) -> FluentType:
    """What `DATETIME` is in a sentence; where its argument was not given, Fluent reports that."""
    return at if isinstance(at, FluentNone) else _Moment.from_date_time(at, **options)


class Sentence(str):
    """A sentence with its language, which is English where a translation is missing.

    Attributes:
        language: the code of its language.
    """

    __slots__ = ("language",)

    language: str

    def __new__(cls, text: str, language: str) -> Self:
        """The sentence ``text``."""
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """What a copy is made of."""
        return type(self), (str(self), self.language)


class Catalogue:
    """The sentences of one language.

    A sentence without a translation is said in English; a test finds it before a mentor does.

    Args:
        language: code of a language in ``bot/i18n/locales``.

    Raises:
        CatalogueError: a file does not parse, or a message is defined twice.
        FormError: a sentence of the form does not parse.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        # The channels mark right-to-left text (`dir="auto"`), so none is marked here.
        self._bundle = FluentBundle(
            [_FORMATS.get(language, language)], functions={"DATETIME": _moment}, use_isolating=False
        )
        # As literals, because a brace would begin a placeable.
        lines = (f"-{term} = {{ {json.dumps(words, ensure_ascii=False)} }}" for term, words in terms(language).items())
        self._bundle.add_resource(FluentResource("\n".join(lines)))
        self.ids: frozenset[str] = frozenset()
        for name, text in sources(language):
            self._add(name, text)

    def text(self, message: str, /, **arguments: Argument) -> Sentence:
        """The sentence called ``message``, or ``message.attribute``, with its arguments filled in.

        Raises:
            CatalogueError: there is no such sentence, or an argument it needs was not given.
        """
        if self.language != ENGLISH and not self.has(message):
            return catalogue(ENGLISH).text(message, **arguments)
        name, _, attribute = message.partition(".")
        try:
            entry = self._bundle.get_message(name)
            pattern = entry.attributes[attribute] if attribute else entry.value
        except KeyError:
            pattern = None
        if pattern is None:
            raise CatalogueError(f"no sentence {message!r} in {self.language}")
        text, errors = self._bundle.format_pattern(pattern, dict(arguments))
        if errors:
            raise CatalogueError(f"sentence {message!r} in {self.language}: {errors[0]}")
        return Sentence(str(text), self.language)

    def moment(self, at: datetime | str) -> Sentence:
        """A time, given as such or in ISO 8601, as people write it: "30 November 2026 at 14:30 UTC"."""
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        return self.text("moment", at=at.astimezone(UTC))

    def has(self, message: str) -> bool:
        """Whether there is a sentence ``message`` or ``message.attribute``."""
        name, _, attribute = message.partition(".")
        if not self._bundle.has_message(name):
            return False
        entry = self._bundle.get_message(name)
        return attribute in entry.attributes if attribute else entry.value is not None

    def _add(self, source: str, text: str) -> None:
        resource = FluentResource(text)
        for entry in resource.body:
            if isinstance(entry, ast.Junk):
                check_form_sentences(self.language)
                raise CatalogueError(f"{source} does not parse near {entry.content!r}")
            if isinstance(entry, ast.Message):
                if entry.id.name in self.ids:
                    raise CatalogueError(f"{entry.id.name} is defined twice, the second time in {source}")
                self.ids |= {entry.id.name}
        self._bundle.add_resource(resource)


def sources(language: str) -> Iterator[tuple[str, str]]:
    """All sentences of ``language`` in Fluent's notation, in parts, each with the name of the file that has it."""
    for path in sorted((COPY / language).glob("*.ftl")) or [COPY / f"{language}.ftl"]:
        yield path.name, path.read_text(encoding="utf-8")
    yield from form_sentences(language)


def terms(language: str) -> dict[str, str]:
    """What sentences say of the organisation: the words for Fluent's terms, such as ``{ -organisation }``."""
    name, facts = ORGANISATION.name, ORGANISATION.facts
    said = {"about": facts.about, "cost": facts.cost, "check-takes": facts.check_takes}
    end = "’" if _VOWEL.match(name) else "e "
    return {
        "organisation": name,
        "registered-name": ORGANISATION.registered_name,
        **{f"{word}e-organisation": f"{word}{end}{name}" for word in ("d", "qu")},  # French: "de" and "que" before it
        **{term: words.get(language, words[ENGLISH]) for term, words in said.items()},
    }


@cache
def catalogue(language: str = ENGLISH) -> Catalogue:
    """The catalogue of ``language``, read once."""
    return Catalogue(language)


@cache
def languages() -> dict[str, str]:
    """The languages that the bot writes, English first: each language's own name, by its code."""
    codes = [ENGLISH, *sorted(path.stem for path in COPY.glob("*.ftl"))]
    return {code: catalogue(code).text("language-name") for code in codes}


def spoken(tag: str) -> str:
    """The bot's language for ``tag``, a BCP 47 tag such as ``fr-CA``; English if there is none."""
    code = tag.replace("_", "-").partition("-")[0].casefold()
    return code if code in languages() else ENGLISH

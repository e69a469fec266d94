"""Finds the catalogue sentences in a message of the bot, and the topic that a sentence answers."""

from __future__ import annotations

import re
from functools import cache

from fluent.syntax import FluentParser, ast

from bot.i18n.catalogue import languages, sources, terms
from bot.understanding.reader import ABOUT_ITEMS

#: Topics, with the beginnings of the ids of the sentences that answer them.
TOPICS: dict[str, tuple[str, ...]] = {
    "why": ("why-", "why"),
    "meaning": ("meaning-", "simple-", "meaning"),
    "sees": ("sees-", "faq-data", "faq-published", "faq-everyone"),
    "kept": ("kept-", "faq-data"),
    "example": ("example-", "example"),
    "privacy": ("faq-data", "sees-", "kept-", "faq-security", "faq-privacy", "why-date_of_birth"),
    "cost": ("faq-cost", "faq-pay", "faq-free"),
    "duration": ("faq-duration", "faq-left", "faq-remaining", "progress"),
    "left": ("faq-duration", "item-"),
    "pause": ("faq-pause", "note-paused"),
    "time": ("faq-time", "meaning-two_months", "faq-breach-two_months", "faq-when-two_months"),
    "check": ("faq-check", "meaning-background_check", "why-background_check", "faq-when-background_check"),
    "check_time": (
        "faq-check_time",
        "faq-check-time",
        "status-",
        "faq-after",
        "faq-when-background_check",
        "faq-duration",
    ),
    "record": ("faq-record",),
    "after": ("faq-after", "status-", "note-submitted", "faq-next", "faq-when"),
    "status": ("status-", "faq-after", "faq-check_time"),
    "refuse": ("faq-refuse", "note-skip-consent", "faq-all", "refuse", "cannot-consent", "mistake-consent"),
    "breach": ("faq-breach", "mistake", "faq-mistake", "cannot-consent", "faq-ability"),
    "leave": ("faq-leave", "faq-delete", "mistake-consent", "cannot-consent"),
    "delete": ("faq-delete", "kept-", "faq-leave"),
    "change": ("faq-change", "note-changeable", "note-not-changeable", "mistake", "faq-mistake"),
    "published": ("faq-published", "meaning-published_and_rated", "sees-published", "faq-everyone"),
    "mentor": ("faq-mentor", "faq-time"),
    "eligible": ("faq-eligible", "faq-ability", "cannot"),
    "account": ("faq-account", "meaning-account", "why-account"),
    "photo": (
        "faq-photo",
        "why-photo",
        "meaning-photo",
        "example-photo",
        "note-skip-photo",
        "cannot-photo",
        "refuse-photo",
        "skip-photo",
        "faq-data-photo",
        "faq-import-photo",
        "faq-trouble-photo",
    ),
    "code": (
        "meaning-email_code",
        "why-email_code",
        "example-email_code",
        "faq-code",
        "note-code",
        "kept-email_code",
        "cannot-email_code",
        "refuse-email_code",
        "skip-email_code",
        "faq-trouble-email_code",
        "faq-next-email_code",
    ),
    "email_needed": (
        "why-email",
        "meaning-email",
        "note-skip",
        "faq-no-email",
        "faq-email",
        "example-email",
        "cannot-email",
        "refuse-email",
        "skip-email",
    ),
    "languages": ("faq-languages", "faq-language"),
    "person": ("faq-person", "note-person", "faq-trouble", "faq-import"),
    "organisation": ("faq-organisation",),
    "help": ("faq-help", "faq-commands", "faq-next", "faq-trouble"),
    "receipt": ("faq-receipt", "faq-my_data"),
    "my_data": ("faq-my_data", "faq-receipt"),
    "bot": ("chat-bot",),
    "thanks": ("chat-thanks", "chat-praise"),
    "feelings": ("chat-", "note-no-hurry"),
    "abuse": ("chat-abuse", "chat-complaint"),
    "complaint": ("chat-", "note-said-before", "said-before"),
    "goodbye": ("chat-goodbye", "note-paused", "faq-pause"),
    "wait": ("chat-wait", "note-paused", "chat-ack", "faq-pause", "note-unclear-later", "chat-goodbye"),
    "laugh": ("chat-laugh", "chat-praise", "chat-ack"),
    "offtopic": ("chat-offtopic",),
    "sorry": ("chat-sorry",),
    "reminders": ("note-no-reminders", "note-reminder", "faq-reminder"),
    "withdraw": ("note-consents", "question-withdraw", "note-which-ending"),
    "greet": ("greeting", "chat-greet"),
    "skip": ("note-skip", "note-own-words", "example-", "note-unclear", "skip", "refuse", "cannot"),
    "condition": ("note-unclear-condition", "faq-refuse"),
    "each": ("faq-all", "note-each", "note-all", "faq-each"),
}
#: Sentences that ask whether the bot understood correctly.
ASKING_BACK = ("question-save", "question-change-", "question-confirm", "note-several-emails", "note-did-you-mean")
#: Sentences with fewer literal letters are not searched for: they may be part of any other.
_SHORTEST = 12


def tells_about(topic: str, sentence: str) -> bool:
    """Whether a sentence with this id is about ``topic``."""
    return sentence.startswith(TOPICS[topic])


def sentence_of(intent: str) -> str:
    """The beginning of the id of the sentence that answers an intent: ``why`` for ``faq_why``."""
    if intent in ABOUT_ITEMS:
        return intent.removeprefix("faq_")
    return intent.replace("_", "-", 1)


def sentences_in(text: str) -> set[str]:
    """The ids of the sentences in ``text``, in any language."""
    return {name for name, literal, pattern in _patterns() if literal in text and pattern.search(text)}


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    found: list[tuple[str, str, re.Pattern[str]]] = []
    for language, source in [(code, source) for code in languages() for _name, source in sources(code)]:
        said = terms(language)
        for entry in FluentParser().parse(source).body:
            if isinstance(entry, ast.Message):
                patterns = [entry.value, *(each.value for each in entry.attributes)]
                found += [made for each in patterns if each for made in _compiled(entry.id.name, each, said)]
    return tuple(found)


def _compiled(name: str, pattern: ast.Pattern, said: dict[str, str]) -> list[tuple[str, str, re.Pattern[str]]]:
    """A search for each variant of a sentence, with the words for terms; a placeholder matches anything."""
    found = []
    for pieces in _variants(pattern, said):
        longest = max((each for each in pieces if each), key=len, default="")
        if len(longest) >= _SHORTEST:
            source = "".join(re.escape(each) if each else "(?s:.{0,600}?)" for each in pieces)
            found.append((name, longest, re.compile(source)))
    return found


def _variants(pattern: ast.Pattern, said: dict[str, str]) -> list[list[str]]:
    """The literal pieces of each variant, with an empty one for each placeholder."""
    variants: list[list[str]] = [[]]
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            variants = [[*each, element.value] for each in variants]
        elif isinstance(element.expression, ast.SelectExpression):
            choices = [made for each in element.expression.variants for made in _variants(each.value, said)]
            variants = [[*each, *choice] for each in variants for choice in choices]
        elif isinstance(element.expression, ast.TermReference):
            variants = [[*each, said[element.expression.id.name]] for each in variants]
        else:
            variants = [[*each, ""] for each in variants]
    return variants

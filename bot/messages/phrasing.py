"""Chooses the wording of a sentence, so that the bot does not repeat itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.i18n.catalogue import ENGLISH, Argument, Catalogue, Sentence, catalogue
from bot.messages.whereabouts import completed

#: The sentence instead of an explanation that was just given and has no other wording.
_SAID_BEFORE = "said-before"


def _wordings(sentences: Catalogue, name: str) -> Iterator[str]:
    """Names of the wordings of a sentence: itself, ``.again``, ``.again-2`` …; of an attribute ``.after-again`` …."""
    again = f"{name}-again" if "." in name else f"{name}.again"
    yield name
    for each in (again, f"{again}-2", f"{again}-3"):
        if sentences.has(each):
            yield each


class Phrasing:
    """Chooses wordings for one mentor.

    Args:
        catalogue: the sentences in the mentor's language.
        contact_email: where a mentor can write to a person.
        said: texts of the bot's last turns, the newest first.
    """

    def __init__(self, catalogue: Catalogue, contact_email: str, said: Sequence[Collection[str]]) -> None:
        self._catalogue = catalogue
        self._contact = contact_email
        self._said = said

    def in_other_words(self, name: str, *, everywhere: bool = False, **arguments: Argument) -> Sentence:
        """A sentence, in a wording that was not used lately, or in the one used longest ago.

        Args:
            name: id of the sentence.
            everywhere: look for used wordings in all of the last turns, not only in the last one.
            arguments: the values of its variables.
        """
        turns = self._said if everywhere else self._said[:1]
        # A sentence without a translation is wholly English, including its arguments.
        sentences = self._catalogue if self._catalogue.has(name) else catalogue(ENGLISH)
        texts = [completed(name, sentences.text(each, **arguments)) for each in _wordings(sentences, name)]
        ages = [next((age for age, turn in enumerate(turns) if text in turn), len(turns)) for text in texts]
        oldest = max(ages)
        if oldest or not turns:
            return texts[ages.index(oldest)]
        # A note is about this message, so it cannot point to an earlier one.
        if name == _SAID_BEFORE or name.startswith("note-"):
            return texts[0]
        return self.in_other_words(_SAID_BEFORE, everywhere=everywhere, contact=self._contact)

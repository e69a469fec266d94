"""What a consent is about, so that its own words count: "yes, I will respect their privacy"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.understanding.consent.own_words import OWN_WORDS, OwnWords, expanded
from bot.understanding.phrases import PAUSE, Phrases, any_of, spoken

#: The sign in the wording that nobody types.
TRADEMARK = "®"

#: Kinds of phrases: one repeats what is asked, agrees to it by that, or repeats only a part of it.
REPEATED = "repeated"
AGREED = "agreed"
PART = "part"

#: What makes an agreement of a thing that a mentor is not to do.
_NO = any_of(
    *"not;never;will not;will never;won't;don't;do not;would never;not to;never to;without;without any;without ever;instead of;"
    "rather than;never ever;not try to;never try to;not going to;never going to;avoid;avoiding".split(";")
)
_NAMED = any_of("clause", "rule", "commitment", "policy", "principle", "responsibility", "thing")
_SENTENCE_END = re.compile(r"(?<=[.;])\s+")
_ALWAYS = "(?: (?:always|at all times))?"


@dataclass(frozen=True)
class Subject:
    """What a mentor is asked to agree to.

    Attributes:
        consent: its id.
        wording: its text.
    """

    consent: str
    wording: str

    def phrases(self) -> dict[str, tuple[str, ...]]:
        """The phrases that repeat the consent, by kind: its sentences as they stand, and people's own words for them."""
        return _phrases(self)

    def after_deed(self, words: str) -> list[str]:
        """What follows in ``words`` when they begin with what its mentors do: after "I will not", it refuses the consent."""
        return [more for _kind, more in _deeds(self.consent).openings(words)]

    def forbids(self, words: str) -> bool:
        """Whether ``words`` tell what its mentors do not do: after "I refuse to" or "I am against", that is no refusal."""
        return bool(_never(self.consent).search(words))

    def is_repeated_by(self, words: str) -> bool:
        """Whether the whole of ``words`` is composed of phrases that repeat the consent."""
        return bool(_repeating(self).compositions(words))


@lru_cache(maxsize=64)
def _repeating(subject: Subject) -> Phrases:
    return Phrases(subject.phrases())


def _own_words(consent: str) -> OwnWords:
    return OWN_WORDS.get(consent, OwnWords())


@lru_cache(maxsize=64)
def _phrases(subject: Subject) -> dict[str, tuple[str, ...]]:
    own = _own_words(subject.consent)
    names = any_of(*expanded(own.names)) if own.names else "(?!)"
    named = any_of(_NAMED, "part") if subject.consent.startswith("ethics_") else _NAMED
    repeated = (
        *(rf"(?:(?:i|we)(?: always)? )?{each}{_ALWAYS}" for each in expanded(own.deeds)),
        *(rf"(?:(?:i|we) )?{_NO} (?:ever )?{each}" for each in expanded(own.never)),
        *(f"{each}{_ALWAYS}" for each in expanded(own.facts)),
        rf"(?:the|this|that) (?:{names} {named}|{named} (?:on|about) (?:(?:the|their) )?{names})",
        *(_copied(each) for each in _SENTENCE_END.split(subject.wording)),
    )
    return {REPEATED: repeated, AGREED: expanded(own.agrees), PART: expanded(own.parts)}


def _copied(sentence: str) -> str:
    """A sentence of the wording, with its punctuation or without."""
    return re.escape(spoken(sentence.replace(TRADEMARK, ""))).replace(rf"\ {PAUSE}\ ", rf"\ (?:{PAUSE}\ )?")


@lru_cache(maxsize=64)
def _deeds(consent: str) -> Phrases:
    return Phrases({REPEATED: expanded(_own_words(consent).deeds)})


@lru_cache(maxsize=64)
def _never(consent: str) -> re.Pattern[str]:
    never = any_of(*expanded(_own_words(consent).never) or ("(?!)",))
    return re.compile(rf"(?:^(?:to )?|\b(?:not|don't|never|against) ){never}\b")


#: Every word of four letters and more in which a consent may be repeated.
VOCABULARY = frozenset().union(
    *(
        Phrases(
            {
                REPEATED: tuple(
                    regex for part in (own.deeds, own.never, own.agrees, own.facts) for regex in expanded(part)
                )
            }
        ).vocabulary
        for own in OWN_WORDS.values()
    )
)

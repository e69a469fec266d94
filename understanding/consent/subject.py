"""What a consent is about, so that its own words count: "yes, I will respect their privacy"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from understanding.phrases import PAUSE, spoken

#: Kinds of runs of words: they repeat what is asked, or only say something about it.
REPEATED = "repeated"
REMARK = "remark"

#: Letters by which two words count as forms of the same one.
_STEM = 6
_SHORTEST_IN_VOCABULARY = 3
_PLAIN_WORDS = frozenset(
    """a all also can always am an and any anybody anyone are as at be been being both by completely do every
    everybody everyone everything for from full fully has have help helping him his her i i'll i'm in is it it's its
    just let me mentee mentee's mentees mentor mentor's mentors mentoring my myself of on online or
    our out own part people person please should so that the their theirs them themselves then there these they
    they're this those time times to us we we'll will with you your shall can person's really truly make n
    there's we're any people's others other everyone's anything""".split()
)
_NEGATIONS = frozenset(
    """not never no nothing nobody without avoid avoids avoiding free won't don't doesn't can't neither nor none
    wouldn't""".split()
)
#: What may stand between a negation and what it negates: "not to be", "without any".
_BETWEEN = frozenset(
    "to be ever my any own make them get become becoming create creating their other of should one".split()
)
#: What gives something away as a negation does: "let them do it", "instead of doing it".
_LEAVING = frozenset("let letting leave leaving instead".split())
#: Words of a consent's own that a repetition may not have, by their stems: a limit or a condition hides in them.
_CONDITIONS = frozenset("if howeve but which provid feel may level when where conven first second last".split())
#: Words of the consent's own that a repetition has to have, so that "in part" or "at times" is none.
_TELLING_WORDS = 2
#: The same after "I agree that": who agrees with a part of what is asked agrees to nothing.
_TELLING_IN_CLAIM = 3
_DOUBTFUL = re.compile(
    r"\b(?:i|we) (?:may|can only|should|would|could)\b|\bto (?:my|your|a|the) own\b|\btime will tell\b|"
    r"\bin (?:principle|theory|general|part|a way|some)\b|\bmore (?:clause|rule|thing)s?\b"
)
#: How a limit to what was agreed begins: "within my limits", "at a reasonable level".
_LIMITING = frozenset("within with at in on as by under up from where of about through".split())
_LIMITING_A_REMARK = frozenset("for to of until during after before".split())
#: Those of them that may also end a repetition: "I will refer them on".
_TRAILING = frozenset({"on", "up", "through"})
#: Turns of phrase that are no limit and no "may": "stay within my limits", "either party may end it".
_FITTING = re.compile(
    r"\b(stay|staying|work|working|keep|remain)(?= within\b) within|\b(party|parties|sides?|both|either|us|they) may\b"
)
#: Letters of a word that tells alone what is agreed, and long words that do not.
_TELLING_LENGTH = 5
_ADVERBS = frozenset(
    """early right whole instead gradually immediately quickly anytime whenever first before limits reasonable least
    appropriately appropriate utmost longer minimum other other's possible there possible earliest increasing principle
    policy commitment responsibility thing clause always online always explicit""".split()
)
_MONTHS = frozenset({"month", "months", "month's"})
_TWO = frozenset({"2", "two"})
#: How the name of a consent begins, and its length in words at most: "the privacy clause".
_DETERMINERS = frozenset({"the", "this", "that", "your"})
_LONGEST_NAME = 6

#: Words in which any consent is named.
_NAMED = "clause rule part thing commitment policy principle responsibility"
#: For each consent: further words in which people repeat it and, after the bar, those that agree with it only under
#: a negation ("I will not impose").
_OWN_WORDS: dict[str, str] = {
    "background_check": """run do check checks checked screening search record records police history look conduct carry
        let through start make get vetting clean done background go away proceed permission allow permit perform criminal""",
    "two_months": """stay guide two 2 months month minimum full more longer commit least take accept commitment work very
        give each stick there do committed mentor""",
    "published_and_rated": """public publicly website site page visible chats conversations messages rate rating ratings
        rated read transparency transparent publish publishing published reviewed get work sessions everything away""",
    "ethics_assist_and_guide": """guide assist support path journey role goals first before put leave door keep stick
        assisting guiding instead | impose imposing imposed push force agenda pressure dictate""",
    "ethics_confidentiality": """keep keeping confidential confidentially private secret appropriately trust treat discuss
        say stays between respect maintain what talks things relationship | share gossip""",
    "ethics_laws": """follow obey know learn law laws rules legal local responsible here live adhere respect comply
        stick knowing following obeying aware take country state | break""",
    "ethics_mentee_rights": """know rights right contact concern concerns tell report respect can mentees turn go worry
        worries contacting turns always""",
    "ethics_respect_for_time": """respect busy duties other demands reasonable precious valuable value respecting each
        responsibilities | impose waste beyond overstep""",
    "ethics_autonomy": """independent independence autonomy autonomous take more grow promote support encourage let
        gradually step hand over goal managing decisions stand feet promoting giving become becoming growing manage""",
    "ethics_own_work": """realize potential ability themselves learn see show how leave leaving let instead hands off
        | job work do doing""",
    "ethics_privacy": """respect privacy private life personal matters affect work see impact issues professional
        respecting right point touch | pry violate""",
    "ethics_truthfulness": """honest honesty open openness truth truthful tell stay remain transparent sincere being
        staying truthfulness best utmost endeavour | lie""",
    "ethics_smooth_ending": """smooth smoothly ending end well together share transition goal reached done finish good
        sharing make | depend dependent dependency dependence""",
    "ethics_no_exploitation": """fair clean clear respect relationship keep | exploit exploitation exploitative exploited
        advantage misread misuse misinterpretation misinterpreted abuse exploiting take open""",
    "ethics_own_limits": """limits know ask advice refer seek someone else stick stay work capability expertise
        staying working experience send | beyond""",
    "ethics_records": """keep confidential private confidentiality records notes emails belong own theirs property give
        back hand request ask treat handing quiet owning | disclose share tell show gossip""",
    "ethics_ethical_issues": """address raise report issues issue conflict conflicts interest early earliest right away
        asap once soon speak deal take handle problems addressing bring bringing immediately quickly up | hide""",
    "ethics_right_to_end": """can either both side sides party end ends dissolve leave stop quit walk away anytime can
        relationship letting let anyone ending dissolving whenever they like free""",
    "code_of_ethics": """follow respect abide keep uphold honour code ethics principles whole rules stick comply adhere
        live abiding clauses | break""",
}


@dataclass(frozen=True)
class Subject:
    """What a mentor is asked to agree to.

    Attributes:
        consent: its id.
        wording: its text.
    """

    consent: str
    wording: str

    def is_refused_by(self, words: list[str]) -> bool:
        """Whether ``words``, said after "I will not", refuse the consent: they repeat it and negate nothing more."""
        stems, _negated = self._stems()
        telling = {word for word in words if word not in _PLAIN_WORDS}
        return bool(telling) and all(_stem(word) in stems for word in telling) and not telling & _NEGATIONS

    def repeated_by(self, words: list[str], after: str = "") -> str:
        """How ``words`` repeat the consent, in its own words or in its meaning: `REPEATED`, `REMARK` or "".

        Every word has to be one of the consent's, or one that says nothing by itself, so that no condition, doubt
        or exception fits in; and a negation has to stand before a word that the consent itself negates.

        Args:
            words: a run of words without a pause.
            after: the kind of the phrase before them: after "I will" one telling word is enough, after "I agree that"
                it takes more.
        """
        words = _FITTING.sub(lambda match: match[1] or f"{match[2]} can", " ".join(words)).split()
        stems, negated = self._stems()
        telling = {word for word in words if word not in _PLAIN_WORDS | _NEGATIONS or _stem(word) in negated}
        if words[0] in _LIMITING or words[-1] in _LIMITING - _TRAILING or _DOUBTFUL.search(" ".join(words)):
            return ""
        if not all(_stem(word) in stems | negated and self._is_no_hedge(word) for word in telling):
            return ""
        if _MONTHS & set(words) and not _TWO & set(words):
            return ""  # a counter-offer
        if words[0] in _DETERMINERS and words[-1] in _NAMED.split() and len(words) <= _LONGEST_NAME:
            return "" if set(words) <= _DETERMINERS | set(_NAMED.split()) else REPEATED
        if not _is_negated_rightly(words, negated):
            return ""
        alone = any(_tells_alone(word) for word in telling)
        if len(telling) >= (_TELLING_IN_CLAIM if after == "claim" and words[0] != "not" else _TELLING_WORDS) or (
            alone and after == "promise"
        ):
            return REPEATED
        return REMARK if alone and not after and words[0] not in _LIMITING_A_REMARK else ""

    def _is_no_hedge(self, word: str) -> bool:
        """Whether a word is no adverb of its own making: "potential" is the consent's, "potentially" is not."""
        return not word.endswith("ly") or word in f"{self.wording.casefold()} {_OWN_WORDS.get(self.consent, '')}"

    def _stems(self) -> tuple[frozenset[str], frozenset[str]]:
        further, _bar, negated = _OWN_WORDS.get(self.consent, "").partition("|")
        own = frozenset(_stem(word) for word in f"{spoken(self.wording)} {further} {_NAMED}".split())
        to_negate = frozenset(_stem(word) for word in negated.split())
        return own - _CONDITIONS - to_negate - {PAUSE}, to_negate


def _tells_alone(word: str) -> bool:
    return len(word) >= _TELLING_LENGTH and word not in _ADVERBS


def _stem(word: str) -> str:
    return word[:_STEM]


def _is_negated_rightly(words: list[str], negated: frozenset[str]) -> bool:
    """Whether each negation stands before a word that the consent negates, and each such word after a negation."""
    waiting = negating = False
    for before, word in zip(["", *words], words):
        if word in _LEAVING and not waiting:
            negating = True
        elif word in _NEGATIONS:
            if waiting:
                return False
            waiting = negating = True
        elif _stem(word) in negated:
            if not negating:
                return False
            waiting = False
        elif waiting and not (word in _BETWEEN and (word != "to" or before in ("not", "never"))):
            return False
        elif word == "and":
            negating = False
    return not waiting


#: Every word in which a consent may be repeated.
VOCABULARY = frozenset(
    word
    for further in (*_OWN_WORDS.values(), _NAMED)
    for word in further.split()
    if len(word) > _SHORTEST_IN_VOCABULARY
)

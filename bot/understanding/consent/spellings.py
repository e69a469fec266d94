"""How people misspell and shorten the words of a reply."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from spellchecker import SpellChecker

#: Short forms and slips, and the word that each stands for.
_SHORT: dict[str, str] = {
    **dict.fromkeys(
        ("yess", "yesss", "yessss", "yesssss", "yse", "yeas", "yees", "yass", "yas", "yes's", "yis", "eys"), "yes"
    ),
    **dict.fromkeys(("ye", "yh", "yea", "ya", "yeh", "yeahh", "yeha", "yeap", "yepp", "yepper", "yuppers"), "yeah"),
    **dict.fromkeys(("nooo", "noo", "noooo", "nooooo", "nop", "noe"), "no"),
    **dict.fromkeys(("nahh", "nahhh", "naah"), "nah"),
    **dict.fromkeys(("okk", "okey", "okie", "oke", "okay", "oki", "okidoki", "okey-dokey", "okie-dokie"), "ok"),
    **dict.fromkeys(
        ("agre", "aggree", "agreee", "argee", "agee", "agrre", "agrree", "aggre", "agrea", "ageee"), "agree"
    ),
    **dict.fromkeys(("agred", "aggreed", "agreeed", "argeed", "agreeded"), "agreed"),
    **dict.fromkeys(("acept", "accpet", "acccept", "accep", "accet"), "accept"),
    **dict.fromkeys(("concent", "consnet", "consen", "conset"), "consent"),
    **dict.fromkeys(("comit", "committ", "commmit"), "commit"),
    **dict.fromkeys(("promiss", "promis", "promisse"), "promise"),
    **dict.fromkeys(("definately", "definitly", "definitley", "definetly", "def", "defo"), "definitely"),
    **dict.fromkeys(("absolutly", "absolutley", "absoloutely", "absolutelly", "abso"), "absolutely"),
    **dict.fromkeys(("certianly", "certanly", "certainlly"), "certainly"),
    **dict.fromkeys(("permision", "premission", "permisson", "permmission"), "permission"),
    **dict.fromkeys(("completly", "completley"), "completely"),
    **dict.fromkeys(("totaly",), "totally"),
    **dict.fromkeys(("fuly",), "fully"),
    **dict.fromkeys(("ofc", "offcourse", "ofcourse"), "of course"),
    **dict.fromkeys(("thanx", "thx", "tnx", "thnx", "ty", "cheers"), "thanks"),
    **dict.fromkeys(("pls", "plz", "pleas", "plese"), "please"),
    **dict.fromkeys(("dont", "don`t", "do'nt", "dnt"), "don't"),
    **dict.fromkeys(("wont",), "won't"),
    **dict.fromkeys(("cant", "cannot", "can´t"), "can't"),
    **dict.fromkeys(("doesnt",), "doesn't"),
    **dict.fromkeys(("isnt",), "isn't"),
    **dict.fromkeys(("wouldnt",), "wouldn't"),
    **dict.fromkeys(("couldnt",), "couldn't"),
    **dict.fromkeys(("thats", "that´s", "tht's"), "that's"),
    **dict.fromkeys(("im", "i´m"), "i'm"),
    **dict.fromkeys(("ill",), "i'll"),
    **dict.fromkeys(("ive",), "i've"),
    **dict.fromkeys(("id",), "i'd"),
    **dict.fromkeys(("lets",), "let's"),
    **dict.fromkeys(("youve",), "you've"),
    **dict.fromkeys(("&",), "and"),
    **dict.fromkeys(("np",), "no problem"),
    **dict.fromkeys(("shure", "shur"), "sure"),
    **dict.fromkeys(("gree",), "agree"),
    **dict.fromkeys(("min",), "minimum"),
    **dict.fromkeys(("theres",), "there's"),
    **dict.fromkeys(("whats",), "what's"),
    **dict.fromkeys(("u",), "you"),
    **dict.fromkeys(("ur",), "your"),
    **dict.fromkeys(("r",), "are"),
    **dict.fromkeys(("wiv", "w", "wth", "wit"), "with"),
    **dict.fromkeys(("dis",), "this"),
    **dict.fromkeys(("iagree",), "i agree"),
    **dict.fromkeys(("disagre", "dissagree", "disagreee"), "disagree"),
    **dict.fromkeys(("honor",), "honour"),
    **dict.fromkeys(("authorise",), "authorize"),
    **dict.fromkeys(("jobgen®",), "jobgen"),
    **dict.fromkeys(("yessir",), "yes sir"),
    **dict.fromkeys(("understnad", "undestand", "understnd", "undrstand"), "understand"),
    **dict.fromkeys(("realise",), "realize"),
    **dict.fromkeys(("nooope", "noope", "nopee", "nooooope", "nopes"), "nope"),
    **dict.fromkeys(("bc", "cuz", "coz", "cos", "cause"), "because"),
    **dict.fromkeys(("gonna",), "going to"),
    **dict.fromkeys(("havent",), "haven't"),
    **dict.fromkeys(("theyre",), "they're"),
    **dict.fromkeys(("mths", "mnths", "mos"), "months"),
}


@lru_cache(maxsize=1)
def _english() -> SpellChecker:
    return SpellChecker()


class Spelling:
    """The usual spelling of words in a known vocabulary: short forms, and slips of one letter.

    Args:
        vocabulary: the words that a slip may have meant. What is a word of English itself is never taken for a slip.
    """

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary
        self._near = SpellChecker(language=None, distance=1)
        self._near.word_frequency.load_words(sorted(vocabulary))
        self.of: Callable[[str], str] = lru_cache(maxsize=10_000)(self._spelled)

    def _spelled(self, word: str) -> str:
        if word in _SHORT:
            return _SHORT[word]
        if len(word) < 5 or not (word.isascii() and word.isalpha()) or word in self._vocabulary:
            return word
        if _english().known([word]):
            return word
        candidates: set[str] = (self._near.candidates(word) or set()) - {word}
        if len(candidates) != 1:
            return word
        meant = candidates.pop()
        # "usure" may be a slip for "unsure" as well as for "sure".
        return word if any(other != meant and other.endswith(meant) for other in self._english_near(word)) else meant

    @staticmethod
    def _english_near(word: str) -> set[str]:
        english = _english()
        return english.known(english.edit_distance_1(word))

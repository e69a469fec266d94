"""Reading a person's name: of any culture, so nearly everything is one."""

from __future__ import annotations

import re

from bot.understanding.text import tidy, words

_GREETING = (
    r"(?:(?:hello|hi|hey|sure|ok|okay|yes|of course|good morning|"
    r"bonjour|bonsoir|salut|oui|bien sûr|d['’]accord|alors|euh)[,.!]? +)?"
)
#: "Je m'appelle …", "moi c'est …", "nom complet : …", as on a phone without an apostrophe, too.
_NAME_IS_IN_FRENCH = (
    r"(?:je m['’ ]?appel+e|jm['’ ]?appel+e|j['’]m['’ ]?appel+e|on m['’ ]?appel+e|je me nomme|moi,? (?:c['’ ]?est|c)|"
    r"(?:(?:mon|le) )?(?:nom(?: complet| l[ée]gal| de famille)*|pr[ée]nom|nom et pr[ée]nom|pr[ée]nom et nom)"
    r"(?:,? (?:est|c['’]est)(?=\s)| ?[:–—-]))\s+"
)
_NAME_IS = r"(?:(?:they|people|everyone|you can) call me|you (?:can|may) write|(?:my|the) name (?:on|in) my [\w ]{2,30} is)\s+|(?:(?:my|the) )?(?:full )?(?:legal )?name(?:(?: is|['’]s)(?=\s)| ?[:–—-])\s+"
_I_AM = r"(?:i am|i['’]m|it['’]s|it is|this is|je suis|j['’]?suis|c['’]est)\s+"
_CORRECTS = (
    r"(?:(?:sorry|no|wait|oops|my mistake|my bad|pardon|désolée?|non|oups|attendez|erreur|"
    r"(?:that|it)(?:['’]s| is| was) (?:wrong|not right|a typo))[,.!;:]* +)*"
)
_LEAD = re.compile(rf"^{_GREETING}{_CORRECTS}(?:{_NAME_IS}|{_NAME_IS_IN_FRENCH}|{_I_AM})", re.IGNORECASE)
_INTRODUCTION = re.compile(
    rf"^(?i:{_GREETING}{_CORRECTS})(?:(?i:{_NAME_IS}|{_NAME_IS_IN_FRENCH})|(?i:{_I_AM})(?=[A-Z]\w+ [A-Z]))"
)
#: What is asked for, in place of it, and what is said to be willing or to try.
_SAID_INSTEAD = re.compile(
    r"(?:(?:my|your|the) )?(?:(?:full|legal|own|real|first|last) )*name|yes|ye[ap]|yeah|yup|sure|"
    r"(?:(?:mon|le) )?(?:nom(?: complet| légal)*|prénom)|oui|ouais",
    re.IGNORECASE,
)
#: The end of a sentence, rather than of an abbreviation such as "Jr." or of an initial.
_FULL_STOP = re.compile(r"(?<=\w{3})(?<!\bEsq)\.$", re.IGNORECASE)
_NOT_A_NAME = re.compile(r"[@<>{}\[\]|\\^~=+*#$%&?;\d]|(?<!^)(?<!\s)!|!(?!\w)|https?:|www\.", re.IGNORECASE)


def read_name(text: str) -> str | None:
    """The name in ``text``, or None if there is none.

    Single names, apostrophes, hyphens, full stops and every script are names; digits, links and e-mail
    addresses are not. See Patrick McKenzie's "Falsehoods programmers believe about names".

    Args:
        text: the whole message; "my name is" before the name is dropped.
    """
    name = _FULL_STOP.sub("", _LEAD.sub("", tidy(text)).strip(' ,:"')).rstrip("!")
    if not any(each.isalpha() for each in name) or _NOT_A_NAME.search(name) or _SAID_INSTEAD.fullmatch(name):
        return None
    return name


def is_introduced(text: str) -> bool:
    """Whether the message says that it is a name: "my name is …"."""
    return "?" not in text and bool(_INTRODUCTION.match(tidy(text)))


_SPEECH = frozenset(
    """a about am an and any are be can could data did do does don't dont for from have how i i'd i'm in is it its just
    know let long me my need no not of on or please question show so tell that the there they this to u understand want
    was we what whats what's when where which who why will with would you your
    je j'ai suis jsuis vous tu pas ne que qui quoi est c'est ça ca pourquoi comment quand combien avec pour dans mon ma
    mes votre vos moi veux voudrais peux sais merci faut êtes avez votre cette sur puis-je qu'est-ce""".split()
)
#: Words of everyday speech that a name may be made of by chance: "Will Do", "Can Is".
_BY_CHANCE = 1
_LONGEST_NAME = 8


def is_written_as_name(text: str) -> bool:
    """Whether a message is two to five words of letters alone, each with a capital: "Skip Thornton"."""
    parts = tidy(text).split()
    return 1 < len(parts) <= _MOST_PARTS and all(part[0].isupper() and _CAPITALISED.fullmatch(part) for part in parts)


def is_part_of_name(before: str, text: str) -> bool:
    """Whether ``text``, sent right after ``before``, is the rest of a name: "Rosa", then "O'Neil-Nguyen".

    Two names in full are not: the second one corrects the first.
    """
    first, rest = words(before).split(), words(text).split()
    is_one_more = 1 in (len(first), len(rest)) and len(rest) <= _LONGEST_REST
    return is_one_more and read_name(text) is not None and not any(word in _SPEECH for word in rest)


#: Words of the rest of a name, at most.
_LONGEST_REST = 3
_CAPITALISED = re.compile(r"[^\W\d_][\w'’.-]*")
_MOST_PARTS = 5


def looks_like_name(text: str) -> bool:
    """Whether a message is rather a name than anything said: no question mark and hardly a word of everyday speech.

    A greeting, a thank-you or a command that is the whole message is recognised before this is asked.
    """
    if "?" in text or "!" in text:
        return False
    said = words(text).split()
    return len(said) <= _LONGEST_NAME and sum(word in _SPEECH for word in said) <= min(_BY_CHANCE, len(said) - 1)

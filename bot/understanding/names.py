"""Reading a person's name: of any culture, so nearly everything is one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.understanding.clauses import clauses
from bot.understanding.leads import LEADS, Lead, alternatives, leads_in
from bot.understanding.text import tidy, words

_FULL_NAME = "full_name"
#: Before a name without a lead.
_GREETING = re.compile(
    r"^(?:(?:hello|hi|hey|sure|ok|okay|yes|of course|good morning|bonjour|bonsoir|salut|oui|bien sûr|d['’]accord|alors|euh)[,.!]+ +)",
    re.IGNORECASE,
)
_TWO_CAPITALS = re.compile(r"[^\W\d_a-z][\w'’.-]+ [^\W\d_a-z]")
_AFTER_NAME = re.compile(rf"(?<=\w)(?:,? +{alternatives('after_name')})+[.! ]*$", re.IGNORECASE)
#: "Réjean Thibodeau avec un h", "Anna Lind, with a hyphen".
_SPELLED_WITH = re.compile(
    r"(?:[,;] *\w+)?[,.]? +(?:with|avec) (?:an?|the|two|one|no|un|une|deux|le|la) "
    r"(?:\w(?:['’]?s)?|hyphen|dash|accent|apostrophe|capital|silent|trait d['’]union|tiret|cédille|tréma)\b.*$",
    re.IGNORECASE,
)
_REMARKS = frozenset(LEADS.phrases("remark"))
_GIVEN_NAME = r"(?:first|given|christian)[ -]?names?|forenames?|pr[ée]noms?"
_FAMILY_NAME = r"(?:last|family)[ -]?names?|surname|nom(?: de famille)?"
_IS = r"(?:\s*[:=–—-]\s*|\s+(?:is|are|est|c['’]est)\s+|\s+)"
#: Between a name and a nickname.
_TURN = re.compile(r"[,;.]? +(?:but|though|although|mais)[ ,]*$", re.IGNORECASE)
#: "My first name is Grace and my surname is Mbeki."
_IN_PARTS = re.compile(
    rf"(?:my |mon )?(?:(?P<given>{_GIVEN_NAME})|{_FAMILY_NAME}){_IS}(?P<part>[^,;:]+?)"
    rf"(?:\s*[,;.]\s*|\s+)(?:and |et )?(?:my |mon )?(?:(?P<given2>{_GIVEN_NAME})|{_FAMILY_NAME}){_IS}(?P<part2>[^,;:]+?)[.! ]*",
    re.IGNORECASE,
)
#: "Mbeki is my family name, Grace is the first."
_IN_PARTS_AFTER = re.compile(
    rf"(?P<part>[^,;:]+?) (?:is|est) (?:my |the |mon |le )?(?:(?P<given>{_GIVEN_NAME}|first|given)|{_FAMILY_NAME}|last|family)"
    rf"[,; ]+(?:and |et )?(?P<part2>[^,;:]+?) (?:is|est) (?:my |the |mon |le )?"
    rf"(?:(?P<given2>{_GIVEN_NAME}|first|given)|{_FAMILY_NAME}|last|family)[.! ]*",
    re.IGNORECASE,
)
#: "First name Ann, last name Lee."
_PARTS = frozenset({"name", "surname", "nom", "prénom"})
#: Between a name and a remark.
_BEFORE_REMARK = re.compile(r"(?:[,;!]| [–—-]|(?<=\w{3})\.) +| *\(| +(?=(?:but|mais|not|pas) )", re.IGNORECASE)
#: What is asked for, in place of it, and what is said to be willing or to try.
_SAID_INSTEAD = re.compile(
    r"(?:(?:my|your|the) )?(?:(?:full|legal|own|real|first|last) )*name|yes|ye[ap]|yeah|yup|sure|"
    r"(?:(?:mon|le) )?(?:nom(?: complet| légal)*|prénom)|oui|ouais",
    re.IGNORECASE,
)
#: "Ann Lee, no sorry, Anne Lee": the second name is meant.
_SET_RIGHT = re.compile(
    r"[,.;…–—-]+ *(?:(?:no|oops|wait|sorr?y|scratch that|correction|i mean|i meant|rather|non|pardon|désolée?|je veux dire|plutôt)[ ,.:]+)+",
    re.IGNORECASE,
)
#: The end of a sentence, rather than of an abbreviation such as "Jr." or of an initial.
_FULL_STOP = re.compile(r"(?<=\w{3})(?<!\bEsq)\.$", re.IGNORECASE)
#: A smile after a name.
_SMILE = re.compile(r"\s*(?<!\w)[:;=]['-]?[()DP]+\s*$")
#: Categories of Unicode that emoji are in, with what changes their colour and joins them.
_SIGNS = frozenset({"So", "Sk", "Cs"})
_NOT_A_NAME = re.compile(r"[@<>{}\[\]|\\^~=+*#$%&?;\d]|(?<!^)(?<!\s)!|!(?!\w)|https?:|www\.", re.IGNORECASE)


def read_name(text: str) -> str | None:
    """The name in ``text``, or None if there is none.

    Single names, apostrophes, hyphens, full stops and every script are names; digits, links and e-mail
    addresses are not. See Patrick McKenzie's "Falsehoods programmers believe about names".

    Args:
        text: the whole message; "my name is" before the name is dropped.
    """
    in_parts = name_in_parts(text)
    if in_parts is not None:
        return in_parts
    text = _SMILE.sub("", "".join(each for each in text if unicodedata.category(each) not in _SIGNS))
    *_, meant = _SET_RIGHT.split(text)
    text = meant if is_written_as_name(tidy(meant)) else text
    name = _in_full(_FULL_STOP.sub("", _given(tidy(text)).strip(' ,:"')).rstrip("!"))
    if not any(each.isalpha() for each in name) or _NOT_A_NAME.search(name) or _SAID_INSTEAD.fullmatch(name):
        return None
    return name


def _given(text: str) -> str:
    """The part of ``text`` that gives the name: "my full name is" goes before "call me", and that before "I am".

    A name in full goes before "call me": "It's Margaret Hill, but everyone calls me Peggy".
    """
    every = leads_in(text)
    has_nickname = any(lead.item == _FULL_NAME and not lead.is_own for lead in every)
    leads = [
        lead
        for lead in every
        if lead.item == _FULL_NAME or lead.is_bare or (has_nickname and _TWO_CAPITALS.match(text[lead.end :]))
    ]
    before = _before_nickname(text, leads)
    if before:
        text = before
    elif leads:
        best = max(
            leads,
            key=lambda lead: (lead.is_own, bool(_TWO_CAPITALS.match(text[lead.end :])), lead.item is not None),
        )
        text = next(iter(clauses(text[best.end :])), "")
    return _AFTER_NAME.sub("", _without_remark(_GREETING.sub("", _SPELLED_WITH.sub("", text))))


def _before_nickname(text: str, leads: Sequence[Lead]) -> str:
    """The name that stands before a nickname: "Margaret, but everyone calls me Peggy"; "" if there is none."""
    if not leads or leads[0].is_own or leads[0].is_bare:
        return ""
    before = _GREETING.sub("", text[: leads[0].begin])
    name = _TURN.sub("", before).strip(" ,;.(")
    is_turned = before.endswith("(") or _TURN.search(before) is not None
    is_name = is_written_as_name(name) or (is_turned and (_CAPITALISED.fullmatch(name) or _is_all_of_name(name)))
    return name if is_name else ""


def _is_all_of_name(name: str) -> bool:
    """Whether words without capitals are two to four parts of a name: "dwayne kowalchuk"."""
    parts = name.split()
    return 1 < len(parts) < _MOST_PARTS and not any(each.casefold() in _SPEECH or not each.isalpha() for each in parts)


def _without_remark(name: str) -> str:
    """``name`` without what is said after it: "Frank Dubois, happy now?"."""
    for between in _BEFORE_REMARK.finditer(name):
        said = words(name[between.end() :]).replace("/", " ").rstrip("? )").split()
        is_said = any(word in _REMARKS for word in said) or 2 * sum(word in _SPEECH for word in said) > len(said)
        if between.start() and said and (is_said or name.endswith("?")):
            return name[: between.start()]
    return name


def _in_full(name: str) -> str:
    """``name`` without a short form before it: "Sam, Samuel Hill", "Bond, James Bond"."""
    short, _, full = (each.strip() for each in name.partition(","))
    parts = full.casefold().split()
    is_short = len(parts) > 1 and " " not in short and any(each.startswith(short.casefold()) for each in parts)
    return full if is_short and is_written_as_name(full) else name


def name_in_parts(text: str) -> str | None:
    """The name that is given in two parts, in whatever order: "Surname: Mbeki, first name: Grace"; None if it is not."""
    match = _IN_PARTS.fullmatch(tidy(text)) or _IN_PARTS_AFTER.fullmatch(tidy(text))
    if match is None or bool(match["given"]) == bool(match["given2"]):
        return None
    parts = (match["part"], match["part2"]) if match["given"] else (match["part2"], match["part"])
    return " ".join(parts) if all(map(looks_like_name, parts)) else None


def is_introduced(text: str) -> bool:
    """Whether the message says that it is a name: "my name is …"; after "I am" it has to be written as one."""
    text = tidy(text)
    leads = leads_in(text) if "?" not in text else []
    for lead in leads:
        if lead.item == _FULL_NAME and (lead.is_own or (not lead.start and looks_like_name(text[lead.end :]))):
            return True
    return bool(leads) and leads[0].is_bare and _TWO_CAPITALS.match(text[leads[0].end :]) is not None


_SPEECH = frozenset(
    """a about am an and any are be can could data did do does don't dont for from have how i i'd i'm in is it its just
    know let long me my need no not of on or please question show so tell that the there they this to u understand want
    was we what whats what's when where which who why will with would you your
    je j'ai suis jsuis vous tu pas ne que qui quoi est c'est ça ca pourquoi comment quand combien avec pour dans mon ma
    mes votre vos moi veux voudrais peux sais merci faut êtes avez votre cette sur un une du des puis-je qu'est-ce""".split()
)
#: Words of everyday speech that a name may be made of by chance: "Will Do", "Can Is".
_BY_CHANCE = 1
_LONGEST_NAME = 8


def is_written_as_name(text: str) -> bool:
    """Whether a message is two to five words of letters alone, each with a capital: "Skip Thornton"."""
    parts = tidy(text).split()
    is_shouted = len(parts) > _SHORTEST_SHOUT and text.isupper() and is_rather_said(text)
    return (
        1 < len(parts) <= _MOST_PARTS
        and not is_shouted
        and all(part[0].isupper() and _CAPITALISED.fullmatch(part) for part in parts)
    )


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
#: "WHY DO YOU ASK" is a sentence in capitals; two words in capitals may be any name.
_SHORTEST_SHOUT = 2


def is_rather_said(name: str) -> bool:
    """Whether what may be a name has several words of everyday speech, none of them with a capital: "you tell me that"."""
    said = (name.casefold() if name.isupper() else name).split()
    return sum(word in _SPEECH for word in said) > _BY_CHANCE or any(word in _PARTS for word in map(str.casefold, said))


def is_rather_of_oneself(text: str, name: str) -> bool:
    """Whether a message tells something of the mentor, rather than a name: "I'm retired", "je suis un peu perdu".

    Args:
        text: the whole message.
        name: what may be a name in it.
    """
    leads, said = leads_in(tidy(text)), name.split()
    is_bare = bool(leads) and leads[0].is_bare
    return is_bare and said[0].islower() and (len(said) == 1 or said[0] in _SPEECH)


def looks_like_name(text: str) -> bool:
    """Whether a message is rather a name than anything said: no question mark and hardly a word of everyday speech.

    A greeting, a thank-you or a command that is the whole message is recognised before this is asked.
    """
    if "?" in text or "!" in text:
        return False
    said = words(text).split()
    return len(said) <= _LONGEST_NAME and sum(word in _SPEECH for word in said) <= min(_BY_CHANCE, len(said) - 1)

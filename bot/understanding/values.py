"""Values in a sentence: of the open question, of others, and of what was answered before.

"I'm Ana Souza, ana@example.org, I worked 10 years in HR" has three; "that was wrong, my name is Robert Smith" sets one
right. A value is a part of the text, as it was typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.understanding.addresses import ADDRESS, addresses_in
from bot.understanding.clauses import clauses
from bot.understanding.leads import ITEMS, OWN, TEXTS, Lead, alternatives, leads_in
from bot.understanding.names import is_written_as_name, looks_like_name, read_name
from bot.understanding.text import MASK, has_word

__all__ = ["TEXTS", "Found", "Value", "name_at_end", "shown", "values_in"]

#: Characters of a message that is looked into; a longer one is an answer in words.
_LONGEST = 600
_NAME, _EMAIL, _DATE = "full_name", "email", "date_of_birth"
_DATE_WORDS = re.compile(rf"(?:[\s,.:/-]|{MASK}|\d|\b(?:st|nd|rd|th|of|the|and|le|de|du)\b)*", re.IGNORECASE)
#: Right before an address: "no, I meant".
_CORRECTED = re.compile(rf"(?:^|[.,;:!?\n(]\s*){alternatives('corrects')}[,.!;:…-]*\s*[<(\"“]*$", re.IGNORECASE)
_IS_WRONG = re.compile(
    rf"{OWN}{alternatives(*(f'noun {item}' for item in ITEMS))}\s+{alternatives('is_wrong')}\b", re.IGNORECASE
)
#: Before an address, in its sentence: "I made a mistake in my e-mail, …".
_ADDRESS_WRONG = re.compile(
    rf"(?<!\w)(?:(?:{alternatives('made_mistake')}\s+(?:{alternatives('wrong')}\s+)?|{alternatives('change')}\s+){OWN}"
    rf"{alternatives('noun email')}|{OWN}{alternatives('noun email')}\s+{alternatives('is_wrong')})\b[^.!?\n]*?"
    r"(?:\.\w[^.!?\n]*?)*$",
    re.IGNORECASE,
)
#: After a value: what it is said not to be.
_NOT = re.compile(r"[\s,;(–—-]*(?:and |et )?(?:not|instead of|rather than|pas|et non)\s+[\w'’-]+", re.IGNORECASE)
_NOT_AT_END = re.compile(rf"{_NOT.pattern}[.! ]*$", re.IGNORECASE)
#: A name at the end: "my surname is Petrov with a v, Ivan Petrov".
_AT_END = re.compile(
    r"(?:^|[,:;.!–—-]\s+(?:so\s+|donc\s+|it['’]?s\s+|c['’]est\s+)?)(?P<name>[^,:;.!?]+)[.!]*$", re.IGNORECASE
)
_OUTER = " \t\n,;:–—-"
_JOINTS = re.compile(r"(?:[\s,;–—-]|\b(?:and|but|also|et|mais|aussi)\b)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Value:
    """A value of an item of the form.

    Attributes:
        item: the item.
        text: the value, a part of the message; a date of birth is hidden in it.
        is_said: the item is named ("my name is …"), rather than told from the value.
        corrects: it is said that what was answered before is wrong.
    """

    item: str
    text: str
    is_said: bool = False
    corrects: bool = False


@dataclass(frozen=True)
class Found:
    """What is in a message.

    Attributes:
        values: in order, one for an item.
        rest: what is said beside them; "" if there is nothing.
    """

    values: tuple[Value, ...] = ()
    rest: str = ""


def values_in(text: str) -> Found:
    """The values in a message, and the rest of it.

    Args:
        text: the whole message, its dates of birth hidden.
    """
    if len(text) > _LONGEST:
        return Found(rest=text)
    leads = leads_in(text)
    taken = [*_with_leads(text, leads), *_addresses(text, leads)]
    values: dict[str, tuple[Value, int, int]] = {}
    for value, begin, end in sorted(taken, key=lambda each: (each[1], each[2])):
        before = values.get(value.item)
        if before is not None and (before[0].is_said or before[0].corrects) and not value.is_said:
            continue  # "my name is Ann Lee. I am Ann to my friends"
        values[value.item] = (value, begin, end)
    spans = sorted((begin, end) for _value, begin, end in taken)
    return Found(tuple(value for value, _begin, _end in values.values()), _outside(text, spans))


def shown(value: Value) -> str:
    """The value as it may be handed on; "" for a date of birth, which is read where it can be sealed."""
    return "" if value.item == _DATE else value.text


def _with_leads(text: str, leads: list[Lead]) -> list[tuple[Value, int, int]]:
    """What follows the leads, each until the next one, an address, or the end of its clause."""
    found: list[tuple[Value, int, int]] = []
    limits = [*(lead.start for lead in leads[1:]), len(text)]
    is_wrong = False
    for lead, limit in zip(leads, limits[: len(leads)], strict=True):
        if _IS_WRONG.match(text, lead.begin):
            is_wrong = True  # "my name is misspelled, it's …"
            continue
        lead = replace(lead, corrects=lead.corrects or is_wrong)
        value = _value(text[lead.begin : limit], lead, text[lead.end : limit])
        if value is not None:
            end = limit if value.item in TEXTS else text.index(value.text, lead.end) + len(value.text)
            other = _NOT.match(text, end, limit) if value.item == _NAME else None
            found.append((value, lead.start, other.end() if other is not None else end))
    return found


def _value(said: str, lead: Lead, after: str) -> Value | None:
    address = ADDRESS.search(after)
    is_named = lead.is_own or lead.item in (_DATE, *TEXTS)
    if lead.item in TEXTS:
        text = _JOINTS.sub("", after if lead.is_own else said).strip(_OUTER)
        text = text.rstrip("? ") if lead.corrects else text  # "can you change my expertise to welding?"
        other = (
            _NOT_AT_END.search(text) if lead.is_own and not lead.corrects else None
        )  # "my expertise is logistics, not logistic"
        corrects = lead.corrects or other is not None
        return (
            Value(lead.item, text[: other.start()] if other else text, is_named, corrects) if has_word(after) else None
        )
    dated = _DATE_WORDS.match(after)
    hidden = dated[0].strip(" ,.-") if dated is not None else ""
    if lead.item == _DATE or (lead.item is None and lead.corrects and MASK in hidden):
        return Value(_DATE, hidden, is_said=True, corrects=lead.corrects) if MASK in hidden else None
    if lead.item == _EMAIL or (lead.item is None and address is not None and not has_word(after[: address.start()])):
        return None  # it is found as an address
    first = clauses(after[: address.start()] if address else after)[:1]
    name = read_name(first[0]) if first else None
    if name is None or name not in after or not looks_like_name(name):
        return None
    if lead.item is None and not (is_written_as_name(name) or (lead.corrects and name.istitle())):
        return None  # "I am busy"
    is_other = is_named and _NOT.match(after, after.index(name) + len(name)) is not None  # "my name is Ann, not Anna"
    return Value(_NAME, name, is_named, lead.corrects or is_other)


def _addresses(text: str, leads: list[Lead]) -> list[tuple[Value, int, int]]:
    found = addresses_in(text)
    if len(found) != 1:
        return []
    begin = text.index(found[0])
    end = begin + len(found[0])
    before = [
        lead for lead in leads if lead.end <= begin and not has_word(text[lead.end : begin].replace("mailto", ""))
    ]
    lead = before[-1] if before else None
    value = Value(_EMAIL, found[0])
    if lead is not None:
        value = replace(value, is_said=lead.item == _EMAIL, corrects=lead.corrects)
    about = _ADDRESS_WRONG.search(text[:begin])
    if about is not None:
        start = min(about.start(), lead.start if lead is not None else begin)
        return [(replace(value, is_said=True, corrects=True), start, end)]
    corrected = _CORRECTED.search(text[:begin]) if lead is None else None
    if corrected is not None:
        return [(replace(value, corrects=True), 0 if not leads else corrected.start(), end)]
    return [(value, lead.start if lead else begin, end)]


def name_at_end(text: str) -> str | None:
    """The whole name with which a message about a part of it ends; None if it ends with none."""
    match = _AT_END.search(text.strip())
    name = match["name"].strip() if match is not None else ""
    return name if is_written_as_name(name) else None


def _outside(text: str, spans: list[tuple[int, int]]) -> str:
    """What is left of ``text`` without these spans."""
    parts: list[str] = []
    at = 0
    for begin, end in spans:
        if begin > at:
            parts.append(text[at:begin])
        at = max(at, end)
    parts.append(text[at:])
    kept = (_JOINTS.sub("", part).strip(' \t\n,;–—-<>()[]"“”') for part in parts)
    return " ".join(part for part in kept if has_word(part) or "?" in part)

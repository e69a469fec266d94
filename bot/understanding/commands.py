"""Commands as whole messages, in the words that the bot itself offers and their nearest kin.

They hold at every question. What is said in more words is for the trained classifier to recognise, unless it ends,
deletes or takes back something: that is `bot.understanding.endings`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understanding.corrections import item_left_out_of, item_to_change
from bot.understanding.endings import ENDINGS, read_ending
from bot.understanding.items import named_item
from bot.understanding.lists import PhraseList
from bot.understanding.text import folded, plain, words


@dataclass(frozen=True)
class Command:
    """A command and, for a change, the item of the form it names.

    Attributes:
        name: an intent of the dialogue, for example ``go_back``.
        target: id of an item of the form, or None.
    """

    name: str
    target: str | None = None


_COMMANDS = PhraseList("commands")
_DONE = PhraseList("done")
#: The intents that a whole message may be.
COMMAND_NAMES = frozenset(part.split()[0] for part in _COMMANDS.parts) | ENDINGS
#: Words that are an answer, too, where the mentor may write anything: a "resume" is also a curriculum vitae.
_ALSO_ANSWERS = frozenset({"resume", "review"})
#: Kinds of question whose answer may say anything.
_FREE_KINDS = frozenset({"name", "long_text"})
#: A command as Telegram has them.
_LONE_COMMAND = re.compile(r"/[a-z][a-z0-9_]*(?:@\w+)?", re.IGNORECASE)
#: After a command that takes words with it.
_WITH_WORDS = re.compile(r"/(?P<command>[a-z][a-z_]*)(?P<words>(?: [\w'-]+){0,5})")
_POLITE = re.compile(
    r"^(?:(?:please|ok|okay|hey|hi|um|sorry|wait|hold on|hang on|can (?:i|we|you)|could (?:i|we|you)|let me|let us|"
    r"bonjour|bon|alors|euh|pardon|désolée?|attendez|attends|oups|finalement|en fait) )+"
)
_AFTERWARDS = re.compile(
    r"(?: (?:please|thanks|thank you|now|pls|then|s'il (?:vous|te) pla[iî]t|svp|stp|merci|maintenant|d'abord|alors))+$"
)
_CHANGE = re.compile(
    r"(?:i(?: want|'d like| would like| need|'ll have) to )?"
    r"(?:withdraw|take back|revoke|change|edit|correct|fix|update|redo|replace|modify|amend|revise|rewrite|retake|retype|"
    r"(?:go|jump|take me) back to|return to)"
    r"(?: my| the)? (?:answer (?:to|about|on|for) )?(?:the |my )?(?P<target>[\w' -]{1,40})|"
    r"i(?: want|'d like| would like| need) (?:another|a different|a new) (?P<other>[\w' -]{1,30})"
)
#: The same in French, without accents: "je voudrais changer ma photo", "corriger mon nom".
_CHANGE_IN_FRENCH = re.compile(
    r"(?:(?:je (?:veux|voudrais|souhaite|souhaiterais|dois|peux|vais)|j'aimerais|il faut|faut|on peut(?:[- ]tu)?|peut[- ]on|est-ce (?:que je|qu'on) peux?t?|je peux[- ]tu|"
    r"puis-je|pouvez-vous|pourriez-vous|veuillez|merci de) )?"
    r"(?:(?:modifi|chang|corrig|rectifi|remplac)(?:er|e|ez)|refaire|mettre a jour|reprendre|retirer|mettre|"
    r"(?:revenir|retourner|retour|revenons|retournons) (?:a|au|aux))"
    r"(?: (?:ma|mon|mes|la|le|les|une?|question|du|de|reponse|autre|nouvelle|nouveau|sur|pour|d'))* ?(?P<target>[\w' -]{1,40})"
)
_TARGET_IN_FRENCH = re.compile(
    r"(?:prenom|nom(?: complet| legal| de famille)?|adresse(?: mail| e-mail| courriel)?|mail|e-?mail|courriel|raisons?|motivations?|"
    r"experience(?: de mentorat)?|(?:domaines? d')?expertise|competences|photo|image|portrait|date de naissance|"
    r"(?:verification des )?antecedents|autorisation|deux mois|2 mois|code d'ethique|pays|province|"
    r"(?:clause|partie|point|regle|article) (?:n° ?|numero )?\d{1,2}|\w+ (?:clause|partie|regle|point))"
)
_TARGET = re.compile(
    r"(?:account(?: type)?|(?:(?:full|legal|last|first|family) )*name|surname|(?:e-?mail )?address|e-?mail|mail|reasons?|motivation|"
    r"(?:mentoring )?experience|(?:areas of )?expertise|photo|picture|image|pic|selfie|date of birth|birth ?date|birthday|dob|"
    r"country(?: of residence)?|province|region|background check(?: permission)?|permission|(?:two|2) months(?: commitment)?|(?:first|second) commitment|"
    r"published and rated|code of ethics|(?:clause|part|rule|code of ethics|ethics) \d{1,2}|"
    r"(?:\w+ )?clause(?: (?:about|on) [\w' ]+)?)(?: (?:again|answer))?"
)


def read_command(text: str, kind: str | None = None) -> Command | None:
    """The command that the whole message is, or None.

    Args:
        text: the whole message.
        kind: how the open question is answered; at ``long_text`` some single words are answers.
    """
    said = words(text).rstrip("? ")
    if is_lone_command(text):
        said = said.partition("@")[0]
    asked = _AFTERWARDS.sub("", _POLITE.sub("", said))
    for simple in dict.fromkeys((said, asked)):
        name = _COMMANDS.part_of(simple)
        if name and not (kind == "long_text" and simple in _ALSO_ANSWERS):
            return Command(*name.split())
    slashed = _WITH_WORDS.fullmatch(said)
    if slashed:  # "/edit my photo", "/change_photo"
        return read_command(f"{slashed['command'].replace('_', ' ')}{slashed['words']}", kind)
    match = _CHANGE.fullmatch(asked)
    target = (match["target"] or match["other"]).strip() if match else ""
    bare = _AFTERWARDS.sub("", folded(asked))
    french = _CHANGE_IN_FRENCH.fullmatch(bare)
    if french and _TARGET_IN_FRENCH.fullmatch(french["target"]):
        item = _SECOND.get(french["target"]) or named_item(french["target"])
        return Command("change_answer", item) if item else None
    if target and _TARGET.fullmatch(target):
        item = _SECOND.get(target) or named_item(target)
        return Command("change_answer", item) if item else None
    ending = read_ending(text, kind)
    if ending is not None:
        return Command(*ending)
    wrong = item_to_change(text) or (item_left_out_of(text) if kind not in _FREE_KINDS else None)
    return Command("change_answer", wrong) if wrong is not None else None


def without_courtesies(text: str) -> str:
    """The words of a message without "please" and the like around them."""
    return _AFTERWARDS.sub("", _POLITE.sub("", words(text).rstrip("? ")))


def says_done(text: str) -> bool:
    """Whether the message says that the mentor is done."""
    return _DONE.part_of(without_courtesies(text)) is not None


def is_lone_command(text: str) -> bool:
    """Whether the whole message is a command as Telegram has them, known or not: "/privacy"."""
    return _LONE_COMMAND.fullmatch(plain(text)) is not None


def says_goodbye(text: str) -> bool:
    """Whether the whole message is a goodbye, with a few words of why after it: "gotta go, dinner's ready"."""
    first, _, why = (
        plain(text).replace(" - ", ", ").replace("!", ",").replace(".", ",").replace(";", ",").partition(",")
    )
    is_one = _COMMANDS.part_of(_AFTERWARDS.sub("", _POLITE.sub("", words(first)))) == _GOODBYE
    return is_one and "?" not in why and len(why.split()) <= _WHY


_GOODBYE = "chat_goodbye"
#: Words of why, at most.
_WHY = 6
_SECOND = {
    "first commitment": "two_months",
    "second commitment": "published_and_rated",
    "mail": "email",
    "pays": "country",
    "address": "email",
    "country": "country",
    "province": "region",
    "region": "region",
}

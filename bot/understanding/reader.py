"""What a message means at the question that is open.

The module is long because rules, values and likelihood call one another in one order, which is read in one place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.i18n.catalogue import ENGLISH, catalogue
from bot.understanding.addresses import is_spelled_out
from bot.understanding.asides import Aside, aside_in, is_at_a_loss, is_rhetorical
from bot.understanding.choices import chosen
from bot.understanding.clauses import clauses
from bot.understanding.commands import is_lone_command, read_command, says_done, says_goodbye
from bot.understanding.consent import Doubt, Reading, Subject, asks_about_agreeing, doubt_about, read_consent
from bot.understanding.corrections import item_to_change, items_spoken_of
from bot.understanding.endings import may_end_something
from bot.understanding.items import CLAUSES, clause_about, named_item, names_no_clause
from bot.understanding.languages import language_asked_for
from bot.understanding.learned import BY_RULE_ONLY, LIKELY_REPLY, SOME_ENDING
from bot.understanding.likely_replies import (
    about_account,
    is_hardly_an_answer,
    is_likely_consent,
    is_unlikely_answer,
    likely_reply,
)
from bot.understanding.names import (
    is_introduced,
    is_written_as_name,
    looks_like_name,
    name_in_parts,
    read_name,
)
from bot.understanding.reminder_times import asks_for_reminder
from bot.understanding.replies import (
    account_in,
    asks_to_submit,
    confirms,
    has_none,
    is_about_code,
    only_acknowledges,
    refuses,
    says_correct,
    says_start,
)
from bot.understanding.residence import residence_in
from bot.understanding.text import MASK, is_question
from bot.understanding.values import TEXTS, Found, Value, name_at_end, shown, values_in

#: Kinds of question whose typed answer is a yes or a no.
YES_NO_KINDS = frozenset({"yes_no", "review", "choice", "start"})
#: The kind whose typed answer names one of several options.
OPTIONS = "options"
#: Kinds whose typed answer is the text itself.
TEXT_KINDS = frozenset({"name", "email", "long_text"})

#: Those of them whose answer is hardly checked: nearly all words are a name, or a text.
FREE_KINDS = frozenset({"name", "long_text"})
#: The question whether to save what may be no answer; it is answered like the one before it, or with a yes or a no.
SAVE = "save"
#: The question whether what is likely a yes or a no to a consent is one.
CONFIRM = "confirm"
#: What answers a command that nobody knows.
_UNKNOWN_COMMAND = "faq_commands"

#: Prefixes of the intents that a rule answers: questions and small talk.
DIGRESSIONS = ("faq_", "chat_")
SMALL_TALK = "chat_"
#: Digressions about an item of the form: the one that is named, else the one that is asked.
ABOUT_ITEMS = frozenset(
    {"faq_why", "faq_meaning", "faq_sees", "faq_kept", "faq_example", "faq_refuse", "faq_cannot", "faq_mistake"}
)
#: What the mentor wants done. None of them loses or agrees to anything: starting over and cancelling ask first.
COMMANDS = BY_RULE_ONLY | {
    *("go_back", "skip", "repeat", "see_review", "pause", "resume", "change_answer", "withdraw_consent", SOME_ENDING),
    *("resend_code", "stop_reminders", "remind_me", "continue_elsewhere"),
}
#: A longer message, in words, is an answer where the mentor may write anything.
LONGEST_ASIDE = 30
#: How an answer begins that tells what for.
_GIVES_REASONS = re.compile(r"(?i)\s*(?:to|because|cause|cuz|so that|for the|since i) (?!be honest|be clear)[^?]*$")
#: "Ok, I see" is no remark where a yes or a no is asked for, but a reply that is neither.
_ACKNOWLEDGEMENT = "chat_ack"
_REPLIES_IN_DOUBT = frozenset(
    {Doubt.BOTH, Doubt.CONTRADICTION, Doubt.CONDITION, Doubt.MAYBE, Doubt.LATER, Doubt.FEAR, Doubt.READ}
)
#: Where a clause is asked about that does not exist.
_WHOLE_CODE = "code_of_ethics"
#: A remark about the form beside a question, which answers nothing: "This is the third long question, how many left?".
_ABOUT_FORM = re.compile(
    r"^(?:this|that|it|these|ce|c'est|ça)\b.{0,30}\b(?:question|form|formulaire|bot|chat)s?\W*$", re.IGNORECASE
)
#: The question whether to look again at what was refused.
_RECONSIDER = "reconsider"
#: Where a number alone names a clause.
_CODE_ITEMS = frozenset({_WHOLE_CODE, *CLAUSES})
#: Commands that may stand beside a remark, and what parts the two.
_BESIDE_A_REMARK = frozenset({"repeat", "go_back", "see_review", "pause", "continue_elsewhere", "resend_code"})
_PIECES = re.compile(r"(?<=[,.!?;:])\s+")
#: Commands that ask whether to end it all. A refusal beside one is none to the open question.
_ENDS_ALL = frozenset({"cancel", "start_over"})
#: The end of a sentence with another one after it: no command.
_SENTENCES = re.compile(r"[.!;]\s+\S")
#: So few words tell a question or a command from an answer only by rule.
_FEW_WORDS = 2
#: "I'm 81" is no date.
_AGE = re.compile(rf"^[^{MASK}]*\b(?:i['’]?m|i am|j['’]ai)\s+(?:\w+\s+)?{MASK}+[^{MASK}]*$", re.IGNORECASE)
#: What ends a sentence that says something.
_ENDS = ".!…"
#: The class of everything that is neither.
ANSWER = "inform"
#: Kinds whose answer is a place.
_PLACES = frozenset({"country", "region"})
#: What a code looks like, also one with a digit too few or in groups.
_CODE = re.compile(r"\d[\d \-]{2,}\d")
#: What is offered where a message may mean it: what the catalogue words as a choice. None ends, deletes or agrees.
OFFERED = frozenset(name.removeprefix("choice-") for name in catalogue(ENGLISH).ids if name.startswith("choice-"))
#: So many are offered at most.
_MOST_CHOICES = 3
#: What is believed and offered only where a code is asked for.
_AT_CODE = "resend_code"
#: Kinds whose answer a rule recognises, or no text is one: what comes to the classifier is no answer to them.
_VALUE_KINDS = frozenset({"email", "code", "date", "photo"})
#: What it is at least if it is no answer: with less, the classifier knows no topic that it may be.
_LEAST_LEFT = 0.3
UNKNOWN = "nlu_fallback"
#: Kinds of question whose answer is told from a value in a sentence, with the item.
_VALUE_OF = {"name": "full_name", "email": "email", "date": "date_of_birth"}
#: Kinds of question before which hardly anything was answered.
_EARLY = frozenset({"choice", "name", "email"})
_CORRECTION = "change_answer"
_ADDRESS = re.compile(r"\badd?ress", re.IGNORECASE)
#: Values with which a mentor may begin.
_FIRST_GIVEN = frozenset({"full_name", "email"})
#: Words of a text that answers another question, at most.
_LONGEST_OTHER_ANSWER = 15
#: Words beside the value in it, at most: "by the way".
_LONGEST_REST = 3
#: Words of a name beside another value, at most: "Yusuf al-Rashid, born …".
_LONGEST_NAME = 5
#: Replies that count beside a value of another item.
_CERTAIN = frozenset({"affirm", "deny", "register"})


@dataclass(frozen=True)
class ReadingContext:
    """What the reader needs to know about the open question in order to read a reply.

    Attributes:
        id: its id, if known.
        kind: how it is answered (a value of the form's ``Answer``), or ``start``, ``review``, ``options`` for a choice
            to which a yes says nothing; None when no question is open, or it is not known (Rasa's own shell).
        wording: of a consent, its text.
        language: code of the language in which it was shown.
        options: of such a choice, what the options are called.
    """

    id: str | None = None
    kind: str | None = None
    wording: str = ""
    language: str = "en"
    options: tuple[str, ...] = ()

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, object]) -> ReadingContext:
        """The question that `to_metadata` described."""
        kind = metadata.get("kind")
        return cls(
            str(metadata["question"]) if metadata.get("question") else None,
            str(kind) if kind else None,
            str(metadata.get("wording") or ""),
            str(metadata.get("language") or "en"),
            tuple(options) if isinstance(options := metadata.get("options"), (list, tuple)) else (),
        )

    def to_metadata(self) -> Mapping[str, object]:
        """The question as metadata of a message to Rasa."""
        metadata = {"question": self.id, "kind": self.kind, "wording": self.wording, "language": self.language}
        return {**metadata, "options": list(self.options)} if self.options else metadata


@dataclass(frozen=True)
class Act:
    """One of several things that a message does.

    Attributes:
        intent: an intent of the dialogue.
        item: the item of the form that it is about; None for the open question, or where there is none.
        value: of an answer, its text where that is not the whole message; else "".
    """

    intent: str
    item: str | None = None
    value: str = ""


@dataclass(frozen=True)
class Meaning:
    """What was understood: the move that Rasa decides on, and what the message does beside it.

    Attributes:
        intent: an intent of the dialogue.
        target: the item of the form that a command or a question names.
        value: of an answer or a correction, its text where that is not the whole message; else "".
        also: what else the message does, in order: questions to answer, values of other items.
        choices: of what was not understood, what it may mean, the likeliest first.
    """

    intent: str
    target: str | None = None
    value: str = ""
    also: tuple[Act, ...] = ()
    choices: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Thresholds:
    """How likely a question, remark or command has to be, from 0 to 1, where no rule reads a message.

    The likelihoods are calibrated: of messages whose likeliest topic has a likelihood of 0.6, some 60 % are about it.

    Attributes:
        floor: of anything at all. Below it the bot guesses nothing: it is more likely wrong than right.
        doubtful_reply: of what sounds, at a yes-or-no question, like a yes or no with a doubt in it.
        statement_at_text: of what is not put as a question, where the mentor may write anything.
        at_name: of what might be a name, where one is asked for.
        near: of what is offered as a choice, where nothing reaches the floor.
    """

    floor: float = 0.5
    doubtful_reply: float = 0.9
    statement_at_text: float = 0.9
    at_name: float = 0.97
    near: float = 0.15


#: Gives the likelihood of each intent for a text.
Likelihoods = Callable[[str], Mapping[str, float]]


def read(text: str, asked: ReadingContext, likelihoods: Likelihoods, thresholds: Thresholds = Thresholds()) -> Meaning:
    """Read a message.

    A yes, a no and an answer are read by rule. What is left may be a digression or a command in words of its own:
    there the trained classifier is believed, if it finds one likely enough. A message of several clauses may do
    several things: each is read, and all of them count if each is understood.

    Args:
        text: the whole message.
        asked: the open question.
        likelihoods: of each intent, from the classifier.
        thresholds: what is likely enough.
    """
    return read_as_one(text, asked) or read_in_parts(text, asked, likelihoods, thresholds)


def read_in_parts(text: str, asked: ReadingContext, likelihoods: Likelihoods, thresholds: Thresholds) -> Meaning:
    """As `read`, of a message for which `read_as_one` has found nothing."""
    return (
        _read_values_and_questions(text, asked, likelihoods, thresholds)
        or _read_clauses(clauses(text), asked, likelihoods, thresholds)
        or (read_by_rule(text, asked) if "?" in text else None)  # else `read_as_one` would have found it
        or _command_beside_a_remark(text, asked)
        or read_by_likelihood(text, asked, likelihoods(text), thresholds)
    )


def _command_beside_a_remark(text: str, asked: ReadingContext) -> Meaning | None:
    """A command in a clause of its own, which loses nothing: "Say that again please, my dog barked"."""
    pieces = [each for each in _PIECES.split(text) if any(map(str.isalpha, each))]
    if len(pieces) < _FEW_WORDS or asked.kind in FREE_KINDS:
        return None
    commands = {each: read_command(each, asked.kind) for each in pieces}
    found = [command for command in commands.values() if command is not None and command.name in _BESIDE_A_REMARK]
    others = [each for each, command in commands.items() if command not in found]
    if len(found) != 1 or any(_is_asking(each) or read_by_rule(each, asked) for each in others):
        return None
    return Meaning(found[0].name, found[0].target)


def _read_values(text: str, asked: ReadingContext) -> tuple[Meaning, list[str]] | None:
    """What a message means that has a value of another item than the open one, and its clauses that ask something."""
    if asked.kind == "start":
        return _read_start(text)
    if asked.options:
        return None
    changed = item_to_change(text)
    if changed is not None:
        name = name_at_end(text) if changed == _VALUE_OF["name"] and asked.kind != "name" else None
        return (Meaning(_CORRECTION, changed, name), []) if name is not None else None
    places = residence_in(text) if asked.kind not in FREE_KINDS | _PLACES else ()
    if places:
        (item, place), *beside = places
        return Meaning(_CORRECTION, item, place, tuple(Act(_CORRECTION, *each) for each in beside)), []
    found = values_in(text)
    own = next((value for value in found.values if value.item == _VALUE_OF.get(asked.kind or "")), None)
    others = tuple(
        Act(_CORRECTION, each.item, shown(each)) for each in found.values if _counts(each, own, found, asked, text)
    )
    if not others:
        return None
    parts = clauses(found.rest)
    asking = [part for part in parts if _is_asking(part)]
    if own is not None:
        return Meaning(ANSWER, value=shown(own), also=others), asking
    said = " ".join(part for part in parts if not _is_asking(part))
    answer = _answer_beside(said, asked)
    if answer:
        return Meaning(ANSWER, value=answer, also=others), asking
    reply = read_by_rule(said, asked) if said and asked.kind in (YES_NO_KINDS - {"review"}) else None
    if reply is not None and reply.intent in _CERTAIN:
        return replace(reply, also=others), asking
    first, *more = others
    return Meaning(first.intent, first.item, first.value, tuple(more)), asking


def _read_start(text: str) -> tuple[Meaning, list[str]] | None:
    """What a message means that begins the registration with values: "I'm Ana Souza, ana@example.org, let's start"."""
    found = values_in(" ".join(part for part in clauses(text) if not (_is_asking(part) and says_start(part))))
    values = tuple(Act(_CORRECTION, each.item, each.text) for each in found.values if each.item in _FIRST_GIVEN)
    rest = clauses(found.rest) if len(found.rest.split()) > _FEW_WORDS else ()  # "I'm Ana" is no whole name
    begins = all(says_start(part) or _greets(part) for part in rest)
    return (Meaning("register", also=values), []) if values and begins else None


def _greets(text: str) -> bool:
    command = read_command(text)
    return command is not None and command.name == "chat_greet"


def _answer_beside(said: str, asked: ReadingContext) -> str:
    """What is left of a message beside values of other items, if it answers the open question; "" if it does not."""
    if asked.kind == "name":
        name = read_name(said) or ""
        is_whole = " " in name and name[0].isupper() and looks_like_name(name)
        return name if is_whole and len(name.split()) <= _LONGEST_NAME else ""
    return said if asked.kind == "long_text" and read_by_rule(said, asked) is None else ""


def _counts(value: Value, own: Value | None, found: Found, asked: ReadingContext, text: str) -> bool:
    """Whether a value of another item is meant as one at the open question."""
    if value is own or value.item == asked.id:
        return False
    if asked.kind == "long_text":  # anything may be a part of an answer
        if value.corrects:
            return not found.rest or (value.item not in TEXTS and _has_a_sentence(value, text))
        return not found.rest and value.item in _VALUE_OF.values() and value.is_said and len(found.values) == 1
    if value.item in TEXTS and not value.corrects:
        return own is not None or asked.kind in _EARLY
    if value.is_said or value.corrects or own is not None:
        return True
    is_beside_reply = asked.kind == "choice" and account_in(found.rest) is not None
    is_alone = not found.rest or is_beside_reply or bool(read_by_rule(found.rest, ReadingContext(None, "yes_no")))
    return is_alone and (value.item == "email" or asked.kind in _EARLY)


def _has_a_sentence(value: Value, text: str) -> bool:
    """Whether a correction is a sentence of its own: "Ten years in HR. By the way my e-mail changed to …"."""
    return any(Found((value,)) == values_in(part) for part in clauses(text))


def read_as_one(text: str, asked: ReadingContext) -> Meaning | None:
    """What a message certainly means, without a question beside it; None for all else."""
    valued = _read_values(text, asked)
    if valued is not None:
        return None if valued[1] else valued[0]
    meaning = read_by_rule(text, asked)
    if meaning is None and asked.kind == "long_text":
        meaning = _read_change_within(text, asked)
    if meaning is not None and meaning.intent == ANSWER and any(map(_is_asking, clauses(text)[1:])):
        return None
    return meaning


def _read_change_within(text: str, asked: ReadingContext) -> Meaning | None:
    """What a text in free words means that wants another answer changed; if a part of it does, saving it is asked back."""
    spoken_of = items_spoken_of(text)
    others = {item for item in spoken_of if item not in (None, asked.id)}
    if not others:
        return None
    is_all = None not in spoken_of and len(others) == 1
    return Meaning(_CORRECTION, others.pop() or None) if is_all else Meaning(LIKELY_REPLY)


def _read_clauses(
    parts: Sequence[str], asked: ReadingContext, likelihoods: Likelihoods, thresholds: Thresholds
) -> Meaning | None:
    """What the clauses of a message mean, if it is a reply and questions beside it; None for all else.

    A reply counts only if it is certain by itself, and if all else is a question that is understood: a remark beside
    a reply may take it back. So may a question about the agreement, and a reply after a question may be to that one.
    """
    if len(parts) < 2:
        return None
    if asked.kind == "long_text" and _answers_itself(parts):
        return None
    asking = [part for part in parts if _is_asking(part)]
    rest = [part for part in parts if not _is_asking(part)]
    questions = _questions(asking, asked, likelihoods, thresholds)
    said = " ".join(rest)
    if asked.kind == "date" and MASK in said and not _AGE.search(said):  # the action reads the date
        return Meaning(ANSWER, also=tuple(dict.fromkeys(questions or ())))
    is_said_first = parts[0][-1] in _ENDS  # "Yes, what is a background check?" is rather a question
    if asked.wording and said and (not questions or not is_said_first or any(map(asks_about_agreeing, asking))):
        is_yes = read_by_rule(said, asked) in (Meaning("affirm"), Meaning(LIKELY_REPLY))
        return Meaning(LIKELY_REPLY, also=tuple(dict.fromkeys(questions or ()))) if asking and is_yes else None
    if asked.kind == "long_text" and said and questions is None and _is_asking(parts[-1]):
        return Meaning(LIKELY_REPLY)  # whether the question is one to the bot is not known: nothing is saved unasked
    if not questions or (said and not is_said_first and asked.kind in YES_NO_KINDS):
        return None  # a reply after a question may be to that one
    questions = [each for each in questions if not each.intent.startswith(SMALL_TALK)] or questions
    if not said:
        first, *others = dict.fromkeys(questions)
        return Meaning(first.intent, first.item, also=tuple(others))
    reply = read_by_rule(said, asked)
    if reply is None and (_cannot_be_value(said, asked) or _ABOUT_FORM.search(said)):
        first, *others = dict.fromkeys(questions)
        return Meaning(first.intent, first.item, also=tuple(others))
    if reply is None and asked.kind in TEXT_KINDS:
        remark = read_by_likelihood(said, asked, likelihoods(said), thresholds)
        reply = remark if remark.intent != ANSWER else Meaning(ANSWER, value=said)
    if reply is None:
        remark = read_by_likelihood(said, asked, likelihoods(said), thresholds)
        reply = remark if remark.intent.startswith(SMALL_TALK) else None
    if reply is None:
        return None
    if reply.intent.startswith(SMALL_TALK):  # "Thanks! What happens now?" wants the answer
        first, *others = dict.fromkeys(questions)
        return Meaning(first.intent, first.item, also=tuple(others))
    if reply.intent == ANSWER and not reply.value:
        reply = replace(reply, value=said)
    return replace(reply, also=(*reply.also, *dict.fromkeys(questions)))


def _cannot_be_value(text: str, asked: ReadingContext) -> bool:
    """Whether a remark beside a question holds nothing that could answer the open question."""
    if asked.kind == "name":
        return not _may_be_written_as_name(text)
    return asked.kind in _VALUE_KINDS  # one with a value is read by rule


def _read_values_and_questions(
    text: str, asked: ReadingContext, likelihoods: Likelihoods, thresholds: Thresholds
) -> Meaning | None:
    """What a message means that has values of other items and asks something beside them; None for all else."""
    valued = _read_values(text, asked) if "?" in text else None
    if valued is None:
        return None
    meaning, asking = valued
    return replace(meaning, also=(*meaning.also, *(_questions(asking, asked, likelihoods, thresholds) or ())))


def _questions(
    parts: Sequence[str], asked: ReadingContext, likelihoods: Likelihoods, thresholds: Thresholds
) -> list[Act] | None:
    """The questions to us in clauses that ask something; None if one of them is not understood as one."""
    questions: list[Act] = []
    for part in parts:
        meaning = read_by_rule(part, asked) or read_by_likelihood(
            part,
            ReadingContext(asked.id, asked.kind if asked.kind in _VALUE_KINDS else None),
            likelihoods(part),
            thresholds,
        )
        if not meaning.intent.startswith(DIGRESSIONS):
            return None
        questions.append(Act(meaning.intent, meaning.target))
    return questions


def _answers_itself(parts: Sequence[str]) -> bool:
    """Whether a question is a part of a text: "Why not? Somebody helped me once.", "What does it cost me? Nothing."."""
    first, last = parts[0], parts[-1]
    begins_asking = _is_asking(first) and (len(first.split()) <= _FEW_WORDS or ":" in first)  # "They ask me: why?"
    asks_nobody = any(_is_asking(part) and is_rhetorical(part) for part in parts)
    return begins_asking or asks_nobody or (any(map(_is_asking, parts[1:-1])) and not _is_asking(last))


def _is_asking(clause: str) -> bool:
    return clause.rstrip().endswith("?")


def read_by_likelihood(
    text: str, asked: ReadingContext, likelihoods: Mapping[str, float], thresholds: Thresholds = Thresholds()
) -> Meaning:
    """What a message means that no rule reads; as `read`."""
    reply = likely_reply(text, asked.kind, likelihoods)
    if reply is not None:
        return Meaning(reply)
    if asked.id and asked.wording and is_likely_consent(text, asked.id, likelihoods):
        return Meaning(LIKELY_REPLY)
    if not any(map(str.isalpha, text)) and "?" not in text:
        likelihoods = {}  # a number asks for nothing
    if asked.kind == "name" and not _may_be_written_as_name(text) and about_account(likelihoods):
        return Meaning(_CORRECTION, "account")  # the question before it: "actually no, I never had one"
    likelihoods = _if_no_answer(text, asked, likelihoods)
    ranked = _ranked(text, asked, likelihoods)
    if ranked and likelihoods[ranked[0]] >= _needed(text, ranked[0], asked, thresholds):
        return Meaning(ranked[0], _target(text, ranked[0], asked))
    if asked.kind == "long_text" or (asked.kind == "name" and looks_like_name(text)):
        return Meaning(LIKELY_REPLY if _is_hardly_an_answer(text, asked, likelihoods) else ANSWER)
    near = [
        intent
        for intent in ranked
        if intent in OFFERED and likelihoods[intent] >= thresholds.near and (intent != _AT_CODE or asked.kind == "code")
    ]
    choices = tuple(Act(intent, _target(text, intent, asked)) for intent in near[:_MOST_CHOICES])
    return Meaning(ANSWER if asked.kind in TEXT_KINDS | _PLACES else UNKNOWN, choices=choices)


def _is_hardly_an_answer(text: str, asked: ReadingContext, likelihoods: Mapping[str, float]) -> bool:
    """Whether a text at a question for free words rather talks about something else, or answers another question."""
    if asked.kind == "name":
        return not _may_be_written_as_name(text) and is_hardly_an_answer(text, likelihoods)
    found, length = values_in(text), len(text.split())
    is_all = length <= _LONGEST_OTHER_ANSWER and len(found.rest.split()) <= _LONGEST_REST
    is_other = is_all and any(each.is_said and each.item not in TEXTS for each in found.values)
    is_aside = length <= LONGEST_ASIDE and is_hardly_an_answer(text, likelihoods)
    is_unlikely = (
        length <= LONGEST_ASIDE and not _is_certainly_an_answer(text) and is_unlikely_answer(text, likelihoods)
    )
    return is_other or bool(residence_in(text)) or is_aside or is_unlikely


def _is_certainly_an_answer(text: str) -> bool:
    """Whether a text tells what for, or lists things: "Languages: French, German, Arabic"."""
    return _GIVES_REASONS.match(text) is not None or (text.count(",") > 1 and not is_question(text))


def _may_be_written_as_name(text: str) -> bool:
    return len(text.split()) <= _FEW_WORDS or sum(word[0].isupper() for word in text.split()) >= _FEW_WORDS


def _if_no_answer(text: str, asked: ReadingContext, likelihoods: Mapping[str, float]) -> Mapping[str, float]:
    """The likelihoods of a text that cannot be an answer to the open question: what is left without that, and shares.

    A text without an address is no e-mail address, however much it reads like an answer to something.
    """
    if not (asked.kind in _VALUE_KINDS or (asked.kind == "name" and not looks_like_name(text))):
        return likelihoods
    left = max(1 - likelihoods.get(ANSWER, 0.0), _LEAST_LEFT)
    return {name: each / left for name, each in likelihoods.items() if name != ANSWER}


def read_by_rule(text: str, asked: ReadingContext) -> Meaning | None:
    """What a message certainly means: a command as a whole message, a clear yes or no; None for all else."""
    if asked.options and chosen(text, asked.options) is not None:
        return Meaning(ANSWER)
    reply = _listed(text, asked)
    if reply is not None:
        return reply
    is_another = asked.kind == "name" and is_introduced(text)  # "no, it's Ann Lee"
    if asked.id == SAVE and not is_another and (reply := _yes_or_no(text, asked)) is not None:
        return reply
    subject = Subject(asked.id, asked.wording) if asked.id and asked.wording else None
    if subject is not None and (ending := _ending_beside_a_remark(text, asked)) is not None:
        return ending
    language = language_asked_for(text, asked.kind)
    if language is not None:
        return Meaning("change_language", value=language)
    command = read_command(text, asked.kind)
    if command is not None and not (
        subject is not None
        and (command.name == "withdraw_consent" or command.target == asked.id)
        and read_consent(text, subject) is Reading.NO  # to what is asked now
    ):
        return Meaning(command.name, command.target)
    if asks_for_reminder(text):
        return Meaning("remind_me")
    if asked == ReadingContext(language=asked.language) and says_done(text):
        return Meaning(UNKNOWN)  # nothing is open: how the registration stands is the reply
    if is_lone_command(text):
        return Meaning(_UNKNOWN_COMMAND)
    if says_goodbye(text):
        return Meaning("chat_goodbye")
    if asked.kind in TEXT_KINDS | {"date", "photo"} and refuses(text, asked.kind):
        return Meaning("skip")
    if (
        (asked.kind == "email" and ("@" in text or is_spelled_out(text)))
        or (asked.kind == "code" and _CODE.search(text))
        or (asked.kind in _PLACES and not is_question(text) and len(text.split()) <= _FEW_WORDS)
        or (asked.kind == "name" and (is_introduced(text) or is_written_as_name(text)))
    ):
        return Meaning(ANSWER)
    if asked.kind in FREE_KINDS and aside_in(text, asked.kind) not in (None, Aside.SENTENCE):
        return Meaning(ANSWER)  # which is refused, or asked back, for what it is
    if asked.kind is None or asked.kind in YES_NO_KINDS:
        return _yes_or_no(text, asked)
    return None


def _ending_beside_a_remark(text: str, asked: ReadingContext) -> Meaning | None:
    """The command of a clause that wants it all ended, or another consent taken back: "I don't like this. Delete it all."."""
    pieces = _PIECES.split(text)
    if len(pieces) < _FEW_WORDS:
        return None
    commands = [command for each in pieces if (command := read_command(each, asked.kind)) is not None]
    ending = next((each for each in commands if each.name in _ENDS_ALL), None)
    if ending is not None:
        return Meaning(ending.name)
    named = named_item(text)
    takes_back = any(each.name == "withdraw_consent" for each in commands)
    return Meaning("withdraw_consent", named) if takes_back and named not in (None, asked.id) else None


def _listed(text: str, asked: ReadingContext) -> Meaning | None:
    """A reply in the words of a list, which holds at its kind of question only."""
    if asked.kind == "choice" and (account := account_in(text)) is not None:
        return Meaning(account)
    if asked.kind == "choice" and only_acknowledges(text):
        return Meaning(UNKNOWN)  # it says which of the two is right neither way
    if asked.kind == "name" and name_in_parts(text) is not None:
        return Meaning(ANSWER)
    if asked.kind == "start" and says_start(text):
        return Meaning("register")
    if asked.kind == "review" and says_correct(text):
        return Meaning("affirm")
    if asked.kind == "review" and asks_to_submit(text):
        return Meaning("faq_example")  # which says what to press
    if asked.kind == "email" and has_none(text):
        return Meaning("skip")
    if asked.kind == "code" and is_about_code(text):
        return Meaning("faq_trouble")
    confirmed = confirms(text, asked.id)
    return Meaning(confirmed) if confirmed is not None else None


def _yes_or_no(text: str, asked: ReadingContext) -> Meaning | None:
    subject = Subject(asked.id, asked.wording) if asked.id and asked.wording else None
    reading = read_consent(text, subject)
    if reading is Reading.YES:
        return Meaning("register" if asked.kind == "start" else "affirm")
    if reading is Reading.CONFIRM and subject is not None:
        return Meaning(LIKELY_REPLY)
    if reading is Reading.CONFIRM and asked.id == _RECONSIDER:
        return Meaning("affirm")  # it only shows again what was refused
    return Meaning("deny") if reading is Reading.NO else None


def _target(text: str, intent: str, asked: ReadingContext) -> str | None:
    if intent not in ABOUT_ITEMS and intent != "change_answer":
        return None
    if intent in ABOUT_ITEMS and names_no_clause(text):
        return _WHOLE_CODE
    if asked.wording and clause_about(text) == asked.id:
        return asked.id  # "so my notes are not mine?" is about what is asked
    named = named_item(text, at_code=asked.id in _CODE_ITEMS)
    if asked.kind == "code" and named == _WHOLE_CODE:
        return None  # "how long is the code valid?"
    if asked.kind == "code" and named is None and intent == _CORRECTION and _ADDRESS.search(text):
        return _VALUE_OF["email"]  # "use a different address"
    return named or (clause_about(text) if intent in ("faq_meaning", "faq_example") else None)


def _ranked(text: str, asked: ReadingContext, likelihoods: Mapping[str, float]) -> list[str]:
    """What a message may be beside an answer, the likeliest first."""
    possible = [
        name
        for name in likelihoods
        if (name.startswith(DIGRESSIONS) or name in COMMANDS or (name == "register" and asked.kind in (None, "start")))
        and not (name == _ACKNOWLEDGEMENT and asked.kind in YES_NO_KINDS)
        and name not in BY_RULE_ONLY
        and not (name == _AT_CODE and asked.kind not in (None, "code"))
        and not (name == SOME_ENDING and not may_end_something(text))
    ]
    return sorted(possible, key=lambda name: -likelihoods[name])


def _is_too_short_to_tell(text: str, intent: str) -> bool:
    """Whether an answer of a word or two only has a word in common with a question or command."""
    return len(text.split()) <= _FEW_WORDS and "?" not in text and not intent.startswith("chat_")


def _is_more_than_a_command(text: str, intent: str) -> bool:
    """Whether a command is only how an answer begins: "Skip the theory. Do it."."""
    return intent in COMMANDS and _SENTENCES.search(text.strip()) is not None


def _needed(text: str, intent: str, asked: ReadingContext, thresholds: Thresholds) -> float:
    """The likelihood from which on a message at a question is believed to be a digression or command."""
    question = is_question(text) or (asked.kind == "long_text" and is_at_a_loss(text))
    if asked.kind == "long_text" and (
        len(text.split()) > LONGEST_ASIDE
        or _is_certainly_an_answer(text)
        or _is_too_short_to_tell(text, intent)
        or _is_more_than_a_command(text, intent)
    ):
        return math.inf
    if asked.kind in YES_NO_KINDS and not question and doubt_about(text) in _REPLIES_IN_DOUBT:
        return thresholds.doubtful_reply
    if asked.kind == "name" and looks_like_name(text):
        return thresholds.at_name
    is_rather_answer = asked.kind == "long_text" or asked.kind in _PLACES
    return thresholds.statement_at_text if is_rather_answer and not question else thresholds.floor

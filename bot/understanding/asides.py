"""What is no answer where the mentor may write anything: a button's words, a lone command, "I just told you".

Only whole messages: an answer may have any of these words in it.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache

from bot.i18n.catalogue import CatalogueError, catalogue, languages
from bot.understanding.commands import is_lone_command, read_command, says_goodbye
from bot.understanding.lists import PhraseList
from bot.understanding.reminder_times import is_reminder_time
from bot.understanding.text import folded, is_question, plain, tidy, words

_NO_ANSWERS = PhraseList("no_answers")
_WORD, _SAID_BEFORE, _BETWEEN, _NO_NAME, _NO_TEXT, _LOSS = _NO_ANSWERS.parts
_IN_A_ROW = frozenset({_WORD, _SAID_BEFORE, _BETWEEN})
#: Characters of a message that may be no answer: so many that hardly anything but an answer has more.
_LONGEST_ASIDE = 600
#: A question of so many words is rather one to the bot than an answer; one of fewer may be both: "Why not?".
_SHORTEST_QUESTION, _LONGEST_QUESTION = 2, 30
#: Before a question: "quick question: …".
_BEFORE_IT = re.compile(
    r"^(?:(?:a |one |my |quick |une )*question|before (?:that|i do)|first|avant(?: ça)?|d'abord): ", re.IGNORECASE
)
#: How one begins that has no question mark; "How to sew" and "will writing" are areas of expertise.
_PUT_TO_US = re.compile(
    r"(?:what(?:'s| is| are| do you| does)|who(?:'s| is| are)|where (?:is|are|do|can)|why (?:do|is|are|should)|"
    r"how (?:do i|do you|does|much is|many|long)|is (?:this|there|it)|are (?:you|there|these)|do (?:i|you)|can (?:i|you)|"
    r"c'est (?:quoi|qui|où|quand|combien)|est-ce que|qu'est-ce que?|pourquoi (?:vous|tu|est|faut|c'est)|combien de)\b"
)
#: How a question begins that is put to nobody: "How could I not help?".
_RHETORICAL = re.compile(
    r"(?:and |but )?(?:(?:how|why) (?:could|can|would|should) (?:i|we|one|anyone) not\b|(?:how|why) (?:couldn|wouldn|shouldn)['’]?t "
    r"|what else (?:could|can|would|should) (?:i|we|one)\b|who else (?:could|can|would|should|is)\b|who (?:would|could|does)(?:n['’]?t| not)\b)",
    re.IGNORECASE,
)
#: How somebody begins who asks what to write without a question mark: "not sure what you want here".
_AT_A_LOSS = tuple(f"{folded(each)} " for each in _NO_ANSWERS.phrases(_LOSS))
#: Words of such a sentence, at most.
_LONGEST_LOSS = 16
#: How an answer follows all the same: "I do not know what to say, but I like people".
_AND_YET = re.compile(r"\b(?:but|mais|still|however)\b")
#: What answers another question: "sorry, my name is Ann Lee".
_OTHER_ANSWER = re.compile(r"(?:my (?:full |legal )*name(?: is|'s) .+|[^\s@]+@[^\s@]+\.[^\s@]+)$", re.IGNORECASE)
_LONGEST_OTHER_ANSWER = 9


class Aside(Enum):
    """Why a message is rather no answer.

    `DOUBTFUL` words may be one all the same, and so may a `SENTENCE` that asks something, or answers another question:
    then the mentor is asked whether to save it.
    """

    WORD = "word"
    SAID_BEFORE = "said_before"
    COMMAND = "command"
    DOUBTFUL = "doubtful"
    SENTENCE = "sentence"


def aside_in(text: str, kind: str) -> Aside | None:
    """Whether the whole of a message is rather no answer to a question of words, and why.

    Args:
        text: the whole message.
        kind: how the question is answered: ``name`` or ``long_text``.
    """
    if len(text) > _LONGEST_ASIDE:
        return None
    if is_lone_command(text):
        return Aside.COMMAND
    parts = _NO_ANSWERS.parts_of(text)
    if (_NO_NAME if kind == "name" else _NO_TEXT) in parts:
        return Aside.DOUBTFUL
    row = _NO_ANSWERS.composed(text, {_SAID_BEFORE, _BETWEEN} if text.rstrip().endswith("?") else _IN_A_ROW)
    if _SAID_BEFORE in row:
        return Aside.SAID_BEFORE
    is_command = read_command(text, kind) is not None or says_goodbye(text) or is_reminder_time(text)
    if _WORD in row or is_command or words(text) in _labels():
        return Aside.DOUBTFUL if kind == "name" else Aside.WORD
    if kind == "long_text" and (_is_a_question(text) or is_at_a_loss(text) or _is_another_answer(text)):
        return Aside.SENTENCE
    return None


@lru_cache(maxsize=1)
def _labels() -> frozenset[str]:
    """What is written on the buttons, in every language, but on those that show a value."""
    found = set()
    for sentences in map(catalogue, languages()):
        for name in (each for each in sentences.ids if each.startswith("button-")):
            try:
                found.add(words(sentences.text(name)))
            except CatalogueError:
                continue  # it needs the value
    return frozenset(found)


def is_at_a_loss(text: str) -> bool:
    """Whether a mentor says that they do not know what to answer, or asks to be shown: in one sentence, and no more."""
    said = folded(text)
    return len(said.split()) <= _LONGEST_LOSS and said.startswith(_AT_A_LOSS) and not _AND_YET.search(said)


def is_rhetorical(question: str) -> bool:
    """Whether a question is put to nobody, and so a part of an answer: "Who else would tell them?"."""
    return _RHETORICAL.match(question) is not None


def _is_a_question(text: str) -> bool:
    said = plain(text)
    if (
        is_rhetorical(said)
        or len(said.split()) > _LONGEST_QUESTION
        or re.search(r"[.!?:;] ", _BEFORE_IT.sub("", said)[:-2])
    ):
        return False
    if not said.endswith("?"):
        return _PUT_TO_US.match(words(said)) is not None
    return is_question(said) and len(said.split()) > _SHORTEST_QUESTION


def _is_another_answer(text: str) -> bool:
    said = tidy(text).strip(" .!")
    return len(said.split()) <= _LONGEST_OTHER_ANSWER and _OTHER_ANSWER.search(said) is not None

"""Replies that no rule reads, where a question has a few possible answers: what they are likely to be.

None of them agrees to anything: a consent is read by rule (docs/decisions/0004), so what is likely to be a yes or a no to
one is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.understanding.consent import Doubt, doubt_about, has_yes_of_its_own, may_be_a_plain_reply
from bot.understanding.text import is_question

#: What only the classifier knows: what such a reply says, or that it says neither.
REPLY_CLASSES = frozenset({"has_account", "has_no_account", "all_right", "undecided"})
#: By kind of question: what a reply may say, and the intent that it counts as there.
_COUNTS_AS = {
    "start": dict.fromkeys(("register", "affirm", "resume", "all_right"), "register") | {"deny": "deny"},
    "choice": {"has_account": "affirm", "has_no_account": "deny", "register": "deny"},
    "review": {"all_right": "affirm", "affirm": "affirm", "deny": "deny"},
}
_YES, _NO, _NEITHER = "affirm", "deny", "undecided"
#: What is no answer in free words, beside small talk.
_ASIDES = frozenset({"remark", "undecided", "faq_trouble"})
#: Words with which nothing is sent, however much the rest sounds like it: "wait, don't submit".
_HOLDS_BACK = re.compile(
    r"\b(?:not|never|wait|hold|stop|later|pas|jamais|attend\w*|plus tard)\b|n['’]?t\b", re.IGNORECASE
)
#: Words with which somebody cannot tell whether there is an account.
_CANNOT_TELL = re.compile(
    r"\b(?:forg[eo]t\w*(?! (?:my|the) (?:password|login))|remember|recall|oublié\w*(?! (?:mon|le) (?:mot|identifiant))|souvien\w*|rappelle(?!.*(?:mot de passe|identifiant))|might|maybe|perhaps|peut-être)\b",
    re.IGNORECASE,
)
#: Answers in free text: what they tell of the mentor answers none of these questions.
_FREE_TEXT = "inform"
#: So likely a reply is, of all that is no free text, and of all.
_NEEDED, _LEAST = 0.35, 0.15
#: To a consent: how likely a yes or a no is, and how many words it has at most; and how likely it may be that it is
#: neither a yes nor a no.
_TO_CONSENT = {_YES: (0.5, 4), _NO: (0.85, 8)}
_NEITHER_AT_MOST = 0.1
#: A yes as a clause of its own: how likely it is at least, and how likely may be that it is neither a yes nor a no.
_OWN_YES, _DOUBTFUL = 0.05, 0.65
#: A text at a question for a name or free words: how likely it is that it talks about something else.
_ASIDE = 0.5
#: Answers of fewer words tell too little: "extensive".
_SHORTEST_ASIDE = 3
#: So unlikely an answer is, in so many words, what is about anything else: a question, a change, another item.
_UNLIKELY, _SHORTEST_UNLIKELY = 0.15, 5
_CHANGE = "change_answer"
#: Doubts that do not take back what is asked back anyway.
_NO_MATTER = frozenset({Doubt.READ, Doubt.OTHER, Doubt.FEAR})


def likely_reply(text: str, kind: str | None, likelihoods: Mapping[str, float]) -> str | None:
    """The intent that a reply is likely to have at a question; None if none is likely enough.

    Args:
        text: the whole message.
        kind: of the open question.
        likelihoods: of each intent, from the classifier.
    """
    by_intent: dict[str, float] = {}
    may_reply = not is_question(text) and any(map(str.isalpha, text))
    if kind == "choice" and _CANNOT_TELL.search(text):
        return None
    for said, intent in _COUNTS_AS.get(kind or "", {}).items() if may_reply else ():
        by_intent[intent] = by_intent.get(intent, 0.0) + likelihoods.get(said, 0.0)
    likeliest = max(by_intent, key=by_intent.__getitem__, default=None)
    if likeliest is None or (kind == "review" and likeliest == _YES and _HOLDS_BACK.search(text)):
        return None
    needed = max(_LEAST, _NEEDED * (1 - likelihoods.get(_FREE_TEXT, 0.0)))
    return likeliest if by_intent[likeliest] >= needed else None


def is_likely_consent(text: str, consent: str, likelihoods: Mapping[str, float]) -> bool:
    """Whether a reply to a consent is likely to be a yes or a no, so that it is to be asked back.

    Args:
        text: the whole message.
        consent: id of what is asked for.
        likelihoods: of each intent, from the classifier.
    """
    if is_question(text) or not may_be_a_plain_reply(text):
        return False
    neither = likelihoods.get(_NEITHER, 0.0)
    if has_yes_of_its_own(text, consent):
        return likelihoods.get(_YES, 0.0) >= _OWN_YES and neither < _DOUBTFUL
    if neither >= _NEITHER_AT_MOST or doubt_about(text) not in _NO_MATTER:
        return False
    length = len(text.split())
    return any(
        likelihoods.get(said, 0.0) >= needed and length <= longest for said, (needed, longest) in _TO_CONSENT.items()
    )


def is_hardly_an_answer(text: str, likelihoods: Mapping[str, float]) -> bool:
    """Whether a text at a question for free words is rather a remark or a complaint, so that saving it is asked back.

    Args:
        text: the whole message.
        likelihoods: of each intent, from the classifier.
    """
    aside = sum(each for said, each in likelihoods.items() if said in _ASIDES or said.startswith("chat_"))
    return aside >= _ASIDE and len(text.split()) >= _SHORTEST_ASIDE


def is_unlikely_answer(text: str, likelihoods: Mapping[str, float]) -> bool:
    """Whether a text at a question for free words is likelier anything else: a question, a change of another answer.

    Args:
        text: the whole message.
        likelihoods: of each intent, from the classifier.
    """
    change = likelihoods.get(_CHANGE, 0.0)
    asks = sum(each for said, each in likelihoods.items() if said.startswith("faq_")) + change
    is_unlikely = (asks >= _ASIDE and likelihoods.get(_FREE_TEXT, 1.0) < _UNLIKELY) or change >= _ASIDE
    return is_unlikely and len(text.split()) >= _SHORTEST_UNLIKELY


def about_account(likelihoods: Mapping[str, float]) -> bool:
    """Whether a message is likely to say that the mentor has an account, or has none.

    Args:
        likelihoods: of each intent, from the classifier.
    """
    return likelihoods.get("has_account", 0.0) + likelihoods.get("has_no_account", 0.0) >= _ASIDE

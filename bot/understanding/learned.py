"""As what the classifier learns an example. The model is trained anew when this module changes.

It is apart from the rules, so that a change of a rule or of a list of phrases needs no training.
"""

from __future__ import annotations

from bot.understanding.text import plain, without_name

#: What ends or deletes something, asks about a yes or a no again, or names a language: read by rule only, however
#: likely it is.
BY_RULE_ONLY = frozenset({"start_over", "cancel", "meant_otherwise", "change_language"})
#: What is likely to be an ending but is none by rule: the mentor is asked which one they mean.
SOME_ENDING = "end_something"
#: The intent of what is likely a yes or a no to a consent, but no certain one, and of what is hardly an answer in free
#: words: the mentor is asked.
LIKELY_REPLY = "likely_reply"
#: As what the classifier learns the examples of those; of an intent that is not here it learns none.
LEARNED_AS = {"start_over": SOME_ENDING, "cancel": SOME_ENDING}


def learned_as(intent: str | None) -> str | None:
    """The class that an example of ``intent`` is learned as; None if only a rule reads it."""
    return LEARNED_AS.get(intent or "", None if intent in BY_RULE_ONLY | {LIKELY_REPLY} else intent)


def as_learned(text: str) -> str:
    """A text as the classifier learns and reads it."""
    return without_name(plain(text)).casefold()

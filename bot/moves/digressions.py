"""Finds the sentence that answers a digression, by topic, item and state of the registration.

The catalogue decides: the first that exists of ``<topic>-<item>``, ``<topic>-<kind>`` and ``<topic>``; after the
submit, its attribute ``.after`` if there is one. So a new or more specific sentence needs only the catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.checks.service import Status
from bot.i18n.catalogue import ENGLISH, catalogue
from bot.messages import incoming
from bot.messages.incoming import Incoming
from bot.registration import form
from bot.registration.answers import MessageRef
from bot.registration.form import Answer, Item, ItemId, Kind
from bot.understanding.commands import is_lone_command, says_done
from bot.understanding.reader import ABOUT_ITEMS, Act
from bot.understanding.replies import says_submit

#: The stages after the submit, before the check says more.
SUBMITTED = str(Status.WAITING)
DRAFT = "draft"
#: The stages of a draft: not begun, begun, and a consent withdrawn after the submit.
_DRAFTS = frozenset({"new", DRAFT, "withdrawn"})
#: Statuses of a check about which the bot can only say how long it takes.
_CHECK_RUNS = frozenset({Status.QUEUED, Status.WAITING})
#: Topics that a later status of the check answers.
_ABOUT_TIME = frozenset({"faq_after", "faq_check_time", "faq_duration", "faq_next", "faq_when", "faq_status"})
#: Beginnings of the names of parting sentences.
_PARTING = (
    *("note-paused", "note-remind", "chat-goodbye", "chat-wait"),
    *("person-asked", "person-open", "person-passed-on"),
)
#: Questions outside the form that share their sentences.
_FRAME = {"start_over": "deletion", "cancel": "deletion"}


def digression_note(intent: str, question: ItemId | None, target: str | None = None, stage: str = DRAFT) -> MessageRef:
    """The sentence that answers a question or remark.

    Args:
        intent: what Rasa understood, for example ``faq_cost`` or ``chat_thanks``.
        question: the question that is open.
        target: the item that the mentor asks about; the open one if None.
        stage: from `bot.moves.status.stage`.
    """
    is_draft = stage in _DRAFTS
    if not is_draft and stage not in _CHECK_RUNS and intent in _ABOUT_TIME and question is None:
        return MessageRef(f"status-{stage}")
    if not is_draft and question is None and intent == "faq_help":
        return MessageRef(f"status-{stage}")  # all that can be done is offered there
    about = target if target in form.BY_ID else question
    topic = intent.replace("_", "-", 1)
    if intent in ABOUT_ITEMS:
        topic = topic.removeprefix("faq-")
    return MessageRef(topic_sentence(topic, about, is_draft=is_draft))


def greeting_within(message: Incoming) -> str:
    """Id of the greeting for a mentor who comes back, or just says hello."""
    comes_back = message.kind is incoming.Kind.OPEN or is_lone_command(message.text)
    return "greeting-back" if comes_back else "greeting-here"


def is_parting(names: Collection[str]) -> bool:
    """Whether these are parting sentences, after which no question follows."""
    return bool(names) and all(name.partition(".")[0].startswith(_PARTING) for name in names)


def once_sent_note(text: str, stage: str) -> MessageRef:
    """The reply to words without a request while no question is open: the registration's status."""
    is_done = stage in _CHECK_RUNS and (says_submit(text) or says_done(text))
    return MessageRef("note-sent-already" if is_done else f"status-{stage}")


def topic_sentence(topic: str, about: str | None, *, is_draft: bool = True) -> str:
    """Name of the sentence for a topic.

    Args:
        topic: the beginning of its sentences' names, for example ``why``.
        about: id of an item or another question; None if none is open.
        is_draft: whether the registration is not submitted yet.
    """
    sentences = catalogue(ENGLISH)
    for name in (*(f"{topic}-{each}" for each in _kinds(about)), topic):
        if not is_draft and sentences.has(f"{name}.after"):
            return f"{name}.after"
        if sentences.has(name):
            return name
    raise LookupError(f"no sentence for {topic} at {about}")


def _kinds(about: str | None) -> Iterator[str]:
    """The suffixes of sentences about an item, the most specific first."""
    if about is None:
        return
    yield _FRAME.get(about, about)
    item = form.BY_ID.get(ItemId(about))
    if item is not None:
        yield from _kinds_of(item)


def _kinds_of(item: Item) -> Iterator[str]:
    if item.kind is Kind.CONSENT:
        if item in form.CLAUSES:
            yield "clause"
        yield "consent"
        return
    if item.answer is Answer.LONG_TEXT:
        yield "text"
    yield "question"


def did_you_mean(choices: Sequence[Act]) -> list[MessageRef]:
    """The note that offers these meanings, if there are any; the renderer makes a button of each."""
    named = " ".join(f"{act.intent}:{act.item or ''}" for act in choices)
    return [MessageRef("note-did-you-mean", (("choices", named),))] if choices else []

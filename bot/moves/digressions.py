"""Which sentence answers a digression. Nothing here knows the database."""

from __future__ import annotations

from bot.registration import form
from bot.registration.answers import Note
from bot.registration.form import ItemId
from bot.understanding.reader import ABOUT_ITEMS

#: Digressions that say the same of every consent, and those with a sentence for each.
_SAME_FOR_CONSENTS = frozenset({"faq_sees", "faq_kept", "faq_example"})
#: Questions beside the form's own items that share what is said about them.
_FRAME = {"start_over": "deletion", "cancel": "deletion"}


def digression_note(intent: str, question: ItemId | None, target: str | None = None) -> Note:
    """The sentence that answers a question or remark.

    Args:
        intent: what Rasa understood, for example ``faq_cost`` or ``chat_thanks``.
        question: the question that is open.
        target: the item that the mentor asks about; the open one if None.
    """
    topic = intent.replace("_", "-", 1)
    if intent not in ABOUT_ITEMS:
        return Note(topic)
    if question is None and target not in form.BY_ID:
        return Note("faq-after")
    about = target if target in form.BY_ID else _FRAME.get(str(question), str(question))
    item = form.BY_ID.get(ItemId(str(about)))
    if item is not None and item.kind is form.Kind.CONSENT and intent in _SAME_FOR_CONSENTS:
        about = "consent"
    return Note(f"{topic.removeprefix('faq-')}-{about}")

"""Lines that are sent one after another are one answer, to the question that was shown when the first was sent.

On Telegram people write like this, so its lines are gathered: at a question for text, a turn waits until no line has
come for some seconds, and takes all of them. Every line is in the inbox already, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.messages.incoming import Incoming, Kind
from bot.registration import form
from bot.registration.form import Answer, Item, ItemId
from bot.storage import InboxMessage
from bot.understanding.asides import Aside, aside_in
from bot.understanding.commands import read_command
from bot.understanding.names import is_part_of_name

_WAITING = (
    select(InboxMessage)
    .where(InboxMessage.conversation_id == bindparam("conversation_id"), InboxMessage.processed_at.is_(None))
    .order_by(InboxMessage.sequence)
)


@dataclass(frozen=True)
class Line:
    """A waiting message.

    Attributes:
        row: in the inbox.
        message: its content.
    """

    row: InboxMessage
    message: Incoming


def waiting_rows(session: Session, conversation_id: str) -> Sequence[InboxMessage]:
    """The rows of a conversation's waiting messages, in order."""
    return session.scalars(_WAITING, {"conversation_id": conversation_id}).all()


def question_of(message: Incoming, open_question: ItemId | None) -> Item | None:
    """The question for text that a message answers, if more lines may follow; None otherwise."""
    item = form.BY_ID.get(ItemId(message.shown))
    if message.kind is not Kind.TEXT or item is None or item.id != open_question:
        return None
    if item.answer not in (Answer.NAME, Answer.LONG_TEXT):
        return None
    if not message.is_cut and not message.parts and _is_no_answer(message.text, item):
        return None
    return item


def gathered(lines: Sequence[Line], item: Item) -> tuple[list[Line], bool]:
    """The first lines that form one answer, with edits applied, and whether another message follows them.

    Args:
        lines: all waiting messages; the first one answers ``item``.
        item: the question.
    """
    group = [lines[0]]
    absorbed: list[Line] = []
    for line in lines[1:]:
        if line.message.kind is Kind.EDIT:
            edited = next((each for each in group if each.row.external_id == line.message.edits), None)
            if edited is None or line.message.upload or edited.message.parts:
                return [*group, *absorbed], True
            group[group.index(edited)] = replace(edited, message=replace(edited.message, text=line.message.text))
            absorbed.append(replace(line, message=replace(line.message, text="")))
        elif _goes_on(group[-1].message, line.message, item):
            group.append(line)
        else:
            return [*group, *absorbed], True
    return [*group, *absorbed], False


def joined(lines: Sequence[Line], item: Item) -> Incoming:
    """The lines as one message."""
    said = [line for line in lines if line.message.kind is Kind.TEXT]
    first = said[0]
    parts = list(first.message.parts or ((first.row.id, first.message.text),))
    for before, line in pairwise(said):
        between = "" if before.message.is_cut else ("\n" if item.answer is Answer.LONG_TEXT else " ")
        parts.append((line.row.id, between + line.message.text))
    parts += [(line.row.id, "") for line in lines if line.message.kind is Kind.EDIT]
    text = "".join(part for _turn_id, part in parts)
    return replace(first.message, text=text, parts=tuple(parts), is_cut=said[-1].message.is_cut)


def _goes_on(before: Incoming, message: Incoming, item: Item) -> bool:
    """Whether a message continues the answer of the message before."""
    if message.kind is not Kind.TEXT or message.shown != item.id:
        return False
    if before.is_cut:
        return True
    if _is_no_answer(message.text, item) or message.text.rstrip().endswith("?"):
        return False
    return item.answer is Answer.LONG_TEXT or is_part_of_name(before.text, message.text)


def _is_no_answer(text: str, item: Item) -> bool:
    kind = item.answer.value
    return read_command(text, kind) is not None or aside_in(text, kind) in (
        Aside.WORD,
        Aside.SAID_BEFORE,
        Aside.COMMAND,
    )

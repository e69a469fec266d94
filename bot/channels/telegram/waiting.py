"""What Telegram has to be told next: rows of the transcript, some of them together in one message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.channels.telegram.messages import Reply

#: In a question's body: what is said above it in the same message.
ABOVE = "above"
#: What a sentence may have to stand above a question; with a button or a link it stands alone.
_PLAIN = frozenset({"kind", "text", "language", "photo", "id", "from", "at", "quotes"})
#: The disclosure of the background check stands alone in its message.
_ALONE = frozenset({"background_check"})
#: Characters that surely fit below a photo, with the line above a question and the formatting.
_BELOW_PHOTO = 800


@dataclass(frozen=True)
class Waiting:
    """What is handed over at once.

    Attributes:
        chat_id: of the chat.
        row_ids: of the rows; the last one is the question, where there is one.
        turn_id: in which it was said.
        reply: what the bot says.
        secret: the name of the mentor's own message that must not stay in the chat; "" for what the bot says.
    """

    chat_id: int
    row_ids: tuple[int, ...]
    turn_id: str | None
    reply: Reply
    secret: str = ""


def joined(waiting: Iterable[Waiting]) -> list[Waiting]:
    """What waits, with each sentence that stands right before a question of its turn in that one's message."""
    found: list[Waiting] = []
    for each in waiting:
        if found and _belong_together(found[-1], each):
            before = found.pop()
            above = [*before.reply.get(ABOVE, []), before.reply["text"]]
            photo = {name: before.reply[name] for name in ("photo",) if name in before.reply}
            each = replace(each, row_ids=(*before.row_ids, *each.row_ids), reply=each.reply | photo | {ABOVE: above})
        found.append(each)
    return found


def _belong_together(note: Waiting, question: Waiting) -> bool:
    if note.secret or question.secret or note.turn_id != question.turn_id or not note.reply.keys() <= _PLAIN:
        return False
    asked = question.reply
    if asked["kind"] != "question" or asked["question"] in _ALONE:
        return False
    # The text below a picture is not edited to show what was chosen.
    offers = any(each["style"] == "primary" for each in asked.get("buttons", []))
    length = sum(len(str(each.get(name, ""))) for each in (note.reply, asked) for name in ("text", "notice", "example"))
    return "photo" not in note.reply or (not offers and length <= _BELOW_PHOTO)

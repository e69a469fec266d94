"""What a mentor has typed in the web chat and not sent yet, so that a reload of the page loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.messages.incoming import storable
from bot.registration import form
from bot.registration.registration import EMAIL_CODE
from bot.security.vault import Purpose, Vault
from bot.storage import Conversation, UnsentText
from bot.storage.models import utc_now

#: Characters that are kept: an answer of the longest kind, and more than one too long by mistake.
LONGEST = 20_000
_CONTEXT = "unsent text"
#: What is typed there is kept nowhere but in its answer, or is good for minutes only.
_NEVER_KEPT = {form.DATE_OF_BIRTH, EMAIL_CODE}


@dataclass(frozen=True)
class Unsent:
    """A text that was not sent yet.

    Attributes:
        question: id of the question that was open when it was typed.
        text: as far as it was typed.
    """

    question: str
    text: str


def keep_unsent(session: Session, vault: Vault, conversation_id: str, unsent: Unsent) -> None:
    """Keep a text, encrypted, in place of the one before; an empty one, or one at the date of birth or a code, is not.

    Raises:
        NoResultFound: there is no such conversation; it may have been erased.
    """
    session.get_one(Conversation, conversation_id, with_for_update=True)
    session.execute(delete(UnsentText).where(UnsentText.conversation_id == conversation_id))
    if not unsent.text.strip() or unsent.question in _NEVER_KEPT:
        return
    kept = asdict(Unsent(unsent.question, storable(unsent.text[:LONGEST])))
    sealed = vault.seal(session, conversation_id, Purpose.CONVERSATION, _CONTEXT, json.dumps(kept).encode())
    session.add(UnsentText(conversation_id=conversation_id, contents=sealed, written_at=utc_now()))


def unsent_text(session: Session, vault: Vault, conversation_id: str) -> Unsent | None:
    """The text that was typed at the question that is shown now; None if there is none."""
    row = session.get(UnsentText, conversation_id)
    if row is None:
        return None
    opened = vault.open(session, conversation_id, Purpose.CONVERSATION, _CONTEXT, row.contents)
    unsent = Unsent(**json.loads(opened))
    shown = session.get_one(Conversation, conversation_id).delivered_question
    return unsent if unsent.question == shown else None

"""Puts mentors of a running bot at a question, by writing all earlier answers in one transaction.

Other tests walk to each question; a test of what happens at one does not repeat that.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from sqlalchemy import select

from bot.media.blobs import Folder
from bot.media.images import Renditions, render_photo
from bot.media.photos import Photos
from bot.registration.registration import Registration
from bot.security.key_files import load_master_keys
from bot.security.vault import Vault
from bot.storage import Conversation, Mentor, Store
from tests.support.answers import BORN, QUESTIONS, picture
from tests.support.ledger import ledger_in
from tests.support.registrations import answer_until

#: The mentor's next message: it only makes the bot ask the question.
ASK = "repeat"
#: With fewer earlier answers, walking there is as fast.
_FIRST = QUESTIONS.index("full_name")
_PHOTO = QUESTIONS.index("photo")


def is_worth_seeding(question: str) -> bool:
    """Whether ``question`` has enough earlier answers to seed them."""
    return question in QUESTIONS[_FIRST:] and question != "email_code"  # the code must be sent first


def seed(folder: Path, external_id: str, question: str, email: str) -> str:
    """Answer everything before ``question`` in a conversation that has begun; returns the mentor's id.

    Args:
        folder: data folder of the bot, which may be running.
        external_id: the channel's id of the conversation: a Telegram chat's, or `web_id` of a cookie.
        question: the open question afterwards; the bot asks it at `ASK`.
        email: the mentor's address; if its question is before this one, it is proved.
    """
    store = Store(f"sqlite:///{folder / 'bot.db'}")
    vault = Vault(load_master_keys("", folder))
    try:
        with store.write() as session:
            conversation = session.scalars(select(Conversation).filter_by(external_id=external_id)).one()
            current = Registration(session, session.get_one(Mentor, conversation.mentor_id))
            photo = _photo(current, Photos(Folder(folder))) if QUESTIONS.index(question) > _PHOTO else ""
            answer_until(current, vault, question, email, born=BORN, photo=photo, ledger=ledger_in(folder))
            return str(current.mentor.id)
    finally:
        store.dispose()


def web_id(cookie: str) -> str:
    """The id of the web conversation with this session cookie."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def _photo(current: Registration, folder: Photos) -> str:
    """Store a photo; returns its id."""
    photo = folder.keep(_rendered())
    photo.mentor_id = current.mentor.id
    current.session.add(photo)
    current.session.flush()
    return photo.id


@functools.cache
def _rendered() -> Renditions:
    return render_photo(picture())

"""Who cannot be written to in one place is told in another, and can be written to again once they write."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from bot.core.organisation import ORGANISATION
from bot.notifications.notify import tell
from bot.registration.answers import MessageRef
from bot.security.vault import Vault
from bot.storage import Conversation, Store, TranscriptMessage
from tests.store.mentor import ChattingMentor


def test_news_go_where_the_mentor_can_be_written_to(store: Store, vault: Vault, mentor: ChattingMentor) -> None:
    mentor.comes_to("reasons")
    with store.write() as session:
        other = Conversation(mentor_id=mentor.mentor_id, channel="telegram", external_id="1")
        other.last_seen_at, other.blocked_at = datetime(2100, 1, 1, tzinfo=UTC), datetime.now(UTC)
        session.add(other)
        session.flush()
        tell(session, vault, ORGANISATION.contact, mentor.mentor_id, MessageRef("note-paused"))
        newest = session.scalars(select(TranscriptMessage).order_by(TranscriptMessage.id.desc()).limit(1)).one()
        assert newest.conversation_id == mentor.conversation_id


def test_who_writes_again_can_be_written_to(store: Store, mentor: ChattingMentor) -> None:
    with store.write() as session:
        session.get_one(Conversation, mentor.conversation_id).blocked_at = datetime.now(UTC)
    mentor.says("hello")
    with store.read() as session:
        assert session.get_one(Conversation, mentor.conversation_id).blocked_at is None

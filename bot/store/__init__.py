"""The database: models, sessions and migrations. It knows no rule of the form."""

from bot.store.database import Store
from bot.store.models import (
    Account,
    Answer,
    AuditRecord,
    Base,
    Check,
    Consent,
    Conversation,
    DataKey,
    InboxMessage,
    Mentor,
    OutboxEntry,
    Photo,
    SealedValue,
    TranscriptMessage,
)

__all__ = [
    "Account",
    "Answer",
    "AuditRecord",
    "Base",
    "Check",
    "Consent",
    "Conversation",
    "DataKey",
    "InboxMessage",
    "Mentor",
    "OutboxEntry",
    "Photo",
    "SealedValue",
    "Store",
    "TranscriptMessage",
]

"""Work that follows a commit: the outbox."""

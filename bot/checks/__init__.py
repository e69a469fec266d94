"""Background checks: the outbox that starts them, the provider that does them, and their end."""

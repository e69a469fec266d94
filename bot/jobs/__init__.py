"""The outbox: jobs that are queued in a transaction and done after its commit."""

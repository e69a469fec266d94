"""Settings, errors, and small helpers that know nothing about mentors."""

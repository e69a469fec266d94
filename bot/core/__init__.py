"""Settings, errors, and small helpers that know nothing of mentors."""

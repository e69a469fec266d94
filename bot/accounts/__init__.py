"""Mentors' accounts: opening them, proving e-mail addresses, continuing elsewhere, merging registrations."""

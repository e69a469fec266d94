"""Mentors' accounts at JobGen: opening them, proving e-mail addresses, continuing elsewhere, merging registrations."""

"""Mentors' accounts at JobGen: opening them, proving e-mail addresses, going on elsewhere, merging registrations."""

"""Shared by the tests: a running service, mentors on each channel, and a whole set of answers."""

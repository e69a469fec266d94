"""Doubles of the services that the bot talks to, for tests."""

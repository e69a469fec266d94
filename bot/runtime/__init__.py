"""Builds the service, starts it, serves it, and runs scheduled work."""

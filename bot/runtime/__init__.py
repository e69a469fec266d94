"""Puts the service together, starts it, serves it, and runs what is due by the calendar."""

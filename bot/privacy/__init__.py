"""Erasure and retention, and what mentors can have: their data and their consent receipt."""

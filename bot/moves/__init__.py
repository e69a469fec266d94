"""Applies a mentor's message (answer, consent, correction, deletion) within the turn's transaction."""

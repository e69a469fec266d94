"""Turns: from a message in the inbox to the committed reply, in order and exactly once."""

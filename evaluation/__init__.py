"""Measures how well the bot understands: sets of messages with their meanings, never used for training."""

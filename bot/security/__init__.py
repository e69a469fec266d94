"""Encryption, keys and rate limits."""

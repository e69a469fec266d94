"""Encryption and keys, and limits on how often something may be tried."""

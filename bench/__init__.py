"""Measures the whole system from outside: through the web channel, on SQLite; a few things from within."""

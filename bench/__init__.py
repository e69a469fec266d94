"""Measures the whole system from outside: service and engine, through the web channel, on SQLite."""

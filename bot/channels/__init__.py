"""The channels that mentors use. They know nothing of the form."""

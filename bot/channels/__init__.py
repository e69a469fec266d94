"""The channels that mentors reach us on. They know nothing of the form."""

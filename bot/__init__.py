"""The mentor registration service: channels, conversation, store, checks and command line."""

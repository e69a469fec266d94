"""Pictures of the bot for its documentation, made of today's bot."""

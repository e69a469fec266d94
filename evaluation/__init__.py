"""How well the bot understands: sets of messages with what each means, never trained on, and their evaluation."""

"""The reader: what a message means, as pure functions.

It imports neither Rasa nor anything else of the bot. A component of Rasa's NLU pipeline wraps it (``bot/dialogue/components/reader.py``);
the conversation calls it for what must not reach Rasa.
"""

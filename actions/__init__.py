"""Rasa's custom actions: they translate between the dialogue and `bot`, and hold no rule of their own."""

"""The bot's own components of Rasa's pipeline and training."""

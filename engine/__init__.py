"""The few classes of ours that run inside Rasa's own interpreter (Python 3.10)."""

"""What is compared: unmodified Rasa, ours, and what one would write without a dialogue engine."""

"""Components of Rasa's pipeline: what a model is trained with."""

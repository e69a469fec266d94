"""The reader: what a message means, as pure functions.

It runs in both interpreters (Python 3.10 and 3.12) and imports neither Rasa nor `bot`. The engine wraps it as a
component of its NLU pipeline (``engine/reader.py``); the service calls it for what must not reach the engine.
"""

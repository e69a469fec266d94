"""The dialogue: Rasa as a library, its components, and the tracker, which is made from the database for each turn."""

from bot.dialogue.compatibility import install

install()

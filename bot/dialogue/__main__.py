"""``python -m bot.dialogue``: Rasa's own commands. `python -m rasa` would run without the fixes of `compatibility`."""

from rasa.__main__ import main

main()

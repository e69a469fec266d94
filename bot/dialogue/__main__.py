"""``python -m bot.dialogue``: Rasa's own commands. `python -m rasa` knows of no mends where nobody installed them."""

from rasa.__main__ import main

main()

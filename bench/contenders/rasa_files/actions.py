"""The form's actions as one writes them for stock Rasa: each answer is checked and committed, then the slot is set.

Runs in stock Rasa's environment (``python -m rasa_sdk --actions actions``), not in ours.
"""

import os
import re
import sqlite3

from rasa_sdk import Action, FormValidationAction
from rasa_sdk.events import SlotSet

DATABASE = sqlite3.connect(os.environ["ANSWERS"], isolation_level=None, check_same_thread=False)
DATABASE.execute("PRAGMA journal_mode=WAL")
DATABASE.execute("PRAGMA synchronous=FULL")
DATABASE.execute(
    "CREATE TABLE IF NOT EXISTS answers (mentor TEXT, question TEXT, value, PRIMARY KEY (mentor, question))"
)
DATABASE.execute("CREATE TABLE IF NOT EXISTS submitted (mentor TEXT PRIMARY KEY)")

#: What an answer must look like, by slot; any other text is good if it is not empty.
SHAPES = {"email": r"[^@\s]+@[^@\s]+\.[a-z]+", "email_code": r"\d{6}", "photo": r".+\.(jpe?g|png|webp)"}


def is_good(slot, value):
    """Whether ``value`` can be the answer to the question of this slot."""
    return isinstance(value, bool) or re.fullmatch(SHAPES.get(slot, r"(?s).*\S.*"), value) is not None


class ValidateRegistrationForm(FormValidationAction):
    """Checks and commits what the mentor just answered."""

    def name(self):
        """As the domain calls it."""
        return "validate_registration_form"

    async def get_validation_events(self, dispatcher, tracker, domain):
        """Commit the answers that are good; for the others the form asks again."""
        events = []
        for slot, value in tracker.slots_to_validate().items():
            if slot in self.domain_slots(domain):
                events.append(SlotSet(slot, value if is_good(slot, value) else None))
                if is_good(slot, value):
                    answer = (tracker.sender_id, slot, value)
                    DATABASE.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", answer)
        return events


class Submit(Action):
    """Commits the registration, and only then says so."""

    def name(self):
        """As the domain calls it."""
        return "action_submit"

    def run(self, dispatcher, tracker, domain):
        """Commit and confirm."""
        DATABASE.execute("INSERT OR REPLACE INTO submitted VALUES (?)", (tracker.sender_id,))
        dispatcher.utter_message(response="utter_done")
        return []

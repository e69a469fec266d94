"""The engine's memory of its conversations, without what the mentors wrote."""

from __future__ import annotations

import copy
from typing import Any, Iterator

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class WordlessTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store, in which a message is its intent and entities alone.

    No policy of ours looks at a message's text once its intent is known, and the facts are in the service's
    database. So what a mentor writes never lies in a second place, where nobody would think of erasing it.
    """

    def _additional_events(self, session: Any, tracker: DialogueStateTracker) -> Iterator[Event]:
        for event in super()._additional_events(session, tracker):
            yield _wordless(event) if isinstance(event, UserUttered) else event


def _wordless(event: UserUttered) -> UserUttered:
    """A copy of ``event`` with what the dialogue needs, and nothing else."""
    bare = copy.copy(event)
    bare.text = ""
    bare.parse_data = {"intent": {"name": event.intent_name}, "entities": event.entities, "text": ""}
    bare.metadata = {name: value for name, value in (event.metadata or {}).items() if name == "turn"}
    return bare

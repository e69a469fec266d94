"""The tracker as a projection of the database: made for each turn, and thrown away after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.domain import FORM, OPEN_QUESTION
from bot.registration.registration import FormPosition

#: Returns where the mentor of the current turn is in the form.
Position = Callable[[], FormPosition]
#: Before the start.
NOWHERE = FormPosition(None, None, [])


def projection(position: FormPosition) -> Iterator[Event]:
    """The events that bring a new tracker to the mentor's position."""
    for slot in position.done_slots:
        yield SlotSet(slot, True)
    if position.slot is not None:
        yield ActiveLoop(FORM)
        yield SlotSet(OPEN_QUESTION, position.question)
        yield SlotSet(REQUESTED_SLOT, position.slot)
    yield ActionExecuted(ACTION_LISTEN_NAME)


class ProjectedTrackers(TrackerStore):
    """Makes the tracker of a turn, and stores none.

    Args:
        position: returns where the mentor of this thread's turn is.
    """

    def __init__(self, position: Position) -> None:
        super().__init__(None)
        self._position = position

    async def retrieve(self, sender_id: str) -> DialogueStateTracker:
        """The tracker of a conversation."""
        tracker = DialogueStateTracker(sender_id, self.domain.slots)
        for event in projection(self._position()):
            tracker.update(event)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Do nothing: the actions have written the facts."""

    async def keys(self) -> Iterable[str]:
        """No tracker is kept."""
        return []

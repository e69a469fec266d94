"""A conversation's events, cut to what can still matter.

The policies look at the slots, the active loop and the last few turns. What came before is replaced by the events that
lead to the same slots and loop, so that a tracker never grows: turn 500 costs what turn 5 costs. That the next actions
stay the same is tested against the trained model (tests/engine/test_trackers.py).
"""

from __future__ import annotations

from typing import Iterable, List, Optional

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

#: Turns that are kept as they were when a history is cut, and how many there have to be before it is.
KEPT_TURNS = 1
LONGEST_TURNS = 3


def compacted(sender_id: str, events: List[Event], slots: Iterable[Slot]) -> List[Event]:
    """``events`` themselves while they are few; else a beginning that leads to the same state, and the last turns.

    Args:
        sender_id: whose they are.
        events: all of one session up to the end of a turn, oldest first.
        slots: those of the domain, in any state.
    """
    turns = [
        index
        for index, event in enumerate(events)
        if isinstance(event, UserUttered) and _listens(events[index - 1] if index else None)
    ]
    if len(turns) <= LONGEST_TURNS:
        return events
    cut = turns[-KEPT_TURNS]
    return [*_beginning(sender_id, events[:cut], list(slots)), *events[cut:]]


def since_session_start(events: List[Event]) -> List[Event]:
    """The events of the latest session; those of the ones before no longer matter."""
    for index in range(len(events) - 1, -1, -1):
        if isinstance(events[index], (SessionStarted, Restarted)):
            return events[index:]
    return events


def _listens(event: Optional[Event]) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _beginning(sender_id: str, events: List[Event], slots: List[Slot]) -> List[Event]:
    """Events that lead where ``events`` lead, as an ``action_session_start`` would give them."""
    then = DialogueStateTracker.from_events(sender_id, events, slots)
    at = events[-1].timestamp
    beginning: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    beginning += [
        SlotSet(name, slot.value, timestamp=at) for name, slot in then.slots.items() if slot.value != slot.initial_value
    ]
    loop = then.active_loop
    if loop is not None and loop.name is not None:
        beginning.append(ActiveLoop(loop.name, timestamp=at))
        if loop.is_interrupted:
            beginning.append(LoopInterrupted(True, timestamp=at))
    if then.is_paused():
        beginning.append(ConversationPaused(timestamp=at))
    beginning.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=at))
    if loop is not None and loop.rejected:
        beginning.append(ActionExecutionRejected(loop.name, timestamp=at))
    return beginning

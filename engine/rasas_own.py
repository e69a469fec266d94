"""Rasa's own parts back in the place of the engine's, one at a time, to measure what each of ours is worth.

Nothing but ``make bench`` uses this; `engine.patches` has the changes that are no parts.
"""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import Any, Callable, Mapping, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

import engine.history
import engine.processor
import engine.tracker_store
from engine.actions import ActionEndpoint


def graph_runs_without_dask() -> None:
    """Rasa's runner."""
    vars(engine.processor)["DirectGraphRunner"] = DaskGraphRunner


def session_to_the_actions_is_kept() -> None:
    """Rasa's endpoint, which opens a session for each call."""
    ActionEndpoint.request = EndpointConfig.request  # type: ignore[method-assign]


def trackers_are_appended_to() -> None:
    """Rasa's SQL tracker store, which reads all events before each turn and compares them after it."""
    vars(engine.tracker_store)["AppendingTrackerStore"] = _RasasTrackerStore


def histories_are_cut() -> None:
    """Every event is kept."""
    engine.history.LONGEST_TURNS = sys.maxsize


class _RasasTrackerStore(SQLTrackerStore):
    """Takes the address that ``endpoints.yml`` gives ours."""

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: str = "",
        event_broker: Optional[EventBroker] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, db=host.replace("sqlite:///", "") + "-rasas-own", event_broker=event_broker, **kwargs)


#: What can be put back, by the name of what it undoes.
PARTS: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            graph_runs_without_dask,
            session_to_the_actions_is_kept,
            trackers_are_appended_to,
            histories_are_cut,
        )
    }
)


def put_back(name: str) -> None:
    """Put Rasa's own part back, if there is one of this name."""
    if name in PARTS:
        PARTS[name]()

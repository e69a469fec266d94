"""What of Rasa is changed from outside, since no extension point leads there. Nothing else of it is.

Each change says why. `SOURCES` holds the digests of the code that was studied: a test compares them with what is
installed, and `make bench` has a line for each, without it.
"""

from __future__ import annotations

import functools
from types import MappingProxyType
from typing import Any, Callable, Dict, Mapping

import rasa.core.actions.action
import rasa.core.processor
import rasa.shared.core.events
import rasa.shared.core.slots
from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import EndpointConfig

from engine.actions import ServiceAction
from engine.twins import twin


def events_are_found_by_name_once() -> None:
    """Rasa walks all subclasses of `Event`, and asks each whether it is abstract, for every event that it reads."""
    find = rasa.shared.core.events.Event.resolve_by_type
    rasa.shared.core.events.Event.resolve_by_type = staticmethod(functools.lru_cache(maxsize=None)(find))


def actions_are_ours() -> None:
    """Forms and the processor make their actions in a function that knows one class for those of a server."""
    rasa.core.actions.action.RemoteAction = ServiceAction


def nothing_is_copied_for_a_log_that_is_off() -> None:
    """The processor copies events and messages in depth for lines of its debug log, whether there is one or not."""
    rasa.core.processor.copy = _Shallow


def events_are_told_apart_as_plain_classes() -> None:
    """`Event` is abstract: what kind one is, asked a thousand times a turn, is asked of Python's `abc` each time."""
    for each in (rasa.shared.core.events.Event, *all_subclasses(rasa.shared.core.events.Event)):
        each.__class__ = _Plain


def slots_are_copied_as_they_are() -> None:
    """Rasa copies all slots for each tracker that it makes on the way, and Python has them pickled for it."""
    rasa.shared.core.slots.Slot.__copy__ = twin


class _Plain(type):
    """In the place of `ABCMeta`: ``isinstance`` looks at an object's classes, and nowhere else."""


class _Shallow:
    """Stands for the module `copy` in a module that copies for its log alone."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value


#: Everything that is changed, by name.
PATCHES: Mapping[str, Callable[[], None]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            events_are_found_by_name_once,
            actions_are_ours,
            nothing_is_copied_for_a_log_that_is_off,
            events_are_told_apart_as_plain_classes,
            slots_are_copied_as_they_are,
        )
    }
)

#: What was studied, and the SHA-256 of its source in Rasa 3.6.21.
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "Agent.load_model": "f4c1ab4c5c7af6349384fc0a2d3a1cffdc5f277f08378d07fd0cd247cd4d5fa7",
        "Agent._create_tracker_store": "97499b594b45581b2c6d8ff7adb9083af24eba85654995a40350de65633ca574",
        "DaskGraphRunner.run": "45f0f52f574f3aa9546a552bf671183e171092c18b66e97f5771a7fa295de37e",
        "DialogueStateTracker": "187ee2be2d5e793eaf4dbec3451ccbd439d5fc72d72d54268548867f65df76c5",
        "EndpointConfig.request": "ccdb778aed8208e23cde3c3f47eac7fbbbb735dac8f7ef7254d54451c64ad608",
        "Event": "026a295d36ec1795fc40f38e4999860744d8cfccde6dfa1832e8068a6de4e4af",
        "Event.resolve_by_type": "b5cf570fa7f286c7059ec73d8880528d03a78b28cf4e80285a46079c0fa65968",
        "MessageProcessor": "d9c6c4a59a18c2bfcadcd7373a82f87bfec22534ddd31bbb1deab7f269522b8c",
        "RemoteAction": "dc8df00f7d7119aafa2b3a53b32518b8d283f04c175237c318c1cf483a9b46e5",
        "Slot": "0a694d68aef367326f0d4714f862136245b05509efc5b037ab8c60fb3341e47e",
        "TrackerStore": "73fedcc90750abcabb5e3130c1ba1be632e86e0bf2e0c731be0babc5661f89bd",
        "action_for_name_or_text": "a63fb2d066efa0bc5a116dc4932299c77736aad3b6b8a85170e0dcafe615bf52",
    }
)


def studied() -> Dict[str, Any]:
    """The code of Rasa's that the changes, and the classes of ours that take its place, were written against."""
    remote = ServiceAction.__mro__[1]
    return {
        "Agent.load_model": Agent.load_model,
        "Agent._create_tracker_store": Agent._create_tracker_store,
        "DaskGraphRunner.run": DaskGraphRunner.run,
        "DialogueStateTracker": DialogueStateTracker,
        "EndpointConfig.request": EndpointConfig.request,
        "Event": rasa.shared.core.events.Event,
        "Event.resolve_by_type": rasa.shared.core.events.Event.resolve_by_type,
        "MessageProcessor": rasa.core.processor.MessageProcessor,
        "RemoteAction": remote,
        "Slot": rasa.shared.core.slots.Slot,
        "TrackerStore": TrackerStore,
        "action_for_name_or_text": rasa.core.actions.action.action_for_name_or_text,
    }


def install(without: str = "") -> None:
    """Make the changes, but the one named ``without``."""
    for name, patch in PATCHES.items():
        if name != without:
            patch()

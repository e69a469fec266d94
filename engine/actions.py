"""The way to the actions in the service: one connection that is kept, small messages, a validator made once."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import aiohttp
from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.utils.schemas.events import EVENT_SCHEMA
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

#: Seconds that an action may take.
LONGEST_ACTION = 60.0
#: Seconds for which a connection is kept with nothing to do: less than the service keeps it (`bot.server`), or a call
#: would be made just when the service hangs up, and be lost.
IDLE = 30.0


class ActionEndpoint(EndpointConfig):
    """An action endpoint with a session for its whole life; Rasa's own opens one for each call."""

    _kept: Optional[aiohttp.ClientSession] = None

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Call the endpoint and give its JSON.

        Raises:
            ClientResponseError: it answered with an error.
            aiohttp.ClientError: it did not answer.
        """
        if self._kept is None:
            self._kept = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=LONGEST_ACTION),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE),
            )
        async with self._kept.post(self.url, json=kwargs["json"]) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason, await response.text())
            return await response.json()

    async def close(self) -> None:
        """Close the connection."""
        if self._kept is not None:
            await self._kept.close()


def _schema_of(kind: Dict[str, Any]) -> Dict[str, Any]:
    """Rasa's schema of one kind of event, with what all events have."""
    return {
        "type": "object",
        "properties": {**EVENT_SCHEMA["properties"], **kind["properties"]},
        "required": [*EVENT_SCHEMA["required"], *kind.get("required", [])],
    }


_WHOLE = Draft7Validator(RemoteAction.action_response_format_spec())
_EVENTS = {kind["properties"]["event"]["const"]: Draft7Validator(_schema_of(kind)) for kind in EVENT_SCHEMA["oneOf"]}


def _is_after_a_message(tracker: DialogueStateTracker) -> bool:
    """Whether a form runs first of all actions since a message came.

    Args:
        tracker: as a form gives it to its validation: the form itself is the last action in it.
    """
    actions = (each.action_name for each in reversed(tracker.events) if isinstance(each, ActionExecuted))
    next(actions, None)
    return bool(next(actions, ACTION_LISTEN_NAME) == ACTION_LISTEN_NAME)


class ServiceAction(RemoteAction):
    """An action that the service runs.

    The service reads facts from its database and the message from its inbox. So it is told the state of the
    conversation, without its history and without the domain.
    """

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> List[Event]:
        """Run the action; what it gives.

        When a form comes back after a question of the mentor's was answered, there is nothing to validate, and Rasa
        calls its validation all the same.
        """
        if self._name.startswith("validate_") and not _is_after_a_message(tracker):
            return []
        events: List[Event] = await super().run(output_channel, nlg, tracker, domain)
        return events

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> Dict[str, Any]:
        """What is sent."""
        state = tracker.current_state(EventVerbosity.NONE)
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": {**state, "events": []},
            "domain": {},  # the SDK wants to see one
        }

    def _validate_action_result(self, result: Dict[str, Any]) -> bool:
        """Raises `jsonschema.ValidationError` where Rasa's own check would.

        Rasa's checks the schema itself each time, too, and tries every kind of event for each.
        """
        events = result.get("events") if isinstance(result, dict) else None
        kinds = [each.get("event") for each in events or [] if isinstance(each, dict)]
        are_known = all(isinstance(kind, str) and kind in _EVENTS for kind in kinds)
        if not isinstance(events, list) or len(kinds) < len(events) or not are_known:
            _WHOLE.validate(result)  # there is something wrong, and it says what
            return True
        _WHOLE.validate({**result, "events": []})
        for kind, event in zip(kinds, events):
            _EVENTS[kind].validate(event)
        return True

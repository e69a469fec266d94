"""The engine's NLU alone, for `bot understand`: JSON lines in, JSON lines out, without actions and tracker."""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, Iterable, List

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE
from rasa.shared.nlu.constants import ENTITIES, INTENT
from rasa.shared.nlu.training_data.message import Message


def parsed(agent: Agent, lines: Iterable[Dict[str, Any]]) -> List[Message]:
    """What the pipeline makes of messages, all in one run of its graph.

    Args:
        agent: with a model.
        lines: ``text`` and ``metadata`` of each message.
    """
    processor = agent.processor
    if processor is None:
        raise ValueError("the model is not loaded")
    messages = [UserMessage(each["text"], metadata=each["metadata"]) for each in lines]
    target = processor.model_metadata.nlu_target
    found: List[Message] = processor.graph_runner.run(inputs={PLACEHOLDER_MESSAGE: messages}, targets=[target])[target]
    return found


def main() -> None:
    """Read lists of messages from standard input, one list a line, and print what each message means."""
    agent = Agent.load(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        meanings = [
            {
                "intent": message.get(INTENT)["name"],
                "target": next((each["value"] for each in message.get(ENTITIES) or []), None),
            }
            for message in parsed(agent, json.loads(line))
        ]
        sys.stdout.write(json.dumps(meanings) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

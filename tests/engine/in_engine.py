"""Runs in the engine's own interpreter: what of the engine's parts is told to `test_trackers.py`, as JSON.

``python -m tests.engine.in_engine`` with ``store URL``, ``histories MODEL FOLDER SEED TURNS``, ``calls MODEL URL
INTENT…``, ``validations REPLIES``, ``connections``, ``copies``, ``once``, ``margins SEED FOLDER`` or ``sources``.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import inspect
import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
from aiohttp import web
from engine import actions, intents, linear_model, patches, tracker_store
from engine.actions import ServiceAction
from engine.importer import Example
from engine.linear_model import LinearModel
from engine.processor import EngineAgent
from engine.reader import Reader
from engine.tracker_store import AppendingTrackerStore, StaleTrackerError
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.importers import utils as loading
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.endpoints import EndpointConfig

from understanding.reader import Thresholds

SLOTS = ["account", "full_name", "email", "reasons", "photo", "consent", "review"]
DIGRESSIONS = ["faq_why", "faq_cost", "chat_thanks", "chat_greet"]
OTHERS = ["inform", "affirm", "deny", "go_back", "change_answer", "register", "repeat", "pause", "nlu_fallback"]


def domain() -> Domain:
    """A domain with one slot."""
    return Domain.from_dict({"slots": {"photo": {"type": "bool", "mappings": [{"type": "custom"}]}}})


def said(text: str) -> UserUttered:
    """A message as the processor logs it."""
    parsed = {"intent": {"name": "inform"}, "entities": [], "text": text}
    return UserUttered(text, {"name": "inform"}, [], parsed, metadata={"turn": "t", "kind": "photo"})


async def store_report(url: str) -> dict[str, Any]:
    """What a store at ``url`` does with turns of two engines."""
    ours, other = (AppendingTrackerStore(domain(), url) for _ in range(2))
    report: dict[str, Any] = {}

    def rows() -> list[Any]:
        with ours._database.connect() as connection:
            return [
                [row.number, len(json.loads(row.events)), row.is_base]
                for row in connection.execute(tracker_store._turns.select().order_by("number"))
            ]

    tracker = await ours.get_or_create_tracker("ann", append_action_listen=False)
    for number in range(3):
        tracker.update_with_events([said(f"secret {number}"), SlotSet("photo", True)], None)
        tracker.update(ActionExecuted("action_listen"))
        await ours.save(tracker)
        tracker = await ours.retrieve("ann")
    report["rows"] = rows()
    cold = await other.retrieve("ann")
    report["hot is cold"] = [each.as_dict() for each in tracker.events] == [each.as_dict() for each in cold.events]
    report["latest"] = [tracker.latest_message.text, cold.latest_message.text, tracker.latest_message.metadata]
    report["slots"] = [each.get_slot("photo") for each in (tracker, cold)]
    report["nothing is left of the words"] = not any("secret" in json.dumps(each.as_dict()) for each in tracker.events)

    copied = tracker.copy()
    copied.update(SlotSet("photo", False))
    report["copy"] = [tracker.get_slot("photo"), len(copied.events) - len(tracker.events)]

    # A turn that fails: nobody saves what it did.
    tracker.update(SlotSet("photo", None))
    again = await ours.retrieve("ann")
    report["after a failure"] = [again.get_slot("photo"), len(again.events)]

    # Two engines at once.
    cold.update(said("from the other engine"))
    await other.save(cold)
    again.update(said("too late"))
    try:
        await ours.save(again)
    except StaleTrackerError:
        report["stale"] = True
    now = await ours.retrieve("ann")
    report["after the other"] = [len(now.events), now.number]

    await ours.save(now)
    with ours._database.begin() as connection:
        connection.execute(tracker_store._turns.delete())
    report["erased"] = await ours.retrieve("ann") is None

    for number in range(30):
        long = await ours.get_or_create_tracker("bea", append_action_listen=False)
        long.update_with_events([said("x"), SlotSet("photo", number % 2 == 0), ActionExecuted("action_listen")], None)
        await ours.save(long)
    last = await other.retrieve("bea")
    report["long"] = [len(last.events), last.get_slot("photo"), sum(row[2] for row in rows()), len(rows())]
    return report


class Replies(EndpointConfig):
    """Stands for the service: what each action answers is drawn, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        super().__init__("http://127.0.0.1:1/webhook")
        self._seed, self.turn, self.calls = seed, 0, []

    async def request(self, *_: Any, **kwargs: Any) -> Any:
        call = kwargs["json"]
        name, tracker = call["next_action"], call["tracker"]
        self.calls.append([name, tracker["slots"]["requested_slot"], (tracker["active_loop"] or {}).get("name")])
        draw = random.Random(f"{self._seed} {self.turn} {name} {len(self.calls)}")
        return {"events": self._events(name, tracker, draw), "responses": [{"custom": {"say": name}}]}

    @staticmethod
    def _events(name: str, tracker: dict[str, Any], draw: random.Random) -> list[dict[str, Any]]:
        def slot(name: str, value: Any) -> dict[str, Any]:
            return {"event": "slot", "name": name, "value": value}

        def asks(section: Any) -> list[dict[str, Any]]:
            return [slot("open_question", section and f"{section}-1"), slot("requested_slot", section)]

        if name == "action_session_start":
            begins = [{"event": "active_loop", "name": "registration_form"}, *asks("email")]
            return [
                {"event": "session_started"},
                slot("account", True),
                *(begins if draw.random() < 0.7 else []),
                {"event": "action", "name": "action_listen"},
            ]
        if name != "validate_registration_form":
            return []
        requested = tracker["slots"]["requested_slot"]
        intent = tracker["latest_message"]["intent"]["name"]
        if intent.startswith(("faq_", "chat_")) and requested is not None:
            return []
        chance = draw.random()
        if chance < 0.1:
            return [*(slot(each, True) for each in SLOTS), *asks(None)]
        if chance < 0.3:  # an edit of something answered before
            back = draw.choice(SLOTS)
            return [slot(back, None), *([slot(requested, None)] if requested else []), *asks(back)]
        if chance < 0.5:  # not understood
            return [slot(requested, None), *asks(requested)] if requested else []
        following = draw.choice(SLOTS)
        return [*([slot(requested, True)] if requested else []), *asks(following)]


async def actions_of(model: str, url: str, seed: int, turns: int) -> list[Any]:
    """Every action of a drawn conversation, with the state it was called in."""
    endpoint = Replies(seed)
    agent = EngineAgent(tracker_store=AppendingTrackerStore(None, url), action_endpoint=endpoint)
    agent.load_model(model)
    draw = random.Random(seed)
    taken: list[Any] = []
    for turn in range(turns):
        endpoint.turn = turn
        kind = draw.random()
        intent = (
            draw.choice(DIGRESSIONS if kind < 0.35 else OTHERS) if kind < (0.97 if seed % 2 else 1) else "session_start"
        )
        said = CollectingOutputChannel()
        await agent.handle_message(UserMessage(f"/{intent}", said, "ann", metadata={"turn": str(turn)}))
        tracker = await agent.tracker_store.retrieve("ann")
        heard = [each["custom"] for each in said.messages]
        taken.append([intent, list(endpoint.calls), heard, tracker.active_loop_name, tracker.current_slot_values()])
        await agent.tracker_store.save(tracker)
        endpoint.calls.clear()
    taken.append(len(tracker.events))
    return taken


async def histories(model: str, folder: str, seed: int, turns: int) -> dict[str, Any]:
    """The same conversation with its history cut, and with all of it."""
    cut = await actions_of(model, f"sqlite:///{folder}/cut-{seed}.db", seed, turns)
    cutting = tracker_store.compacted
    tracker_store.compacted = lambda _sender, events, _slots: events
    try:
        whole = await actions_of(model, f"sqlite:///{folder}/whole-{seed}.db", seed, turns)
    finally:
        tracker_store.compacted = cutting
    return {"cut": cut, "whole": whole}


class OneQuestion(Replies):
    """Stands for the service while the e-mail address is asked for, whatever is said."""

    @staticmethod
    def _events(name: str, tracker: dict[str, Any], draw: random.Random) -> list[dict[str, Any]]:
        def slot(name: str, value: Any) -> dict[str, Any]:
            return {"event": "slot", "name": name, "value": value}

        asks = [slot("open_question", "email"), slot("requested_slot", "email")]
        if name == "action_session_start":
            loop = {"event": "active_loop", "name": "registration_form"}
            return [{"event": "session_started"}, loop, *asks, {"event": "action", "name": "action_listen"}]
        is_digression = tracker["latest_message"]["intent"]["name"].startswith("faq_")
        return [] if name != "validate_registration_form" or is_digression else [slot("email", None), *asks]


async def calls_of(model: str, url: str, intents: list[str]) -> list[Any]:
    """For each message: what was called of the service, and what the engine said."""
    endpoint = OneQuestion(0)
    agent = EngineAgent(tracker_store=AppendingTrackerStore(None, url), action_endpoint=endpoint)
    agent.load_model(model)
    found: list[Any] = []
    for turn, intent in enumerate(intents):
        said = CollectingOutputChannel()
        await agent.handle_message(UserMessage(f"/{intent}", said, "ann", metadata={"turn": str(turn)}))
        found.append([[name for name, *_ in endpoint.calls], [each["custom"] for each in said.messages]])
        endpoint.calls.clear()
    return found


def validations(results: list[Any]) -> list[Any]:
    """For each reply of an action: whether Rasa takes it, and whether we do."""

    def takes(action: RemoteAction, result: Any) -> bool:
        try:
            return bool(action._validate_action_result(result))
        except ValidationError:
            return False

    rasas, ours = RemoteAction("a", None), ServiceAction("a", None)
    return [[takes(rasas, each), takes(ours, each)] for each in results]


async def connections(idle: float) -> int:
    """How many connections two calls of an action make, with half a second between them.

    Args:
        idle: seconds for which one is kept.
    """
    made = set()

    async def answer(request: web.Request) -> web.Response:
        made.add(request.transport)
        return web.json_response({})

    app = web.Application()
    app.router.add_post("/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    actions.IDLE = idle
    endpoint = actions.ActionEndpoint(f"http://127.0.0.1:{port}/webhook")
    await endpoint.request(json={})
    await asyncio.sleep(0.5)
    await endpoint.request(json={})
    await endpoint.close()
    await runner.cleanup()
    return len(made)


def copies() -> dict[str, Any]:
    """What is left of an example as its copy is changed."""
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["nlu", "stories"])
    read = importer.get_nlu_data()
    first = next(each for each in read.training_examples if each.get("text"))
    example = next(each for each in TrainingData().merge(read).training_examples if each == first)
    before = (dict(first.data), first.fingerprint(), list(first.features), set(first.output_properties))
    same = [type(example) is type(first) is Example, example is not first]
    example.set("intent", "another", add_to_output=True)
    example.add_features(Features(np.zeros((1, 1)), "sentence", "text", "here"))
    after = (first.data, first.fingerprint(), first.features, first.output_properties)
    again = copy.deepcopy(example)
    again.add_features(Features(np.ones((1, 1)), "sentence", "text", "there"))
    counts = [len(example.features), len(again.features)]
    return {"same": same, "unchanged": before == after, "changed": example != first, "features": counts}


def once() -> dict[str, int]:
    """How often training reads the files of examples, and a message is read by rule on its way through the pipeline."""
    counts = {"files": 0, "messages": 0}

    def counted(name: str, function: Any) -> Any:
        def call(*arguments: Any) -> Any:
            counts[name] += 1
            return function(*arguments)

        return call

    loading.training_data_from_paths = counted("files", loading.training_data_from_paths)
    importer = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["nlu", "stories"])
    importer.get_nlu_data(), importer.get_domain(), importer.get_stories()
    intents.read_by_rule = counted("messages", intents.read_by_rule)
    message = [Message({"text": "what a strange question", "metadata": {"kind": "consent"}})]
    Reader(Thresholds()).process(intents.LinearIntentClassifier({}, None, None).process(message))
    return counts


def margins(seed: int, folder: Path) -> dict[str, Any]:
    """How far the margins of texts are from what scikit-learn's own pipeline gives for them."""
    drawn = random.Random(seed)
    words = ["when", "what's", "does", "it", "Über", "a", "i", "größe", "3", "2026", "résumé", "naïve", "да", "🙂", "-"]

    def text() -> str:
        return drawn.choice([" ", "  ", "\n", "? "]).join(drawn.choices(words, k=drawn.randrange(9)))

    longest = (2, 5)
    fitted = linear_model.pipeline(longest, 1.0).fit([text() + word for word in words * 4], words * 4)
    LinearModel.of(fitted, longest).save(folder)
    loaded = LinearModel.load(folder)
    texts = [text() for _ in range(500)] + ["", " ", "unknown words only", "a" * 300, "".join(words)]
    theirs = fitted.decision_function(texts)
    ours = np.array([loaded.margins(each) for each in texts])
    return {
        "texts": len(set(texts)),
        "apart": float(abs(ours - theirs).max()),
        "spread": float(np.ptp(theirs)),
        "labels": loaded.labels == list(fitted.classes_),
    }


def main() -> None:
    """Write a report."""
    patches.install()
    what, *rest = sys.argv[1:]
    if what == "store":
        report: Any = asyncio.run(store_report(rest[0]))
    elif what == "sources":
        found = {
            name: hashlib.sha256(inspect.getsource(source).encode()).hexdigest()
            for name, source in patches.studied().items()
        }
        report = {"found": found, "studied": dict(patches.SOURCES)}
    elif what == "calls":
        report = asyncio.run(calls_of(rest[0], rest[1], rest[2:]))
    elif what == "connections":
        report = {"idle": actions.IDLE, "kept": asyncio.run(connections(5)), "let go": asyncio.run(connections(0.1))}
    elif what == "margins":
        report = margins(int(rest[0]), Path(rest[1]))
    elif what == "copies":
        report = copies()
    elif what == "once":
        report = once()
    elif what == "validations":
        report = validations(json.loads(rest[0]))
    else:
        report = asyncio.run(histories(rest[0], rest[1], int(rest[2]), int(rest[3])))
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()

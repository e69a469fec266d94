"""Rasa's agent and message processor with the parts of the engine's own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Dict, Optional, Tuple, Union

from rasa.core.agent import Agent
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.domain import Domain

from engine.runner import DirectGraphRunner


class EngineProcessor(MessageProcessor):
    """A processor whose model runs without dask."""

    def _check_for_unseen_features(self, parse_data: Dict[str, Any]) -> None:
        """Nothing: whether the domain has every intent and entity is asked once, by ``bot validate``.

        Rasa asks it for each message, and builds an empty domain to find out that ours is none.
        """

    @staticmethod
    def _load_model(model_path: Union[str, Path]) -> Tuple[str, ModelMetadata, GraphRunner]:
        """The model's file name, its metadata and its runner."""
        with tempfile.TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, DirectGraphRunner
            )
        return Path(model_path).name, metadata, runner


class EngineAgent(Agent):
    """An agent with that processor, whose tracker store has no other one in memory to fall back to.

    With Rasa's fallback a turn would be answered as if it were stored, and the next engine would not know of it.
    """

    @staticmethod
    def _create_tracker_store(store: Optional[TrackerStore], domain: Domain) -> TrackerStore:
        return store or InMemoryTrackerStore(domain)

    def load_model(self, model_path: Union[str, Path], fingerprint: Optional[str] = None) -> None:
        """Load the model; it must be a file."""
        self.processor = EngineProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        if isinstance(self.nlg, TemplatedNaturalLanguageGenerator):
            self.nlg.responses = self.domain.responses

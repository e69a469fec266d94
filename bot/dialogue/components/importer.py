"""Reads the training data once, and lets the examples be copied cheaply.

Rasa's own importer reads every file anew whenever one of its layers asks, and each layer copies all examples in all
depth as it adds its own: a quarter of a training.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class Example(Message):
    """A message whose copy has fields and features of its own: what they hold is replaced, never changed."""

    def __deepcopy__(self, _memo: Any) -> Example:
        """A copy; what is set or added to the one is not in the other."""
        copied = Example(self.data, set(self.output_properties), self.time, list(self.features))
        copied._cached_fingerprint = self._cached_fingerprint
        return copied


class ReadOnce(RasaFileImporter):
    """Rasa's importer of files, which keeps what it read as the layers above it do."""

    @cached_method
    def get_nlu_data(self, language: str = "en") -> TrainingData:
        """The examples of all intents."""
        read = super().get_nlu_data(language)
        read.training_examples = [
            Example(each.data, each.output_properties, each.time, each.features) for each in read.training_examples
        ]
        return read

    get_domain = cached_method(RasaFileImporter.get_domain)
    get_stories = cached_method(RasaFileImporter.get_stories)

"""Reads the training data once, and lets the examples be copied cheaply.

Rasa's own importer reads every file again for each of its layers, and each layer deep-copies all examples: a quarter of
the training time.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class Example(Message):
    """A message whose copy has its own fields and features; their values are replaced, never changed."""

    def __deepcopy__(self, _memo: Any) -> Example:
        """A copy; changes to one do not affect the other."""
        copied = Example(self.data, set(self.output_properties), self.time, list(self.features))
        copied._cached_fingerprint = self._cached_fingerprint
        return copied


class ReadOnce(RasaFileImporter):
    """Rasa's importer of files, with a cache like that of the layers above it."""

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

"""Reads the training data once. Rasa's own importer reads every file anew whenever one of its layers asks."""

from __future__ import annotations

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.common import cached_method


class ReadOnce(RasaFileImporter):
    """Rasa's importer of files, which keeps what it read as the layers above it do."""

    get_nlu_data = cached_method(RasaFileImporter.get_nlu_data)
    get_domain = cached_method(RasaFileImporter.get_domain)
    get_stories = cached_method(RasaFileImporter.get_stories)

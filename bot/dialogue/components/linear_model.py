"""Two linear models, of TF-IDF of words and letters and of sentence vectors: scikit-learn learns, NumPy applies.

Serving only needs a sparse row times a matrix, and importing scikit-learn takes time and memory (docs/decisions/0018).
N-grams and weights are those of `TfidfVectorizer`; a test compares every margin with scikit-learn's.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: One word, with its apostrophe.
WORD = r"\w+(?:'\w+)?"
#: The shortest n-gram of letters.
FEWEST_LETTERS = 2
_WORDS = re.compile(WORD)
_ABOUT = "model.json"
_NUMBERS = "model.npz"
_OF_VECTORS = "vectors.npz"


@dataclass(frozen=True)
class LinearModel:
    """A linear model learned from texts and labels.

    Attributes:
        labels: the classes.
        longest: longest n-gram of words, and of letters.
        terms: the n-grams of words, and those of letters, each with its row.
        idf: inverse document frequency of each row, (rows,).
        weights: of each row for each label, (rows, labels).
        intercepts: of each label, (labels,).
    """

    labels: list[str]
    longest: Sequence[int]
    terms: Sequence[dict[str, int]]
    idf: Any
    weights: Any
    intercepts: Any

    @classmethod
    def of(cls, pipeline: Any, longest: Sequence[int]) -> LinearModel:
        """The model of a fitted `pipeline`.

        Args:
            pipeline: of scikit-learn, as `pipeline` makes it.
            longest: n-gram of words, and of letters.
        """
        union, svm = (step for _, step in pipeline.steps)
        vectorizers = [each for _, each in union.transformer_list]
        starts = [0, len(vectorizers[0].idf_)]
        return cls(
            [str(label) for label in svm.classes_],
            longest,
            [
                {term: start + int(column) for term, column in each.vocabulary_.items()}
                for start, each in zip(starts, vectorizers, strict=True)
            ],
            np.concatenate([each.idf_ for each in vectorizers]).astype(np.float32),
            np.ascontiguousarray(svm.coef_.T, dtype=np.float32),
            svm.intercept_.astype(np.float32),
        )

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what `save` wrote into a folder."""
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        with np.load(folder / _NUMBERS) as numbers:
            rows = itertools.count()
            terms = [{term: next(rows) for term in each} for each in about["terms"]]
            return cls(
                about["labels"], about["longest"], terms, numbers["idf"], numbers["weights"], numbers["intercepts"]
            )

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there."""
        terms = [sorted(each, key=each.__getitem__) for each in self.terms]
        about = {"labels": self.labels, "longest": self.longest, "terms": terms}
        (folder / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        np.savez_compressed(folder / _NUMBERS, idf=self.idf, weights=self.weights, intercepts=self.intercepts)

    def margins(self, text: str) -> Any:
        """The margin of a text for each label, (labels,)."""
        margins = self.intercepts
        runs = (_word_runs(text, self.longest[0]), _letter_runs(text, self.longest[1]))
        for terms, found in zip(self.terms, runs, strict=True):
            counts = Counter(terms[run] for run in found if run in terms)
            if counts:
                rows: Any = np.fromiter(counts.keys(), np.intp, len(counts))
                values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[rows]
                margins = margins + (values / np.sqrt(values @ values)) @ self.weights[rows]
        return margins


@dataclass(frozen=True)
class VectorModel:
    """A linear model learned from sentence vectors, with the labels of its `LinearModel`.

    Attributes:
        weights: of each number of a vector for each label, (numbers, labels).
        intercepts: of each label, (labels,).
    """

    weights: Any
    intercepts: Any

    @classmethod
    def of(cls, regression: Any) -> VectorModel:
        """The model of a fitted `logistic_regression`."""
        return cls(np.ascontiguousarray(regression.coef_.T, dtype=np.float32), regression.intercept_.astype(np.float32))

    @classmethod
    def load(cls, folder: Path) -> VectorModel | None:
        """Read what `save` wrote into a folder; None if the model was trained without vectors."""
        try:
            with np.load(folder / _OF_VECTORS) as numbers:
                return cls(numbers["weights"], numbers["intercepts"])
        except FileNotFoundError:
            return None

    def save(self, folder: Path) -> None:
        """Write it into a folder that is there."""
        np.savez_compressed(folder / _OF_VECTORS, weights=self.weights, intercepts=self.intercepts)

    def margins(self, vector: Any) -> Any:
        """The margin of a vector for each label, (labels,)."""
        return vector @ self.weights + self.intercepts


def logistic_regression(strength: float) -> Any:
    """A logistic regression of scikit-learn to fit to sentence vectors.

    Args:
        strength: inverse strength of its regularisation.
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=500)


def pipeline(longest: Sequence[int], strength: float) -> Any:
    """A scikit-learn pipeline to fit; `LinearModel` applies its result.

    Args:
        longest: n-gram of words, and of letters within a word.
        strength: inverse strength of the SVM's regularisation.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    features = {"sublinear_tf": True, "lowercase": False, "dtype": np.float32}
    return make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, longest[0]), token_pattern=WORD, **features),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(FEWEST_LETTERS, longest[1]), **features),
        ),
        LinearSVC(C=strength, class_weight="balanced", random_state=0),
    )


def _word_runs(text: str, longest: int) -> Iterator[str]:
    words = _WORDS.findall(text)
    for length in range(1, longest + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _letter_runs(text: str, longest: int) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for length in range(FEWEST_LETTERS, longest + 1):
            if length >= len(padded):
                yield padded  # as a whole, and once
                break
            for start in range(len(padded) - length + 1):
                yield padded[start : start + length]

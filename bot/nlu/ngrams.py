"""TF-IDF weighted n-grams of a text: all at once as a matrix for training, one text at a time for answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

FloatArray = NDArray[np.float32]

CHARACTERS: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
WORDS: dict[str, Any] = {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}


class Ngrams:
    """The n-grams of one kind, with the weights that scikit-learn's TfidfVectorizer has learnt."""

    def __init__(self, kind: dict[str, Any], weight: float) -> None:
        """Knows no n-gram yet.

        Args:
            kind: the vectorizer's options.
            weight: the length of each text's vector.
        """
        self._vectorizer = TfidfVectorizer(dtype=np.float32, **kind)
        self._analyze = self._vectorizer.build_analyzer()
        self._weight = weight
        self._columns: dict[str, int] = {}
        self.idf: FloatArray = np.zeros(0, dtype=np.float32)

    def __len__(self) -> int:
        """How many n-grams are known."""
        return len(self._columns)

    @property
    def vocabulary(self) -> list[str]:
        """The known n-grams, in the order of their columns."""
        return list(self._columns)

    def restore(self, vocabulary: Sequence[str], idf: FloatArray) -> None:
        """Takes up what ``vocabulary`` and ``idf`` were when they were saved."""
        self._columns = {ngram: column for column, ngram in enumerate(vocabulary)}
        self.idf = idf

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learns the n-grams of the texts; returns one row for each text."""
        matrix = self._vectorizer.fit_transform(texts)
        columns = self._vectorizer.vocabulary_
        self.restore(sorted(columns, key=columns.__getitem__), self._vectorizer.idf_.astype(np.float32))
        return csr_matrix(matrix * self._weight)

    def project(self, text: str, coefficients: FloatArray) -> FloatArray:
        """The text's row times the coefficients, shape ``(classes,)``.

        A matrix of one row would cost several times as much as the few products in it.

        Args:
            text: any text; what is not known in it does not count.
            coefficients: shape ``(len(self), classes)``.
        """
        counts = Counter(ngram for ngram in self._analyze(text) if ngram in self._columns)
        if not counts:
            return np.zeros(coefficients.shape[1], dtype=np.float32)
        columns = [self._columns[ngram] for ngram in counts]
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts)) * self.idf[columns]
        projected: FloatArray = values @ coefficients[columns] * (self._weight / np.linalg.norm(values))
        return projected

"""TF-IDF weighted n-grams of a text: all at once as a matrix for training, one text at a time for answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FloatArray = NDArray[np.float32]

SHORTEST, LONGEST = 2, 4
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, and its pairs of neighbours."""
    single = _WORD.findall(text.lower())
    return [*single, *(f"{first} {second}" for first, second in pairwise(single))]


def characters(text: str) -> list[str]:
    """Two to four characters in a row, within each word and the blanks around it."""
    return [ngram for word in text.lower().split() for ngram in _characters_of(f" {word} ")]


def _characters_of(word: str) -> Iterator[str]:
    for length in range(SHORTEST, LONGEST + 1):
        yield from (word[i : i + length] for i in range(max(1, len(word) - length + 1)))
        if len(word) <= length:
            return  # a short word counts once


class Ngrams:
    """The n-grams of one kind, with the weights that scikit-learn's TfidfVectorizer has learnt.

    They are cut as it cuts them (``char_wb`` and ``word``), but only training imports it: it would be a tenth of what
    the running assistant weighs.
    """

    def __init__(self, analyze: Callable[[str], list[str]], weight: float, fewest_uses: int = 1) -> None:
        """Knows no n-gram yet.

        Args:
            analyze: cuts a text into n-grams.
            weight: the length of each text's vector.
            fewest_uses: in how many texts an n-gram must stand to be learnt.
        """
        self._analyze = analyze
        self._weight = weight
        self._fewest_uses = fewest_uses
        # Of the n-grams, sorted: as texts, in a dictionary, they would take ten times the memory.
        self._hashes: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._columns: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self.vocabulary: list[str] = []
        """The n-grams that ``fit`` has learnt, in the order of their columns."""
        self.idf: FloatArray = np.zeros(0, dtype=np.float32)

    def __len__(self) -> int:
        """How many n-grams are known."""
        return len(self._columns)

    def restore(self, vocabulary: Sequence[str], idf: FloatArray) -> None:
        """Takes up what ``vocabulary`` and ``idf`` were when they were saved, for ``project``."""
        hashes = _hashes(vocabulary)
        self._columns = np.argsort(hashes).astype(np.int32)
        self._hashes = hashes[self._columns]
        self.idf = idf

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learns the n-grams of the texts; returns one row for each text."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer=self._analyze, min_df=self._fewest_uses, dtype=np.float32)
        matrix = vectorizer.fit_transform(texts)
        columns = vectorizer.vocabulary_
        self.vocabulary = sorted(columns, key=columns.__getitem__)
        self.restore(self.vocabulary, vectorizer.idf_.astype(np.float32))
        return csr_matrix(matrix * self._weight)

    def project(self, text: str, coefficients: FloatArray) -> FloatArray:
        """The text's row times the coefficients, shape ``(classes,)``.

        A matrix of one row would cost several times as much as the few products in it.

        Args:
            text: any text; what is not known in it does not count.
            coefficients: shape ``(len(self), classes)``.
        """
        hashes, counts = np.unique(_hashes(self._analyze(text)), return_counts=True)
        places = np.searchsorted(self._hashes, hashes)
        known = places < len(self._hashes)
        known[known] = self._hashes[places[known]] == hashes[known]
        if not known.any():
            return np.zeros(coefficients.shape[1], dtype=np.float32)
        columns = self._columns[places[known]]
        in_order = np.argsort(columns)  # hashes differ from process to process, and sums with the order
        columns = columns[in_order]
        values = counts[known][in_order].astype(np.float32) * self.idf[columns]
        projected: FloatArray = values @ coefficients[columns] * (self._weight / np.linalg.norm(values))
        return projected


def _hashes(ngrams: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, ngrams), dtype=np.int64, count=len(ngrams))

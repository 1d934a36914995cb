"""The second detector: a classifier on the sentence encoder that tells reports of warning signs from all else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.ngrams import Ngrams, characters, words
from bot.nlu.regression import fit_multinomial, softmax

FloatArray = NDArray[np.float32]
SENTENCE_WEIGHT, WORDS_WEIGHT, CHARACTERS_WEIGHT = 1.5, 0.7, 0.7
C = 20.0
# Nearness: principal components of the sentence vectors, how many prototypes stand for the reports and for all other
# texts (they tell the two apart as well as all examples do, in a tenth of the time), and how many neighbours count.
COMPONENTS = 64
PROTOTYPES = 1000
NEIGHBOURS = 5
BATCH = 2048
MOST_LOGIT = 7.0
MAX_ITER = 40
# An n-gram that stands in one example only says nothing about others.
FEWEST_USES = 2


@dataclass(frozen=True)
class Example:
    """A text to learn from."""

    text: str
    sign: str | None
    """The sign that it reports, if any."""
    alarming: bool = False
    """Whether it reports a sign or sounds as if it did."""


@dataclass(frozen=True)
class Reading:
    """What the classifier makes of a text."""

    logit: float
    """Of the regression, that a warning sign is reported; within -7 and 7."""
    nearness: float
    """By how much, in cosines, the nearest kinds of reports are nearer than the nearest kinds of other texts."""
    signs: dict[str, float]
    """How likely each sign is, if one is reported; they add up to 1."""


class SignModel:
    """Whether a sign is reported, and which.

    Whether: a logistic regression over the sentence vector and TF-IDF weighted n-grams, and how near the nearest
    reports are; a prototype stands for those that are alike (centres of mini-batch k-means, Sculley 2010).
    Which: a multinomial regression over the reports alone.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        """Makes an untrained model."""
        self._encoder = encoder
        self._ngrams = {
            "words": Ngrams(words, WORDS_WEIGHT, FEWEST_USES),
            "characters": Ngrams(characters, CHARACTERS_WEIGHT, FEWEST_USES),
        }
        self._signs: list[str] = []
        # Of the regressions: a column for "reported", then one for each sign.
        self._dense: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._sparse: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: FloatArray = np.zeros(0, dtype=np.float32)
        # Of the nearness: the centre and the axes, and the prototypes along them.
        self._centre: FloatArray = np.zeros(0, dtype=np.float32)
        self._axes: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._reports: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._others: FloatArray = np.zeros((0, 0), dtype=np.float32)

    def fit(self, examples: Sequence[Example], made: Sequence[Example] = ()) -> None:
        """Trains on examples; the same examples give the same model.

        Args:
            examples: as people write them.
            made: made of them; the regressions learn from these too, but nothing is near to them.
        """
        from sklearn.linear_model import LogisticRegression

        originals = len(examples)
        examples = [*examples, *made]
        vectors = self._encoder.encode([it.text for it in examples])
        dense = vectors * np.float32(SENTENCE_WEIGHT)
        sparse = hstack([it.fit([example.text for example in examples]) for it in self._ngrams.values()]).tocsr()
        reported = np.array([it.sign is not None for it in examples])
        features = hstack([csr_matrix(dense), sparse]).tocsr()
        whether = LogisticRegression(C=C, solver="liblinear", random_state=0).fit(features, reported)
        signs, labels = np.unique([it.sign for it in examples if it.sign is not None], return_inverse=True)
        self._signs = [str(it) for it in signs]
        which = fit_multinomial(
            dense[reported], sparse[reported], labels, np.ones(len(labels)), inverse_strength=C, max_iter=MAX_ITER
        )
        width = dense.shape[1]
        self._dense = np.hstack([whether.coef_[0, :width, None], which[0]]).astype(np.float32)
        self._sparse = np.hstack([whether.coef_[0, width:, None], which[1]]).astype(np.float32)
        self._intercepts = np.concatenate([whether.intercept_, which[2]]).astype(np.float32)
        self._fit_nearness(vectors[:originals], reported[:originals])

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Reads each text by itself."""
        vectors = self._encoder.encode(list(texts))
        logits = vectors @ self._dense * np.float32(SENTENCE_WEIGHT) + self._intercepts
        logits += np.vstack([self._ngram_logits(text) for text in texts])
        bounded = np.clip(logits[:, 0], -MOST_LOGIT, MOST_LOGIT)
        return [
            Reading(float(logit), float(nearness), dict(zip(self._signs, signs.tolist(), strict=True)))
            for logit, nearness, signs in zip(bounded, self._nearness(vectors), softmax(logits[:, 1:]), strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Saves numbers and names, nothing that could run code when loaded."""
        names = {"signs": self._signs, "ngrams": {name: it.vocabulary for name, it in self._ngrams.items()}}
        (folder / "names.json").write_text(json.dumps(names), encoding="utf-8")
        np.savez(
            folder / "parameters.npz",
            **{name: getattr(self, f"_{name}") for name in _ARRAYS},
            **{f"idf_{name}": it.idf for name, it in self._ngrams.items()},
        )

    def load(self, folder: Path) -> None:
        """Loads what ``save`` wrote."""
        names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        self._signs = names["signs"]
        with np.load(folder / "parameters.npz", allow_pickle=False) as parameters:
            for name in _ARRAYS:
                setattr(self, f"_{name}", parameters[name])
            for name, ngrams in self._ngrams.items():
                ngrams.restore(names["ngrams"][name], parameters[f"idf_{name}"])

    def _fit_nearness(self, vectors: FloatArray, reported: NDArray[np.bool_]) -> None:
        self._centre = vectors.mean(axis=0)
        _, axes = np.linalg.eigh(np.cov(vectors - self._centre, rowvar=False))  # the widest axes come last
        self._axes = np.ascontiguousarray(axes[:, -COMPONENTS:].astype(np.float32))
        projected = self._project(vectors)
        self._reports = _prototypes(projected[reported])
        self._others = _prototypes(projected[~reported])

    def _project(self, vectors: FloatArray) -> FloatArray:
        return _of_unit_length((vectors - self._centre) @ self._axes)

    def _nearness(self, vectors: FloatArray) -> FloatArray:
        projected = self._project(vectors)
        return _mean_of_nearest(projected @ self._reports) - _mean_of_nearest(projected @ self._others)

    def _ngram_logits(self, text: str) -> FloatArray:
        logits, first = np.zeros(len(self._signs) + 1, dtype=np.float32), 0
        for ngrams in self._ngrams.values():
            logits += ngrams.project(text, self._sparse[first : first + len(ngrams)])
            first += len(ngrams)
        return logits


_ARRAYS = ("dense", "sparse", "intercepts", "centre", "axes", "reports", "others")


def _prototypes(points: FloatArray) -> FloatArray:
    """Points that stand for groups of like ones, shape ``(components, at most PROTOTYPES)``."""
    from sklearn.cluster import MiniBatchKMeans

    if len(points) > PROTOTYPES:
        grouped = MiniBatchKMeans(PROTOTYPES, n_init=1, batch_size=BATCH, random_state=0).fit(points)
        points = _of_unit_length(grouped.cluster_centers_.astype(np.float32))
    return np.ascontiguousarray(points.T)


def _of_unit_length(rows: FloatArray) -> FloatArray:
    unit: FloatArray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _mean_of_nearest(cosines: FloatArray) -> FloatArray:
    count = min(NEIGHBOURS, cosines.shape[1])
    nearest: FloatArray = np.partition(cosines, -count, axis=1)[:, -count:].mean(axis=1)
    return nearest

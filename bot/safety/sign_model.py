"""The second detector: a classifier on the sentence encoder that tells reports of warning signs from all else."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from scipy.special import logsumexp

from bot.nlu.encoder import WIDTH, SentenceEncoder
from bot.nlu.ngrams import Ngrams, characters, words
from bot.nlu.regression import softmax

FloatArray = NDArray[np.float32]
SENTENCE_WEIGHT, WORDS_WEIGHT, CHARACTERS_WEIGHT = 1.5, 0.7, 0.7
C = 20.0
# An n-gram that stands in one example only says nothing about others.
FEWEST_USES = 2
# Of the network: the units of its one hidden layer, the L2 penalty, and how it is trained.
HIDDEN = 256
ALPHA = 0.1
EPOCHS = 8
BATCH = 256
MOST_LOGIT = 9.0


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
    """What the classifier makes of a text. Logits are of "a sign is reported", within -9 and 9."""

    by_words: float
    """The logit of the regression over the sentence and its n-grams."""
    by_meaning: float
    """The logit of the network over the sentence alone."""
    signs: dict[str, float]
    """How likely each sign is, if one is reported; they add up to 1."""


class SignModel:
    """Whether a sign is reported, and which.

    Two that err on different texts: a logistic regression over the sentence vector and TF-IDF weighted n-grams, and a
    network with one hidden layer over the mean and the maximum of the token states, with a class for each sign and one
    for all else. Together they miss about half of what the regression misses, at the same false alarms.
    """

    def __init__(self, encoder: SentenceEncoder) -> None:
        """Makes an untrained model."""
        self._encoder = encoder
        self._ngrams = {
            "words": Ngrams(words, WORDS_WEIGHT, FEWEST_USES),
            "characters": Ngrams(characters, CHARACTERS_WEIGHT, FEWEST_USES),
        }
        self._signs: list[str] = []
        # Of the regression.
        self._dense: FloatArray = np.zeros((0, 1), dtype=np.float32)
        self._sparse: FloatArray = np.zeros((0, 1), dtype=np.float32)
        self._intercept: FloatArray = np.zeros(1, dtype=np.float32)
        # Of the network: a column for "nothing is reported", then one for each sign.
        self._hidden: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._hidden_bias: FloatArray = np.zeros(0, dtype=np.float32)
        self._output: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._output_bias: FloatArray = np.zeros(0, dtype=np.float32)

    def fit(self, examples: Sequence[Example]) -> None:
        """Trains on examples; the same examples give the same model."""
        texts = [it.text for it in examples]
        states = self._encoder.states(texts)
        self._fit_regression(texts, states, np.array([it.sign is not None for it in examples]))
        self._signs = sorted({it.sign for it in examples if it.sign is not None})
        classes = {sign: column for column, sign in enumerate(self._signs, 1)}
        self._fit_network(states, np.array([classes[it.sign] if it.sign else 0 for it in examples]))

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Reads each text by itself."""
        states = self._encoder.states(list(texts))
        by_words = self._regress(texts, states)
        logits = np.maximum(states @ self._hidden + self._hidden_bias, 0) @ self._output + self._output_bias
        by_meaning = _bounded(logsumexp(logits[:, 1:], axis=1) - logits[:, 0])
        shares = softmax(logits[:, 1:])
        return [
            Reading(float(of_words), float(of_meaning), dict(zip(self._signs, signs.tolist(), strict=True)))
            for of_words, of_meaning, signs in zip(by_words, by_meaning, shares, strict=True)
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

    def _fit_regression(self, texts: list[str], states: FloatArray, reported: NDArray[np.bool_]) -> None:
        from sklearn.linear_model import LogisticRegression

        dense = states[:, :WIDTH] * np.float32(SENTENCE_WEIGHT)
        sparse = hstack([it.fit(texts) for it in self._ngrams.values()])
        features = hstack([csr_matrix(dense), sparse]).tocsr()
        fitted = LogisticRegression(C=C, solver="liblinear", random_state=0).fit(features, reported)
        coefficients = fitted.coef_.astype(np.float32).T
        self._dense, self._sparse = coefficients[:WIDTH], np.ascontiguousarray(coefficients[WIDTH:])
        self._intercept = fitted.intercept_.astype(np.float32)

    def _fit_network(self, states: FloatArray, classes: NDArray[np.int64]) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        mean, spread = states.mean(axis=0, dtype=np.float64), states.std(axis=0, dtype=np.float64)
        network = MLPClassifier((HIDDEN,), alpha=ALPHA, batch_size=BATCH, max_iter=EPOCHS, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early on purpose
            network.fit(((states - mean) / spread).astype(np.float32), classes)
        (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
        # The network has learnt from standardised states, and reads them as they are.
        self._hidden = (hidden / spread[:, None]).astype(np.float32)
        self._hidden_bias = (hidden_bias - mean @ (hidden / spread[:, None])).astype(np.float32)
        self._output, self._output_bias = output.astype(np.float32), output_bias.astype(np.float32)

    def _regress(self, texts: Sequence[str], states: FloatArray) -> FloatArray:
        logits = (states[:, :WIDTH] @ self._dense * np.float32(SENTENCE_WEIGHT) + self._intercept)[:, 0]
        return _bounded(logits + np.array([self._ngram_logit(text) for text in texts], dtype=np.float32))

    def _ngram_logit(self, text: str) -> float:
        logit, first = 0.0, 0
        for ngrams in self._ngrams.values():
            logit += float(ngrams.project(text, self._sparse[first : first + len(ngrams)])[0])
            first += len(ngrams)
        return logit


_ARRAYS = ("dense", "sparse", "intercept", "hidden", "hidden_bias", "output", "output_bias")


def _bounded(logits: FloatArray) -> FloatArray:
    return np.clip(logits, -MOST_LOGIT, MOST_LOGIT)

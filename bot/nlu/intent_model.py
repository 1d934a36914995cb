"""The intent model: what a text asks, as a confidence in every intent. Knows nothing of Rasa."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.ngrams import Ngrams, characters, words
from bot.nlu.regression import fit_multinomial, softmax

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Hyperparameters:
    """How the model is fitted and how it scores."""

    sentence_weight: float = 1.5
    characters_weight: float = 0.7
    words_weight: float = 0.5
    C: float = 30.0
    """Inverse strength of the L2 regularisation."""
    balance: float = 1.0
    """How much rare intents are made up for: 0 not at all, 1 until each intent weighs the same."""
    sharpness: float = 0.7
    """The power of the probability where it is joined with the nearness; below 1 the nearness counts more."""
    max_iter: int = 60
    """The fit is good long before it is exact; the rest of the way changes no answer."""


@dataclass(frozen=True)
class Evidence:
    """What speaks for each intent, along the last axis."""

    probabilities: FloatArray
    """Of the regression; they add up to 1."""
    nearness: FloatArray
    """The cosine to the nearest training example of the intent, between 0 and 1."""


class IntentModel:
    """Ranks intents by probability joined with nearness to a real example.

    The probability comes from multinomial logistic regression over the sentence vector and TF-IDF weighted n-grams of
    characters and words. Its power is multiplied by the cosine between the text and the nearest training example of
    that intent, so that text unlike anything known scores low for every intent, however sure the regression is.
    """

    def __init__(self, encoder: SentenceEncoder, hyperparameters: Hyperparameters) -> None:
        """Makes an untrained model."""
        self._encoder = encoder
        self._hyperparameters = hyperparameters
        self.intents: list[str] = []
        self._ngrams = {
            "characters": Ngrams(characters, hyperparameters.characters_weight),
            "words": Ngrams(words, hyperparameters.words_weight),
        }
        self._dense_coefficients: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._sparse_coefficients: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: FloatArray = np.zeros(0, dtype=np.float32)
        self._examples: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._starts: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    def fit(self, texts: Sequence[str], intents: Sequence[str]) -> None:
        """Trains on texts and their intents; the same data give the same model."""
        order = np.argsort(np.array(intents), kind="stable")  # examples of one intent stand together
        texts = [texts[i] for i in order]
        self.intents, self._starts, labels = np.unique(np.array(intents)[order], return_index=True, return_inverse=True)
        self.intents = [str(name) for name in self.intents]
        self._examples = self._encoder.encode(texts)
        dense = self._examples * self._hyperparameters.sentence_weight
        sparse = hstack([it.fit(texts) for it in self._ngrams.values()]).tocsr()
        counts = np.bincount(labels)
        weights = (counts.mean() / counts) ** self._hyperparameters.balance
        self._dense_coefficients, self._sparse_coefficients, self._intercepts = fit_multinomial(
            dense, sparse, labels, weights[labels], self._hyperparameters.C, self._hyperparameters.max_iter
        )

    def evidence(self, texts: Sequence[str]) -> Evidence:
        """What speaks for each intent; two arrays of shape ``(len(texts), len(intents))``."""
        vectors = self._encoder.encode(list(texts))
        dense = (vectors * self._hyperparameters.sentence_weight) @ self._dense_coefficients
        logits = dense + np.vstack([self._ngram_logits(text) for text in texts]) + self._intercepts
        nearness = np.maximum.reduceat(vectors @ self._examples.T, self._starts, axis=1)
        return Evidence(softmax(logits), np.clip(nearness, 0, 1))

    def confidences(self, evidence: Evidence) -> FloatArray:
        """The confidence in each intent, between 0 and 1; those of one text need not add up to 1."""
        confidences: FloatArray = evidence.probabilities**self._hyperparameters.sharpness * evidence.nearness
        return confidences

    def save(self, folder: Path) -> None:
        """Saves numbers and names, nothing that could run code when loaded."""
        vocabularies = {name: ngrams.vocabulary for name, ngrams in self._ngrams.items()}
        content = {"intents": self.intents, "vocabularies": vocabularies}
        (folder / "names.json").write_text(json.dumps(content), encoding="utf-8")
        np.savez(
            folder / "parameters.npz",
            dense_coefficients=self._dense_coefficients,
            sparse_coefficients=self._sparse_coefficients,
            intercepts=self._intercepts,
            examples=self._examples,
            starts=self._starts,
            **{f"idf_{name}": ngrams.idf for name, ngrams in self._ngrams.items()},
        )

    def load(self, folder: Path) -> None:
        """Loads what ``save`` wrote."""
        content = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        self.intents = content["intents"]
        with np.load(folder / "parameters.npz", allow_pickle=False) as parameters:
            self._dense_coefficients = parameters["dense_coefficients"]
            self._sparse_coefficients = parameters["sparse_coefficients"]
            self._intercepts = parameters["intercepts"]
            self._examples = parameters["examples"]
            self._starts = parameters["starts"]
            for name, ngrams in self._ngrams.items():
                ngrams.restore(content["vocabularies"][name], parameters[f"idf_{name}"])

    def _ngram_logits(self, text: str) -> FloatArray:
        logits, first = np.zeros(len(self.intents), dtype=np.float32), 0
        for ngrams in self._ngrams.values():
            logits += ngrams.project(text, self._sparse_coefficients[first : first + len(ngrams)])
            first += len(ngrams)
        return logits

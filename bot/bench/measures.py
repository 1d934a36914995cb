"""The measures of intent classification with a threshold, as the published comparisons define them.

A query whose confidence is below the threshold counts as out of scope. In-scope accuracy: correct of all in-scope
queries, a rejected one is wrong. Out-of-scope recall: rejected of all out-of-scope queries. MCC: multi-class Matthews
correlation over all queries, with out of scope as one more class (Arora et al. 2020, HINT3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from bot.bench.dataset import OUT_OF_SCOPE

THRESHOLDS = np.round(np.arange(0.0, 1.0, 0.01), 2)


@dataclass(frozen=True)
class Prediction:
    """What a query should have been taken for, what it was taken for, and how surely (between 0 and 1)."""

    expected: str
    intent: str
    confidence: float


@dataclass(frozen=True)
class AtThreshold:
    """The measures at one threshold; rates between 0 and 1, the recall is not a number without such queries."""

    threshold: float
    in_scope: float
    accuracy: float
    out_of_scope_recall: float
    mcc: float


class Measured:
    """The predictions of a test set, and what can be said of them."""

    def __init__(self, predictions: list[Prediction]) -> None:
        """Takes the predictions; at least one."""
        self._expected = np.array([it.expected for it in predictions])
        self._intents = np.array([it.intent for it in predictions])
        self._confidences = np.array([it.confidence for it in predictions])
        self._inside: NDArray[np.bool_] = self._expected != OUT_OF_SCOPE

    @property
    def auroc(self) -> float:
        """How well the confidence tells queries in scope from the others; not a number where one kind is missing."""
        if self._inside.all() or not self._inside.any():
            return float("nan")
        return float(roc_auc_score(self._inside, self._confidences))

    def at(self, threshold: float) -> AtThreshold:
        """The measures at a threshold."""
        taken = np.where(self._confidences < threshold, OUT_OF_SCOPE, self._intents)
        right = taken == self._expected
        return AtThreshold(
            threshold=float(threshold),
            in_scope=_mean(right[self._inside]),
            accuracy=_mean(right),
            out_of_scope_recall=_mean(right[~self._inside]),
            mcc=float(matthews_corrcoef(self._expected, taken)),
        )

    def best(self) -> AtThreshold:
        """The measures at the threshold with the highest MCC; chosen on the test set, as in the published tables."""
        return max((self.at(threshold) for threshold in THRESHOLDS), key=lambda it: it.mcc)

    def at_recall(self, recall: float) -> AtThreshold:
        """The measures at the lowest threshold that rejects at least that share of the out-of-scope queries."""
        outside = np.sort(self._confidences[~self._inside])
        rejected = int(np.ceil(recall * len(outside)))
        return self.at(float(np.nextafter(outside[rejected - 1], 2)) if rejected else 0.0)


def _mean(outcomes: NDArray[np.bool_]) -> float:
    return float(outcomes.mean()) if len(outcomes) else float("nan")

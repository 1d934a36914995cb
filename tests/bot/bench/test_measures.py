from __future__ import annotations

from math import isnan, sqrt

import pytest

from bot.bench.dataset import OUT_OF_SCOPE
from bot.bench.measures import Measured, Prediction

INSIDE = [Prediction("a", "a", 0.9), Prediction("a", "b", 0.8), Prediction("b", "b", 0.4)]
OUTSIDE = [Prediction(OUT_OF_SCOPE, "a", 0.3), Prediction(OUT_OF_SCOPE, "b", 0.6)]


@pytest.fixture
def measured() -> Measured:
    return Measured([*INSIDE, *OUTSIDE])


# MCC with s queries of which c are right, t of a class expected and p taken for it:
# (c s - sum t p) / sqrt((s^2 - sum p^2) (s^2 - sum t^2)); here s = 5 and t = 2, 1, 2.
@pytest.mark.parametrize(
    ("threshold", "in_scope", "accuracy", "recall", "mcc"),
    [
        (0.0, 2 / 3, 2 / 5, 0, 3 / sqrt(12 * 16)),
        (0.35, 2 / 3, 3 / 5, 1 / 2, 8 / sqrt(14 * 16)),
        (0.5, 1 / 3, 2 / 5, 1 / 2, 2 / sqrt(16 * 16)),
        (0.7, 1 / 3, 3 / 5, 1, 6 / sqrt(14 * 16)),
        (0.85, 1 / 3, 3 / 5, 1, 5 / sqrt(8 * 16)),
        (1.0, 0, 2 / 5, 1, 0),
    ],
)
def test_the_measures_at_a_threshold(
    measured: Measured, threshold: float, in_scope: float, accuracy: float, recall: float, mcc: float
) -> None:
    at = measured.at(threshold)

    assert at.threshold == threshold
    assert (at.in_scope, at.accuracy, at.out_of_scope_recall) == pytest.approx((in_scope, accuracy, recall))
    assert at.mcc == pytest.approx(mcc)


@pytest.mark.parametrize(("threshold", "rejected"), [(0.3, 0), (0.3001, 1 / 2), (0.6, 1 / 2), (0.6001, 1)])
def test_a_confidence_at_the_threshold_is_not_rejected(measured: Measured, threshold: float, rejected: float) -> None:
    assert measured.at(threshold).out_of_scope_recall == rejected


def test_what_is_taken_for_out_of_scope_itself_is_rejected_at_any_threshold() -> None:
    measured = Measured([Prediction(OUT_OF_SCOPE, OUT_OF_SCOPE, 0.9), Prediction("a", OUT_OF_SCOPE, 0.9)])

    assert (measured.at(0).out_of_scope_recall, measured.at(0).in_scope) == (1, 0)


def test_the_best_threshold_has_the_highest_mcc_and_is_the_lowest_such(measured: Measured) -> None:
    best = measured.best()

    assert best.threshold == 0.31
    assert best.mcc == pytest.approx(8 / sqrt(14 * 16))


def test_auroc_is_the_share_of_pairs_in_order(measured: Measured) -> None:
    assert measured.auroc == pytest.approx(5 / 6)


def test_queries_as_sure_count_half_for_auroc() -> None:
    assert Measured([Prediction("a", "a", 0.5), Prediction(OUT_OF_SCOPE, "a", 0.5)]).auroc == 0.5


@pytest.mark.parametrize("predictions", [INSIDE, OUTSIDE])
def test_auroc_is_no_number_where_one_kind_is_missing(predictions: list[Prediction]) -> None:
    assert isnan(Measured(predictions).auroc)


@pytest.mark.parametrize(
    ("wanted", "recall", "in_scope"),
    [
        (0.3, 1 / 2, 2 / 3),
        (0.5, 1 / 2, 2 / 3),
        (0.51, 1, 1 / 3),
        (1.0, 1, 1 / 3),
        (0.0, 0, 2 / 3),
    ],
)
def test_the_lowest_threshold_with_that_recall(
    measured: Measured, wanted: float, recall: float, in_scope: float
) -> None:
    at = measured.at_recall(wanted)

    assert (at.out_of_scope_recall, at.in_scope) == pytest.approx((recall, in_scope))


def test_without_queries_from_outside_nothing_is_rejected_for_recall() -> None:
    at = Measured(INSIDE).at_recall(0.8)

    assert (at.threshold, at.in_scope) == (0, pytest.approx(2 / 3))
    assert isnan(at.out_of_scope_recall)


def test_without_queries_in_scope_their_accuracy_is_no_number() -> None:
    assert isnan(Measured(OUTSIDE).at(0.5).in_scope)

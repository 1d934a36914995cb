from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.nlu.regression import FloatArray, fit_multinomial, softmax

RNG = np.random.default_rng(0)
LABELS = np.arange(90) % 3
DENSE = (np.eye(3)[LABELS] + RNG.normal(scale=0.5, size=(90, 3))).astype(np.float32)
SPARSE = csr_matrix((RNG.random((90, 5)) * (RNG.random((90, 5)) < 0.3)).astype(np.float32))
ALIKE = np.ones(90)


def fit(weights: np.ndarray = ALIKE, inverse_strength: float = 1.0, max_iter: int = 500) -> tuple[FloatArray, ...]:
    return fit_multinomial(DENSE, SPARSE, LABELS, weights, inverse_strength, max_iter)


def probabilities(fitted: tuple[FloatArray, ...]) -> FloatArray:
    dense, sparse, intercepts = fitted
    return softmax(DENSE @ dense + SPARSE @ sparse + intercepts)


def test_the_coefficients_have_a_column_for_each_class() -> None:
    assert [it.shape for it in fit()] == [(3, 3), (5, 3), (3,)]


@pytest.mark.parametrize("inverse_strength", [0.1, 1.0, 20.0])
def test_it_finds_what_scikit_learn_finds(inverse_strength: float) -> None:
    both = np.hstack([DENSE, SPARSE.toarray()])
    expected = LogisticRegression(C=inverse_strength, max_iter=2000, tol=1e-8).fit(both, LABELS).predict_proba(both)
    np.testing.assert_allclose(probabilities(fit(inverse_strength=inverse_strength)), expected, atol=2e-3)


def test_what_counts_more_is_fitted_better() -> None:
    heavy = np.where(LABELS == 0, 10.0, 1.0)
    first = LABELS == 0
    assert probabilities(fit(heavy))[first, 0].mean() > probabilities(fit())[first, 0].mean() + 0.01


def test_only_the_proportions_of_the_weights_matter() -> None:
    for one, other in zip(fit(ALIKE), fit(ALIKE * 7), strict=True):
        np.testing.assert_array_equal(one, other)


def test_stronger_regularisation_makes_smaller_coefficients() -> None:
    assert np.abs(fit(inverse_strength=0.01)[0]).max() < np.abs(fit(inverse_strength=10.0)[0]).max() / 2


def test_the_intercepts_are_not_regularised() -> None:
    labels = np.array([0] * 80 + [1] * 10)
    nothing = np.zeros((90, 3), dtype=np.float32)
    _, _, intercepts = fit_multinomial(nothing, csr_matrix((90, 5), dtype=np.float32), labels, ALIKE, 1e-6, 500)
    assert softmax(intercepts[None, :])[0, 0] == pytest.approx(80 / 90, abs=0.01)


def test_the_same_examples_give_the_same_coefficients() -> None:
    for one, other in zip(fit(max_iter=5), fit(max_iter=5), strict=True):
        np.testing.assert_array_equal(one, other)


def test_probabilities_add_up_to_one_and_keep_the_order() -> None:
    shares = softmax(np.array([[0.0, 1.0, 2.0], [5.0, 5.0, 5.0]], dtype=np.float32))
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
    assert list(shares[0].argsort()) == [0, 1, 2] and shares[1, 0] == pytest.approx(1 / 3)


def test_large_logits_do_not_overflow() -> None:
    np.testing.assert_allclose(softmax(np.array([[1000.0, 0.0]], dtype=np.float32)), [[1, 0]])

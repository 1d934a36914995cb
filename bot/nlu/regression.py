"""Multinomial logistic regression over dense and sparse features at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FloatArray = NDArray[np.float32]


def fit_multinomial(
    dense: FloatArray,
    sparse: csr_matrix,
    labels: NDArray[np.int64],
    weights: NDArray[np.float64],
    inverse_strength: float,
    max_iter: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fits by L-BFGS.

    It keeps the sentence vectors dense and the n-grams sparse, which is several times faster than scikit-learn's, where
    all features must be the one or the other.

    Args:
        dense: shape ``(n, width)``.
        sparse: shape ``(n, ngrams)``.
        labels: the class of each row, from 0.
        weights: how much each row counts; only their proportions matter.
        inverse_strength: of the L2 regularisation.
        max_iter: the most steps; the fit is good long before it is exact.

    Returns:
        The dense and the sparse coefficients, a column for each class, and the intercepts.
    """
    from scipy.optimize import minimize

    width, classes = dense.shape[1], int(labels.max()) + 1
    shape = (width + sparse.shape[1] + 1, classes)
    target = np.eye(classes, dtype=np.float32)[labels]
    weight = (weights / weights.mean()).astype(np.float32)
    strength = 1 / inverse_strength
    transposed = sparse.T.tocsr()

    def loss_and_gradient(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        parameters = flat.astype(np.float32).reshape(shape)
        logits = dense @ parameters[:width] + sparse @ parameters[width:-1] + parameters[-1]
        probabilities = softmax(logits)
        likelihood = np.log(np.maximum((probabilities * target).sum(axis=1), 1e-30))
        loss = -float(weight @ likelihood) + strength / 2 * float(np.square(parameters[:-1]).sum(dtype=np.float64))
        error = (probabilities - target) * weight[:, None]
        gradient = np.vstack([dense.T @ error, transposed @ error, error.sum(axis=0)[None, :]])
        gradient[:-1] += strength * parameters[:-1]
        return loss, gradient.astype(np.float64).ravel()

    start = np.zeros(shape[0] * shape[1])
    options = {"maxiter": max_iter, "gtol": 1e-4}
    found = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", options=options)
    fitted = found.x.reshape(shape).astype(np.float32)
    return fitted[:width], fitted[width:-1], fitted[-1]


def softmax(logits: FloatArray) -> FloatArray:
    """The probabilities of each row."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: FloatArray = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities

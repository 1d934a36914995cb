from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.nlu.ngrams import Ngrams, characters, words

Analyze = Callable[[str], list[str]]

TEXTS = ["can i pop it", "how long does it last", "it is red, it is itchy", "why"]
KINDS = [
    pytest.param(characters, {"analyzer": "char_wb", "ngram_range": (2, 4)}, id="characters"),
    pytest.param(words, {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}, id="words"),
]
NEW = ["can it last", "why why why", "ünï 🤖 pop", "", "zzz"]


@pytest.mark.parametrize(("analyze", "options"), KINDS)
@given(text=st.text())
@example("  Two\n\nBLANKS ")
@example("I_a b's, a-b \u00bd")
def test_texts_are_cut_as_scikit_learn_cuts_them(analyze: Analyze, options: dict[str, Any], text: str) -> None:
    assert analyze(text) == TfidfVectorizer(**options).build_analyzer()(text)


@pytest.mark.parametrize(("analyze", "options"), KINDS)
@pytest.mark.parametrize("text", [*TEXTS, *NEW])
def test_a_projection_is_the_row_of_scikit_learn_times_the_coefficients(
    analyze: Analyze, options: dict[str, Any], text: str
) -> None:
    ngrams, reference = Ngrams(analyze, 0.7), TfidfVectorizer(**options)
    ngrams.fit(TEXTS)
    reference.fit(TEXTS)
    coefficients = np.random.default_rng(1).normal(size=(len(ngrams), 3)).astype(np.float32)

    expected = (reference.transform([text]) @ coefficients)[0] * 0.7
    assert ngrams.project(text, coefficients) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("analyze", [characters, words])
def test_each_text_that_is_learnt_has_a_row_as_long_as_the_weight(analyze: Analyze) -> None:
    ngrams = Ngrams(analyze, 0.7)
    rows = ngrams.fit(TEXTS)

    assert rows.shape == (len(TEXTS), len(ngrams))
    assert np.linalg.norm(rows.toarray(), axis=1) == pytest.approx([0.7] * len(TEXTS))


def test_the_vocabulary_is_in_the_order_of_the_columns() -> None:
    ngrams = Ngrams(words, 1.0)
    rows = ngrams.fit(["pop it"]).toarray()[0]

    assert ngrams.vocabulary == ["it", "pop", "pop it"]
    assert ngrams.project("pop it", np.eye(3, dtype=np.float32)) == pytest.approx(rows)


def test_what_was_restored_projects_the_same_to_the_byte() -> None:
    ngrams, restored = Ngrams(characters, 0.7), Ngrams(characters, 0.7)
    ngrams.fit(TEXTS)
    restored.restore(ngrams.vocabulary, ngrams.idf)
    coefficients = np.random.default_rng(2).normal(size=(len(ngrams), 3)).astype(np.float32)

    for text in (*TEXTS, *NEW):
        assert restored.project(text, coefficients).tobytes() == ngrams.project(text, coefficients).tobytes()


@pytest.mark.parametrize("text", ["", "🤖", "zzz"])
def test_a_text_without_a_known_ngram_counts_for_nothing(text: str) -> None:
    ngrams = Ngrams(words, 1.0)
    ngrams.fit(TEXTS)

    assert ngrams.project(text, np.ones((len(ngrams), 2), np.float32)).tolist() == [0, 0]

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import BATCH_SIZE, EncoderMissingError, SentenceEncoder
from bot.settings import ROOT

ENCODER = ROOT / "models" / "encoder"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(ENCODER)


def test_a_folder_without_the_encoder_is_named_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match=f"{tmp_path}: no sentence encoder here; run 'make setup'"):
        SentenceEncoder(tmp_path)


def test_no_texts_give_no_rows(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


@pytest.mark.parametrize("count", [1, BATCH_SIZE, BATCH_SIZE + 1])
def test_every_text_has_a_row_of_unit_length(encoder: SentenceEncoder, count: int) -> None:
    rows = encoder.encode([f"why do I have {number} spots" for number in range(count)])

    assert rows.shape == (count, 384)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(count), abs=1e-5)


def test_the_states_hold_the_vector_and_what_stands_out(encoder: SentenceEncoder) -> None:
    texts = ["thanks", "which cleanser is good for me and is it all right that I have a fever"]
    states = encoder.states(texts)

    assert states.shape == (2, 768)
    assert (states[:, :384] == encoder.encode(texts)).all()
    assert (states[:, 384:] > states[:, :384].max(axis=1, keepdims=True)).any(axis=1).all()


def test_what_means_the_same_is_nearer_than_what_does_not(encoder: SentenceEncoder) -> None:
    spots, pimples, weather = encoder.encode(["I have spots", "my face has pimples", "it is raining in Paris"])

    assert spots @ pimples > spots @ weather + 0.2


def test_a_row_hardly_depends_on_its_neighbours(encoder: SentenceEncoder) -> None:
    alone = encoder.encode(["why am I breaking out?"])[0]
    beside = encoder.encode(["why am I breaking out?", "a much longer text, so that the first is padded " * 5])[0]

    assert alone @ beside > 0.99


def test_the_same_text_gives_the_same_bytes(encoder: SentenceEncoder) -> None:
    assert encoder.encode(["day 3"]).tobytes() == encoder.encode(["day 3"]).tobytes()


@pytest.mark.parametrize("text", ["", "🤔", "spots " * 2000])
def test_unusual_text_has_a_finite_row(encoder: SentenceEncoder, text: str) -> None:
    assert np.isfinite(encoder.encode([text])).all()

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import SentenceEncoder, load_encoder
from bot.safety.sign_model import MOST_LOGIT, Example, SignModel
from bot.settings import ROOT

TEXTS: dict[str | None, str] = {
    "fever": "i have a fever, my temperature is high, shivering and hot, got chills, feverish since last night",
    "pus": "pus is coming out, it is oozing yellow stuff, yellow gunk on my cheek, my chin weeps pus, it oozes pus",
    "throat": "my throat is closing, my throat feels tight, i cant swallow, my throat is swelling, hard to swallow",
    None: "which moisturiser can i use, how long will it last, is it normal, can i wear makeup, what is microneedling,"
    "thank you so much, when can i go to the gym, why am i breaking out, can i use salicylic acid, my skin is oily,"
    "should i wash my face, hello there, do i need an appointment, is a facial ok, can i swim",
}
EXAMPLES = [Example(text, sign) for sign, texts in TEXTS.items() for text in texts.split(",")]
UNSEEN = ["feeling feverish and shivery", "can i use this cleanser", "yellow pus on my chin", "trouble swallowing"]


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_encoder(ROOT / "models" / "encoder")


@pytest.fixture(scope="module")
def model(encoder: SentenceEncoder) -> SignModel:
    return fitted(encoder)


def fitted(encoder: SentenceEncoder, more: Sequence[Example] = ()) -> SignModel:
    model = SignModel(encoder)
    model.fit([*EXAMPLES, *more])
    return model


@pytest.mark.parametrize(
    ("report", "other"),
    [("feeling feverish and shivery", "can i use this cleanser"), ("pus again", "thanks a lot"), ("hot chills", "hi")],
)
def test_a_report_speaks_for_itself_in_both_measures(model: SignModel, report: str, other: str) -> None:
    of_report, of_other = model.read([report, other])
    assert of_report.by_words > 0 > of_other.by_words
    assert of_report.by_meaning > of_other.by_meaning


@pytest.mark.parametrize(
    ("text", "sign"),
    [("feverish and hot chills", "fever"), ("yellow pus on my chin", "pus"), ("trouble swallowing", "throat")],
)
def test_the_sign_that_is_meant_is_the_likeliest(model: SignModel, text: str, sign: str) -> None:
    signs = model.read([text])[0].signs
    assert max(signs, key=signs.__getitem__) == sign


@pytest.mark.parametrize("text", UNSEEN)
def test_the_signs_add_up_to_one_whatever_is_written(model: SignModel, text: str) -> None:
    signs = model.read([text])[0].signs
    assert list(signs) == ["fever", "pus", "throat"]
    assert sum(signs.values()) == pytest.approx(1, abs=1e-5)


def test_the_logits_keep_within_their_bounds(model: SignModel) -> None:
    readings = model.read([*(it.text for it in EXAMPLES), " ".join(["fever pus"] * 40)])
    assert all(abs(it) <= MOST_LOGIT for reading in readings for it in (reading.by_words, reading.by_meaning))


def test_a_text_reads_the_same_alone_and_among_others(model: SignModel) -> None:
    for text, among in zip(UNSEEN, model.read(UNSEEN), strict=True):
        (alone,) = model.read([text])
        assert alone.by_words == pytest.approx(among.by_words, abs=1e-3)
        assert alone.by_meaning == pytest.approx(among.by_meaning, abs=1e-3)
        assert alone.signs == pytest.approx(among.signs, abs=1e-3)


def test_a_text_whose_ngrams_are_all_unknown_is_read_too(model: SignModel) -> None:
    (reading,) = model.read(["жар"])
    assert np.isfinite([reading.by_words, reading.by_meaning, *reading.signs.values()]).all()


def test_the_same_examples_give_the_same_model(model: SignModel, encoder: SentenceEncoder) -> None:
    assert fitted(encoder).read(UNSEEN) == model.read(UNSEEN)


def test_both_learn_from_every_example(model: SignModel, encoder: SentenceEncoder) -> None:
    more = [Example(f"{it} toothpaste", "pus") for it in ("mint", "a new", "which", "some", "the best")]
    before, after = (it.read(["your toothpaste"])[0] for it in (model, fitted(encoder, more)))
    assert after.by_words > before.by_words
    assert after.by_meaning > before.by_meaning
    assert after.signs["pus"] > before.signs["pus"]


def test_a_loaded_model_reads_the_same(model: SignModel, encoder: SentenceEncoder, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = SignModel(encoder)
    loaded.load(tmp_path)
    assert loaded.read(UNSEEN) == model.read(UNSEEN)


def test_what_is_saved_is_names_and_numbers_alone(model: SignModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    assert sorted(it.name for it in tmp_path.iterdir()) == ["names.json", "parameters.npz"]
    assert json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))["signs"] == ["fever", "pus", "throat"]
    with np.load(tmp_path / "parameters.npz", allow_pickle=False) as parameters:
        assert {parameters[it].dtype.kind for it in parameters.files} == {"f"}

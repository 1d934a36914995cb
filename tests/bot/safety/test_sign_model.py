from __future__ import annotations

import json
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


def fitted(encoder: SentenceEncoder, made: list[Example] | None = None) -> SignModel:
    model = SignModel(encoder)
    model.fit(EXAMPLES, made or [])
    return model


@pytest.mark.parametrize(
    ("report", "other"),
    [("feeling feverish and shivery", "can i use this cleanser"), ("pus again", "thanks a lot"), ("hot chills", "hi")],
)
def test_a_report_speaks_for_itself_in_both_measures(model: SignModel, report: str, other: str) -> None:
    of_report, of_other = model.read([report, other])
    assert of_report.logit > 0 > of_other.logit
    assert of_report.nearness > 0 > of_other.nearness


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


def test_the_logit_keeps_within_its_bounds(model: SignModel) -> None:
    readings = model.read([*(it.text for it in EXAMPLES), " ".join(["fever pus"] * 40)])
    assert all(-MOST_LOGIT <= it.logit <= MOST_LOGIT for it in readings)


def test_a_text_reads_the_same_alone_and_among_others(model: SignModel) -> None:
    for text, among in zip(UNSEEN, model.read(UNSEEN), strict=True):
        (alone,) = model.read([text])
        assert alone.logit == pytest.approx(among.logit, abs=1e-4)
        assert alone.nearness == pytest.approx(among.nearness, abs=1e-4)
        assert alone.signs == pytest.approx(among.signs, abs=1e-4)


def test_a_text_whose_ngrams_are_all_unknown_is_read_too(model: SignModel) -> None:
    (reading,) = model.read(["жар"])
    assert np.isfinite([reading.logit, reading.nearness, *reading.signs.values()]).all()


def test_what_a_text_says_and_not_its_length_makes_it_near(model: SignModel) -> None:
    seen, unseen = model.read(["i have a fever", "i have a plane to catch"])
    assert seen.nearness > unseen.nearness


def test_the_same_examples_give_the_same_model(model: SignModel, encoder: SentenceEncoder) -> None:
    assert fitted(encoder).read(UNSEEN) == model.read(UNSEEN)


def test_nothing_is_near_to_what_was_made_of_examples(model: SignModel, encoder: SentenceEncoder) -> None:
    made = [Example("which toothpaste is best? i have a fever", "fever"), Example("toothpaste for hay fever", None)]
    with_made = fitted(encoder, made)
    before, after = (it.read([made[1].text])[0] for it in (model, with_made))
    assert after.nearness == pytest.approx(before.nearness, abs=1e-5)


def test_the_regression_learns_from_what_was_made_of_examples(model: SignModel, encoder: SentenceEncoder) -> None:
    made = [Example(f"{it} toothpaste", "pus") for it in ("mint", "a new", "which", "some", "the best")]
    before, after = (it.read(["your toothpaste"])[0] for it in (model, fitted(encoder, made)))
    assert after.logit > before.logit
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

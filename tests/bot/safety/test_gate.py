"""The gate and its classifier on toy examples, with the real encoder."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from bot.nlu.encoder import load_encoder
from bot.safety.gate import SafetyGate, Thresholds
from bot.safety.matcher import WarningSignMatcher
from bot.safety.red_flags import RedFlags
from bot.safety.sign_model import Example, SignModel
from bot.settings import ROOT

REPORTS = {
    "fever": [
        "i have a fever",
        "feverish since last night",
        "my temperature is high",
        "shivering and hot",
        "got chills",
    ],
    "throat": ["my throat is closing", "throat feels tight", "i cant swallow", "throat is swelling", "hard to swallow"],
    "pus": [
        "pus is coming out",
        "it is oozing yellow stuff",
        "my chin is weeping",
        "yellow gunk on my cheek",
        "it oozes",
    ],
}
HARMLESS = [
    "which moisturiser can i use",
    "how long will it last",
    "is it normal",
    "can i wear makeup",
    "what is microneedling",
    "no fever at all",
    "i have a few whiteheads",
    "thank you so much",
    "when can i go to the gym",
    "why am i breaking out",
    "can i use salicylic acid",
    "my skin is oily",
    "should i wash my face",
    "hello there",
    "do i need an appointment",
]


@pytest.fixture(scope="module")
def model() -> SignModel:
    model = SignModel(load_encoder(ROOT / "models" / "encoder"))
    model.fit(
        [Example(text, sign, alarming=True) for sign, texts in REPORTS.items() for text in texts]
        + [Example(text, None) for text in HARMLESS]
    )
    return model


@pytest.fixture(scope="module")
def gate(model: SignModel, matcher: WarningSignMatcher, red_flags: RedFlags) -> SafetyGate:
    return SafetyGate(red_flags, matcher, model, Thresholds())


def test_a_report_is_likelier_than_a_question(model: SignModel) -> None:
    report, question = model.read(["i have got a fever", "can i use this moisturiser"])
    assert report.by_words > 0 > question.by_words
    assert report.by_meaning > question.by_meaning


def test_the_sign_is_the_likeliest(model: SignModel) -> None:
    signs = model.read(["my throat is closing up"])[0].signs
    assert max(signs, key=signs.__getitem__) == "throat"
    assert sum(signs.values()) == pytest.approx(1, abs=1e-4)


def test_what_is_saved_reads_the_same(model: SignModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = SignModel(load_encoder(ROOT / "models" / "encoder"))
    loaded.load(tmp_path)
    assert loaded.read(["oozing a bit"]) == model.read(["oozing a bit"])


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("i have a fever", ["fever"]),
        ("which moisturiser can i use? my throat is closing", ["throat"]),
        ("can i wear makeup", []),
        ("", []),
        ("🙂", []),
    ],
)
def test_signs_are_found_in_the_message(gate: SafetyGate, language: Language, text: str, signs: list[str]) -> None:
    assert list(dict.fromkeys(it.id for it in gate.read(language(text)).signs)) == signs


def test_the_classifier_alone_is_enough(
    model: SignModel, matcher: WarningSignMatcher, red_flags: RedFlags, language: Language
) -> None:
    gate = SafetyGate(red_flags, matcher, model, Thresholds(report=0.2))
    assert gate.read(language("got them chils since last nite")).signs != []


def test_a_sign_stands_in_its_statement(gate: SafetyGate, language: Language) -> None:
    text = "which moisturiser can i use? i have a fever"
    fevers = [it for it in gate.read(language(text)).signs if it.id == "fever"]
    assert fevers and all(it.start >= text.index("i have") for it in fevers)


def test_a_circumstance_is_no_sign(gate: SafetyGate, language: Language) -> None:
    report = gate.read(language("im pregnant, can i use salicylic acid"))
    assert ({it.id for it in report.circumstances}, report.signs) == ({"pregnancy"}, [])

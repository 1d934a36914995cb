from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.intent_model import Evidence, FloatArray, Hyperparameters, IntentModel
from tests.bot.nlu.examples import EXAMPLES, PAIRS, TEXTS


def trained(
    encoder: SentenceEncoder, pairs: list[tuple[str, str]], hyperparameters: Hyperparameters | None = None
) -> IntentModel:
    model = IntentModel(encoder, hyperparameters or Hyperparameters())
    model.fit([text for text, _ in pairs], [intent for _, intent in pairs])
    return model


def confidences(model: IntentModel, text: str) -> FloatArray:
    return model.confidences(model.evidence([text]))[0]


def best(model: IntentModel, text: str) -> str:
    return model.intents[int(confidences(model, text).argmax())]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how should I wash my skin?", "ask_cleanse"),
        ("how many weeks will it last?", "ask_how_long"),
        ("is it ok to squeeze a spot?", "ask_picking"),
        ("my temperature is high and I have the chills", "red_flag"),
        ("good day", "greet"),
    ],
)
def test_a_new_wording_is_understood(model: IntentModel, text: str, intent: str) -> None:
    assert best(model, text) == intent


def test_every_intent_is_known_once_in_the_order_of_the_alphabet(model: IntentModel) -> None:
    assert model.intents == sorted(EXAMPLES)


def test_what_is_learnt_is_known_and_nearest_to_itself(model: IntentModel) -> None:
    evidence = model.evidence(TEXTS)
    numbers = [model.intents.index(intent) for _, intent in PAIRS]

    assert evidence.probabilities.argmax(axis=1).tolist() == numbers
    assert evidence.nearness[range(len(TEXTS)), numbers] == pytest.approx(np.ones(len(TEXTS)), abs=0.01)


def test_probabilities_add_up_to_one_and_nearness_is_a_cosine(model: IntentModel) -> None:
    evidence = model.evidence(["can I pop it", "qwx zzkp vvvq", "", "🤖"])

    assert evidence.probabilities.shape == evidence.nearness.shape == (4, len(EXAMPLES))
    assert evidence.probabilities.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert (evidence.nearness >= 0).all() and (evidence.nearness <= 1).all()


def test_the_confidence_is_a_power_of_the_probability_times_the_nearness(encoder: SentenceEncoder) -> None:
    model = IntentModel(encoder, Hyperparameters(sharpness=0.5))
    evidence = Evidence(np.array([[0.64, 0.36]], np.float32), np.array([[0.5, 1.0]], np.float32))

    assert model.confidences(evidence).tolist() == [pytest.approx([0.4, 0.6])]


@pytest.mark.parametrize("text", ["qwx zzkp vvvq", "the parliament voted on fishing quotas", "🤖🤖🤖", ""])
def test_text_far_from_every_example_scores_low_for_every_intent(model: IntentModel, text: str) -> None:
    near = min(confidences(model, example).max() for example in TEXTS)

    assert confidences(model, text).max() < near / 2


def test_two_intents_are_enough(encoder: SentenceEncoder) -> None:
    two = trained(encoder, [pair for pair in PAIRS if pair[1] in ("ask_cleanse", "ask_how_long")])

    assert [best(two, it) for it in ("which soap should I wash with", "when does it stop")] == [
        "ask_cleanse",
        "ask_how_long",
    ]


def test_balance_makes_up_for_a_rare_intent(encoder: SentenceEncoder) -> None:
    rare = [pair for pair in PAIRS if pair[1] == "ask_picking"] + [("how long does it last", "ask_how_long")]
    even, uneven = (trained(encoder, rare, Hyperparameters(balance=balance)) for balance in (1.0, 0.0))

    text = ["how many weeks does it last"]
    assert even.evidence(text).probabilities[0, 0] > uneven.evidence(text).probabilities[0, 0]


def test_the_same_examples_give_the_same_model_to_the_byte(encoder: SentenceEncoder, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        trained(encoder, PAIRS).save(tmp_path / name)

    for file in ("names.json", "parameters.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_other_examples_give_another_model(encoder: SentenceEncoder, model: IntentModel) -> None:
    other = trained(encoder, PAIRS[1:])

    assert not np.array_equal(
        other.evidence(["can I pop it"]).probabilities, model.evidence(["can I pop it"]).probabilities
    )


def test_the_order_of_the_intents_among_the_examples_changes_nothing(
    encoder: SentenceEncoder, model: IntentModel
) -> None:
    intents = random.Random(3).sample(list(EXAMPLES), len(EXAMPLES))
    moved = trained(encoder, [pair for intent in intents for pair in PAIRS if pair[1] == intent])

    evidence, expected = moved.evidence(TEXTS[:5]), model.evidence(TEXTS[:5])
    assert moved.intents == model.intents
    assert evidence.probabilities.tobytes() == expected.probabilities.tobytes()
    assert evidence.nearness.tobytes() == expected.nearness.tobytes()


def test_a_loaded_model_has_the_same_evidence_to_the_byte(
    encoder: SentenceEncoder, model: IntentModel, tmp_path: Path
) -> None:
    model.save(tmp_path)
    loaded = IntentModel(encoder, Hyperparameters())
    loaded.load(tmp_path)

    texts = ["may I wash it", "qwx zzkp", "", "Ünï 🤖"]
    one, two = model.evidence(texts), loaded.evidence(texts)
    assert loaded.intents == model.intents
    assert one.probabilities.tobytes() == two.probabilities.tobytes()
    assert one.nearness.tobytes() == two.nearness.tobytes()


def test_nothing_is_pickled(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)

    assert sorted(file.name for file in tmp_path.iterdir()) == ["names.json", "parameters.npz"]
    assert json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))["intents"] == model.intents
    with np.load(tmp_path / "parameters.npz", allow_pickle=False) as parameters:
        assert all(parameters[name].dtype.kind in "fi" for name in parameters.files)

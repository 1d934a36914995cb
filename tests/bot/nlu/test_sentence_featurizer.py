from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import EncoderMissingError, SentenceEncoder
from bot.nlu.sentence_featurizer import SentenceFeaturizer
from bot.settings import ROOT

CONFIG = {**SentenceFeaturizer.get_default_config(), "encoder": str(ROOT / "models/encoder"), "alias": "sentence"}


@pytest.fixture(scope="module")
def featurizer() -> SentenceFeaturizer:
    return SentenceFeaturizer(CONFIG, "node")


def test_a_message_gets_the_encoders_vector(featurizer: SentenceFeaturizer) -> None:
    message = featurizer.process([Message(data={TEXT: "why am I breaking out?"})])[0]

    (feature,) = message.features
    assert (feature.type, feature.attribute, feature.origin) == (FEATURE_TYPE_SENTENCE, TEXT, "sentence")
    expected = SentenceEncoder(ROOT / "models/encoder").encode(["why am I breaking out?"])
    np.testing.assert_array_equal(feature.features, expected)


def test_a_message_without_text_is_passed_over(featurizer: SentenceFeaturizer) -> None:
    without, with_text = featurizer.process([Message(data={}), Message(data={TEXT: "hi"})])

    assert (len(without.features), len(with_text.features)) == (0, 1)


def test_training_examples_get_their_vectors(featurizer: SentenceFeaturizer) -> None:
    data = TrainingData([Message(data={TEXT: "hi"}), Message(data={TEXT: "spots"})])

    assert [len(it.features) for it in featurizer.process_training_data(data).training_examples] == [1, 1]


def test_another_encoder_has_another_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").touch()
    prints = set()
    for content in (b"one", b"two", b"two"):
        (tmp_path / "model.bin").write_bytes(content)
        prints.add(SentenceFeaturizer.fingerprint_addon({"encoder": str(tmp_path)}))

    assert len(prints) == 2


def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match="run 'make setup'"):
        SentenceFeaturizer({**CONFIG, "encoder": str(tmp_path)}, "node")


def test_a_missing_encoder_is_named_before_the_cache_is_asked(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match="run 'make setup'"):
        SentenceFeaturizer.fingerprint_addon({"encoder": str(tmp_path)})


def test_a_configuration_without_the_folder_is_refused() -> None:
    with pytest.raises(InvalidConfigException, match="'encoder' must name the encoder's folder"):
        SentenceFeaturizer.validate_config({"encoder": ""})

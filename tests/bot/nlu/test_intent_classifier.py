from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_classifier import NearestExampleClassifier
from bot.nlu.sentence_featurizer import SentenceFeaturizer
from bot.settings import ROOT

EXAMPLES = {
    "ask_cleanse": ["how do I wash my face", "which cleanser is right", "can I clean my skin", "what soap is gentle"],
    "ask_how_long": ["how long does it last", "when will it stop", "how many weeks does it take", "when is it over"],
    "ask_picking": ["can I pop a pimple", "may I squeeze my spots", "is picking bad", "I want to pop them"],
}
CONTEXT = ExecutionContext(GraphSchema({}), node_name="node")
RESOURCE = Resource("classifier")


class Pipeline:
    """The real featurizers of config.yml, trained on the toy examples, and the classifier after them."""

    def __init__(self, folder: Path, intents: list[str], **config: Any) -> None:
        self.storage = LocalModelStorage(folder)
        self.config = {**NearestExampleClassifier.get_default_config(), **config}
        texts = [(text, intent) for intent in intents for text in EXAMPLES[intent]]
        data = TrainingData([Message(data={TEXT: text, INTENT: intent}) for text, intent in texts])
        self.tokenizer = WhitespaceTokenizer(WhitespaceTokenizer.get_default_config())
        self.tokenizer.process_training_data(data)
        sentence = {**SentenceFeaturizer.get_default_config(), "encoder": str(ROOT / "models/encoder")}
        self.featurizers: list[Any] = [SentenceFeaturizer({**sentence, "alias": "sentence"}, "sentence")]
        for alias, analyzer, least, most in (("words", "word", 1, 2), ("characters", "char_wb", 2, 4)):
            counts = {"alias": alias, "analyzer": analyzer, "min_ngram": least, "max_ngram": most}
            counts = {**CountVectorsFeaturizer.get_default_config(), **counts}
            self.featurizers.append(CountVectorsFeaturizer(counts, self.storage, Resource(alias), CONTEXT))
            self.featurizers[-1].train(data)
        for featurizer in self.featurizers:
            featurizer.process_training_data(data)
        self.classifier = NearestExampleClassifier.create(self.config, self.storage, RESOURCE, CONTEXT)
        self.classifier.train(data)

    def featurized(self, text: str) -> Message:
        messages = self.tokenizer.process([Message(data={TEXT: text})])
        for featurizer in self.featurizers:
            messages = featurizer.process(messages)
        return messages[0]

    def ranking(self, text: str) -> list[dict[str, Any]]:
        message = self.classifier.process([self.featurized(text)])[0]
        ranking: list[dict[str, Any]] = message.get(INTENT_RANKING_KEY)
        assert message.get(INTENT) == ranking[0]
        return ranking


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(tmp_path_factory.mktemp("model"), list(EXAMPLES))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how should I wash my skin?", "ask_cleanse"),
        ("how many weeks will it last?", "ask_how_long"),
        ("is it ok to squeeze a spot?", "ask_picking"),
    ],
)
def test_a_new_wording_is_understood(pipeline: Pipeline, text: str, intent: str) -> None:
    assert pipeline.ranking(text)[0]["name"] == intent


def test_the_ranking_holds_every_intent_from_high_to_low(pipeline: Pipeline) -> None:
    ranking = pipeline.ranking("how long does it last")

    scores = [it["confidence"] for it in ranking]
    assert sorted(it["name"] for it in ranking) == list(EXAMPLES)
    assert scores == sorted(scores, reverse=True) and 0 <= scores[-1] and scores[0] <= 1


def test_the_ranking_is_as_long_as_configured(tmp_path: Path) -> None:
    assert len(Pipeline(tmp_path, list(EXAMPLES), ranking_length=1).ranking("can I pop it")) == 1


@pytest.mark.parametrize("text", ["qwx zzkp vvvq", "the parliament voted on fishing quotas", "🤖🤖🤖"])
def test_text_far_from_every_example_scores_low(pipeline: Pipeline, text: str) -> None:
    near = min(pipeline.ranking(example)[0]["confidence"] for texts in EXAMPLES.values() for example in texts)

    assert pipeline.ranking(text)[0]["confidence"] < near / 2


def test_two_intents_are_enough(tmp_path: Path) -> None:
    two = Pipeline(tmp_path, ["ask_cleanse", "ask_how_long"])

    tops = [two.ranking(it)[0]["name"] for it in ("which soap should I wash with", "when does it stop")]
    assert tops == ["ask_cleanse", "ask_how_long"]


def test_a_loaded_classifier_gives_the_same_scores_to_the_byte(pipeline: Pipeline) -> None:
    loaded = NearestExampleClassifier.load(pipeline.config, pipeline.storage, RESOURCE, CONTEXT)

    for text in ("may I wash it", "qwx zzkp"):
        message = pipeline.featurized(text)
        assert loaded.scores(message).tobytes() == pipeline.classifier.scores(message).tobytes()


def test_nothing_is_pickled(pipeline: Pipeline) -> None:
    with pipeline.storage.read_from(RESOURCE) as folder:
        assert sorted(file.name for file in folder.iterdir()) == ["intents.json", "parameters.npz"]
        with np.load(folder / "parameters.npz", allow_pickle=False) as parameters:
            assert all(parameters[name].dtype.kind in "fi" for name in parameters.files)


def test_an_unknown_alias_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfigException, match="no featurizer has the alias 'wrods'"):
        Pipeline(tmp_path, list(EXAMPLES), weights={"sentence": 1.0, "wrods": 1.0})


def test_weights_without_the_dense_featurizer_are_refused() -> None:
    with pytest.raises(InvalidConfigException, match="'weights' must name the dense featurizer 'sentence'"):
        NearestExampleClassifier.validate_config({"dense": "sentence", "weights": {"words": 1.0}})


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_message_is_left_to_the_fallback(pipeline: Pipeline, text: str) -> None:
    message = pipeline.classifier.process([Message(data={TEXT: text})])[0]
    assert message.get(INTENT) == {"name": None, "confidence": 0.0}

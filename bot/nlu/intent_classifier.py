"""The intent classifier: logistic regression over all features, with a confidence that knows what it has never seen."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

FloatArray = NDArray[np.float32]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class NearestExampleClassifier(IntentClassifier, GraphComponent):
    """Ranks intents by probability joined with nearness to a real example.

    The probability comes from multinomial logistic regression over the sentence vector and TF-IDF weighted n-grams.
    It is multiplied by the cosine between the message and the nearest training example of that intent, so that text
    unlike anything known scores low for every intent, however sure the regression is.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # How much each featurizer counts, by its alias in config.yml; exactly one is dense.
            "weights": {"sentence": 1.5, "characters": 0.7, "words": 0.5},
            "dense": "sentence",
            # Inverse strength of regularisation.
            "C": 10.0,
            # The fit is good long before it is exact; the rest of the way changes no answer.
            "max_iter": 100,
            "ranking_length": 10,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Makes an untrained classifier."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._idf: dict[str, FloatArray] = {}
        self._coefficients: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._intercepts: FloatArray = np.zeros(0, dtype=np.float32)
        self._examples: FloatArray = np.zeros((0, 0), dtype=np.float32)
        self._example_intents: NDArray[np.int64] = np.zeros(0, dtype=np.int64)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> NearestExampleClassifier:
        """Creates a new untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples that have an intent and a text."""
        examples = [it for it in training_data.intent_examples if it.get(TEXT) and it.get(INTENT)]
        names = [example.get(INTENT) for example in examples]
        self._intents = sorted(set(names))
        self._example_intents = np.array([self._intents.index(name) for name in names])
        self._examples = np.vstack([_feature(it, self._config["dense"]) for it in examples]).astype(np.float32)
        self._idf = {alias: _idf(examples, alias) for alias in self._sparse_aliases()}
        regression = LogisticRegression(C=self._config["C"], max_iter=self._config["max_iter"], random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopping at max_iter is meant
            regression.fit(self._matrix(examples), self._example_intents)
        coefficients, intercepts = regression.coef_, regression.intercept_
        if len(self._intents) == 2:  # scikit-learn keeps one row for two classes
            coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
        self._coefficients = coefficients.astype(np.float32)
        self._intercepts = intercepts.astype(np.float32)
        self.persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``intent`` and ``intent_ranking`` of each message."""
        for message in messages:
            if not message.get(TEXT, "").strip():
                # Nothing to read: sure of nothing, which the fallback takes from here.
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            scores = self.scores(message)
            ranking = [
                {"name": self._intents[i], "confidence": float(scores[i])}
                for i in np.argsort(-scores, kind="stable")[: self._config["ranking_length"]]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def scores(self, message: Message) -> FloatArray:
        """The confidence in each intent, between 0 and 1, in the order of training; they need not add up to 1."""
        logits = np.asarray(self._matrix([message]) @ self._coefficients.T)[0] + self._intercepts
        probabilities = np.exp(logits - logits.max())
        probabilities /= probabilities.sum()
        nearness = np.zeros(len(self._intents), dtype=np.float32)
        cosines = self._examples @ _feature(message, self._config["dense"])[0]
        np.maximum.at(nearness, self._example_intents, cosines)
        return np.asarray(probabilities * np.clip(nearness, 0, 1), dtype=np.float32)

    def persist(self) -> None:
        """Saves numbers and names, nothing that could run code when loaded."""
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "intents.json").write_text(json.dumps(self._intents), encoding="utf-8")
            np.savez(
                folder / "parameters.npz",
                coefficients=self._coefficients,
                intercepts=self._intercepts,
                examples=self._examples,
                example_intents=self._example_intents,
                **{f"idf_{alias}": idf for alias, idf in self._idf.items()},
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> NearestExampleClassifier:
        """Loads a trained component (see parent class for full docstring)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._intents = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            with np.load(folder / "parameters.npz", allow_pickle=False) as parameters:
                component._coefficients = parameters["coefficients"]
                component._intercepts = parameters["intercepts"]
                component._examples = parameters["examples"]
                component._example_intents = parameters["example_intents"]
                component._idf = {alias: parameters[f"idf_{alias}"] for alias in component._sparse_aliases()}
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as it is: no later component is trained on the predictions."""
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Makes sure that the weights name the dense featurizer."""
        if config["dense"] not in config["weights"]:
            raise InvalidConfigException(
                f"config.yml: NearestExampleClassifier: 'weights' must name the dense featurizer {config['dense']!r}"
            )

    def _sparse_aliases(self) -> list[str]:
        return [alias for alias in self._config["weights"] if alias != self._config["dense"]]

    def _matrix(self, messages: list[Message]) -> csr_matrix:
        """All features side by side, each featurizer's block of unit length times its weight."""
        weights = self._config["weights"]
        dense = np.vstack([_feature(it, self._config["dense"]) for it in messages])
        blocks = [csr_matrix(dense * weights[self._config["dense"]])]
        for alias in self._sparse_aliases():
            counts = vstack([_feature(it, alias) for it in messages])
            blocks.append(normalize(counts.multiply(self._idf[alias]).tocsr()) * weights[alias])
        return hstack(blocks).tocsr()


def _feature(message: Message, alias: str) -> Any:
    """The sentence-level features of one featurizer, one row."""
    for feature in message.features:
        if feature.origin == alias and feature.attribute == TEXT and feature.type == FEATURE_TYPE_SENTENCE:
            return feature.features
    raise InvalidConfigException(f"config.yml: no featurizer has the alias {alias!r} that 'weights' names")


def _idf(examples: list[Message], alias: str) -> FloatArray:
    """Smooth inverse document frequency, as scikit-learn's TfidfTransformer defines it; shape (1, vocabulary)."""
    counts = vstack([_feature(it, alias) for it in examples]).tocsr()
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + len(examples)) / (1 + frequency)) + 1, dtype=np.float32)[None, :]

"""Dense features: one vector a message, its meaning as the sentence encoder sees it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import SentenceEncoder, check_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Featurizes messages with the sentence encoder: one vector of 384 numbers a message, none for its tokens."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        # The folder of the converted encoder, seen from the project's top.
        return {**DenseFeaturizer.get_default_config(), "encoder": "models/encoder"}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Loads the encoder.

        Raises:
            EncoderMissingError: if the folder holds no converted encoder.
        """
        super().__init__(name, config)
        self._encoder = SentenceEncoder(Path(config["encoder"]))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Creates a new component (see parent class for full docstring)."""
        return cls(config, execution_context.node_name)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> Optional[str]:
        """Features from another encoder are not taken from the cache."""
        folder = Path(config["encoder"])
        check_encoder(folder)
        return hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the vector to each message that has a text."""
        with_text = [message for message in messages if message.get(TEXT)]
        vectors = self._encoder.encode([message.get(TEXT) for message in with_text])
        for message, vector in zip(with_text, vectors, strict=True):
            message.add_features(Features(np.atleast_2d(vector), FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the vectors to the training examples (see parent class for full docstring)."""
        self.process(training_data.training_examples)
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Makes sure that a folder is named."""
        if not config.get("encoder"):
            raise InvalidConfigException("config.yml: SentenceFeaturizer: 'encoder' must name the encoder's folder")

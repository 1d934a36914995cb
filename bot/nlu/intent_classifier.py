"""The intent classifier: finds what a message asks, one thing or several."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.tokens import Doc

from bot.nlu.encoder import check_encoder, load_encoder
from bot.nlu.intent_model import FloatArray, Hyperparameters, IntentModel
from bot.nlu.other_language import load_detector, other_language
from bot.nlu.question_reader import FALLBACK, RED_FLAG, QuestionReader, Reading
from bot.nlu.shared_spacy import SharedSpacyNLP
from bot.nlu.spelling import written_right
from bot.safety.alert import WARNING_SIGN
from bot.terms import load_terms

QUESTIONS = "questions"
ASKS = "asks"
OUT_OF_SCOPE = "out_of_scope"
LANGUAGE = "language"
RANKING_LENGTH = 10


class NotTrainedError(Exception):
    """The classifier has no model yet."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(IntentClassifier, GraphComponent):
    """Sets ``questions``, each thing that is asked with its intent; ``intent`` is the first's, or a warning sign.

    ``asks`` tells a question from a statement. Below the threshold an intent is ``nlu_fallback``. A message in another
    language than English is out of scope, with the language's code as the entity ``language``.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [SharedSpacyNLP]

    @staticmethod
    def required_packages() -> list[str]:
        """Any extra python dependencies required for this component to run."""
        return ["sklearn", "ctranslate2", "symspellpy", "py3langid"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # The folders of the converted encoder and of the language pipeline, seen from the project's top.
            "encoder": "models/encoder",
            "language": "models/language",
            **{it.name: it.default for it in (*fields(Hyperparameters), *fields(Reading))},
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Makes an untrained classifier.

        Raises:
            EncoderMissingError: if the folder holds no converted encoder.
        """
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model = IntentModel(load_encoder(Path(config["encoder"])), _part(config, Hyperparameters))
        self._reader: Optional[QuestionReader] = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Creates a new untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> Optional[str]:
        """A model trained with another encoder or another language pipeline is not taken from the cache."""
        whole = {**cls.get_default_config(), **config}  # Rasa may hand over what config.yml says and no more
        encoder, language = Path(whole["encoder"]), Path(whole["language"])
        check_encoder(encoder)
        files = [encoder / "model.bin", *sorted(it for it in language.rglob("*") if it.is_file())]
        return hashlib.sha256(b"".join(hashlib.sha256(it.read_bytes()).digest() for it in files)).hexdigest()

    def train(self, training_data: TrainingData) -> Resource:
        """Trains on all examples that have an intent and a text."""
        examples = [it for it in training_data.intent_examples if it.get(SPACY_DOCS[TEXT]) and it.get(INTENT)]
        texts = [written_right(it.get(SPACY_DOCS[TEXT])) for it in examples]
        self._model.fit(texts, [it.get(INTENT) for it in examples])
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        self._reader = self._make_reader()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets ``intent``, ``intent_ranking`` and ``questions`` of each message."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None or not written_right(doc):
                # Nothing to read: sure of nothing.
                self._set(message, [_question("", FALLBACK, 0.0)], [])
            elif language := other_language(doc):
                entity = {"entity": LANGUAGE, "value": language, "start": 0, "end": len(message.get(TEXT))}
                message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
                self._set(message, [_question(message.get(TEXT), OUT_OF_SCOPE, 1.0)], [])
            else:
                self._understand(message, doc)
        return messages

    def _understand(self, message: Message, doc: Doc) -> None:
        if self._reader is None:
            raise NotTrainedError("QuestionClassifier: train or load it before it reads messages")
        signs = [it for it in message.get(ENTITIES, []) if it["entity"] == WARNING_SIGN]
        content = self._reader.read(doc, [(it["start"], it["end"]) for it in signs])
        questions = content.questions
        message.set(ASKS, content.asks, add_to_output=True)
        self._set(
            message,
            [_question(it.text, it.intent, it.confidence) for it in questions],
            self._ranking(questions[0].confidences),
        )

    def _make_reader(self) -> QuestionReader:
        # Made at the start: the first person to write must not wait for files to be read.
        load_detector()
        return QuestionReader(self._model, load_terms(), _part(self._config, Reading))

    def _set(self, message: Message, questions: list[dict[str, Any]], ranking: list[dict[str, Any]]) -> None:
        first = {"name": questions[0]["intent"], "confidence": questions[0]["confidence"]}
        # Whatever else is asked, and in whatever language, a reported warning sign is what the message is about.
        if any(it["entity"] == WARNING_SIGN for it in message.get(ENTITIES, [])):
            if not any(it["intent"] == RED_FLAG for it in questions):
                questions = [_question(message.get(TEXT), RED_FLAG, 1.0)]
            first = {"name": RED_FLAG, "confidence": 1.0}
        message.set(INTENT, first, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(QUESTIONS, questions, add_to_output=True)

    def _ranking(self, confidences: FloatArray) -> list[dict[str, Any]]:
        best = np.argsort(-confidences, kind="stable")[:RANKING_LENGTH]
        return [{"name": self._model.intents[i], "confidence": float(confidences[i])} for i in best]

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Loads a trained component (see parent class for full docstring)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model.load(folder)
        component._reader = component._make_reader()
        return component

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as it is: no later component is trained on the predictions."""
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Makes sure that the threshold is one."""
        threshold = config.get("threshold", 0)
        if not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
            raise InvalidConfigException(
                f"config.yml: QuestionClassifier: threshold: {threshold!r} must be a number from 0 to 1"
            )


def _question(text: str, intent: str, confidence: float) -> dict[str, Any]:
    return {"text": text, "intent": intent, "confidence": confidence}


def _part(config: dict[str, Any], kind: type[Any]) -> Any:
    return kind(**{it.name: config[it.name] for it in fields(kind)})

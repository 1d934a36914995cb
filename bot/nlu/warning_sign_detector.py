"""The safety gate as a component: it reads every message before anything else is understood."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from string import ascii_lowercase
from typing import Any, Optional

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoder import check_encoder, load_encoder
from bot.nlu.question_reader import RED_FLAG
from bot.nlu.shared_spacy import SharedSpacyNLP
from bot.nlu.spelling import count_words, english_words, written_right
from bot.safety.alert import CIRCUMSTANCE, WARNING_SIGN
from bot.safety.context import load_context
from bot.safety.examples import HARMLESS_FILE, load_examples
from bot.safety.gate import SafetyGate, Thresholds
from bot.safety.matcher import Found, WarningSignMatcher
from bot.safety.red_flags import load_red_flags
from bot.safety.sign_model import Example, SignModel
from bot.wording import DATA, KnowledgeError

WARNING = "warning"
INTENTS_FILE = "intents.json"
# How many examples of each kind are joined with a question, and how long they are at most, in words.
MOST_JOINED = 2500
LONGEST_JOINED = 16
_PAYLOAD = re.compile(r"^\s*/+(\w*)")


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True, model_from=SharedSpacyNLP.__name__
)
class WarningSignDetector(GraphComponent, EntityExtractorMixin):
    """Marks reported warning signs, and sets ``warning`` with their tier; ``/`` payloads are read like any text.

    A payload that holds a sign is no longer taken as one, so that nobody's cry for help is read as a button.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Components that should be included in the pipeline before this component."""
        return [SharedSpacyNLP]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {
            # The folders of the converted encoder and of the language pipeline, seen from the project's top.
            "encoder": "models/encoder",
            "language": "models/language",
            **{it.name: it.default for it in fields(Thresholds)},
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Makes an untrained detector.

        Raises:
            EncoderMissingError: if the folder holds no converted encoder.
            KnowledgeError: if a file of ``data/safety/`` is wrong.
        """
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._red_flags = load_red_flags()
        examples = load_examples(self._red_flags.signs)
        self._intents: list[str] = []
        self._model = SignModel(load_encoder(Path(config["encoder"])))
        vocabulary = english_words() | set(count_words(line for lines in examples.values() for line in lines))
        matcher = WarningSignMatcher(self._red_flags, load_context(self._red_flags.words), vocabulary)
        thresholds = Thresholds(**{it.name: config[it.name] for it in fields(Thresholds)})
        self._gate = SafetyGate(self._red_flags, matcher, self._model, thresholds)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WarningSignDetector:
        """Creates a new untrained component (see parent class for full docstring)."""
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> Optional[str]:
        """What it is trained from beside the training data: the encoder, the language pipeline, ``data/safety/``."""
        whole = {**cls.get_default_config(), **config}
        encoder, language = Path(whole["encoder"]), Path(whole["language"])
        check_encoder(encoder)
        safety = DATA / "safety"
        folders = (language, safety / "examples")
        files = [encoder / "model.bin", safety / "red_flags.yml", safety / "context.yml"]
        files += sorted(it for folder in folders for it in folder.rglob("*") if it.is_file())
        return hashlib.sha256(b"".join(hashlib.sha256(it.read_bytes()).digest() for it in files)).hexdigest()

    def train(self, training_data: TrainingData, model: SpacyModel) -> Resource:
        """Trains on ``data/safety/examples/`` and the intent ``red_flag``; all other intents' examples are harmless.

        Raises:
            KnowledgeError: if an example of ``red_flag`` names no sign.
        """
        written = load_examples(self._red_flags.signs)
        reports = [(sign, line) for sign in self._red_flags.signs for line in written[sign]]
        reports += [
            (self._sign_of(it), it.get(TEXT)) for it in training_data.intent_examples if it.get(INTENT) == RED_FLAG
        ]
        learnt: dict[str, Example] = {}
        told: list[str] = []
        for doc, sign in model.model.pipe(((text, sign) for sign, text in reports), as_tuples=True):
            learnt[written_right(doc)] = Example(written_right(doc), sign, alarming=True)
        for doc in model.model.pipe(written[HARMLESS_FILE]):
            learnt[written_right(doc)] = Example(written_right(doc), None, alarming=True)
            # What the gate reads of it: the words that no cue takes the alarm from.
            told += [statement.text for statement in self._gate.told(doc)]
        for example in training_data.intent_examples:
            if (doc := example.get(SPACY_DOCS[TEXT])) and example.get(INTENT) != RED_FLAG:
                learnt.setdefault(written_right(doc), Example(written_right(doc), None))
        examples = [it for text, it in learnt.items() if text]
        made = [Example(text, None) for text in dict.fromkeys(told) if text not in learnt]
        self._model.fit([*examples, *made, *beside_questions(examples), *unreadable(examples)])
        self._intents = sorted(training_data.intents)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
            (folder / INTENTS_FILE).write_text(json.dumps(self._intents), encoding="utf-8")
        return self._resource

    def _sign_of(self, example: Message) -> str:
        sign = (example.get("metadata") or {}).get("intent", {}).get("sign")
        if sign not in self._red_flags.signs:
            raise KnowledgeError(
                f"data/safety/nlu.yml: {example.get(TEXT)!r}: metadata: sign: {sign!r} is not a sign's id"
            )
        return str(sign)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leaves the training data as it is: no later component is trained on the signs."""
        return training_data

    def process(self, messages: list[Message], model: SpacyModel) -> list[Message]:
        """Adds the entities and ``warning`` to each message."""
        for message in messages:
            text, doc = message.get(TEXT) or "", message.get(SPACY_DOCS[TEXT])
            if doc is None:
                continue
            offset = 0
            if text.lstrip().startswith("/"):
                offset = payload_length(text, self._intents)
                # What stands in the place of a name is words, where it names no intent: "/i_cant_breathe".
                doc = model.model(text[offset:].replace("_", " "))
            report = self._gate.read(doc)
            if report.signs and offset:
                message.set(TEXT, text[:offset].replace("/", " ") + text[offset:], add_to_output=True)
            marked = [
                *(_entity(WARNING_SIGN, it, text, offset) for it in report.signs),
                *(_entity(CIRCUMSTANCE, it, text, offset) for it in report.circumstances),
            ]
            if marked:
                marked = self.add_extractor_name(marked)
                message.set(ENTITIES, [*message.get(ENTITIES, []), *marked], add_to_output=True)
            signs = self._red_flags.most_urgent_first(it.id for it in report.signs)
            if signs:
                message.set(WARNING, {"tier": self._red_flags.tier(signs), "signs": signs}, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WarningSignDetector:
        """Loads a trained component (see parent class for full docstring)."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model.load(folder)
            component._intents = json.loads((folder / INTENTS_FILE).read_text(encoding="utf-8"))
        return component


def beside_questions(examples: Sequence[Example]) -> Iterator[Example]:
    """Short reports, and as many short texts that only sound like them, before or after an ordinary question.

    That is how people hide them: "which cleanser is best? im also shivering". Always the same ones.
    """
    rng = random.Random(0)
    short = [it for it in examples if len(it.text.split()) <= LONGEST_JOINED]
    ordinary = [it.text for it in short if it.sign is None and not it.alarming]
    for kind in (
        [it for it in short if it.sign is not None],
        [it for it in short if it.sign is None and it.alarming],
    ):
        for example in rng.sample(kind, min(MOST_JOINED, len(kind))) if ordinary else []:
            question = rng.choice(ordinary)
            joined = f"{example.text.rstrip('.')}. {question}" if rng.random() < 0.5 else f"{question} {example.text}"
            yield replace(example, text=joined)


def unreadable(examples: Sequence[Example]) -> Iterator[Example]:
    """Texts that report nothing, with words that no one can read in them. Always the same ones.

    What cannot be read is no reason for alarm; without these, it is unlike anything harmless and so near to nothing.
    """
    rng = random.Random(0)
    harmless = [it for it in examples if it.sign is None]
    for example in rng.sample(harmless, min(MOST_JOINED, len(harmless))):
        share = rng.uniform(0.2, 0.7)
        words = [_letters(rng) if rng.random() < share else it for it in example.text.split()]
        yield replace(example, text=" ".join(words))


def _letters(rng: random.Random) -> str:
    return "".join(rng.choice(ascii_lowercase) for _ in range(rng.randint(3, 9)))


def payload_length(text: str, intents: Collection[str]) -> int:
    """How many characters at the start of a ``/`` payload are no words of a person: the slash, and an intent's name."""
    found = _PAYLOAD.match(text)
    if not found:
        return 0
    return found.end() if found[1] in intents else found.start(1)


def _entity(kind: str, found: Found, text: str, offset: int) -> dict[str, Any]:
    return {"entity": kind, "value": found.id, "start": found.start + offset, "end": found.end + offset}

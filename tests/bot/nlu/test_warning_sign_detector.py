from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.utils.spacy_utils import SpacyModel
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language
from spacy.tokens import Doc

from bot.nlu.warning_sign_detector import WARNING, WarningSignDetector, beside_questions, payload_length, unreadable
from bot.safety.gate import Report
from bot.safety.matcher import Found
from bot.safety.sign_model import Example


class StubGate:
    """Takes "breathe" for a report and "pregnant" for a circumstance."""

    def read(self, doc: Doc) -> Report:
        def places(word: str, name: str) -> list[Found]:
            start = doc.text.find(word)
            return [Found(name, start, start + len(word))] if start >= 0 else []

        return Report(places("breathe", "breathing"), places("pregnant", "pregnancy"))


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> WarningSignDetector:
    folder: Path = tmp_path_factory.mktemp("storage")
    config = WarningSignDetector.get_default_config()
    detector = WarningSignDetector(config, LocalModelStorage(folder), Resource("detector"))
    detector._intents = ["ask_how_long", "greet", "tell_time"]
    detector._gate = StubGate()  # type: ignore[assignment]  # what the gate finds is tested with the gate
    return detector


def process(detector: WarningSignDetector, language: Language, text: str) -> Message:
    message = Message({TEXT: text, SPACY_DOCS[TEXT]: language(text)})
    return detector.process([message], SpacyModel(language, "test"))[0]


def marked(message: Message) -> list[tuple[str, str, str]]:
    text: str = message.get(TEXT)
    found: list[dict[str, Any]] = message.get(ENTITIES, [])
    return [(it["entity"], it["value"], text[it["start"] : it["end"]]) for it in found]


def test_a_sign_is_an_entity_and_a_warning_with_its_tier(detector: WarningSignDetector, language: Language) -> None:
    message = process(detector, language, "i cant breathe")
    assert marked(message) == [("warning_sign", "breathing", "breathe")]
    assert message.get(WARNING) == {"tier": "emergency", "signs": ["breathing"]}


def test_a_circumstance_is_an_entity_and_no_warning(detector: WarningSignDetector, language: Language) -> None:
    message = process(detector, language, "im pregnant")
    assert (marked(message), message.get(WARNING)) == ([("circumstance", "pregnancy", "pregnant")], None)


@pytest.mark.parametrize(
    "text",
    [
        "/ask_how_long i cant breathe",
        '/tell_time{"x": "cant breathe"}',
        "//cant breathe",
        "/i_cant_breathe",
        "/breathe",
    ],
)
def test_a_payload_that_holds_a_sign_is_no_payload(
    detector: WarningSignDetector, language: Language, text: str
) -> None:
    message = process(detector, language, text)
    assert not message.get(TEXT).strip().startswith("/")
    assert marked(message) == [("warning_sign", "breathing", "breathe")]


@pytest.mark.parametrize("text", ["/ask_how_long", "/greet", '/tell_time{"days": 3}'])
def test_a_payload_without_a_sign_is_left_alone(detector: WarningSignDetector, language: Language, text: str) -> None:
    message = process(detector, language, text)
    assert (message.get(TEXT), message.get(ENTITIES, [])) == (text, [])


@pytest.mark.parametrize(
    ("text", "length"),
    [("/ask_how_long rest", 13), ("/cant breathe", 1), ("  /ask_oil", 10), ("no payload", 0), ("//x_y", 2)],
)
def test_the_name_of_an_intent_is_not_read(text: str, length: int) -> None:
    assert payload_length(text, ["ask_how_long", "ask_oil"]) == length


def test_reports_stand_beside_questions_always_the_same() -> None:
    examples = [Example("i have a fever", "fever", True), Example("no fever", None, True), Example("is it ok", None)]
    once, twice = list(beside_questions(examples)), list(beside_questions(examples))
    assert once == twice
    assert [it.sign for it in once] == ["fever", None]
    assert all("is it ok" in it.text for it in once)


def test_what_cannot_be_read_is_harmless_and_always_the_same() -> None:
    examples = [
        Example("i have a fever", "fever", True),
        *(Example(f"can i use cream number {i}", None) for i in range(9)),
    ]
    once, twice = list(unreadable(examples)), list(unreadable(examples))
    assert once == twice
    assert len(once) == 9 and all(it.sign is None for it in once)
    assert not {it.text for it in once} & {it.text for it in examples}

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from bot.nlu.encoder import EncoderMissingError
from bot.nlu.intent_classifier import RANKING_LENGTH, QuestionClassifier
from bot.settings import ROOT
from tests.bot.nlu.examples import EXAMPLES, PAIRS

CONTEXT = ExecutionContext(GraphSchema({}), node_name="node")
RESOURCE = Resource("classifier")
ENCODER = ROOT / "models" / "encoder"


class Trained:
    """The component, trained on the toy examples after the real language pipeline."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        self.storage = LocalModelStorage(folder)
        self.config = {
            **QuestionClassifier.get_default_config(),
            "encoder": str(ENCODER),
            "asides": ["greet", "thank"],
        }
        self.classifier = QuestionClassifier.create(self.config, self.storage, RESOURCE, CONTEXT)
        without_text = [Message(data={INTENT: "greet"}), self.message("a response's text")]
        examples = [self.message(text, intent=intent) for text, intent in PAIRS]
        self.resource = self.classifier.train(TrainingData([*examples, *without_text]))

    def message(self, text: str, **data: Any) -> Message:
        return Message(data={TEXT: text, SPACY_DOCS[TEXT]: self.language(text), **data})

    def process(self, text: str, **data: Any) -> Message:
        return self.classifier.process([self.message(text, **data)])[0]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, language: Language) -> Trained:
    return Trained(tmp_path_factory.mktemp("model"), language)


def test_each_question_is_set_with_its_intent(trained: Trained) -> None:
    message = trained.process("Is this norml and how lng will it last?")

    assert [(it["text"], it["intent"]) for it in message.get("questions")] == [
        ("Is this norml and", "ask_is_normal"),
        ("how lng will it last?", "ask_how_long"),
    ]
    assert message.get("asks") is True


def test_the_intent_is_the_first_questions(trained: Trained) -> None:
    message = trained.process("how long will it last and is this normal")

    first = message.get("questions")[0]
    assert message.get(INTENT) == {"name": first["intent"], "confidence": first["confidence"]}
    assert first["intent"] == "ask_how_long" and 0.5 < first["confidence"] <= 1


def test_the_ranking_is_the_first_questions_from_high_to_low(trained: Trained) -> None:
    ranking = trained.process("how long will it last and is this normal").get(INTENT_RANKING_KEY)

    scores = [it["confidence"] for it in ranking]
    assert ranking[0]["name"] == "ask_how_long"
    assert scores == sorted(scores, reverse=True) and 0 <= scores[-1] and scores[0] <= 1
    assert len({it["name"] for it in ranking} & set(EXAMPLES)) == RANKING_LENGTH < len(EXAMPLES)


def test_what_is_set_is_put_out_as_plain_values(trained: Trained) -> None:
    put_out = trained.process("can I pop it").as_dict(only_output_properties=True)

    assert {"questions", "asks", "intent", "intent_ranking"} <= put_out.keys()
    assert {type(it["confidence"]) for it in put_out["intent_ranking"] + put_out["questions"]} == {float}


def test_a_statement_does_not_ask(trained: Trained) -> None:
    assert trained.process("I want to pop them").get("asks") is False


@pytest.mark.parametrize(
    "text", ["I have a fever and pus", "Can I use my moisturiser? I have a fever", "is it normal that I have a fever?"]
)
def test_a_warning_sign_is_what_the_message_is_about_for_sure(trained: Trained, text: str) -> None:
    start = text.index("fever")
    sign = {"entity": "warning_sign", "value": "fever", "start": start, "end": start + 5}
    message = trained.process(text, entities=[sign])

    assert message.get(INTENT) == {"name": "red_flag", "confidence": 1.0}
    assert [it["intent"] for it in message.get("questions")].count("red_flag") == 1


def test_a_warning_sign_in_another_language_counts(trained: Trained) -> None:
    text = "no puedo respirar despues del tratamiento por favor"
    sign = {"entity": "warning_sign", "value": "breathing", "start": 0, "end": len(text)}
    assert trained.process(text, entities=[sign]).get(INTENT)["name"] == "red_flag"


def test_what_is_not_understood_is_a_fallback_with_its_ranking(trained: Trained) -> None:
    message = trained.process("the parliament voted on fishing quotas")

    assert message.get(INTENT)["name"] == "nlu_fallback"
    assert message.get(INTENT)["confidence"] == message.get(INTENT_RANKING_KEY)[0]["confidence"] < 0.38
    assert "nlu_fallback" not in [it["name"] for it in message.get(INTENT_RANKING_KEY)]


def test_another_language_is_out_of_scope_with_the_language_as_entity(trained: Trained) -> None:
    text = "Ist das normal nach der Behandlung? Ich habe so viele Pickel"
    message = trained.process(text)

    assert message.get(INTENT) == {"name": "out_of_scope", "confidence": 1.0}
    assert message.get("questions") == [{"text": text, "intent": "out_of_scope", "confidence": 1.0}]
    assert message.get(ENTITIES) == [{"entity": "language", "value": "de", "start": 0, "end": len(text)}]


def test_earlier_entities_stay_beside_the_language(trained: Trained) -> None:
    earlier = {"entity": "product", "value": "retinol"}
    message = trained.process("puis-je utiliser du rétinol sur ma peau toute rouge", entities=[earlier])

    assert [it["value"] for it in message.get(ENTITIES)] == ["retinol", "fr"]


def test_english_has_no_language_entity(trained: Trained) -> None:
    assert trained.process("how long does it last").get(ENTITIES, []) == []


@pytest.mark.parametrize("text", ["", "  ", "🤖"])
def test_nothing_to_read_is_left_to_the_fallback(trained: Trained, text: str) -> None:
    message = trained.process(text)

    assert message.get(INTENT) == {"name": "nlu_fallback", "confidence": 0.0}
    assert message.get(INTENT_RANKING_KEY) == []
    assert [it["intent"] for it in message.get("questions")] == ["nlu_fallback"]


def test_a_message_without_a_document_is_left_to_the_fallback(trained: Trained) -> None:
    message = trained.classifier.process([Message(data={TEXT: ""})])[0]

    assert message.get(INTENT) == {"name": "nlu_fallback", "confidence": 0.0}


def test_several_messages_are_each_read(trained: Trained) -> None:
    messages = trained.classifier.process([trained.message(it) for it in ("can I pop it", "how long does it last")])

    assert [it.get(INTENT)["name"] for it in messages] == ["ask_picking", "ask_how_long"]


def test_a_loaded_component_reads_the_same(trained: Trained) -> None:
    loaded = QuestionClassifier.load(trained.config, trained.storage, trained.resource, CONTEXT)

    for text in ("is this normal and can I use retinol", "qwx zzkp", "I have a fever"):
        message = loaded.process([trained.message(text)])[0]
        assert message.get("questions") == trained.process(text).get("questions")
        assert message.get(INTENT_RANKING_KEY) == trained.process(text).get(INTENT_RANKING_KEY)


def test_the_threshold_of_the_configuration_counts(trained: Trained) -> None:
    config = {**trained.config, "threshold": 1.0}
    strict = QuestionClassifier.load(config, trained.storage, trained.resource, CONTEXT)

    message = strict.process([trained.message("is this a normal breakout")])[0]
    assert message.get(INTENT)["name"] == "nlu_fallback"
    assert trained.process("is this a normal breakout").get(INTENT)["name"] == "ask_is_normal"


def test_training_data_is_left_as_it_is(trained: Trained) -> None:
    data = TrainingData([Message(data={TEXT: "can I pop it", INTENT: "ask_picking"})])

    assert trained.classifier.process_training_data(data).training_examples[0].data == {
        TEXT: "can I pop it",
        INTENT: "ask_picking",
    }


@pytest.mark.parametrize("threshold", [0, 0.38, 1])
def test_a_threshold_between_0_and_1_is_accepted(threshold: float) -> None:
    QuestionClassifier.validate_config({"threshold": threshold})


@pytest.mark.parametrize("threshold", [-0.1, 1.1, "0.4", None, float("nan")])
def test_any_other_threshold_is_refused(threshold: object) -> None:
    with pytest.raises(InvalidConfigException, match="threshold: .* must be a number from 0 to 1"):
        QuestionClassifier.validate_config({"threshold": threshold})


def test_a_missing_encoder_is_named_with_its_mend(trained: Trained, tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match=f"{tmp_path}: no sentence encoder here"):
        QuestionClassifier.create({**trained.config, "encoder": str(tmp_path)}, trained.storage, RESOURCE, CONTEXT)


@pytest.mark.parametrize("file", ["words.json", "vocab/strings.json"])
def test_a_model_of_another_language_pipeline_is_not_taken_from_the_cache(tmp_path: Path, file: str) -> None:
    config = {"encoder": str(ENCODER), "language": str(tmp_path)}
    (tmp_path / "vocab").mkdir()
    (tmp_path / file).write_text("before", encoding="utf-8")
    before = QuestionClassifier.fingerprint_addon(config)

    assert QuestionClassifier.fingerprint_addon(config) == before
    (tmp_path / file).write_text("after", encoding="utf-8")
    assert QuestionClassifier.fingerprint_addon(config) != before

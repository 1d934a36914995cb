from __future__ import annotations

from typing import Any

import pytest
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.nlu.term_extractor import TermExtractor


def extracted(language: Language, text: str, **data: Any) -> list[dict[str, Any]]:
    message = Message(data={TEXT: text, SPACY_DOCS[TEXT]: language(text), **data})
    found: list[dict[str, Any]] = TermExtractor().process([message])[0].get(ENTITIES)
    return found


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("can I use salicylic acid?", "salicylic_acid", "salicylic acid"),
        ("is BHA ok", "salicylic_acid", "BHA"),
        ("ok 2 use moistriser 😭", "moisturiser", "moistriser"),
        ("😭 my moisturiser", "moisturiser", "moisturiser"),
    ],
)
def test_the_value_is_the_terms_id_however_it_is_written(language: Language, text: str, value: str, words: str) -> None:
    (found,) = extracted(language, text)

    assert (found["entity"], found["value"], found["extractor"]) == ("product", value, "TermExtractor")
    assert text[found["start"] : found["end"]] == words


def test_terms_of_every_kind_are_handed_on_in_the_messages_order(language: Language) -> None:
    found = extracted(language, "swimming with makeup on my forehead, itchy from the dermapen, what does it cost")

    assert [it["entity"] for it in found] == ["activity", "product", "body_area", "symptom", "device", "subject"]


def test_earlier_entities_stay(language: Language) -> None:
    earlier = {"entity": "days_since_treatment", "value": 3.0}

    assert [it["entity"] for it in extracted(language, "makeup", entities=[earlier])] == [
        "days_since_treatment",
        "product",
    ]


def test_nothing_named_gives_no_entity(language: Language) -> None:
    assert extracted(language, "why me?") == []


def test_a_message_without_text_has_none() -> None:
    assert TermExtractor().process([Message(data={TEXT: ""})])[0].get(ENTITIES) == []

"""What a person wrote is masked wherever an event repeats it, and nothing else changes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.privacy.events import masked_event
from bot.privacy.masking import Masks, load_masks
from bot.settings import Clinic

NUMBER, PHONE = "07700 900123", "[phone number removed]"
# Digits alone, with the check digit of a card.
MESSAGE_ID = "4111111111111111"


@pytest.fixture(scope="module")
def masks(clinic: Clinic) -> Masks:
    return load_masks(clinic)


def event(text: str) -> dict[str, Any]:
    days = {"entity": "days_since_treatment", "value": 3.0, "start": text.index("3 days"), "end": text.index("ago")}
    inside = {"entity": "device", "value": "900", "start": text.index(NUMBER), "end": text.index(NUMBER) + 5}
    return {
        "event": "user",
        "timestamp": 1790000000.123456,
        "text": text,
        "input_channel": "web",
        "message_id": MESSAGE_ID,
        "metadata": {"title": f"/{text}", "model_id": "0123456789012345"},
        "parse_data": {
            "text": text,
            "intent": {"name": "tell_time", "confidence": 0.9},
            "entities": [inside, days],
            "text_tokens": [[0, 2]],
            "questions": [{"text": text, "intent": "tell_time", "confidence": 0.9}],
        },
    }


def test_every_copy_of_the_text_is_masked(masks: Masks) -> None:
    masked = masked_event(event(f"ring {NUMBER}, it was 3 days ago"), masks)
    assert NUMBER not in str(masked) and "900123" not in str(masked)
    text = f"ring {PHONE}, it was 3 days ago"
    assert [masked["text"], masked["parse_data"]["text"], masked["metadata"]["title"]] == [text, text, f"/{text}"]
    assert masked["parse_data"]["questions"][0]["text"] == text


def test_entities_stand_where_they_stood_in_the_text(masks: Masks) -> None:
    parsed = masked_event(event(f"ring {NUMBER}, it was 3 days ago"), masks)["parse_data"]
    (days,) = parsed["entities"]
    assert parsed["text"][days["start"] : days["end"]] == "3 days " and days["value"] == 3.0
    assert parsed["text_tokens"] == []


def test_ids_and_times_stay(masks: Masks) -> None:
    given = event(f"ring {NUMBER}, it was 3 days ago")
    masked = masked_event(given, masks)
    assert masked["message_id"] == MESSAGE_ID and masked["timestamp"] == given["timestamp"]
    assert masked["metadata"]["model_id"] == given["metadata"]["model_id"]


def test_what_has_nothing_to_mask_is_the_same(masks: Masks) -> None:
    given = {"event": "user", "text": "3 days ago", "parse_data": {"entities": [{"entity": "a", "start": 0, "end": 1}]}}
    assert masked_event(given, masks) == given


@pytest.mark.parametrize("kind", ["bot", "slot", "action"])
def test_what_the_assistant_says_and_keeps_in_mind_stays(masks: Masks, kind: str) -> None:
    given = {"event": kind, "text": f"call {NUMBER}", "value": NUMBER}
    assert masked_event(given, masks) is given

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.treatment_time import TreatmentTimeExtractor


@pytest.fixture
def extractor() -> TreatmentTimeExtractor:
    return TreatmentTimeExtractor(ZoneInfo("Europe/London"))


def entities(extractor: TreatmentTimeExtractor, data: dict[str, object]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = extractor.process([Message(data=data)])[0].get(ENTITIES, [])
    return found


def test_the_time_is_an_entity_in_days(extractor: TreatmentTimeExtractor) -> None:
    assert entities(extractor, {TEXT: "it was 2 weeks ago"}) == [
        {
            "entity": "days_since_treatment",
            "value": 14.0,
            "start": 7,
            "end": 18,
            "extractor": "TreatmentTimeExtractor",
        }
    ]


def test_earlier_entities_stay(extractor: TreatmentTimeExtractor) -> None:
    earlier = {"entity": "subject", "value": "makeup"}

    found = entities(extractor, {TEXT: "makeup, day 3", ENTITIES: [earlier]})
    assert [it["entity"] for it in found] == ["subject", "days_since_treatment"]


@pytest.mark.parametrize("data", [{TEXT: "why am I breaking out?"}, {TEXT: ""}, {}])
def test_a_message_without_a_time_has_no_entity(extractor: TreatmentTimeExtractor, data: dict[str, object]) -> None:
    assert entities(extractor, data) == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_weekdays_are_counted_from_the_clinics_today(zone: str) -> None:
    yesterday = datetime.now(ZoneInfo(zone)) - timedelta(days=1)  # the zones are never on the same date

    found = entities(TreatmentTimeExtractor(ZoneInfo(zone)), {TEXT: f"I had it done on {yesterday:%A}"})
    assert [it["value"] for it in found] == [1]

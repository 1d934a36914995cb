from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.responses import ClinicResponses
from bot.settings import Clinic
from bot.wording import load_phrases

DOMAIN = """
version: "3.1"
responses:
  utter_call:
    - text: Call {clinic_name} on {clinic_phone}.
      buttons:
        - title: Open {clinic_hours}
          payload: /call
  utter_warn:
    - text: "{warning_signs}"
  utter_slot:
    - text: You said {subject}, {clinic_phone} knows.
"""


def generate(response: str, **slots: str) -> dict[str, Any]:
    tracker = DialogueStateTracker("someone", [TextSlot("subject", mappings=[], initial_value=slots.get("subject"))])
    responses = ClinicResponses(None, Domain.from_yaml(DOMAIN))
    generated: dict[str, Any] | None = asyncio.run(responses.generate(response, tracker, "rest"))
    assert generated is not None
    return generated


def test_a_response_names_the_clinics_values(clinic: Clinic) -> None:
    assert generate("utter_call")["text"] == f"Call {clinic.name} on {clinic.phone}."


def test_a_button_names_the_clinics_values(clinic: Clinic) -> None:
    assert generate("utter_call")["buttons"] == [{"title": f"Open {clinic.hours}", "payload": "/call"}]


def test_a_response_names_a_shared_phrase(clinic: Clinic) -> None:
    assert generate("utter_warn")["text"] == load_phrases(clinic)["warning_signs"]


@pytest.mark.parametrize("subject", ["makeup", "{clinic_phone}"])
def test_a_slot_is_filled_beside_the_clinics_values_and_never_expanded(clinic: Clinic, subject: str) -> None:
    assert generate("utter_slot", subject=subject)["text"] == f"You said {subject}, {clinic.phone} knows."

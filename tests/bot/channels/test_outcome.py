from __future__ import annotations

import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.channels.outcome import OTHER, OUTCOMES, note_turn, outcome_of
from bot.settings import ROOT
from bot.yaml_file import read_mapping

ANSWER = {"answer": "ask_how_long", "utter_action": "utter_answer"}


def said(*responses: str) -> list[dict[str, Any]]:
    return [{"utter_action": it} for it in responses]


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ([], OTHER),
        (said("utter_greet"), OTHER),
        ([ANSWER], "answered"),
        (said("utter_undocumented_subject"), "undocumented"),
        (said("utter_missed_again"), "not_understood"),
        (said("utter_out_of_scope"), "out_of_scope"),
        (said("utter_cannot_look_up"), "error"),
        (said("utter_crisis"), "crisis"),
        (said("utter_warning_clinic"), "warning_clinic"),
        ([ANSWER, *said("utter_undocumented")], "answered"),
        ([*said("utter_greet"), ANSWER], "answered"),
        # What weighs more counts.
        ([ANSWER, *said("utter_cannot_look_up")], "error"),
        ([*said("utter_warning_same_day"), ANSWER], "warning_same_day"),
        (said("utter_cannot_look_up", "utter_warning_emergency"), "warning_emergency"),
    ],
)
def test_a_turn_has_one_outcome(replies: list[dict[str, Any]], outcome: str) -> None:
    assert outcome_of(replies) == outcome


def test_every_response_that_is_named_exists() -> None:
    known = {name for file in (ROOT / "data").rglob("*.yml") for name in responses_in(file)}
    named = {it for responses in OUTCOMES.values() for it in responses}
    assert named <= known


def responses_in(file: Any) -> list[str]:
    if "responses:" not in file.read_text(encoding="utf-8"):
        return []
    return list(read_mapping(file).get("responses") or {})


def test_a_turn_is_counted_and_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    labels = {"channel": "rest", "outcome": "answered"}
    before = REGISTRY.get_sample_value("aftercare_turns_total", labels) or 0
    with caplog.at_level(logging.INFO, "bot.turns"):
        note_turn("rest", 0.25, [{**ANSWER, "text": "zebra"}])
    assert REGISTRY.get_sample_value("aftercare_turns_total", labels) == before + 1
    (record,) = (it for it in caplog.records if it.name == "bot.turns")
    assert (vars(record)["channel"], vars(record)["outcome"], vars(record)["duration"]) == ("rest", "answered", 0.25)
    assert "zebra" not in str(vars(record))

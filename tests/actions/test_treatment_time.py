from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import KNOWLEDGE
from actions.treatment_time import ActionNoteTime
from tests.actions.conftest import MakeTracker, payloads, said, slots

SPOTS = KNOWLEDGE.terms["spots"].name


def test_time_is_said_back(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("tell_time", [("days_since_treatment", 5.0)], days_since_treatment=5.0)
    events = ActionNoteTime().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["response"] == "utter_time_noted"
    assert dispatcher.messages[0]["duration"] == "5 days"
    assert payloads(dispatcher.messages[0]) == [f"/{it}" for it in slots(events)["offered"]]
    assert slots(events)["last_answer"] is None


def test_last_answer_is_given_anew_with_the_time(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    entities = [("days_since_treatment", 60.0)]
    tracker = make_tracker("tell_time", entities, days_since_treatment=60.0, last_answer="ask_how_long")
    ActionNoteTime().run(dispatcher, tracker, {})
    assert dispatcher.messages[-1]["answer"] == "ask_see_doctor"


@pytest.mark.parametrize(("days", "given"), [(3.0, None), (60.0, "ask_see_doctor")])
def test_an_answer_that_only_a_long_time_changes(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, days: float, given: str | None
) -> None:
    entities = [("days_since_treatment", days)]
    tracker = make_tracker("tell_time", entities, days_since_treatment=days, last_answer="ask_purge")
    ActionNoteTime().run(dispatcher, tracker, {})
    assert dispatcher.messages[-1].get("answer") == given


def test_past_the_limit_the_doctor_is_the_answer(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("tell_time", [("days_since_treatment", 60.0)], days_since_treatment=60.0)
    ActionNoteTime().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_lasting", "ask_see_doctor"]


def test_after_a_warning_sign_no_answer_is_given_anew(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    entities = [("days_since_treatment", 3.0)]
    tracker = make_tracker("tell_time", entities, days_since_treatment=3.0, last_answer="ask_how_long", warned=True)
    ActionNoteTime().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_warned_instead"]


def test_time_that_was_not_understood_is_asked_for(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionNoteTime().run(dispatcher, make_tracker("tell_time", days_since_treatment=5.0), {})
    assert dispatcher.messages[0]["response"] == "utter_ask_time"


@pytest.mark.parametrize(
    ("entities", "words"),
    [
        ([("symptom", "spots")], "spots"),
        ([("symptom", "spots"), ("body_area", "chin"), ("body_area", "jaw")], "spots on your chin and jawline"),
        ([("body_area", "chin")], "it is on your chin"),
    ],
)
def test_symptom_and_place_are_said_back(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, entities: list[tuple[str, str]], words: str
) -> None:
    time = ("days_since_treatment", 5.0)
    ActionNoteTime().run(dispatcher, make_tracker("tell_time", [time, *entities], days_since_treatment=5.0), {})
    assert said(dispatcher) == ["utter_told_noted"]
    assert dispatcher.messages[0]["told"].replace(SPOTS, "spots") == words

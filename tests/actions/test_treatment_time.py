from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.treatment_time import ActionNoteTime
from tests.actions.conftest import MakeTracker


def test_time_is_said_back(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("tell_time", {"days_since_treatment": 5.0}, days_since_treatment=5.0)
    ActionNoteTime().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["response"] == "utter_time_noted"
    assert dispatcher.messages[0]["duration"] == "5 days"


def test_last_answer_is_given_anew_with_the_time(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    entities = {"days_since_treatment": 60.0}
    tracker = make_tracker("tell_time", entities, days_since_treatment=60.0, last_answer="ask_how_long")
    ActionNoteTime().run(dispatcher, tracker, {})
    assert dispatcher.messages[-1]["answer"] == "ask_see_doctor"


def test_time_that_was_not_understood_is_asked_for(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionNoteTime().run(dispatcher, make_tracker("tell_time", days_since_treatment=5.0), {})
    assert dispatcher.messages[0]["response"] == "utter_ask_time"

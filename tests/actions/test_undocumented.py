from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.undocumented import ActionUndocumented
from tests.actions.conftest import MakeTracker


def test_known_subject_is_named(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionUndocumented().run(dispatcher, make_tracker("undocumented", {"subject": "Mascara"}), {})
    assert dispatcher.messages[0]["response"] == "utter_undocumented_subject"
    assert dispatcher.messages[0]["subject"] == "makeup"


def test_unknown_subject_is_not_guessed(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionUndocumented().run(dispatcher, make_tracker("undocumented"), {})
    assert dispatcher.messages[0]["response"] == "utter_undocumented"

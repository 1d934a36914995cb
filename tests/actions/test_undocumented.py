from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.undocumented import decline
from tests.actions.conftest import MakeTracker, said, slots


@pytest.mark.parametrize(
    ("entities", "subject"),
    [
        ([("product", "makeup")], "makeup"),
        ([("product", "makeup"), ("activity", "gym")], "makeup or the gym and sweat"),
        ([("activity", "gym"), ("product", "makeup"), ("subject", "cost")], "the gym and sweat, makeup or the cost"),
        ([("product", "makeup"), ("product", "makeup")], "makeup"),
        ([("product", "salicylic_acid"), ("product", "makeup")], "makeup"),
        ([("body_area", "forehead"), ("product", "makeup")], "makeup"),
    ],
)
def test_what_the_guide_leaves_out_is_named(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, entities: list[tuple[str, str]], subject: str
) -> None:
    decline(dispatcher, make_tracker("undocumented", entities))
    assert said(dispatcher) == ["utter_undocumented_subject"]
    assert dispatcher.messages[0]["subject"] == subject


@pytest.mark.parametrize(
    "entities",
    [[], [("product", "moon dust")], [("product", "salicylic_acid")], [("body_area", "forehead")]],
)
def test_what_is_unknown_or_covered_or_a_place_is_not_named(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, entities: list[tuple[str, str]]
) -> None:
    decline(dispatcher, make_tracker("undocumented", entities))
    assert said(dispatcher) == ["utter_undocumented"]


@pytest.mark.parametrize(
    ("entities", "text", "subject"),
    [
        ([], "can I use it?", "retinol and other retinoids"),
        ([("product", "makeup")], "can I use it?", "makeup"),
        ([], "can I?", None),
    ],
)
def test_it_stands_for_what_was_named_before(
    dispatcher: CollectingDispatcher,
    make_tracker: MakeTracker,
    entities: list[tuple[str, str]],
    text: str,
    subject: str | None,
) -> None:
    tracker = make_tracker("undocumented", entities, text=text, asks=True, before=[("product", "retinol")])
    decline(dispatcher, tracker)
    assert dispatcher.messages[0].get("subject") == subject


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        ("redness", ["utter_warning_signs", "utter_undocumented_subject"]),
        ("infection", ["utter_warning_signs", "utter_undocumented"]),
        ("sensitive_skin", ["utter_undocumented_subject"]),
    ],
)
def test_the_warning_signs_are_told_with_what_can_be_one(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, symptom: str, expected: list[str]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("undocumented", [("symptom", symptom)]), {})
    assert said(dispatcher) == expected


def test_the_answer_to_an_undocumented_question_is_that_there_is_none(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("undocumented", [("product", "makeup")], questions=["undocumented"], last_answer="ask_oil")
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_undocumented_subject"]
    assert slots(events)["last_answer"] is None

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.check import ActionCheck, ActionDeclineOffer
from actions.check_questions import QUESTIONS, asked_last, next_question
from actions.out_of_scope import ActionOfferTopics
from tests.actions.conftest import MakeTracker, said, slots

ORDER = list(QUESTIONS)


def asked_about(tracker: Tracker, sign: str) -> Tracker:
    """The conversation in which the last thing said was that question."""
    event: dict[str, Any] = {"event": "bot", "metadata": {"check": sign}}
    tracker.events.insert(0, event)
    return tracker


def question(dispatcher: CollectingDispatcher) -> str | None:
    return dispatcher.messages[-1].get("check")


def test_it_begins_with_the_first_question(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    events = ActionCheck().run(dispatcher, make_tracker("check_symptoms"), {})
    assert said(dispatcher) == ["utter_check_start", "utter_check_question"]
    assert (question(dispatcher), slots(events)["check"]) == (ORDER[0], ORDER[0])


def test_it_is_taken_up_where_it_was_left(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionCheck().run(dispatcher, make_tracker("check_symptoms", check=ORDER[2]), {})
    assert (said(dispatcher), question(dispatcher)) == (["utter_check_question"], ORDER[2])


@pytest.mark.parametrize("number", range(len(ORDER) - 1))
def test_a_no_leads_to_the_next_question(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, number: int
) -> None:
    tracker = asked_about(make_tracker("deny", check=ORDER[number]), ORDER[number])
    ActionDeclineOffer().run(dispatcher, tracker, {})
    assert question(dispatcher) == ORDER[number + 1]


def test_the_last_no_leads_to_self_care(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    events = ActionDeclineOffer().run(dispatcher, asked_about(make_tracker("deny"), ORDER[-1]), {})
    assert said(dispatcher) == ["utter_check_clear", "ask_manage"]
    assert slots(events)["check"] is None


def test_the_last_no_comforts_nobody_who_reported_a_sign(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = asked_about(make_tracker("deny", warned=True, signs=["pus"]), ORDER[-1])
    ActionDeclineOffer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_warned"]


def test_a_no_to_an_offer_leaves_it_open(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionDeclineOffer().run(dispatcher, make_tracker("deny", check=ORDER[1]), {})
    assert said(dispatcher) == ["utter_anything_else"]


@pytest.mark.parametrize(
    ("after", "signs", "expected"),
    [
        ("hot_swollen", ["hot_swollen"], "fever"),
        ("fever", ["fever"], None),
        ("breathing", [], "collapse"),
        ("sight", ["scars"], "hot_swollen"),
    ],
)
def test_only_what_can_still_change_something_is_asked(after: str, signs: list[str], expected: str | None) -> None:
    following = next_question(after, signs)
    assert (following.sign if following else None) == expected


def test_neither_yes_nor_no_is_asked_again(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = asked_about(make_tracker("nlu_fallback", ranking={}), ORDER[1])
    ActionOfferTopics().run(dispatcher, tracker, {})
    assert (said(dispatcher), question(dispatcher)) == (["utter_check_again", "utter_check_question"], ORDER[1])


def test_a_question_that_was_left_is_not_open(make_tracker: MakeTracker) -> None:
    tracker = asked_about(make_tracker("deny"), ORDER[1])
    tracker.events.append({"event": "bot", "metadata": {"answer": "ask_oil"}})
    assert asked_last(tracker) is None

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.clarify import CLOSE, SOMETHING_ELSE, SURE, close_topics, offer
from tests.actions.conftest import MakeTracker, payloads, slots

NEAR = {"ask_oil": 0.5, "ask_purge": 0.5 * CLOSE}


def test_two_topics_about_as_likely_are_close(make_tracker: MakeTracker) -> None:
    assert close_topics(make_tracker("ask_oil", ranking=NEAR)) == ["ask_oil", "ask_purge"]


def test_what_is_no_topic_between_them_does_not_count(make_tracker: MakeTracker) -> None:
    ranking = {"ask_oil": 0.5, "undocumented": 0.49, "ask_purge": 0.48}
    assert close_topics(make_tracker("ask_oil", ranking=ranking)) == ["ask_oil", "ask_purge"]


@pytest.mark.parametrize(
    "ranking",
    [
        {"ask_oil": SURE, "ask_purge": SURE},
        {"ask_oil": 0.5, "ask_purge": 0.5 * CLOSE - 0.01},
        {"ask_oil": 0.5},
        {},
        {"ask_purge": 0.5, "ask_oil": 0.49},
    ],
)
def test_else_none_are_close(make_tracker: MakeTracker, ranking: dict[str, float]) -> None:
    assert close_topics(make_tracker("ask_oil", ranking=ranking, questions=["ask_oil"])) == []


def test_several_questions_are_answered_and_not_asked_back(make_tracker: MakeTracker) -> None:
    assert close_topics(make_tracker("ask_oil", ranking=NEAR, questions=["ask_oil", "ask_cleanse"])) == []


def test_a_choice_has_a_way_out_and_takes_no_yes(dispatcher: CollectingDispatcher) -> None:
    events = offer(dispatcher, ["ask_oil", "ask_purge"], "utter_which_of_these")
    assert dispatcher.messages[0]["response"] == "utter_which_of_these"
    assert payloads(dispatcher.messages[0]) == ["/ask_oil", "/ask_purge", SOMETHING_ELSE["payload"]]
    assert slots(events) == {"offered": ["ask_oil", "ask_purge"], "last_answer": None}

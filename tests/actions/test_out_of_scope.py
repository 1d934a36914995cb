from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.out_of_scope import SOMETHING_ELSE, ActionOfferTopics, likely_topics
from tests.actions.conftest import MakeTracker


@pytest.mark.parametrize(
    ("intent", "response"), [("out_of_scope", "utter_out_of_scope"), ("nlu_fallback", "utter_not_understood")]
)
def test_topics_are_offered_and_none_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, intent: str, response: str
) -> None:
    ranking = [intent, "ask_oil", "undocumented", "ask_purge"]
    events = ActionOfferTopics().run(dispatcher, make_tracker(intent, ranking=ranking), {})
    message = dispatcher.messages[0]
    assert message["response"] == response
    assert [it["payload"] for it in message["buttons"]] == ["/ask_oil", "/ask_purge", SOMETHING_ELSE["payload"]]
    assert {"event": "slot", "timestamp": None, "name": "last_answer", "value": None} in events


def test_at_most_three_topics() -> None:
    ranking = [{"name": it} for it in ("ask_oil", "ask_purge", "greet", "ask_cleanse", "ask_picking")]
    assert likely_topics(ranking) == ["ask_oil", "ask_purge", "ask_cleanse"]


def test_usual_first_questions_where_no_topic_ranks() -> None:
    assert likely_topics([{"name": "greet"}]) == ["ask_why_breakout", "ask_is_normal", "ask_manage"]

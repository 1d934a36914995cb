from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from bot.knowledge import Knowledge
from bot.settings import Clinic
from tests.actions.conftest import MakeTracker


def slots(events: list[dict[str, object]]) -> dict[object, object]:
    return {event["name"]: event["value"] for event in events}


def responses(dispatcher: CollectingDispatcher) -> list[str]:
    return [message["response"] or message["answer"] for message in dispatcher.messages]


def test_every_answer_carries_its_sources(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    for answer in knowledge.answers.values():
        dispatcher.messages.clear()
        ActionAnswer().run(dispatcher, make_tracker(answer.id), {})
        message = dispatcher.messages[-1]
        assert (message["answer"], message["facts"]) == (answer.id, answer.facts)
        assert message["sources"] == knowledge.sources(answer)
        assert message["text"] == answer.text


def test_next_topics_are_buttons_and_offered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    events = ActionAnswer().run(dispatcher, make_tracker("ask_purge"), {})
    answer = knowledge.answers["ask_purge"]
    expected = [{"title": knowledge.answers[it].title, "payload": f"/{it}"} for it in answer.next]
    assert dispatcher.messages[0]["buttons"] == expected
    assert slots(events) == {
        "last_answer": "ask_purge",
        "offered": answer.next,
        "told_more": False,
    }


@pytest.mark.parametrize("topic", ["ask_how_long", "ask_is_normal", "ask_see_doctor"])
def test_time_is_mentioned_first(dispatcher: CollectingDispatcher, make_tracker: MakeTracker, topic: str) -> None:
    ActionAnswer().run(dispatcher, make_tracker(topic, days_since_treatment=3.0), {})
    assert responses(dispatcher) == ["utter_time_so_far", topic]
    assert dispatcher.messages[0]["duration"] == "3 days"


def test_time_is_not_mentioned_where_it_changes_nothing(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_benefits", days_since_treatment=3.0), {})
    assert responses(dispatcher) == ["ask_benefits"]


@pytest.mark.parametrize("topic", ["ask_how_long", "ask_is_normal", "ask_purge", "ask_see_doctor"])
def test_past_the_limit_the_doctor_is_the_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, clinic: Clinic, topic: str
) -> None:
    days = clinic.breakout_limit_weeks * 7 + 1.0
    events = ActionAnswer().run(dispatcher, make_tracker(topic, days_since_treatment=days), {})
    assert responses(dispatcher) == ["utter_lasting", "ask_see_doctor"]
    assert slots(events)["last_answer"] == "ask_see_doctor"


def test_at_the_limit_it_is_still_the_usual_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, clinic: Clinic
) -> None:
    days = clinic.breakout_limit_weeks * 7.0
    ActionAnswer().run(dispatcher, make_tracker("ask_how_long", days_since_treatment=days), {})
    assert responses(dispatcher)[-1] == "ask_how_long"


def test_lasting_is_warned_of_before_other_answers(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_manage", days_since_treatment=90.0), {})
    assert responses(dispatcher) == ["utter_lasting", "ask_manage"]


def test_bare_why_tells_the_reasons(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    tracker = make_tracker("ask_why_breakout", {"bare_why": "why"}, last_answer="ask_avoid_products")
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["text"] == knowledge.answers["ask_avoid_products"].more
    assert slots(events) == {"told_more": True}


@pytest.mark.parametrize(
    "slots_before",
    [{}, {"last_answer": "ask_how_long"}, {"last_answer": "ask_avoid_products", "told_more": True}],
)
def test_bare_why_with_no_reasons_left_gives_the_causes(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, slots_before: dict[str, object]
) -> None:
    tracker = make_tracker("ask_why_breakout", {"bare_why": "why"}, **slots_before)
    ActionAnswer().run(dispatcher, tracker, {})
    assert responses(dispatcher) == ["ask_why_breakout"]

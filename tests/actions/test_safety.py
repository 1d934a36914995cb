from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, ActionAnswerRest, gives_comfort
from actions.safety import ActionSettle
from bot.knowledge import Knowledge
from tests.actions.conftest import MakeTracker, said, slots

NOT_COVERED = "utter_not_covered_either"


def test_what_is_settled_is_no_longer_reminded_of(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("settled", warned=True, tier="same_day", signs=["fever"], mentioned="a fever")
    events = ActionSettle().run(dispatcher, tracker, {})
    assert slots(events) == {"warned": False, "tier": None, "signs": [], "mentioned": None}
    assert said(dispatcher) == ["utter_settled"]


def test_without_a_sign_nothing_is_settled(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    assert ActionSettle().run(dispatcher, make_tracker("settled"), {}) == []
    assert said(dispatcher) == ["utter_anything_else"]


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["red_flag"], []),
        (["red_flag", "ask_cleanse"], ["ask_cleanse"]),
        (["ask_is_normal", "red_flag"], ["utter_rest_waits"]),
        (["ask_cleanse", "red_flag", "ask_how_long"], ["utter_rest_waits", "ask_cleanse"]),
        (["red_flag", "undocumented"], ["utter_rest_waits"]),
        (["red_flag", "ask_infection"], ["utter_rest_waits"]),
    ],
)
def test_the_rest_of_a_message_is_answered_without_comfort(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str], expected: list[str]
) -> None:
    ActionAnswerRest().run(dispatcher, make_tracker("red_flag", questions=questions, warned=True), {})
    assert said(dispatcher) == expected


@pytest.mark.parametrize(
    "topic", ["ask_is_normal", "ask_how_long", "ask_purge", "ask_oil", "ask_manage", "ask_see_doctor"]
)
def test_in_the_place_of_comfort_the_warning_is_repeated(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, topic: str
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(topic, warned=True), {})
    assert said(dispatcher) == ["utter_warned_instead"]


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ([("symptom", "swelling")], ["utter_warning_signs", "ask_moisturize"]),
        ([("product", "makeup"), ("symptom", "fever")], ["utter_warning_signs", "ask_moisturize", NOT_COVERED]),
        ([("product", "makeup")], ["ask_moisturize", NOT_COVERED]),
        ([("symptom", "sensitive_skin")], ["ask_moisturize"]),
    ],
)
def test_a_sign_in_the_question_is_warned_of_first(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, entities: list[tuple[str, str]], expected: list[str]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_moisturize", entities), {})
    assert said(dispatcher) == expected


@pytest.mark.parametrize("questions", [["ask_why_breakout"], ["ask_moisturize", "ask_why_breakout"]])
def test_signs_that_an_answer_names_are_not_named_twice(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(questions[0], [("symptom", "fever")], questions=questions), {})
    assert said(dispatcher) == questions


def test_other_answers_remind_of_the_sign(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_cleanse", warned=True), {})
    reminder, answer = dispatcher.messages
    assert (reminder["response"], answer["answer"]) == ("utter_warned", "ask_cleanse")


@pytest.mark.parametrize("intent", ["undocumented"])
def test_what_is_not_answered_gets_the_warning_again(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, intent: str
) -> None:
    tracker = make_tracker(intent, [("product", "makeup")], questions=[intent], asks=True, warned=True)
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_warned_instead"]
    assert slots(events) == {"last_answer": None, "offered": [], "told_more": False}


def test_of_several_questions_only_what_gives_no_comfort_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    questions = ["ask_is_normal", "ask_cleanse", "ask_how_long"]
    ActionAnswer().run(dispatcher, make_tracker("ask_is_normal", questions=questions, warned=True), {})
    assert said(dispatcher) == ["utter_warned_instead", "ask_cleanse"]


@pytest.mark.parametrize("days", [None, 3.0, 90.0])
def test_after_a_sign_every_topic_begins_with_it_and_none_gives_comfort(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge, days: float | None
) -> None:
    for answer in knowledge.answers.values():
        dispatcher.messages.clear()
        ActionAnswer().run(dispatcher, make_tracker(answer.id, warned=True, days_since_treatment=days), {})
        assert said(dispatcher) == (["utter_warned_instead"] if gives_comfort(answer) else ["utter_warned", answer.id])


def test_a_sign_that_is_named_again_is_not_told_of_twice(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_cleanse", [("symptom", "fever")], warned=True), {})
    assert said(dispatcher) == ["utter_warned", "ask_cleanse"]

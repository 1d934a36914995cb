"""Several questions in one message are answered in one turn."""

from __future__ import annotations

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer, ActionAnswerRest
from bot.knowledge import Knowledge
from tests.actions.conftest import MakeTracker, payloads, said, slots


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["ask_oil", "ask_picking"], ["ask_oil", "ask_picking"]),
        (["ask_picking", "ask_oil"], ["ask_picking", "ask_oil"]),
        (["ask_oil", "ask_picking", "ask_cleanse"], ["ask_oil", "ask_picking", "ask_cleanse"]),
        (["ask_oil", "undocumented"], ["ask_oil", "utter_undocumented"]),
        (["undocumented", "ask_oil"], ["utter_undocumented", "ask_oil"]),
        (["ask_oil", "out_of_scope"], ["ask_oil", "utter_other_part_out_of_scope"]),
        (["ask_oil", "request_human"], ["ask_oil", "utter_clinic_contact"]),
    ],
)
def test_each_is_answered_in_the_order_asked(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str], expected: list[str]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(questions[0], questions=questions), {})
    assert said(dispatcher) == expected


@pytest.mark.parametrize("questions", [["ask_oil", "ask_picking"], ["ask_oil", "undocumented"]])
def test_only_the_last_answer_has_buttons_and_is_remembered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str]
) -> None:
    events = ActionAnswer().run(dispatcher, make_tracker("ask_oil", questions=questions), {})
    answered = [it for it in dispatcher.messages if "answer" in it]
    assert [bool(it["buttons"]) for it in answered] == [False] * (len(answered) - 1) + [True]
    assert slots(events)["last_answer"] == answered[-1]["answer"]
    assert payloads(answered[-1]) == [f"/{it}" for it in slots(events)["offered"]]


def test_a_sentence_that_answers_share_is_said_once_and_last(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_is_normal", questions=["ask_is_normal", "ask_why_breakout"]), {})
    first, last = (message["text"] for message in dispatcher.messages)
    signs = knowledge.phrases["warning_signs"]
    assert signs in knowledge.answers["ask_is_normal"].text
    assert signs not in first and signs in last


def test_what_nothing_documented_answers_leaves_nothing_offered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("undocumented", questions=["undocumented", "out_of_scope"], last_answer="ask_oil")
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_undocumented", "utter_other_part_out_of_scope"]
    assert slots(events) == {"last_answer": None, "offered": [], "told_more": False}


@pytest.mark.parametrize(("days", "preface"), [(3.0, "utter_time_so_far"), (90.0, "utter_lasting")])
def test_the_time_is_said_once_and_first(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, days: float, preface: str
) -> None:
    tracker = make_tracker("ask_cleanse", questions=["ask_cleanse", "ask_how_long"], days_since_treatment=days)
    ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher)[:2] == [preface, "ask_cleanse"]
    assert said(dispatcher).count(preface) == 1


def test_the_doctor_takes_the_place_of_several_answers_once(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    questions = ["ask_how_long", "ask_picking", "ask_is_normal"]
    ActionAnswer().run(dispatcher, make_tracker("ask_how_long", questions=questions, days_since_treatment=90.0), {})
    assert said(dispatcher) == ["utter_lasting", "ask_see_doctor", "ask_picking"]
    assert [bool(it["buttons"]) for it in dispatcher.messages] == [False, False, True]


def test_what_is_asked_twice_is_answered_once(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_oil", questions=["ask_oil", "ask_oil"]), {})
    assert said(dispatcher) == ["ask_oil"]


def test_the_rest_is_answered_after_a_fixed_response(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("request_human", questions=["request_human", "ask_oil", "ask_picking"])
    events = ActionAnswerRest().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["ask_oil", "ask_picking"]
    assert slots(events)["last_answer"] == "ask_picking"


@pytest.mark.parametrize("questions", [None, ["request_human"]])
def test_without_a_rest_nothing_is_said(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str] | None
) -> None:
    assert ActionAnswerRest().run(dispatcher, make_tracker("request_human", questions=questions), {}) == []
    assert dispatcher.messages == []

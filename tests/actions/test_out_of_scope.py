from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import SURE
from actions.handover import CONTACT_ME
from actions.out_of_scope import (
    CHOSEN_IN_WORDS,
    LIKELY,
    SOMETHING_ELSE,
    USUAL_TOPICS,
    ActionOfferTopics,
    choice_in_words,
    likely_topics,
)
from bot.knowledge import Knowledge
from tests.actions.conftest import MakeTracker, payloads, said, slots

# A message that was not understood, as understanding leaves it; "nlu_fallback" is never in the ranking.
MISSED: dict[str, Any] = {"intent": "nlu_fallback", "questions": ["nlu_fallback"], "confidence": 0.3, "asks": True}
TOLD = {**MISSED, "asks": False}


@pytest.mark.parametrize(
    ("intent", "response"), [("out_of_scope", "utter_out_of_scope"), ("nlu_fallback", "utter_not_understood")]
)
def test_topics_are_offered_and_none_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, intent: str, response: str
) -> None:
    ranking = {intent: 0.4, "ask_oil": 0.3, "undocumented": 0.3, "ask_purge": 0.2}
    events = ActionOfferTopics().run(dispatcher, make_tracker(intent, ranking=ranking), {})
    message = dispatcher.messages[0]
    assert message["response"] == response
    assert payloads(message) == ["/ask_oil", "/ask_purge", SOMETHING_ELSE["payload"]]
    assert slots(events)["offered"] == ["ask_oil", "ask_purge"] and slots(events)["last_answer"] is None


def test_what_is_not_understood_is_not_called_out_of_scope(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(**MISSED, ranking={"out_of_scope": 0.3, "ask_oil": 0.2})
    events = ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_not_understood"]
    assert slots(events)["missed"] == "message 1"


def test_at_most_three_topics_that_are_likely_enough(make_tracker: MakeTracker) -> None:
    ranking = {"ask_oil": 0.3, "ask_purge": 0.25, "greet": 0.25, "ask_cleanse": LIKELY, "ask_picking": LIKELY}
    assert likely_topics(make_tracker(**MISSED, ranking=ranking)) == ["ask_oil", "ask_purge", "ask_cleanse"]


@pytest.mark.parametrize("ranking", [{}, {"greet": 0.3}, {"ask_oil": LIKELY - 0.01}])
def test_usual_first_questions_where_no_topic_is_likely(make_tracker: MakeTracker, ranking: dict[str, float]) -> None:
    assert likely_topics(make_tracker(**MISSED, ranking=ranking)) == USUAL_TOPICS


def miss(dispatcher: CollectingDispatcher, make_tracker: MakeTracker, turns: int, **slots: Any) -> list[EventType]:
    return ActionOfferTopics().run(dispatcher, make_tracker(**MISSED, ranking={}, turns=turns, **slots), {})


def test_the_first_miss_is_noted(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    assert slots(miss(dispatcher, make_tracker, turns=3))["missed"] == "message 3"
    assert said(dispatcher) == ["utter_not_understood"]


def test_after_two_misses_a_person_and_every_topic_are_offered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    events = miss(dispatcher, make_tracker, turns=4, missed="message 3")
    assert said(dispatcher) == ["utter_missed_again"]
    topics = [f"/{it}" for it in knowledge.answers]
    assert payloads(dispatcher.messages[0]) == [CONTACT_ME["payload"], *topics, SOMETHING_ELSE["payload"]]
    assert slots(events) == {"offered": list(knowledge.answers), "last_answer": None}


def test_misses_with_another_message_between_are_not_in_a_row(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    assert slots(miss(dispatcher, make_tracker, turns=5, missed="message 3"))["missed"] == "message 5"
    assert said(dispatcher) == ["utter_not_understood"]


def test_another_language_is_told_that_only_english_is_spoken(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("out_of_scope", [("language", "es")], ranking={}, offered=["ask_oil"])
    assert ActionOfferTopics().run(dispatcher, tracker, {}) == []
    assert said(dispatcher) == ["utter_english_only"]


def test_what_it_stands_for_decides_where_the_rest_is_not_understood(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(**MISSED, text="can i use it now", before=[("product", "toner")], ranking={})
    ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["ask_avoid_products"]


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback"])
def test_after_a_warning_sign_the_warning_is_given_again(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, intent: str
) -> None:
    tracker = make_tracker(intent, ranking={"ask_oil": 0.3}, warned=True, offered=["ask_oil"])
    events = ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_warned_instead"]
    assert slots(events) == {"last_answer": None, "offered": [], "told_more": False}


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        (["out_of_scope", "ask_oil"], ["utter_other_part_out_of_scope", "ask_oil"]),
        (["out_of_scope", "undocumented"], ["utter_other_part_out_of_scope", "utter_undocumented"]),
    ],
)
def test_what_else_is_asked_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, questions: list[str], expected: list[str]
) -> None:
    ActionOfferTopics().run(dispatcher, make_tracker("out_of_scope", questions=questions), {})
    assert said(dispatcher) == expected


def test_a_choice_by_words_is_answered_though_it_is_unsure(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    ranking = {"greet": 0.35, "ask_cleanse": 0.3, "ask_oil": CHOSEN_IN_WORDS}
    tracker = make_tracker(**TOLD, ranking=ranking, offered=["ask_purge", "ask_oil"], text="the oil thing")
    events = ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["ask_oil"]
    assert slots(events)["last_answer"] == "ask_oil"


@pytest.mark.parametrize(
    ("ranking", "slots_before"),
    [
        ({"ask_oil": CHOSEN_IN_WORDS - 0.01}, {"offered": ["ask_oil"]}),
        ({"ask_purge": 0.3}, {"offered": ["ask_oil"]}),
        ({"ask_oil": 0.3}, {"offered": ["ask_oil"], "last_answer": "ask_purge"}),
        ({"ask_oil": 0.3}, {"offered": []}),
        ({"ask_oil": 0.3}, {}),
    ],
)
def test_else_no_choice_is_guessed(
    make_tracker: MakeTracker, ranking: dict[str, float], slots_before: dict[str, Any]
) -> None:
    assert choice_in_words(make_tracker(**MISSED, ranking=ranking, **slots_before)) is None


@pytest.mark.parametrize(
    ("product", "expected"),
    [("salicylic_acid", "ask_topical_treatment"), ("retinol", "utter_undocumented_subject")],
)
def test_a_question_on_what_was_named_before_gets_its_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, product: str, expected: str
) -> None:
    tracker = make_tracker(**MISSED, ranking={}, text="so may i use it", before=[("product", product)])
    ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == [expected]


@pytest.mark.parametrize(("last", "given"), [("ask_purge", "more"), ("ask_oil", "text")])
def test_what_is_told_after_an_answer_goes_on_with_it(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge, last: str, given: str
) -> None:
    assert TOLD["confidence"] < SURE
    ActionOfferTopics().run(dispatcher, make_tracker(**TOLD, ranking={"ask_is_normal": 0.3}, last_answer=last), {})
    assert [it["text"] for it in dispatcher.messages] == [getattr(knowledge.answers[last], given)]


def test_gibberish_after_an_answer_does_not_go_on_with_it(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker(**TOLD, ranking={"out_of_scope": 0.3, "ask_oil": 0.1}, last_answer="ask_oil")
    ActionOfferTopics().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_not_understood"]

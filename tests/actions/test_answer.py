from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ABOUT_THE_SKIN, MOST_BUTTONS, SURE, ActionAnswer, goes_on, picture_of
from bot.knowledge import Knowledge
from bot.settings import Clinic
from tests.actions.conftest import MakeTracker, payloads, said, slots


def test_every_answer_carries_its_sources(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    for answer in knowledge.answers.values():
        dispatcher.messages.clear()
        ActionAnswer().run(dispatcher, make_tracker(answer.id), {})
        message = dispatcher.messages[0]
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
    assert said(dispatcher) == ["utter_time_so_far", topic]
    assert dispatcher.messages[0]["duration"] == "3 days"


def test_time_is_not_mentioned_where_it_changes_nothing(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_benefits", days_since_treatment=3.0), {})
    assert said(dispatcher) == ["ask_benefits"]


@pytest.mark.parametrize("topic", ["ask_how_long", "ask_is_normal", "ask_purge", "ask_see_doctor"])
def test_past_the_limit_the_doctor_is_the_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, clinic: Clinic, topic: str
) -> None:
    days = clinic.breakout_limit_weeks * 7 + 1.0
    events = ActionAnswer().run(dispatcher, make_tracker(topic, days_since_treatment=days), {})
    assert said(dispatcher) == ["utter_lasting", "ask_see_doctor"]
    assert slots(events)["last_answer"] == "ask_see_doctor"


def test_at_the_limit_it_is_still_the_usual_answer(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, clinic: Clinic
) -> None:
    days = clinic.breakout_limit_weeks * 7.0
    ActionAnswer().run(dispatcher, make_tracker("ask_how_long", days_since_treatment=days), {})
    assert said(dispatcher)[-1] == "ask_how_long"


def test_lasting_is_warned_of_before_other_answers(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_manage", days_since_treatment=90.0), {})
    assert said(dispatcher) == ["utter_lasting", "ask_manage"]


@pytest.mark.parametrize(
    ("last", "given"),
    [("ask_is_normal", "ask_why_breakout"), ("ask_how_long", "ask_why_breakout")],
)
def test_bare_why_is_answered_by_the_topic_of_the_reasons_or_the_causes(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge, last: str, given: str
) -> None:
    tracker = make_tracker("ask_why_breakout", [("bare_why", "why")], last_answer=last)
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["text"] == knowledge.answers[given].text
    assert slots(events)["last_answer"] == given


def test_bare_why_without_such_a_topic_tells_the_longer_part(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    tracker = make_tracker("ask_why_breakout", [("bare_why", "why")], last_answer="ask_avoid_products")
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
    tracker = make_tracker("ask_why_breakout", [("bare_why", "why")], **slots_before)
    ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["ask_why_breakout"]


@pytest.mark.parametrize(
    ("last", "told_more", "given"),
    [("ask_purge", False, "more"), ("ask_purge", True, "text"), ("ask_oil", False, "text")],
)
def test_what_is_told_after_an_answer_goes_on_with_it(
    dispatcher: CollectingDispatcher,
    make_tracker: MakeTracker,
    knowledge: Knowledge,
    last: str,
    told_more: bool,
    given: str,
) -> None:
    unsure = {"questions": ["ask_cleanse"], "asks": False, "confidence": SURE - 0.1}
    tracker = make_tracker("ask_cleanse", last_answer=last, told_more=told_more, **unsure)
    ActionAnswer().run(dispatcher, tracker, {})
    assert [it["text"] for it in dispatcher.messages] == [getattr(knowledge.answers[last], given)]


@pytest.mark.parametrize(
    "message",
    [
        {"questions": ["ask_cleanse"], "asks": False, "confidence": SURE},
        {"questions": ["ask_cleanse"], "asks": True, "confidence": SURE - 0.1},
        {"questions": None, "asks": None},
    ],
)
def test_what_is_asked_or_clear_or_a_button_is_answered_anew(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, message: dict[str, object]
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_cleanse", last_answer="ask_purge", **message), {})
    assert said(dispatcher) == ["ask_cleanse"]


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ({"ask_cleanse": ABOUT_THE_SKIN, "greet": 0.1}, True),
        ({"ask_cleanse": ABOUT_THE_SKIN - 0.01}, False),
        ({"out_of_scope": 0.5, "ask_cleanse": 0.4}, False),
        ({"undocumented": 0.5, "ask_cleanse": 0.4}, False),
        ({}, False),
    ],
)
def test_only_what_is_likely_about_a_documented_topic_goes_on(
    make_tracker: MakeTracker, ranking: dict[str, float], expected: bool
) -> None:
    tracker = make_tracker(
        "nlu_fallback", ranking=ranking, questions=["nlu_fallback"], asks=False, confidence=SURE - 0.1
    )
    assert goes_on(tracker) is expected


@pytest.mark.parametrize(("product", "expected"), [("retinol", "utter_undocumented_subject"), ("cleanser", "ask_oil")])
def test_it_that_the_guide_does_not_cover_is_not_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, product: str, expected: str
) -> None:
    before = [("product", product)]
    tracker = make_tracker("ask_oil", questions=["ask_oil"], asks=True, text="can I use it?", before=before)
    ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == [expected]


@pytest.mark.parametrize(
    ("topic", "entities", "subject"),
    [
        ("ask_moisturize", [("product", "moisturiser"), ("product", "makeup")], "makeup"),
        ("ask_cleanse", [("product", "makeup"), ("subject", "cost"), ("activity", "gym")], "makeup or the cost"),
        ("ask_moisturize", [("product", "moisturiser")], None),
        ("ask_purge", [("product", "makeup")], None),
    ],
)
def test_what_is_named_beside_and_not_covered_is_not_passed_over(
    dispatcher: CollectingDispatcher,
    make_tracker: MakeTracker,
    topic: str,
    entities: list[tuple[str, str]],
    subject: str | None,
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(topic, entities, questions=[topic]), {})
    assert said(dispatcher) == [topic, *(["utter_not_covered_either"] if subject else [])]
    assert dispatcher.messages[-1].get("subject") == subject


@pytest.mark.parametrize("last", [None, "ask_purge"])
def test_topics_about_as_likely_are_put_up_to_choose_from(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, last: str | None
) -> None:
    ranking = {"ask_oil": 0.5, "ask_purge": 0.49}
    tracker = make_tracker("ask_oil", ranking=ranking, questions=["ask_oil"], asks=True, last_answer=last)
    events = ActionAnswer().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_which_of_these"]
    assert payloads(dispatcher.messages[0])[:2] == ["/ask_oil", "/ask_purge"]
    assert slots(events) == {"offered": ["ask_oil", "ask_purge"], "last_answer": None}


@pytest.mark.parametrize("topics", [["ask_purge", "ask_how_long"], ["ask_oil", "ask_cleanse", "ask_moisturize"]])
def test_at_most_four_topics_follow_and_none_that_was_just_told(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, topics: list[str]
) -> None:
    events = ActionAnswer().run(dispatcher, make_tracker(topics[0], questions=topics), {})
    offered = slots(events)["offered"]
    assert payloads(dispatcher.messages[-1]) == [f"/{it}" for it in offered]
    assert 0 < len(offered) <= MOST_BUTTONS and len(offered) == len(set(offered))
    assert set(offered).isdisjoint(topics)


@pytest.mark.parametrize(
    ("topic", "entities", "before", "begins"),
    [
        ("ask_infection", [], {}, True),
        ("ask_is_normal", [("worry", "worried")], {}, True),
        ("ask_is_normal", [], {}, False),
        ("ask_cleanse", [("worry", "worried")], {}, False),
        ("ask_infection", [], {"check": "sight"}, False),
        ("ask_infection", [], {"warned": True}, False),
    ],
)
def test_who_may_worry_is_led_to_the_check(
    dispatcher: CollectingDispatcher,
    make_tracker: MakeTracker,
    topic: str,
    entities: list[tuple[str, str]],
    before: dict[str, Any],
    begins: bool,
) -> None:
    ActionAnswer().run(dispatcher, make_tracker(topic, entities, **before), {})
    assert ("utter_check_question" in said(dispatcher)) is begins


def test_a_check_that_was_left_can_be_gone_on_with(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_cleanse", check="sight"), {})
    assert payloads(dispatcher.messages[-1])[-1] == "/check_symptoms"


def test_a_picture_comes_with_its_answer_its_words_and_its_size(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    ActionAnswer().run(dispatcher, make_tracker("ask_how_long", questions=["ask_how_long", "ask_oil"]), {})
    first, second = dispatcher.messages
    assert first["image"] == "/chat/pictures/how_long.svg"
    assert first["image_alt"] == knowledge.answers["ask_how_long"].image_alt
    assert first["image_width"] == 300 and first["image_height"] > 300
    assert second["answer"] == "ask_oil" and second.get("image") is None


def test_the_longer_part_of_an_answer_shows_no_picture_again(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("ask_why_breakout", [("bare_why", "why")], last_answer="ask_why_breakout")
    ActionAnswer().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["answer"] == "ask_why_breakout" and dispatcher.messages[0].get("image") is None


@pytest.mark.parametrize("topic", ["ask_how_long", "ask_why_breakout"])
def test_after_a_warning_sign_there_is_no_picture(make_tracker: MakeTracker, knowledge: Knowledge, topic: str) -> None:
    answer = knowledge.answers[topic]
    assert picture_of(answer, make_tracker(topic))["image_alt"] == answer.image_alt
    assert picture_of(answer, make_tracker(topic, warned=["fever"])) == {}


def test_past_the_clinics_weeks_the_usual_course_is_not_shown(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, clinic: Clinic
) -> None:
    days = clinic.breakout_limit_weeks * 7 + 1
    ActionAnswer().run(dispatcher, make_tracker("ask_how_long", days_since_treatment=days), {})
    assert not any(message.get("image") for message in dispatcher.messages)

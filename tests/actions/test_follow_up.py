from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up import ActionAcceptOffer, ActionChoose, ActionTellMore, chosen
from bot.knowledge import Knowledge
from tests.actions.conftest import MakeTracker, payloads, said, slots

OFFERED = ["ask_cleanse", "ask_how_long", "ask_oil"]


def test_yes_after_an_answer_gives_the_first_offer(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("affirm", last_answer="ask_oil", offered=["ask_cleanse", "ask_how_long"])
    ActionAcceptOffer().run(dispatcher, tracker, {})
    assert dispatcher.messages[-1]["answer"] == "ask_cleanse"


def test_yes_to_a_choice_asks_which(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("affirm", last_answer=None, offered=["ask_cleanse", "ask_how_long"])
    ActionAcceptOffer().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["response"] == "utter_which_topic"
    assert payloads(dispatcher.messages[0]) == ["/ask_cleanse", "/ask_how_long"]


def test_yes_to_nothing_asks_what(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionAcceptOffer().run(dispatcher, make_tracker("affirm"), {})
    assert dispatcher.messages[0]["response"] == "utter_what_to_know"


def test_more_is_the_longer_part(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, knowledge: Knowledge
) -> None:
    ActionTellMore().run(dispatcher, make_tracker("tell_more", last_answer="ask_purge"), {})
    assert dispatcher.messages[0]["text"] == knowledge.answers["ask_purge"].more


def test_no_more_is_said_plainly(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("tell_more", last_answer="ask_oil", offered=["ask_cleanse"])
    ActionTellMore().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["response"] == "utter_no_more"
    assert payloads(dispatcher.messages[0]) == ["/ask_cleanse"]


def test_more_of_nothing_asks_what(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionTellMore().run(dispatcher, make_tracker("tell_more"), {})
    assert dispatcher.messages[0]["response"] == "utter_what_to_know"


@pytest.mark.parametrize("slots_before", [{"told_more": True}, {"told_more": False, "last_answer": "ask_oil"}])
def test_more_is_told_once_and_only_where_there_is_more(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, slots_before: dict[str, Any]
) -> None:
    tracker = make_tracker("tell_more", **{"last_answer": "ask_purge", "offered": OFFERED, **slots_before})
    assert ActionTellMore().run(dispatcher, tracker, {}) == []
    assert said(dispatcher) == ["utter_no_more"]


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("the first one", 0),
        ("First", 0),
        ("1st", 0),
        ("the 2nd one", 1),
        ("second", 1),
        ("third", 2),
        ("fourth one", 3),
        ("the last one", -1),
        ("option 3", 2),
        ("2", 1),
        ("no. 12", 11),
        ("0", None),
        ("both", None),
        ("", None),
    ],
)
def test_which_one_the_words_mean(words: str, number: int | None) -> None:
    assert chosen(words) == number


@pytest.mark.parametrize("last_answer", [None, "ask_purge"])
@pytest.mark.parametrize(
    ("words", "topic"), [("the first one", "ask_cleanse"), ("2", "ask_how_long"), ("last", "ask_oil")]
)
def test_the_one_that_is_chosen_by_number_is_answered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, words: str, topic: str, last_answer: str | None
) -> None:
    tracker = make_tracker("choose", [("ordinal", words)], offered=OFFERED, last_answer=last_answer)
    events = ActionChoose().run(dispatcher, tracker, {})
    assert said(dispatcher) == [topic]
    assert slots(events)["last_answer"] == topic


@pytest.mark.parametrize("entities", [[], [("ordinal", "4")], [("ordinal", "both")]])
def test_a_choice_that_cannot_be_told_is_asked_for(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, entities: list[tuple[str, str]]
) -> None:
    events = ActionChoose().run(dispatcher, make_tracker("choose", entities, offered=OFFERED), {})
    assert (said(dispatcher), events) == (["utter_which_topic"], [])
    assert payloads(dispatcher.messages[0]) == [f"/{it}" for it in OFFERED]


@pytest.mark.parametrize(
    ("offered", "expected"),
    [(OFFERED[:2], OFFERED[:2]), (OFFERED, ["utter_which_topic"]), ([], ["utter_what_to_know"])],
)
def test_both_are_answered_where_two_are_offered(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, offered: list[str], expected: list[str]
) -> None:
    tracker = make_tracker("choose", [("ordinal", "Both")], text="Both please", offered=offered)
    ActionChoose().run(dispatcher, tracker, {})
    assert said(dispatcher) == expected


@pytest.mark.parametrize("offered", [[], None])
def test_a_choice_from_nothing_asks_what(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker, offered: list[str] | None
) -> None:
    ActionChoose().run(dispatcher, make_tracker("choose", [("ordinal", "1")], offered=offered), {})
    assert said(dispatcher) == ["utter_what_to_know"]


def test_after_a_warning_sign_what_is_chosen_gives_way_to_it(
    dispatcher: CollectingDispatcher, make_tracker: MakeTracker
) -> None:
    tracker = make_tracker("choose", [("ordinal", "2")], offered=OFFERED, warned=True)
    ActionChoose().run(dispatcher, tracker, {})
    assert said(dispatcher) == ["utter_warned_instead"]

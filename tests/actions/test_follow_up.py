from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up import ActionAcceptOffer, ActionTellMore
from bot.knowledge import Knowledge
from tests.actions.conftest import MakeTracker


def test_yes_after_an_answer_gives_the_first_offer(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("affirm", last_answer="ask_oil", offered=["ask_cleanse", "ask_how_long"])
    ActionAcceptOffer().run(dispatcher, tracker, {})
    assert dispatcher.messages[-1]["answer"] == "ask_cleanse"


def test_yes_to_a_choice_asks_which(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    tracker = make_tracker("affirm", last_answer=None, offered=["ask_cleanse", "ask_how_long"])
    ActionAcceptOffer().run(dispatcher, tracker, {})
    assert dispatcher.messages[0]["response"] == "utter_which_topic"
    assert [it["payload"] for it in dispatcher.messages[0]["buttons"]] == ["/ask_cleanse", "/ask_how_long"]


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
    assert [it["payload"] for it in dispatcher.messages[0]["buttons"]] == ["/ask_cleanse"]


def test_more_of_nothing_asks_what(dispatcher: CollectingDispatcher, make_tracker: MakeTracker) -> None:
    ActionTellMore().run(dispatcher, make_tracker("tell_more"), {})
    assert dispatcher.messages[0]["response"] == "utter_what_to_know"

"""Follows up on what was just said: takes up an offered topic, or tells more."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_all, can_tell_more, tell_more
from actions.guide import buttons_for

# What "both" can mean.
TWO = 2
ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1}


class ActionAcceptOffer(Action):
    """Answers the topic that a "yes" takes up."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_accept_offer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answers the first topic offered after an answer; asks which one where several were put up to choose from."""
        offered = tracker.get_slot("offered") or []
        if offered and tracker.get_slot("last_answer"):
            return answer_all(dispatcher, tracker, [offered[0]])
        return ask_which(dispatcher, offered)


class ActionChoose(Action):
    """Answers the topic that "the first one" takes from those put up to choose from."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Asks which one if it cannot be told, or nothing was offered."""
        offered = tracker.get_slot("offered") or []
        if len(offered) == TWO and "both" in str(tracker.latest_message.get("text")).lower():
            return answer_all(dispatcher, tracker, offered)
        number = chosen(next(tracker.get_latest_entity_values("ordinal"), ""))
        if offered and number is not None and number < len(offered):
            return answer_all(dispatcher, tracker, [offered[number]])
        return ask_which(dispatcher, offered)


class ActionTellMore(Action):
    """Tells the longer part of the last answer."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_tell_more"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Tells more where the guide has more, and says so where it has not."""
        if can_tell_more(tracker):
            return tell_more(dispatcher, tracker)
        if tracker.get_slot("last_answer"):
            dispatcher.utter_message(response="utter_no_more", buttons=buttons_for(tracker.get_slot("offered") or []))
        else:
            dispatcher.utter_message(response="utter_what_to_know")
        return []


def ask_which(dispatcher: CollectingDispatcher, offered: list[str]) -> list[EventType]:
    """Asks which of the topics it is to be, or what at all where none was offered."""
    if offered:
        dispatcher.utter_message(response="utter_which_topic", buttons=buttons_for(offered))
    else:
        dispatcher.utter_message(response="utter_what_to_know")
    return []


def chosen(words: str) -> int | None:
    """Which one words such as "the 2nd one", "option 3" or "last" mean, counted from 0, -1 the last; None: none."""
    for word, number in ORDINALS.items():
        if word in words.lower():
            return number
    digits = "".join(it for it in words if it.isdigit())
    return int(digits) - 1 if digits and int(digits) > 0 else None

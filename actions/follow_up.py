"""Follows up on what was just said: takes up an offered topic, or tells more."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import can_tell_more, give_answer, tell_more
from actions.guide import buttons_for


class ActionAcceptOffer(Action):
    """Answers the topic that a "yes" takes up."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_accept_offer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answers the first topic offered after an answer; asks which one where several were put up to choose from."""
        offered = tracker.get_slot("offered") or []
        if offered and tracker.get_slot("last_answer"):
            return give_answer(dispatcher, tracker, offered[0])
        if offered:
            dispatcher.utter_message(response="utter_which_topic", buttons=buttons_for(offered))
        else:
            dispatcher.utter_message(response="utter_what_to_know")
        return []


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

"""Offers topics where a message is outside the guide or was not understood; it never answers a guess."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import KNOWLEDGE, buttons_for

MOST_TOPICS = 3
SOMETHING_ELSE = {"title": KNOWLEDGE.phrases["something_else"], "payload": "/something_else"}


class ActionOfferTopics(Action):
    """Offers the most likely topics by title, and "something else"."""

    def name(self) -> str:
        """The action's name in rules, and the action of the dialogue fallback."""
        return "action_offer_topics"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says which of the two it is, and lets the person choose."""
        outside = tracker.get_intent_of_latest_message() == "out_of_scope"
        topics = likely_topics(tracker.latest_message.get("intent_ranking", []))
        dispatcher.utter_message(
            response="utter_out_of_scope" if outside else "utter_not_understood",
            buttons=[*buttons_for(topics), SOMETHING_ELSE],
        )
        return [SlotSet("offered", topics), SlotSet("last_answer", None)]


def likely_topics(ranking: list[dict[str, Any]]) -> list[str]:
    """The documented topics that rank highest, at most three; the usual first questions where none ranks."""
    ranked = [entry["name"] for entry in ranking if entry["name"] in KNOWLEDGE.answers]
    return (ranked or ["ask_why_breakout", "ask_is_normal", "ask_manage"])[:MOST_TOPICS]

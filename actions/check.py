"""The warning-sign check: the same short questions for everyone, to be answered with yes or no."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_all
from actions.check_questions import QUESTIONS, ask, ask_first, asked_last, next_question

SELF_CARE = "ask_manage"


class ActionCheck(Action):
    """Starts the check, takes it up where it was left, and goes on with it after a yes."""

    def name(self) -> str:
        """The action's name in rules, and as the policy predicts it after a yes."""
        return "action_check"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Asks a question; after the last one, gives the self-care answer or reminds of the signs."""
        left_at = QUESTIONS.get(tracker.get_slot("check") or "")
        if (tracker.latest_message.get("intent") or {}).get("name") == "check_symptoms":
            return ask(dispatcher, left_at) if left_at else ask_first(dispatcher)
        return go_on(dispatcher, tracker, left_at.sign) if left_at else ask_first(dispatcher)


class ActionDeclineOffer(Action):
    """Takes a "no": to a question of the check, or to what was offered."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_decline_offer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Goes on with the check, or leaves it open what comes next."""
        if sign := asked_last(tracker):
            return go_on(dispatcher, tracker, sign)
        dispatcher.utter_message(response="utter_anything_else")
        return []


def go_on(dispatcher: CollectingDispatcher, tracker: Tracker, after: str) -> list[EventType]:
    """Asks the next question, or ends the check; signs told before still count, however it was answered."""
    signs = tracker.get_slot("signs") or []
    if question := next_question(after, signs):
        if signs:
            dispatcher.utter_message(response="utter_check_goes_on")
        return ask(dispatcher, question)
    ended: list[EventType] = [SlotSet("check", None)]
    if tracker.get_slot("warned"):
        dispatcher.utter_message(response="utter_warned")
        return ended
    dispatcher.utter_message(response="utter_check_clear")
    return [*ended, *answer_all(dispatcher, tracker, [SELF_CARE])]

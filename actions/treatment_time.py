"""Takes note of how long ago the treatment was."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_all, is_lasting
from actions.guide import KNOWLEDGE, buttons_for
from actions.questions import named
from bot.durations import in_words
from bot.knowledge import SEE_DOCTOR

TOPICS_OF_TIME = ["ask_how_long", "ask_is_normal", "ask_manage"]


class ActionNoteTime(Action):
    """Says what was understood, and gives the last answer anew where the time changes it."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_note_time"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The time itself is in the slot already; without one, asks for it."""
        if next(tracker.get_latest_entity_values("days_since_treatment"), None) is None:
            dispatcher.utter_message(response="utter_ask_time")
            return []
        last = KNOWLEDGE.answers.get(tracker.get_slot("last_answer") or "")
        days = tracker.get_slot("days_since_treatment")
        if last and (last.mentions_time or (last.when_lasting and is_lasting(days))):
            return answer_all(dispatcher, tracker, [last.id])
        if is_lasting(days):
            return answer_all(dispatcher, tracker, [SEE_DOCTOR])
        dispatcher.utter_message(
            response="utter_told_noted" if told(tracker) else "utter_time_noted",
            duration=in_words(days),
            told=told(tracker),
            buttons=buttons_for(TOPICS_OF_TIME),
        )
        return [SlotSet("offered", TOPICS_OF_TIME), SlotSet("last_answer", None)]


def told(tracker: Tracker) -> str:
    """What the message tells beside the time, as in "spots on your chin and jawline"; empty if nothing."""
    symptoms = " and ".join(term.name for term in named(tracker, ("symptom",)))
    areas = " and ".join(term.name for term in named(tracker, ("body_area",)))
    if not areas:
        return symptoms
    return f"{symptoms or 'it is'} on your {areas}"

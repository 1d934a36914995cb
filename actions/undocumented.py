"""Says plainly that the guide does not cover a subject."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import names_a_warning
from actions.guide import KNOWLEDGE


class ActionUndocumented(Action):
    """Names the subject, where it is known, and who can answer instead."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_undocumented"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says nothing about the subject itself; a later "yes" does not take up an older offer."""
        subjects = KNOWLEDGE.subjects_named(tracker.get_latest_entity_values("subject"))
        if subjects:
            names = " or ".join(subject.name for subject in subjects[:2])
            dispatcher.utter_message(response="utter_undocumented_subject", subject=names)
        else:
            dispatcher.utter_message(response="utter_undocumented")
        if names_a_warning(tracker):
            dispatcher.utter_message(response="utter_warning_signs")
        return [SlotSet("last_answer", None), SlotSet("offered", [])]

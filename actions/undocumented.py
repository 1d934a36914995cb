"""Says plainly that the guide does not cover a subject."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import KNOWLEDGE


class ActionUndocumented(Action):
    """Names the subject, where it is known, and who can answer instead."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_undocumented"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters one of two responses; nothing about the subject itself is ever said."""
        subjects = KNOWLEDGE.subject_names(tracker.get_latest_entity_values("subject"))
        if subjects:
            dispatcher.utter_message(response="utter_undocumented_subject", subject=" or ".join(subjects[:2]))
        else:
            dispatcher.utter_message(response="utter_undocumented")
        return []

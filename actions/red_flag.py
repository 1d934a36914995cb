"""Keeps in mind that a warning sign was reported."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher


class ActionNoteWarning(Action):
    """Runs after the warning text, so that the text needs no action server."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_note_warning"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """A "yes" no longer takes up what was offered before, and later answers remind of the sign."""
        return [SlotSet("warned", True), SlotSet("last_answer", None), SlotSet("offered", [])]

"""What follows a reported warning sign: it is recorded for the clinic, and later settled.

The warning itself needs no action: ``bot/policies/safety_policy.py`` predicts a response and sets the slots.
"""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import WARNING_RECORDS
from bot.settings import load_settings
from bot.store.warnings import WarningStore, warning_store

logger = logging.getLogger(__name__)


class ActionRecordWarning(Action):
    """Records that a sign was reported, without what was written."""

    def name(self) -> str:
        """The action's name, as the policy predicts it."""
        return "action_record_warning"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says nothing; where the database cannot take the record, the log does."""
        record(warning_store(load_settings().database_url), tracker)
        return []


class ActionSettle(Action):
    """Takes note that a sign is settled or has been seen; later answers no longer remind of it."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_settle"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says what to do if it comes back; without a sign before, nothing is to settle."""
        if not tracker.get_slot("warned"):
            dispatcher.utter_message(response="utter_anything_else")
            return []
        dispatcher.utter_message(response="utter_settled")
        return [SlotSet("warned", False), SlotSet("tier", None), SlotSet("signs", []), SlotSet("mentioned", None)]


def record(store: WarningStore, tracker: Tracker) -> None:
    """Adds the latest report to the store."""
    channel = tracker.get_latest_input_channel() or "unknown"
    tier, signs = str(tracker.get_slot("tier")), tracker.get_slot("signs") or []
    try:
        store.add(tracker.sender_id, channel, tier, signs)
        WARNING_RECORDS.labels("kept").inc()
    except SQLAlchemyError as error:
        WARNING_RECORDS.labels("lost").inc()
        # The clinic must not lose sight of it; who wrote stays out of the log.
        logger.error("A warning was not recorded (%s): tier %s, signs %s", type(error).__name__, tier, " ".join(signs))

"""Tells people what is stored of them. What they ask to be removed is removed by ``bot/channels/turns.py``."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import CLINIC, KNOWLEDGE
from bot.durations import in_words
from bot.settings import load_settings
from bot.store.database import database
from bot.store.records import count


class ActionTellStored(Action):
    """Lists what is kept of the conversation."""

    def name(self) -> str:
        """The action's name in rules, and as the policy predicts it."""
        return "action_tell_stored"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Counts what the database holds; where it is away, the person hears that this cannot be looked up now."""
        tell_stored(dispatcher, tracker)
        return []


def tell_stored(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Utters the list; the message that asks for it is stored after the turn, and counts already.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    records = count(database(load_settings().database_url).engine, tracker.sender_id)
    since = (records.since or datetime.now(timezone.utc)).astimezone(ZoneInfo(CLINIC.time_zone))
    days = tracker.get_slot("days_since_treatment")
    dispatcher.utter_message(
        response="utter_what_is_stored",
        messages=str(records.messages + 1),
        since=f"{since:%d %B %Y}",
        duration=KNOWLEDGE.phrases["not_told"] if days is None else in_words(days),
        reports=str(records.reports),
        ratings=str(records.ratings),
        open_requests=str(records.open_requests),
        done_requests=str(records.done_requests),
    )

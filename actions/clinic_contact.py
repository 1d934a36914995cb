"""The way to a person at the clinic."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.guide import KNOWLEDGE

CONTACT_ME = {"title": KNOWLEDGE.phrases["contact_me"], "payload": "/request_callback"}


def was_offered_alone(tracker: Tracker) -> bool:
    """Whether a "yes" can only mean that the clinic shall contact the person: nothing else was offered last."""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    buttons = ((said[-1].get("data") or {}).get("buttons") or []) if said else []
    return [it.get("payload") for it in buttons] == [CONTACT_ME["payload"]]

"""Asks back where a message can mean several topics."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import KNOWLEDGE, buttons_for
from actions.questions import asked, ranking

SOMETHING_ELSE = {"title": KNOWLEDGE.phrases["something_else"], "payload": "/something_else"}
# Two topics are close if the second is at least this likely beside the first, and the first is not sure itself.
CLOSE = 0.93
SURE = 0.6


def close_topics(tracker: Tracker) -> list[str]:
    """The two topics that the message's one question may mean, where they are about as likely; else none."""
    ranked = ranking(tracker)
    if len(asked(tracker)) != 1 or len(ranked) < 2 or ranked[0][0] != asked(tracker)[0]:
        return []
    (first, confidence), (second, rival) = ranked[:2]
    return [first, second] if confidence < SURE and rival >= CLOSE * confidence else []


def offer(dispatcher: CollectingDispatcher, topics: list[str], response: str) -> list[EventType]:
    """Puts topics up to choose from by title, and "something else"; a bare "yes" takes none of them."""
    dispatcher.utter_message(response=response, buttons=[*buttons_for(topics), SOMETHING_ELSE])
    return [SlotSet("offered", topics), SlotSet("last_answer", None)]

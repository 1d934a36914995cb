"""Offers topics where a message is outside the guide or was not understood; it never answers a guess."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import answer_all, go_on, goes_on
from actions.check_questions import ask_again, asked_last
from actions.clarify import SOMETHING_ELSE, offer
from actions.guide import KNOWLEDGE, buttons_for
from actions.handover import CONTACT_ME
from actions.questions import asked, message_id, pointed_at, ranking
from actions.undocumented import UNDOCUMENTED

MOST_TOPICS = 3
# What was just put up to choose from is taken from words that would be too unsure by themselves.
CHOSEN_IN_WORDS = 0.2
# Less likely topics are not worth a button.
LIKELY = 0.15
USUAL_TOPICS = ["ask_why_breakout", "ask_is_normal", "ask_manage"]


class ActionOfferTopics(Action):
    """Offers the most likely topics by title, and "something else"."""

    def name(self) -> str:
        """The action's name in rules, and the action of the dialogue fallback."""
        return "action_offer_topics"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says which of the two it is and lets the person choose; after two misses, names a person and all topics."""
        if len(asked(tracker)) > 1:
            return answer_all(dispatcher, tracker, asked(tracker))
        if next(tracker.get_latest_entity_values("language"), None):
            dispatcher.utter_message(response="utter_english_only")
            return []
        if sign := asked_last(tracker):
            return ask_again(dispatcher, sign)
        if tracker.get_slot("warned"):
            return answer_all(dispatcher, tracker, asked(tracker))
        if choice := choice_in_words(tracker):
            return answer_all(dispatcher, tracker, [choice])
        if term := pointed_at(tracker):
            return answer_all(dispatcher, tracker, [term.covered_by or UNDOCUMENTED])
        if tracker.get_slot("last_answer") and goes_on(tracker):
            return go_on(dispatcher, tracker)
        if tracker.get_slot("missed") and tracker.get_slot("missed") == message_id(tracker, before=1):
            dispatcher.utter_message(
                response="utter_missed_again", buttons=[CONTACT_ME, *buttons_for(KNOWLEDGE.answers), SOMETHING_ELSE]
            )
            return [SlotSet("offered", list(KNOWLEDGE.answers)), SlotSet("last_answer", None)]
        is_outside = asked(tracker) == ["out_of_scope"]
        response = "utter_out_of_scope" if is_outside else "utter_not_understood"
        return [*offer(dispatcher, likely_topics(tracker), response), SlotSet("missed", message_id(tracker))]


def likely_topics(tracker: Tracker) -> list[str]:
    """The documented topics that rank highest, at most three; the usual first questions where none is likely."""
    likely = [name for name, confidence in ranking(tracker) if confidence >= LIKELY]
    return (likely or USUAL_TOPICS)[:MOST_TOPICS]


def choice_in_words(tracker: Tracker) -> str | None:
    """The topic among those just put up to choose from that the message means: "the oil thing"."""
    if tracker.get_slot("last_answer"):
        return None
    offered = tracker.get_slot("offered") or []
    for name, confidence in ranking(tracker):
        if name in offered:
            return name if confidence >= CHOSEN_IN_WORDS else None
    return None

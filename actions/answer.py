"""Gives the documented answer to a question."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import CLINIC, KNOWLEDGE, buttons_for
from bot.durations import in_words
from bot.knowledge import SEE_DOCTOR, Answer


class ActionAnswer(Action):
    """Looks up the answer to the intent of the message."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answers; a bare "why?" after an answer asks for the reasons behind that one."""
        if next(tracker.get_latest_entity_values("bare_why"), None) and can_tell_more(tracker):
            return tell_more(dispatcher, tracker)
        return give_answer(dispatcher, tracker, tracker.get_intent_of_latest_message())


def give_answer(dispatcher: CollectingDispatcher, tracker: Tracker, topic: str) -> list[EventType]:
    """Utters a topic's answer, with what the time since the treatment or a warning sign means for it.

    Args:
        dispatcher: collects the utterances.
        tracker: the conversation so far.
        topic: an answer's id.

    Raises:
        KeyError: if no answer has that id.
    """
    answer = KNOWLEDGE.answers[topic]
    days = tracker.get_slot("days_since_treatment")
    if tracker.get_slot("warned"):
        answer = KNOWLEDGE.answers[SEE_DOCTOR] if answer.when_lasting else answer
        dispatcher.utter_message(response="utter_warned")
    elif is_lasting(days) and (answer.when_lasting or answer.id == SEE_DOCTOR):
        answer = KNOWLEDGE.answers[SEE_DOCTOR] if answer.when_lasting == "see_doctor" else answer
        dispatcher.utter_message(response="utter_lasting", duration=in_words(days))
    elif days is not None and answer.mentions_time:
        dispatcher.utter_message(response="utter_time_so_far", duration=in_words(days))
    if names_a_warning(tracker) and KNOWLEDGE.phrases["warning_signs"] not in answer.text:
        dispatcher.utter_message(response="utter_warning_signs")
    _utter(dispatcher, answer, answer.text)
    return [SlotSet("last_answer", answer.id), SlotSet("offered", answer.next), SlotSet("told_more", False)]


def names_a_warning(tracker: Tracker) -> bool:
    """Whether the message names something that can be a warning sign, such as a fever, also if only to deny it."""
    return any(subject.warns for subject in KNOWLEDGE.subjects_named(tracker.get_latest_entity_values("subject")))


def is_lasting(days: float | None) -> bool:
    """Whether it has been longer than the clinic allows for a breakout."""
    return days is not None and days > CLINIC.breakout_limit_weeks * 7


def can_tell_more(tracker: Tracker) -> bool:
    """Whether the last answer has a longer part that was not told yet."""
    last = KNOWLEDGE.answers.get(tracker.get_slot("last_answer") or "")
    return last is not None and last.more is not None and not tracker.get_slot("told_more")


def tell_more(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Utters the longer part of the last answer."""
    answer = KNOWLEDGE.answers[tracker.get_slot("last_answer")]
    _utter(dispatcher, answer, answer.more or answer.text)
    return [SlotSet("told_more", True)]


def _utter(dispatcher: CollectingDispatcher, answer: Answer, text: str) -> None:
    # What is not text, buttons or image becomes the bot event's metadata: each answer can be traced in the tracker.
    dispatcher.utter_message(
        text=text,
        image=answer.image,
        buttons=buttons_for(answer.next),
        answer=answer.id,
        sources=KNOWLEDGE.sources(answer),
        facts=answer.facts,
    )

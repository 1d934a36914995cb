"""The questions of the warning-sign check: which one is open, which comes next."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.guide import RED_FLAGS
from bot.safety.alert import CHECK
from bot.safety.red_flags import TIERS, CheckQuestion

QUESTIONS = {question.sign: question for question in RED_FLAGS.check}
GO_ON_WITH_CHECK = "/check_symptoms"


def ask_first(dispatcher: CollectingDispatcher) -> list[EventType]:
    """Says what the check is and asks its first question."""
    dispatcher.utter_message(response="utter_check_start")
    return ask(dispatcher, RED_FLAGS.check[0])


def ask(dispatcher: CollectingDispatcher, question: CheckQuestion) -> list[EventType]:
    """Puts a question; its sign goes along, so that a yes is understood as reporting it."""
    dispatcher.utter_message(response="utter_check_question", question=question.text, **{CHECK: question.sign})
    return [SlotSet("check", question.sign), SlotSet("last_answer", None), SlotSet("offered", [])]


def ask_again(dispatcher: CollectingDispatcher, sign: str) -> list[EventType]:
    """Puts the same question once more, where the answer was neither yes nor no."""
    dispatcher.utter_message(response="utter_check_again")
    return ask(dispatcher, QUESTIONS[sign])


def asked_last(tracker: Tracker) -> str | None:
    """The sign that the last thing said asks about; None where the check was left or is not going on."""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    sign = (said[-1].get("metadata") or {}).get(CHECK) if said else None
    return sign if sign in QUESTIONS else None


def next_question(after: str, signs: list[str]) -> CheckQuestion | None:
    """The next question that can still change what is to be done, given the signs told so far."""
    order = list(QUESTIONS)
    following = RED_FLAGS.check[order.index(after) + 1 :] if after in QUESTIONS else RED_FLAGS.check
    return next((it for it in following if raises(it, signs)), None)


def raises(question: CheckQuestion, signs: list[str]) -> bool:
    """Whether a yes would make it more urgent than the signs told so far."""
    before, after = RED_FLAGS.tier(signs), RED_FLAGS.tier([*signs, question.sign])
    return after is not None and (before is None or TIERS.index(after) > TIERS.index(before))

"""What the latest message asks, and the terms it names, as understanding has left them with the tracker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker

from actions.guide import KNOWLEDGE
from bot.terms import KINDS, Term

# What "it" in "when can I use it again" can stand for.
REMEMBERED = ("product", "activity")
_POINTING = frozenset("it them that those these this one ones".split())
_USING = frozenset("use using wear wearing put apply start restart try take do go".split())


def asked(tracker: Tracker) -> list[str]:
    """The intent of each thing that the message asks, in order; a button asks one thing."""
    questions: list[dict[str, Any]] = tracker.latest_message.get("questions") or []
    return [it["intent"] for it in questions] or [tracker.get_intent_of_latest_message()]


def is_question(tracker: Tracker) -> bool:
    """Whether the message asks something; a button does not, nor what only tells."""
    return tracker.latest_message.get("asks") is True


def is_statement(tracker: Tracker) -> bool:
    """Whether the message tells something and asks nothing."""
    return tracker.latest_message.get("asks") is False


def ranking(tracker: Tracker) -> list[tuple[str, float]]:
    """The documented topics that the message may mean, most likely first, with the confidence."""
    entries: Iterable[dict[str, Any]] = tracker.latest_message.get("intent_ranking") or []
    return [(it["name"], it["confidence"]) for it in entries if it["name"] in KNOWLEDGE.answers]


def named(tracker: Tracker, kinds: Iterable[str] = KINDS) -> list[Term]:
    """The terms that the message names, each once, in its order; what is no known id is left out."""
    wanted = set(kinds)
    entities: Iterable[dict[str, Any]] = tracker.latest_message.get("entities") or []
    found = [
        KNOWLEDGE.terms[it["value"]] for it in entities if it["entity"] in wanted and it["value"] in KNOWLEDGE.terms
    ]
    return list({term.id: term for term in found}.values())


def pointed_at(tracker: Tracker) -> list[Term]:
    """What "it" stands for in a question such as "can I use it tonight": what was named last in the conversation."""
    words = set(str(tracker.latest_message.get("text") or "").lower().replace("?", " ").split())
    if not is_question(tracker) or not (words & _POINTING and words & _USING) or named(tracker, REMEMBERED):
        return []
    found = [KNOWLEDGE.terms.get(tracker.get_slot(kind) or "") for kind in REMEMBERED]
    return [term for term in found if term]

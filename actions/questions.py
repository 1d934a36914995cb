"""What the latest message asks, and the terms it names, as understanding has left them with the tracker."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from rasa_sdk import Tracker

from actions.guide import KNOWLEDGE
from bot.terms import KINDS, Term

# What "it" in "when can I use it again" can stand for.
REMEMBERED = ("product", "activity")
_USES_IT = re.compile(
    r"\b(?:us(?:e|ing)|wear(?:ing)?|put(?:ting)?|apply|start|restart|try|take|do)\s+(?:\w+\s+)?"
    r"(?:it|them|that|those|these|this|one)\b"
)


def message_id(tracker: Tracker, before: int = 0) -> str | None:
    """The id of the message, or of the one so many before it; None where there is none."""
    ids = [event.get("message_id") for event in tracker.events if event.get("event") == "user"]
    return ids[-1 - before] if before < len(ids) else None


def asked(tracker: Tracker) -> list[str]:
    """The intent of each thing that the message asks, in order; a button asks one thing."""
    questions: list[dict[str, Any]] = tracker.latest_message.get("questions") or []
    # The tracker's own get_intent_of_latest_message reads the ranking, where no fallback stands.
    return [it["intent"] for it in questions] or [(tracker.latest_message.get("intent") or {}).get("name")]


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
    return _terms(tracker.latest_message.get("entities"), kinds)


def named_in(tracker: Tracker, intent: str, kinds: Iterable[str]) -> list[Term]:
    """The terms that stand in the questions of one intent; a message that asks one thing is that question."""
    questions: list[dict[str, Any]] = tracker.latest_message.get("questions") or []
    if len(questions) < 2:
        return named(tracker, kinds)
    asked_in = " ".join(it["text"] for it in questions if it["intent"] == intent)
    text = str(tracker.latest_message.get("text") or "")
    entities: Iterable[dict[str, Any]] = tracker.latest_message.get("entities") or []
    return _terms([it for it in entities if text[it.get("start", 0) : it.get("end")] in asked_in], kinds)


def pointed_at(tracker: Tracker) -> Term | None:
    """What "it" stands for in a question such as "can I use it tonight": what was named last in the conversation."""
    text = str(tracker.latest_message.get("text") or "").lower()
    if not is_question(tracker) or not _USES_IT.search(text) or named(tracker, REMEMBERED):
        return None
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            terms = _terms((event.get("parse_data") or {}).get("entities"), REMEMBERED)
            if terms:
                return terms[-1]
    return None


def _terms(entities: Iterable[dict[str, Any]] | None, kinds: Iterable[str]) -> list[Term]:
    wanted = set(kinds)
    found = [KNOWLEDGE.terms.get(it["value"]) for it in entities or () if it["entity"] in wanted]
    return list({term.id: term for term in found if term}.values())

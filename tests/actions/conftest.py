"""A tracker and a dispatcher as the action server makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher


class MakeTracker(Protocol):
    """Makes the tracker of a conversation whose latest message has that intent and what else is given."""

    def __call__(
        self,
        intent: str,
        entities: Iterable[tuple[str, Any]] = (),
        ranking: dict[str, float] | None = None,
        questions: Iterable[str] | None = None,
        asks: bool | None = None,
        confidence: float = 0.9,
        text: str = "",
        before: Iterable[tuple[str, Any]] = (),
        turns: int = 1,
        **slots: Any,
    ) -> Tracker:
        """Makes it.

        Args:
            intent: of the message.
            entities: kinds and values, in the message's order.
            ranking: intents with their confidence; without it, the intent alone.
            questions: the intents of what it asks; a button has none.
            asks: whether it asks; a button has nothing of the sort.
            confidence: in the intent and in each question.
            text: what was written.
            before: kinds and values that the message before named.
            turns: how many messages the person has sent, this one included.
            slots: what the conversation has left.
        """


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()


@pytest.fixture
def make_tracker() -> MakeTracker:
    def make(
        intent: str,
        entities: Iterable[tuple[str, Any]] = (),
        ranking: dict[str, float] | None = None,
        questions: Iterable[str] | None = None,
        asks: bool | None = None,
        confidence: float = 0.9,
        text: str = "",
        before: Iterable[tuple[str, Any]] = (),
        turns: int = 1,
        **slots: Any,
    ) -> Tracker:
        ranked = {intent: confidence} if ranking is None else ranking
        message: dict[str, Any] = {
            "text": text,
            "intent": {"name": intent, "confidence": confidence},
            "entities": [{"entity": kind, "value": value} for kind, value in entities],
            "intent_ranking": [{"name": name, "confidence": share} for name, share in ranked.items()],
        }
        if questions is not None:
            message["questions"] = [{"text": text, "intent": it, "confidence": confidence} for it in questions]
        if asks is not None:
            message["asks"] = asks
        named = [{"entity": kind, "value": value} for kind, value in before]
        turns = max(turns, 1 + bool(named))
        earlier = [
            {"event": "user", "message_id": f"message {i}", "parse_data": {"entities": named}} for i in range(1, turns)
        ]
        return Tracker(
            sender_id="someone",
            slots=slots,
            latest_message=message,
            events=[*earlier, {"event": "user", "message_id": f"message {turns}", "parse_data": message}],
            paused=False,
            followup_action=None,
            active_loop={},
            latest_action_name=None,
        )

    return make


def slots(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that the events set."""
    return {event["name"]: event["value"] for event in events}


def said(dispatcher: CollectingDispatcher) -> list[str]:
    """What was uttered, in order: the names of responses and the ids of answers."""
    return [message["response"] or message["answer"] for message in dispatcher.messages]


def payloads(message: dict[str, Any]) -> list[str]:
    """What the buttons of a message send."""
    return [button["payload"] for button in message["buttons"]]

"""A tracker and a dispatcher as the action server makes them."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher


class MakeTracker(Protocol):
    """Makes the tracker of a conversation whose latest message has that intent and those entities."""

    def __call__(
        self,
        intent: str,
        entities: dict[str, Any] | None = None,
        ranking: list[str] | None = None,
        **slots: Any,
    ) -> Tracker: ...


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()


@pytest.fixture
def make_tracker() -> MakeTracker:
    def make(
        intent: str, entities: dict[str, Any] | None = None, ranking: list[str] | None = None, **slots: Any
    ) -> Tracker:
        message = {
            "intent": {"name": intent, "confidence": 0.9},
            "entities": [{"entity": name, "value": value} for name, value in (entities or {}).items()],
            "intent_ranking": [{"name": name, "confidence": 0.3} for name in ranking or [intent]],
        }
        return Tracker(
            sender_id="someone",
            slots=slots,
            latest_message=message,
            events=[],
            paused=False,
            followup_action=None,
            active_loop={},
            latest_action_name=None,
        )

    return make

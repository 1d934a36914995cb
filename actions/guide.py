"""What every action needs: the clinic and its guide, read and checked once when the action server starts."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge import load_knowledge
from bot.safety.red_flags import load_red_flags
from bot.settings import load_clinic

CLINIC = load_clinic()
KNOWLEDGE = load_knowledge(CLINIC)
RED_FLAGS = load_red_flags()


def buttons_for(topics: Iterable[str]) -> list[dict[str, str]]:
    """A button for each topic that asks for its answer."""
    return [{"title": KNOWLEDGE.answers[topic].title, "payload": f"/{topic}"} for topic in topics]

"""The turn that a policy predicts for: the latest message, what was said before it, what was done since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

ACTION_LISTEN = "action_listen"
ANSWER_REST = "action_answer_rest"


@dataclass(frozen=True)
class Turn:
    """A message and its place in the conversation."""

    message: Optional[UserUttered]
    done: list[str]
    """The actions that have run since."""
    said_before: list[BotUttered]
    """What was said between the message before and this one, in order."""


def latest_turn(tracker: DialogueStateTracker) -> Turn:
    """The turn that is going on; without a message at the very beginning of a conversation."""
    done: list[str] = []
    said_before: list[BotUttered] = []
    message: Optional[UserUttered] = None
    for event in reversed(tracker.events):
        if message is None:
            if isinstance(event, ActionExecuted):
                done.append(str(event.action_name))
            elif isinstance(event, UserUttered):
                message = event
        elif isinstance(event, BotUttered):
            said_before.append(event)
        elif isinstance(event, UserUttered):
            break
    return Turn(message, done[::-1], said_before[::-1])

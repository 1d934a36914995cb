"""What became of a turn, in one word of a closed list: for the metrics and the log, which hold nothing else of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from bot.action_server import APOLOGY
from bot.metrics import TURN_SECONDS, TURNS
from bot.safety.red_flags import TIERS

# Shown in logs of JSON lines alone, see bot/logs.py.
logger = logging.getLogger("bot.turns")

OTHER = "other"
# By the response that a reply was made from; of several replies of one turn, the outcome that stands first counts.
OUTCOMES: dict[str, tuple[str, ...]] = {
    "crisis": ("utter_crisis",),
    **{f"warning_{tier}": (f"utter_warning_{tier}",) for tier in reversed(TIERS)},
    "circumstance": ("utter_child", "utter_pregnancy"),
    "error": (APOLOGY,),
    "answered": (),
    "undocumented": ("utter_undocumented", "utter_undocumented_subject"),
    # In the place of what would comfort, until the sign has been settled.
    "reminded": ("utter_warned_instead",),
    "not_understood": ("utter_not_understood", "utter_missed_again", "utter_english_only"),
    "out_of_scope": ("utter_out_of_scope",),
}
_OF_RESPONSE = {response: outcome for outcome, responses in OUTCOMES.items() for response in responses}
_ORDER = [*OUTCOMES, OTHER]


def outcome_of(replies: Iterable[Mapping[str, Any]]) -> str:
    """The outcome of a turn with these replies: a key of ``OUTCOMES``, or ``other``: small talk, a request."""
    return min((_of_reply(it) for it in replies), key=_ORDER.index, default=OTHER)


def note_turn(channel: str, seconds: float, replies: Iterable[Mapping[str, Any]]) -> None:
    """Counts a turn.

    Args:
        channel: its name.
        seconds: from the message to the replies.
        replies: what was said.
    """
    outcome = outcome_of(replies)
    TURN_SECONDS.labels(channel).observe(seconds)
    TURNS.labels(channel, outcome).inc()
    fields = {"channel": channel, "duration": round(seconds, 4), "outcome": outcome}
    logger.info("A message was answered", extra=fields)


def _of_reply(reply: Mapping[str, Any]) -> str:
    if reply.get("answer"):
        return "answered"
    return _OF_RESPONSE.get(str(reply.get("utter_action")), OTHER)

"""The policy that takes a "yes" or an "ok" to "shall I ask them to contact you?"."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.trackers import DialogueStateTracker

from bot.handover.words import load_words
from bot.policies.steps_policy import Steps, StepsPolicy
from bot.policies.turn import Turn
from bot.store.conversations import ALERTING

OFFER = "/request_callback"
BEGIN = ["action_start_handover", "handover_form"]
# Above RulePolicy (6), below what people may want at any point.
PRIORITY = 7


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class HandoverPolicy(StepsPolicy):
    """Predicts the begin of a request to be called, where a person agrees to the offer that was made last."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {"priority": PRIORITY}

    def steps(self, turn: Turn, tracker: DialogueStateTracker) -> Steps:
        """The steps after an agreement; none after any other message."""
        return Steps(BEGIN) if self._agrees(turn) else Steps()

    def _agrees(self, turn: Turn) -> bool:
        """Whether a message takes the offer; after a warning an "ok" is meant for the warning."""
        if any(str(it.metadata.get("utter_action") or "").startswith(ALERTING) for it in turn.said_before):
            return False
        offered = turn.said_before[-1].data.get("buttons") or [{}] if turn.said_before else [{}]
        if turn.message is None or offered[0].get("payload") != OFFER:
            return False
        return turn.message.intent_name == "affirm" or load_words().agrees(turn.message.text or "")

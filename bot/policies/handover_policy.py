"""The policy that takes a "yes" or an "ok" to "shall I ask them to contact you?"."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.handover.words import load_words
from bot.policies.turn import ACTION_LISTEN, Turn, latest_turn
from bot.store.conversations import ALERTING

OFFER = "/request_callback"
STEPS = ["action_start_handover", "handover_form", ACTION_LISTEN]
# Above RulePolicy (6), below what people may want at any point.
PRIORITY = 7


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class HandoverPolicy(Policy):
    """Predicts the begin of a request to be called, where a person agrees to the offer that was made last."""

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns nothing from stories or rules."""
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {"priority": PRIORITY}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Optional[TrackerFeaturizer] = None,
    ) -> None:
        """Reads the words.

        Raises:
            KnowledgeError: if ``data/handover/words.yml`` is wrong.
        """
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._words = load_words()

    def train(self, training_trackers: list[Any], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn (see parent class for full docstring)."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next step after an agreement, and abstains on all else."""
        turn = latest_turn(tracker)
        probabilities = self._default_predictions(domain)
        if turn.done == STEPS[: len(turn.done)] != STEPS and self._agrees(turn):
            probabilities[domain.index_for_action(STEPS[len(turn.done)])] = 1.0
            return self._prediction(probabilities, is_no_user_prediction=True)
        return self._prediction(probabilities)

    def _agrees(self, turn: Turn) -> bool:
        """Whether a message takes the offer; after a warning an "ok" is meant for the warning."""
        if any(str(it.metadata.get("utter_action") or "").startswith(ALERTING) for it in turn.said_before):
            return False
        offered = turn.said_before[-1].data.get("buttons") or [{}] if turn.said_before else [{}]
        if turn.message is None or offered[0].get("payload") != OFFER:
            return False
        return turn.message.intent_name == "affirm" or self._words.agrees(turn.message.text or "")

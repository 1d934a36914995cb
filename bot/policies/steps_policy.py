"""A policy that knows all steps of a turn as soon as it has read the message, in every state of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.turn import ACTION_LISTEN, Turn, latest_turn


@dataclass(frozen=True)
class Steps:
    """What a turn consists of."""

    actions: list[str] = field(default_factory=list)
    """In order, without the listening at the end; none if the message is for other policies."""
    events: list[Event] = field(default_factory=list)
    """What is remembered before the first action."""


class StepsPolicy(Policy):
    """Predicts one step after the other, and abstains where it has none or other actions have run in the turn.

    Its predictions count as made without the message, as those of an active form do, so that it wins inside forms too.
    """

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns nothing from stories or rules."""
        return SupportedData.ML_AND_RULE_DATA

    def train(self, training_trackers: list[Any], domain: Domain, **kwargs: Any) -> Resource:
        """Has nothing to learn (see parent class for full docstring)."""
        return self._resource

    def steps(self, turn: Turn, tracker: DialogueStateTracker) -> Steps:
        """The steps of a turn that has a message."""
        raise NotImplementedError

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Predicts the next step (see parent class for full docstring)."""
        turn = latest_turn(tracker)
        steps = self.steps(turn, tracker) if turn.message else Steps()
        actions = [*steps.actions, ACTION_LISTEN] if steps.actions else []
        done, probabilities = len(turn.done), self._default_predictions(domain)
        if done >= len(actions) or actions[:done] != turn.done:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(actions[done])] = 1.0
        events = [] if done else steps.events
        return self._prediction(probabilities, optional_events=events, is_no_user_prediction=True)

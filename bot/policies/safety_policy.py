"""The policy that comes before all others: a reported warning sign gets its fixed text, whatever else goes on."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.turn import ACTION_LISTEN, ANSWER_REST, latest_turn
from bot.privacy.masking import load_masks
from bot.safety.alert import CHECK, CIRCUMSTANCE, WARNING_SIGN, Alert
from bot.safety.red_flags import RedFlags, load_red_flags
from bot.settings import load_clinic

RECORD = "action_record_warning"
ANSWER = "action_answer_all"
# The step of a request at which whatever is written is what the clinic is to be told.
FREE_TEXT = "handover_question"
# Above RulePolicy (6), so that it wins inside forms too.
PRIORITY = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SafetyPolicy(Policy):
    """Predicts the fixed text of a reported sign, then its record, then the answers to the rest of the message.

    It reads the entities that the warning sign detector has set, and the answers to the check. It runs in every state
    of a conversation: its predictions count as made without the message, as those of an active form do, and have a
    higher priority. The slots that keep the conversation alert are set here, so that they need no action server.
    """

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
        """Reads the warning signs.

        Raises:
            KnowledgeError: if ``data/safety/red_flags.yml`` or ``data/privacy/masks.yml`` is wrong.
            SettingsError: if ``clinic.yml`` is wrong.
        """
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._red_flags: RedFlags = load_red_flags()
        self._masks = load_masks(load_clinic())

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
        """Predicts the next step for a message that reports a sign, and abstains on any other."""
        turn = latest_turn(tracker)
        message, done = turn.message, turn.done
        asked = turn.said_before[-1].metadata.get(CHECK) if turn.said_before else None
        steps, events = self._steps(message, asked, tracker) if message else ([], [])
        probabilities = self._default_predictions(domain)
        if len(done) >= len(steps) or steps[: len(done)] != done:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(steps[len(done)])] = 1.0
        return self._prediction(probabilities, optional_events=[] if done else events, is_no_user_prediction=True)

    def _steps(
        self, message: UserUttered, asked: Optional[str], tracker: DialogueStateTracker
    ) -> tuple[list[str], list[Event]]:
        """The actions of the turn in order, and what is remembered."""
        signs = _values(message, WARNING_SIGN)
        said_yes = message.intent_name in ("affirm", "unsure") and asked is not None
        if signs or said_yes or message.intent_name == "red_flag":
            before = Alert.from_slots(tracker.current_slot_values())
            alert = before.with_yes(asked, self._red_flags) if said_yes else before.with_signs(signs, self._red_flags)
            after = [RECORD, "action_check"] if said_yes and not alert.is_emergency else [RECORD, ANSWER_REST]
            slots: list[Event] = [SlotSet(name, value) for name, value in alert.slots().items()]
            return [alert.response, *after, ACTION_LISTEN], [
                *slots,
                *_leave_form(tracker, self._masks.masked(message.text or "")),
            ]
        told = [it for it in _values(message, CIRCUMSTANCE) if it in self._red_flags.circumstances]
        if told:
            # A form takes the message as it would without them.
            after = [tracker.active_loop_name or ANSWER, ACTION_LISTEN]
            return [*(self._red_flags.circumstances[it].text for it in told), *after], []
        return [], []


def _leave_form(tracker: DialogueStateTracker, text: str) -> list[Event]:
    """A form asks on only when the person wants it to; what it had asked for is not lost."""
    if tracker.active_loop_name is None:
        return []
    told = [SlotSet(FREE_TEXT, text)] if tracker.get_slot(REQUESTED_SLOT) == FREE_TEXT else []
    return [*told, ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]


def _values(message: UserUttered, entity: str) -> list[str]:
    return list(dict.fromkeys(str(it["value"]) for it in message.entities if it["entity"] == entity))

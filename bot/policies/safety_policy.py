"""The policy that comes before all others: a reported warning sign gets its fixed text, whatever else goes on."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.steps_policy import Steps, StepsPolicy
from bot.policies.turn import ANSWER_REST, Turn
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
class SafetyPolicy(StepsPolicy):
    """Predicts the fixed text of a reported sign, then its record, then the answers to the rest of the message.

    It reads the entities that the warning sign detector has set, and the answers to the check. The slots that keep the
    conversation alert are set here, so that they need no action server.
    """

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

    def steps(self, turn: Turn, tracker: DialogueStateTracker) -> Steps:
        """The steps for a message that reports a sign, or tells of a child or a pregnancy; none for any other."""
        message = turn.message
        if message is None:
            return Steps()
        asked = turn.said_before[-1].metadata.get(CHECK) if turn.said_before else None
        signs = _values(message, WARNING_SIGN)
        said_yes = message.intent_name in ("affirm", "unsure") and asked is not None
        if signs or said_yes or message.intent_name == "red_flag":
            before = Alert.from_slots(tracker.current_slot_values())
            alert = before.with_yes(asked, self._red_flags) if said_yes else before.with_signs(signs, self._red_flags)
            after = [RECORD, "action_check"] if said_yes and not alert.is_emergency else [RECORD, ANSWER_REST]
            slots: list[Event] = [SlotSet(name, value) for name, value in alert.slots().items()]
            left = _leave_form(tracker, self._masks.masked(message.text or ""))
            return Steps([alert.response, *after], [*slots, *left])
        told = [it for it in _values(message, CIRCUMSTANCE) if it in self._red_flags.circumstances]
        if told:
            # A form takes the message as it would without them.
            return Steps([*(self._red_flags.circumstances[it].text for it in told), tracker.active_loop_name or ANSWER])
        return Steps()


def _leave_form(tracker: DialogueStateTracker, text: str) -> list[Event]:
    """A form asks on only when the person wants it to; what it had asked for is not lost."""
    if tracker.active_loop_name is None:
        return []
    told = [SlotSet(FREE_TEXT, text)] if tracker.get_slot(REQUESTED_SLOT) == FREE_TEXT else []
    return [*told, ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]


def _values(message: UserUttered, entity: str) -> list[str]:
    return list(dict.fromkeys(str(it["value"]) for it in message.entities if it["entity"] == entity))

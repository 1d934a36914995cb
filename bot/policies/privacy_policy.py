"""The policy that lets people see and remove what is stored of them, in every state of a conversation."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.steps_policy import Steps, StepsPolicy
from bot.policies.turn import ANSWER_REST, Turn

DELETE_DATA, WHAT_IS_STORED = "delete_data", "what_is_stored"
ASK_WHETHER, KEPT, ERASE = "utter_delete_data", "utter_kept", "utter_erase"
TELL_STORED = "action_tell_stored"
# Above RulePolicy (6), so that it wins inside forms too, and below the safety policy (10).
PRIORITY = 8
_NO = re.compile(r"\b(no|not|never|don.?t|keep)\b", re.IGNORECASE)
# Beside a plain yes, in small letters and without marks.
YES = frozenset(
    f"{please}{words}{ending}"
    for please in ("", "yes ", "please ", "yes please ", "ok ")
    for verb in ("delete", "remove", "erase", "wipe")
    for what in ("", " it", " it all", " all of it", " all", " everything", " them all")
    for ending in ("", " please", " now")
    for words in [verb + what]
) | {"do it", "yes do it", "go ahead", "yes go ahead", "please do", "yes please do"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class PrivacyPolicy(StepsPolicy):
    """Predicts what follows when people ask what is stored, or want it removed; a form that is open goes on afterwards.

    Nothing is removed before a yes to the question that came right before it. What is removed, and by whom, is for
    ``bot/channels/turns.py``: it finds ``ERASE`` among the replies of a turn.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The component's default config (see parent class for full docstring)."""
        return {"priority": PRIORITY}

    def steps(self, turn: Turn, tracker: DialogueStateTracker) -> Steps:
        """The steps for a message about what is stored; none for any other."""
        return Steps(_actions(turn, [tracker.active_loop_name] if tracker.active_loop_name else []))


def _actions(turn: Turn, form: list[str]) -> list[str]:
    """The actions of the turn in order, without the end; none if it is about something else."""
    message = turn.message
    if message is None:
        return []
    if turn.said_before and turn.said_before[-1].metadata.get("utter_action") == ASK_WHETHER:
        if _says_yes(message):
            return [ERASE]
        if _says_no(message):
            return [KEPT, *form]
    asked = _asked(message)
    told = [TELL_STORED] if WHAT_IS_STORED in asked else []
    if DELETE_DATA in asked:
        return [*told, ANSWER_REST, ASK_WHETHER]
    if told:
        return [*told, ANSWER_REST, *form]
    return []


def _says_yes(message: UserUttered) -> bool:
    # A repeated tap or wish is no answer, and "delete only my number" is no yes to all of it.
    return message.intent_name == "affirm" or _said(message) in YES


def _says_no(message: UserUttered) -> bool:
    return message.intent_name == "deny" or (
        message.intent_name == DELETE_DATA and bool(_NO.search(message.text or ""))
    )


def _said(message: UserUttered) -> str:
    return " ".join(re.findall(r"[a-z]+", (message.text or "").lower()))


def _asked(message: UserUttered) -> list[str]:
    """The intent of each thing that the message asks; a button asks one thing."""
    questions = message.parse_data.get("questions") or []
    return [it["intent"] for it in questions] or [str(message.intent_name)]

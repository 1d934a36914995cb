from __future__ import annotations

from typing import Any

import pytest
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.safety_policy import SafetyPolicy
from bot.settings import ROOT

FORM = "action_accept_offer"  # any action that a form would predict


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml")).merge(Domain.load(str(ROOT / "data" / "safety" / "responses.yml")))


@pytest.fixture
def policy(tmp_path: Any) -> SafetyPolicy:
    config = SafetyPolicy.get_default_config()
    return SafetyPolicy(config, LocalModelStorage(tmp_path), Resource("policy"), ExecutionContext(GraphSchema({})))


def message(intent: str, *signs: str, kind: str = "warning_sign") -> UserUttered:
    entities = [{"entity": kind, "value": sign} for sign in signs]
    return UserUttered("...", intent={"name": intent, "confidence": 1.0}, entities=entities)


def predict(policy: SafetyPolicy, domain: Domain, *events: Event) -> PolicyPrediction:
    tracker = DialogueStateTracker.from_events("someone", [ActionExecuted("action_listen"), *events], domain.slots)
    return policy.predict_action_probabilities(tracker, domain)


def predicted(policy: SafetyPolicy, domain: Domain, *events: Event) -> str | None:
    prediction = predict(policy, domain, *events)
    certain = prediction.max_confidence == 1.0
    return domain.action_names_or_texts[prediction.max_confidence_index] if certain else None


def steps(policy: SafetyPolicy, domain: Domain, *events: Event) -> list[str]:
    """The actions that the policy predicts, one after the other, until it abstains."""
    done: list[Event] = list(events)
    names = []
    while (name := predicted(policy, domain, *done)) and len(names) < 9:
        names.append(name)
        done.append(ActionExecuted(name))
    return names


@pytest.mark.parametrize(
    ("signs", "response"),
    [(["fever"], "utter_warning_same_day"), (["throat"], "utter_warning_emergency"), (["self_harm"], "utter_crisis")],
)
def test_the_text_comes_first_then_the_record_and_the_rest(
    policy: SafetyPolicy, domain: Domain, signs: list[str], response: str
) -> None:
    assert steps(policy, domain, message("red_flag", *signs)) == [
        response,
        "action_record_warning",
        "action_answer_rest",
        "action_listen",
    ]


@pytest.mark.parametrize("intent", ["ask_how_long", "nlu_fallback", "out_of_scope", "affirm"])
def test_a_sign_counts_whatever_the_intent(policy: SafetyPolicy, domain: Domain, intent: str) -> None:
    assert predicted(policy, domain, message(intent, "throat")) == "utter_warning_emergency"


@pytest.mark.parametrize("intent", ["ask_how_long", "affirm", "unsure", "deny"])
def test_it_abstains_where_nothing_is_reported(policy: SafetyPolicy, domain: Domain, intent: str) -> None:
    assert predicted(policy, domain, message(intent)) is None


def test_it_abstains_after_an_action_that_is_not_its_own(policy: SafetyPolicy, domain: Domain) -> None:
    assert predicted(policy, domain, message("red_flag", "fever"), ActionExecuted("action_answer")) is None


def test_slots_are_set_with_the_text_only(policy: SafetyPolicy, domain: Domain) -> None:
    first = predict(policy, domain, message("red_flag", "fever"))
    second = predict(policy, domain, message("red_flag", "fever"), ActionExecuted("utter_warning_same_day"))
    assert SlotSet("warned", True) in first.optional_events and SlotSet("signs", ["fever"]) in first.optional_events
    assert second.optional_events == []


def test_signs_add_up_with_those_told_before(policy: SafetyPolicy, domain: Domain) -> None:
    before = SlotSet("signs", ["hot_swollen"])
    assert predicted(policy, domain, before, message("red_flag", "fever")) == "utter_warning_emergency"


@pytest.mark.parametrize("intent", ["affirm", "unsure"])
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("breathing", ["utter_warning_emergency", "action_record_warning", "action_answer_rest", "action_listen"]),
        ("pus", ["utter_warning_same_day", "action_record_warning", "action_check", "action_listen"]),
    ],
)
def test_a_yes_to_the_check_reports_its_sign(
    policy: SafetyPolicy, domain: Domain, intent: str, asked: str, expected: list[str]
) -> None:
    question = BotUttered("?", metadata={"check": asked})
    assert steps(policy, domain, question, ActionExecuted("action_listen"), message(intent)) == expected


def test_a_yes_to_something_else_reports_nothing(policy: SafetyPolicy, domain: Domain) -> None:
    events = [BotUttered("?", metadata={"check": "pus"}), BotUttered("an answer"), message("affirm")]
    assert predicted(policy, domain, *events) is None


def test_a_circumstance_is_told_before_all_is_answered(policy: SafetyPolicy, domain: Domain) -> None:
    told = message("ask_purge", "child", kind="circumstance")
    assert steps(policy, domain, told) == ["utter_child", "action_answer_all", "action_listen"]


def test_it_wins_inside_a_form(policy: SafetyPolicy, domain: Domain) -> None:
    ours = predict(policy, domain, message("red_flag", "throat"))
    form = PolicyPrediction.for_action_name(domain, FORM, "RulePolicy")
    form.policy_priority, form.is_no_user_prediction = 6, True
    best = DefaultPolicyPredictionEnsemble._pick_best_policy([form, ours])
    assert domain.action_names_or_texts[best.max_confidence_index] == "utter_warning_emergency"


def test_a_form_goes_on_where_nothing_is_reported(policy: SafetyPolicy, domain: Domain) -> None:
    form = PolicyPrediction.for_action_name(domain, FORM, "RulePolicy")
    form.policy_priority, form.is_no_user_prediction = 6, True
    best = DefaultPolicyPredictionEnsemble._pick_best_policy([form, predict(policy, domain, message("affirm"))])
    assert domain.action_names_or_texts[best.max_confidence_index] == FORM

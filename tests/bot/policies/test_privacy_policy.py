"""What follows when people ask for their data: before all rules, after warning signs, and inside forms."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.privacy_policy import PRIORITY, PrivacyPolicy
from bot.policies.safety_policy import PRIORITY as SAFETY_FIRST
from bot.settings import ROOT

FORM = "action_accept_offer"  # any action that a form would predict
LISTEN = ActionExecuted("action_listen")
ASKED = BotUttered("...", metadata={"utter_action": "utter_delete_data"})


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml")).merge(Domain.load(str(ROOT / "data" / "privacy" / "responses.yml")))


@pytest.fixture
def policy(tmp_path: Any) -> PrivacyPolicy:
    config = PrivacyPolicy.get_default_config()
    return PrivacyPolicy(config, LocalModelStorage(tmp_path), Resource("policy"), ExecutionContext(GraphSchema({})))


def message(intent: str, text: str = "...", questions: tuple[str, ...] = ()) -> UserUttered:
    parsed = {"questions": [{"text": "", "intent": it, "confidence": 1.0} for it in questions]}
    return UserUttered(
        text, intent={"name": intent, "confidence": 1.0}, parse_data={**parsed, "intent": {"name": intent}}
    )


def steps(policy: PrivacyPolicy, domain: Domain, *events: Event) -> list[str]:
    """The actions that the policy predicts, one after the other, until it abstains."""
    done: list[Event] = [LISTEN, *events]
    names: list[str] = []
    while len(names) < 9:
        tracker = DialogueStateTracker.from_events("someone", done, domain.slots)
        prediction = policy.predict_action_probabilities(tracker, domain)
        if prediction.max_confidence != 1.0:
            break
        assert prediction.is_no_user_prediction
        names.append(domain.action_names_or_texts[prediction.max_confidence_index])
        done.append(ActionExecuted(names[-1]))
    return names


def test_it_comes_after_warning_signs_and_before_rules() -> None:
    assert 6 < PRIORITY < SAFETY_FIRST


@pytest.mark.parametrize("intent", ["ask_how_long", "affirm", "deny", "red_flag", "privacy"])
def test_it_leaves_other_messages_to_others(policy: PrivacyPolicy, domain: Domain, intent: str) -> None:
    assert steps(policy, domain, message(intent)) == []


def test_it_asks_before_it_removes(policy: PrivacyPolicy, domain: Domain) -> None:
    asking = ["action_answer_rest", "utter_delete_data", "action_listen"]
    assert steps(policy, domain, message("delete_data")) == asking
    several = message("ask_how_long", questions=("ask_how_long", "delete_data"))
    assert steps(policy, domain, several) == asking


@pytest.mark.parametrize(
    ("intent", "text"),
    [("affirm", "/affirm"), ("delete_data", "yes, delete it all"), ("delete_data", "Remove everything please")],
)
def test_a_yes_removes(policy: PrivacyPolicy, domain: Domain, intent: str, text: str) -> None:
    assert steps(policy, domain, message("delete_data"), ASKED, LISTEN, message(intent, text)) == [
        "utter_erase",
        "action_listen",
    ]


@pytest.mark.parametrize(
    ("intent", "text"), [("deny", "no"), ("delete_data", "no don't delete it"), ("delete_data", "dont erase my chat")]
)
def test_a_no_keeps(policy: PrivacyPolicy, domain: Domain, intent: str, text: str) -> None:
    done = steps(policy, domain, message("delete_data"), ASKED, LISTEN, message(intent, text))
    assert done == ["utter_kept", "action_listen"]


@pytest.mark.parametrize(
    "text",
    [
        *("delete it how?", "will you delete my data", "what if i delete my data"),
        *("yes delete but only the phone number", "please remove my name from the request", "actually delete nothing"),
        *("/delete_data", "delete my data"),  # tapped or said twice
    ],
)
def test_what_is_no_yes_to_all_of_it_is_asked_again(policy: PrivacyPolicy, domain: Domain, text: str) -> None:
    done = steps(policy, domain, message("delete_data"), ASKED, LISTEN, message("delete_data", text))
    assert "utter_delete_data" in done


def test_a_yes_to_what_was_asked_after_it_removes_nothing(policy: PrivacyPolicy, domain: Domain) -> None:
    after = BotUttered("Shall I ask them to contact you?", {}, {"utter_action": "utter_undocumented"})
    assert steps(policy, domain, message("delete_data"), ASKED, after, LISTEN, message("affirm", "yes")) == []


def test_both_wishes_are_heard(policy: PrivacyPolicy, domain: Domain) -> None:
    both = message("what_is_stored", questions=("what_is_stored", "delete_data"))
    told = ["action_tell_stored", "action_answer_rest", "utter_delete_data", "action_listen"]
    assert steps(policy, domain, both) == told


def test_a_yes_to_what_was_said_since_removes_nothing(policy: PrivacyPolicy, domain: Domain) -> None:
    since = [message("greet"), BotUttered("hello"), LISTEN]
    assert steps(policy, domain, message("delete_data"), ASKED, LISTEN, *since, message("affirm", "yes")) == []


def test_a_form_goes_on_afterwards(policy: PrivacyPolicy, domain: Domain) -> None:
    form = ActiveLoop(FORM)
    told = ["action_tell_stored", "action_answer_rest", FORM, "action_listen"]
    assert steps(policy, domain, form, message("what_is_stored")) == told
    before = [form, message("delete_data"), ASKED, LISTEN]
    assert steps(policy, domain, *before, message("deny", "no")) == ["utter_kept", FORM, "action_listen"]
    assert steps(policy, domain, *before, message("affirm", "yes")) == ["utter_erase", "action_listen"]

from __future__ import annotations

from typing import Any, Optional

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.policies.handover_policy import BEGIN, OFFER, HandoverPolicy
from bot.settings import ROOT

ASKED, LISTEN = UserUttered("can i swim", {"name": "undocumented"}), ActionExecuted("action_listen")
OFFERED = BotUttered("Shall I?", {"buttons": [{"title": "Ask", "payload": OFFER}, {"title": "?", "payload": "/help"}]})
BELOW_A_WARNING = BotUttered("Call!", {"buttons": [{"title": "999", "payload": "/request_human"}, {"payload": OFFER}]})


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def policy(tmp_path: Any) -> HandoverPolicy:
    config = HandoverPolicy.get_default_config()
    return HandoverPolicy(config, LocalModelStorage(tmp_path), Resource("policy"), ExecutionContext(GraphSchema({})))


def predicted(policy: HandoverPolicy, domain: Domain, *events: Event) -> Optional[str]:
    tracker = DialogueStateTracker.from_events("someone", [LISTEN, *events], domain.slots)
    prediction = policy.predict_action_probabilities(tracker, domain)
    certain = prediction.max_confidence == 1.0
    return domain.action_names_or_texts[prediction.max_confidence_index] if certain else None


def said(text: str, intent: str) -> UserUttered:
    return UserUttered(text, {"name": intent})


@pytest.mark.parametrize(
    ("text", "intent"), [("yes", "affirm"), ("yes pls", "affirm"), ("Ok.", "thank"), ("go ahead", "nlu_fallback")]
)
def test_an_agreement_begins_the_request(policy: HandoverPolicy, domain: Domain, text: str, intent: str) -> None:
    events: list[Event] = [ASKED, OFFERED, LISTEN, said(text, intent)]
    for step in (*BEGIN, "action_listen"):
        assert predicted(policy, domain, *events) == step
        events.append(ActionExecuted(step))
    assert predicted(policy, domain, *events) is None


@pytest.mark.parametrize(
    ("text", "intent"),
    [("no", "deny"), ("thanks", "thank"), ("ok but how long will it last", "ask_how_long"), ("okra", "nlu_fallback")],
)
def test_all_else_is_left_to_the_rules(policy: HandoverPolicy, domain: Domain, text: str, intent: str) -> None:
    assert predicted(policy, domain, ASKED, OFFERED, LISTEN, said(text, intent)) is None


def test_an_ok_below_a_warning_is_no_agreement(policy: HandoverPolicy, domain: Domain) -> None:
    assert predicted(policy, domain, ASKED, BELOW_A_WARNING, LISTEN, said("ok", "thank")) is None


def test_an_ok_after_a_warning_is_no_agreement(policy: HandoverPolicy, domain: Domain) -> None:
    warned = BotUttered("Call 999!", {}, {"utter_action": "utter_warning_emergency"})
    assert predicted(policy, domain, ASKED, warned, OFFERED, LISTEN, said("ok", "thank")) is None


def test_an_offer_is_taken_right_after_it_alone(policy: HandoverPolicy, domain: Domain) -> None:
    later = [BotUttered("A few weeks."), LISTEN, said("yes", "affirm")]
    assert predicted(policy, domain, ASKED, OFFERED, LISTEN, said("how long", "ask_how_long"), *later) is None
    assert predicted(policy, domain, said("yes", "affirm")) is None


def test_other_actions_of_the_turn_are_not_taken_over(policy: HandoverPolicy, domain: Domain) -> None:
    events = [ASKED, OFFERED, LISTEN, said("yes", "affirm"), ActionExecuted("action_answer")]
    assert predicted(policy, domain, *events) is None

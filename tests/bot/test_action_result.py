"""The quick check agrees with Rasa's own schema, on every kind of event and on what is none."""

from __future__ import annotations

import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.actions.action import RemoteAction

from bot.action_result import ActionResult

SCHEMA = RemoteAction.action_response_format_spec()
KINDS = [it["properties"]["event"]["const"] for it in SCHEMA["properties"]["events"]["items"]["oneOf"]]
RASAS = jsonschema.Draft7Validator(SCHEMA)
OURS = ActionResult()

ENTITY: dict[str, Any] = {"entity": "product", "value": "retinol", "start": 0, "end": 7}
RESULTS: list[Any] = [
    {},
    {"events": []},
    {"events": None},
    {"events": 1},
    {"events": [1]},
    {"events": [{}]},
    {"events": [{"event": None}]},
    {"events": [{"event": ["slot"]}]},
    {"events": [{"event": "nonsense"}]},
    {"events": [{"event": "slot"}]},
    {"events": [{"event": "slot", "name": "a", "value": None}]},
    {"events": [{"event": "slot", "name": 1, "value": "b"}]},
    {"events": [{"event": "slot", "name": "a", "value": "b"}, {"event": "nonsense"}]},
    {"events": [{"event": "slot", "name": "a", "value": "b", "timestamp": "now"}]},
    {"events": [{"event": "entities", "entities": [ENTITY]}]},
    {"events": [{"event": "entities", "entities": [{"entity": "product"}]}]},
    {"events": [{"event": "user", "text": "hello", "parse_data": {"intent": {"name": "greet", "confidence": 1.0}}}]},
    {"events": [{"event": "user", "text": "hello", "parse_data": {"intent": {"name": 1}}}]},
    {"events": [], "responses": [{"text": "Yes."}, {"response": "utter_greet"}]},
    {"events": [], "responses": ["Yes."]},
    {"responses": {}},
    [],
    None,
    "events",
]


def passes(result: Any) -> bool:
    try:
        OURS.check(result)
    except jsonschema.ValidationError:
        return False
    return True


@pytest.mark.parametrize("result", RESULTS, ids=repr)
def test_it_agrees_with_rasas_schema(result: Any) -> None:
    assert passes(result) == RASAS.is_valid(result)


def test_it_tells_some_from_others() -> None:
    assert len({passes(it) for it in RESULTS}) == 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rest", [{}, {"name": "a", "value": 1, "entities": []}, {"text": 1, "name": 1}], ids=repr)
def test_every_kind_of_event_is_known(kind: str, rest: dict[str, Any]) -> None:
    result = {"events": [{"event": kind, **rest}]}
    assert passes(result) == RASAS.is_valid(result)


JSON = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
NAMES = ("name", "value", "text", "entities", "timestamp", "metadata", "policy", "confidence", "parse_data")
EVENTS = st.builds(
    lambda kind, rest: {"event": kind, **rest},
    st.sampled_from(KINDS) | JSON,
    st.dictionaries(st.sampled_from(NAMES), JSON | st.just([ENTITY]), max_size=4),
)


@given(st.fixed_dictionaries({}, optional={"events": st.lists(EVENTS, max_size=3), "responses": JSON}))
def test_it_agrees_on_anything(result: dict[str, Any]) -> None:
    assert passes(result) == RASAS.is_valid(result)


def test_it_costs_a_small_part() -> None:
    result = {"events": [{"event": "slot", "name": "a", "value": "b"}] * 5, "responses": [{"text": "Yes."}]}
    costs = []
    for check in (OURS.check, RASAS.validate):
        began = time.process_time()
        for _ in range(30):
            check(result)
        costs.append(time.process_time() - began)
    assert costs[0] < costs[1] / 3

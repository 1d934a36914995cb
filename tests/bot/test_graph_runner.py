"""The graph gives what Dask gives."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.graph_runner import GraphRunner, plan_of, run_without_dask
from bot.processes import MODEL

MESSAGES = ("how long will it last", "can i use retinol and wash my face?", "hello", "i can't breathe", "/greet", "zzz")


@pytest.fixture(scope="module")
def agent() -> Agent:
    return Agent.load(str(MODEL))


def turn(agent: Agent, text: str) -> tuple[dict[str, Any], list[float], str]:
    """How a message is understood, and which action is chosen."""
    processor = agent.processor
    tracker = DialogueStateTracker.from_events("a", [ActionExecuted("action_listen")], agent.domain.slots)
    parsed = processor._parse_message_with_graph(UserMessage(text), tracker)
    tracker.update(UserUttered(text, parsed["intent"], parsed["entities"], parsed), agent.domain)
    prediction = processor._predict_next_with_tracker(tracker)
    return parsed, list(prediction.probabilities), prediction.policy_name


def test_it_gives_what_dask_gives(agent: Agent) -> None:
    by_dask = [turn(agent, it) for it in MESSAGES]
    dask = agent.processor.graph_runner
    run_without_dask(agent.processor)
    try:
        assert [turn(agent, it) for it in MESSAGES] == by_dask
    finally:
        agent.processor.graph_runner = dask
    assert len({policy for _, _, policy in by_dask}) > 1


def test_every_node_comes_after_what_it_needs(agent: Agent) -> None:
    processor: MessageProcessor = agent.processor
    schema = processor.graph_runner._graph_schema
    for target in (processor.model_metadata.nlu_target, processor.model_metadata.core_target):
        plan = plan_of(schema, (target,))
        names = [name for name, _ in plan]
        assert names[-1] == target and len(set(names)) == len(names)
        for at, (_, needs) in enumerate(plan):
            assert not {it for it in needs if it in schema.nodes} - set(names[:at])
        assert set(names) == set(schema.minimal_graph_schema([target]).nodes)


def test_a_missing_input_is_told(agent: Agent) -> None:
    with pytest.raises(GraphRunError, match="Missing input"):
        GraphRunner(agent.processor.graph_runner).run({}, [agent.processor.model_metadata.core_target])

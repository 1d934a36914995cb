"""Runs the trained model's graph without Dask, which plans it anew each time: a turn runs it three times or more."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Optional

from rasa.core.processor import MessageProcessor
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner

# Each node with the names of what it needs, all of which stand before it.
Plan = list[tuple[str, tuple[str, ...]]]


def plan_of(schema: GraphSchema, targets: tuple[str, ...]) -> Plan:
    """The nodes that the targets need, in an order in which they can run; a name that is no node is an input."""
    planned: dict[str, tuple[str, ...]] = {}

    def add(name: str) -> None:
        if name in planned or name not in schema.nodes:
            return
        needs = tuple(schema.nodes[name].needs.values())
        for it in needs:
            add(it)
        planned[name] = needs

    for target in targets:
        add(target)
    return list(planned.items())


class GraphRunner:
    """Answers like the ``DaskGraphRunner`` that it takes the nodes of; for messages, not for training."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        """Takes the nodes over."""
        self._schema: GraphSchema = runner._graph_schema
        self._nodes = runner._instantiated_nodes
        self._plan = lru_cache(maxsize=None)(lambda targets: plan_of(self._schema, targets))

    def run(self, inputs: Optional[dict[str, Any]] = None, targets: Optional[list[str]] = None) -> dict[str, Any]:
        """The outputs of the targets, by their names.

        Raises:
            GraphRunError: if a node lacks an input.
        """
        wanted = tuple(targets or self._schema.target_names)
        # As nodes take them: each with the name of where it comes from.
        outputs = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._plan(wanted):
            if name not in outputs:  # an input can stand in for a node
                outputs[name] = self._nodes[name](*(outputs.get(it, it) for it in needs))
        return dict(outputs[it] for it in wanted)


def run_without_dask(processor: MessageProcessor) -> None:
    """From now on the processor runs its model so."""
    processor.graph_runner = GraphRunner(processor.graph_runner)

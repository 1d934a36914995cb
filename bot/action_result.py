"""Rasa's check of what an action server returns, at a small part of what Rasa's own way of checking costs."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
from rasa.core.actions.action import RemoteAction


class ActionResult:
    """The form that Rasa asks of a result: the same results pass, and no others.

    Rasa's schema tries each event against all 23 kinds of events, to see that it is one of them; that took a sixth of
    a turn. The kind stands in the event, so here it is checked against that one. ``jsonschema.validate`` would also
    check the schema itself each time.
    """

    def __init__(self) -> None:
        """Takes Rasa's schema apart, once."""
        schema = copy.deepcopy(RemoteAction.action_response_format_spec())  # Rasa gives out its own
        kinds = schema["properties"]["events"]["items"].pop("oneOf")
        self._whole = jsonschema.Draft7Validator(schema)
        self._kinds = {it["properties"]["event"]["const"]: jsonschema.Draft7Validator(it) for it in kinds}

    def check(self, result: Any) -> None:
        """Checks a result.

        Raises:
            jsonschema.ValidationError: if it is not as Rasa asks.
        """
        self._whole.validate(result)
        for event in result.get("events", ()):
            kind = self._kinds.get(event["event"])
            if kind is None:
                raise jsonschema.ValidationError(f"{event['event']!r} is no kind of event")
            kind.validate(event)

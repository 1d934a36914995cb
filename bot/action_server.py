"""The way to the action server: it never leaves a person without a reply."""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Optional

import aiohttp
import jsonschema
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

from bot.metrics import ACTION_ERRORS, ACTION_SECONDS

logger = logging.getLogger(__name__)

APOLOGY = "utter_cannot_look_up"
# Made once: jsonschema.validate checks the schema itself each time, for half of what a turn costs.
RESULT = jsonschema.Draft7Validator(RemoteAction.action_response_format_spec())
# What all actions of one turn may take, in seconds: with the database away too, the reply comes within five.
LONGEST_ACTIONS = 3.0
# Left to an action after others have used that up.
SHORTEST_CALL = 0.2
# Shorter than the action server keeps an idle connection, in seconds: Sanic's default is 5.
LONGEST_IDLE = 3.0
# Nobody waits for what these do.
SILENT = ("action_record_warning",)
# These answer what a message asks beside the first thing, if it asks anything.
OF_THE_REST = ("action_answer_rest",)


@dataclass
class Patience:
    """What is left of a turn's time, and whether its person was told that something fails."""

    until: float
    """By the event loop's clock."""
    has_apologised: bool = False


_PATIENCE: ContextVar[Optional[Patience]] = ContextVar("patience", default=None)


def begin_turn() -> None:
    """From now on, in this task, the time of a new turn runs."""
    _PATIENCE.set(Patience(asyncio.get_running_loop().time() + LONGEST_ACTIONS))


def seconds_left(limit: float) -> float:
    """What is left of so many seconds since the turn began that the task is in; all of it outside of a turn."""
    patience = _PATIENCE.get()
    if patience is None:
        return limit
    return max(0.0, patience.until - LONGEST_ACTIONS + limit - asyncio.get_running_loop().time())


class ActionServer(EndpointConfig):
    """Runs custom actions; where that fails, the action's reply is an apology with the clinic's number.

    Rasa logs the failure and goes on in silence.
    """

    def __init__(self, url: str) -> None:
        """Takes the address that runs actions."""
        super().__init__(url)
        self._http: Optional[aiohttp.ClientSession] = None

    async def request(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Runs an action, as ``rasa.core.actions.action.RemoteAction`` asks for it.

        Args:
            args: not used.
            kwargs: ``json``, the call; the rest is not used.

        Returns:
            The events and responses, as the action server gives them.
        """
        call: dict[str, Any] = kwargs["json"]
        patience = _PATIENCE.get() or Patience(asyncio.get_running_loop().time() + LONGEST_ACTIONS)
        try:
            with ACTION_SECONDS.labels(call["next_action"]).time():
                return await self._run(call, patience)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, jsonschema.ValidationError) as error:
            ACTION_ERRORS.labels(call["next_action"]).inc()
            logger.error("The action %s failed: %s", call["next_action"], type(error).__name__)
        if patience.has_apologised or not _is_waited_for(call):
            return {"events": [], "responses": []}
        patience.has_apologised = True
        return {"events": [], "responses": [{"response": APOLOGY}]}

    async def _run(self, call: dict[str, Any], patience: Patience) -> dict[str, Any]:
        try:
            result = await self._post(call, patience)
        except aiohttp.ClientConnectorError:
            raise  # nothing listens
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            # It closed a connection that had been idle, just as it was to be used again.
            result = await self._post(call, patience)
        RESULT.validate(result)
        return result

    async def _post(self, call: dict[str, Any], patience: Patience) -> dict[str, Any]:
        seconds = max(SHORTEST_CALL, patience.until - asyncio.get_running_loop().time())
        # Connections are used again: the action server is asked several times a turn.
        if self._http is None or self._http.closed:
            connections = aiohttp.TCPConnector(keepalive_timeout=LONGEST_IDLE)
            self._http = aiohttp.ClientSession(connector=connections)
        timeout = aiohttp.ClientTimeout(total=seconds)
        async with self._http.post(self.url, json=call, timeout=timeout) as response:
            response.raise_for_status()
            result: dict[str, Any] = await response.json()
        return result


def _check(action: RemoteAction, result: dict[str, Any]) -> bool:
    """Rasa's check of what an action server returns, with the validator that is made once.

    Raises:
        jsonschema.ValidationError: if it is not as Rasa asks.
    """
    RESULT.validate(result)
    return True


RemoteAction._validate_action_result = _check


def _is_waited_for(call: dict[str, Any]) -> bool:
    if call["next_action"] in OF_THE_REST:
        message = call["tracker"].get("latest_message") or {}
        return len(message.get("questions") or ()) > 1
    return call["next_action"] not in SILENT

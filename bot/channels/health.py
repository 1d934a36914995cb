"""Whether this process lives, and whether it can answer: for whatever runs it, such as Docker or Kubernetes."""

from __future__ import annotations

from typing import Any, Optional

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.errors import answer_errors
from bot.channels.turns import OnNewMessage, Turns
from bot.safety.examples import load_examples
from bot.safety.red_flags import TIERS, RedFlags, load_red_flags

NAME = "health"


class HealthChannel(InputChannel):
    """``GET /health/live`` and ``GET /health/ready``.

    Ready means that a warning sign would be recognised and get its text. Neither the database nor the action server
    counts: the assistant goes on without them, and to take it off the net would silence it.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name, though nobody writes on it."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> HealthChannel:
        """Needs no settings."""
        return cls()

    def url_prefix(self) -> str:
        """Where the channel is found."""
        return "/health"

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint(NAME)
        turns = Turns(NAME, on_new_message)
        red_flags = load_red_flags()
        is_recognised = False

        @routes.listener("after_server_start")
        async def begin(app: Sanic, loop: Any) -> None:
            nonlocal is_recognised
            turns.begin(app)
            is_recognised = await turns.reports_sign(most_urgent_example(red_flags))

        @routes.get("/live")
        async def live(request: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @routes.get("/ready")
        async def ready(request: Request) -> HTTPResponse:
            missing = [] if is_recognised else ["the recognition of warning signs"]
            missing += [it for it in safety_texts(red_flags) if not (await turns.say(it)).get("text")]
            if missing:
                return json_response({"status": "not ready", "missing": missing}, status=503)
            return json_response({"status": "ready"})

        answer_errors(routes)
        return routes


def safety_texts(red_flags: RedFlags) -> list[str]:
    """The responses to warning signs and to what else must never go unanswered."""
    own = [it.text for it in red_flags.signs.values() if it.text]
    told = [it.text for it in red_flags.circumstances.values()]
    return list(dict.fromkeys([*(f"utter_warning_{tier}" for tier in TIERS), *own, *told]))


def most_urgent_example(red_flags: RedFlags) -> str:
    """A sentence that reports an emergency."""
    sign = red_flags.most_urgent_first(red_flags.signs)[0]
    return load_examples(red_flags.signs)[sign][0]

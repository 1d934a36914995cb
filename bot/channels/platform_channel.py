"""The frame of a messaging platform's channel: a webhook in front of an inbox, and answers behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.errors import answer_errors
from bot.channels.inbox import Inbox
from bot.channels.messenger import Incoming, chosen_payload, replies
from bot.channels.platform_client import PlatformClient
from bot.channels.rate import SenderLimit
from bot.channels.turns import OnNewMessage, Reply, Turns
from bot.settings import Settings, load_settings
from bot.store.database import database
from bot.store.deliveries import Call, Delivery


class PlatformChannel(InputChannel):
    """``POST /webhooks/<name>/webhook``, for one platform alone; not served without its secrets.

    A delivery is acknowledged once it is kept; each is answered once, in the order of its conversation. What is kept of
    it is a dictionary with ``said`` (see ``Incoming``), ``chosen`` (the requests that show what was chosen from
    buttons), and what the platform's own channel needs to answer.
    """

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> PlatformChannel:
        """Reads the settings.

        Raises:
            SettingsError: if the environment cannot be used.
        """
        return cls(load_settings())

    def __init__(self, settings: Settings) -> None:
        """Takes the secrets, and where the platform finds pictures."""
        self._settings = settings
        self._limit = SenderLimit(self.name())

    def is_set_up(self) -> bool:
        """Whether there are secrets."""
        raise NotImplementedError

    def client(self) -> PlatformClient:
        """The way to the platform's API."""
        raise NotImplementedError

    async def receive(self, request: Request, inbox: Inbox) -> HTTPResponse:
        """Lets the platform's own deliveries in, and acknowledges them.

        Raises:
            ChatError: if it is none.
        """
        raise NotImplementedError

    def calls_for(self, said: Sequence[Reply], kept: dict[str, Any]) -> list[Call]:
        """The requests that say the replies to a delivery, of which this is kept."""
        raise NotImplementedError

    def show_work(self, client: PlatformClient, kept: dict[str, Any]) -> None:
        """Shows the person that an answer is on its way, where a platform can; nothing waits for it."""

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint(self.name())
        if not self.is_set_up():
            return routes
        turns, client = Turns(self.name(), on_new_message), self.client()

        async def calls(delivery: Delivery) -> list[Call]:
            self.show_work(client, delivery.message)
            return await self._calls(turns, delivery)

        inbox = Inbox(self.name(), database(self._settings.database_url), client, calls)

        @routes.listener("after_server_start")
        async def begin(app: Sanic, loop: Any) -> None:
            turns.begin(app)
            inbox.resume_soon()

        @routes.listener("before_server_stop")
        async def end(app: Sanic, loop: Any) -> None:
            await inbox.close()

        @routes.post("/webhook", stream=True)
        async def webhook(request: Request) -> HTTPResponse:
            return await self.receive(request, inbox)

        answer_errors(routes)
        return routes

    async def _calls(self, turns: Turns, delivery: Delivery) -> list[Call]:
        """The requests that answer a delivery."""
        said = Incoming(**delivery.message["said"])
        payload = await chosen_payload(turns, delivery.conversation, said)
        answers = await replies(turns, self._limit, delivery, said, payload)
        chosen = [] if payload is None else delivery.message["chosen"]
        # Words come first: nothing may keep a warning back.
        return [*self.calls_for(answers, delivery.message), *chosen]

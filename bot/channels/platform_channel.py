"""The frame of a messaging platform's channel: a webhook in front of an inbox, and answers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.errors import answer_errors
from bot.channels.feedback import FeedbackDesk
from bot.channels.feedback_buttons import Choice, FeedbackButton, FeedbackButtons
from bot.channels.inbox import Inbox
from bot.channels.messenger import Incoming, chosen_payload, replies
from bot.channels.platform_client import PlatformClient
from bot.channels.rate import Pace, SenderLimit
from bot.channels.turns import OnNewMessage, Reply, Turns
from bot.settings import Settings, load_clinic, load_settings
from bot.store.conversations import ERASED, message_id
from bot.store.database import DatabaseUnavailable, database
from bot.store.deliveries import Call, Delivery
from bot.wording import load_phrases


class PlatformChannel(InputChannel):
    """``POST /webhooks/<name>/webhook``, for one platform alone; not served without its secrets.

    A delivery is acknowledged once it is kept; each is answered once, in the order of its conversation. What is kept of
    it is a dictionary with ``said`` (see ``Incoming``), ``chosen`` (the requests that show what was chosen from
    buttons), and what the platform's own channel needs to answer. Taps on thumbs are deliveries too, but take no turn.
    """

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> PlatformChannel:
        """Reads the settings.

        Raises:
            SettingsError: if the environment or ``clinic.yml`` cannot be used.
            KnowledgeError: if the phrases cannot be used.
        """
        return cls(load_settings(), load_phrases(load_clinic()))

    def __init__(self, settings: Settings, phrases: Mapping[str, str]) -> None:
        """Takes the secrets, where the platform finds pictures, and the words on buttons."""
        self._settings = settings
        self._buttons = FeedbackButtons(phrases)
        self._limit = SenderLimit(self.name(), redis_url=settings.redis_url)
        # Somebody who rates many answers may go on asking.
        self._feedback_limit = SenderLimit(self.name(), "feedback", settings.redis_url)

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

    def acknowledge(self, kept: dict[str, Any], words: str) -> list[Call]:
        """The requests that tell somebody who has tapped a button something in passing, where a platform can."""
        return []

    def calls_for_feedback(self, kept: dict[str, Any], below: list[list[FeedbackButton]]) -> list[Call]:
        """The requests that put these buttons in the place of the thumbs that were tapped; other buttons stay."""
        raise NotImplementedError

    def show_work(self, client: PlatformClient, kept: dict[str, Any]) -> None:
        """Shows the person that an answer is on its way, where a platform can; nothing waits for it."""

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint(self.name())
        if not self.is_set_up():
            return routes
        turns, client = Turns(self.name(), on_new_message), self.client()
        desk = FeedbackDesk(self.name(), database(self._settings.database_url))

        async def calls(delivery: Delivery) -> list[Call]:
            said = Incoming(**delivery.message["said"])
            if choice := Choice.of(said.button):
                return await self._take_feedback(desk, delivery, choice)
            self.show_work(client, delivery.message)
            return await self._calls(turns, delivery, said)

        inbox = Inbox(self.name(), database(self._settings.database_url), client, calls, self._settings.redis_url)

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

    async def _calls(self, turns: Turns, delivery: Delivery, said: Incoming) -> list[Call]:
        """The requests that answer a delivery."""
        payload = await chosen_payload(turns, delivery.conversation, said)
        answers = await replies(turns, self._limit, delivery, said, payload)
        delivery.is_last = any(it.get("utter_action") == ERASED for it in answers)
        chosen = [] if payload is None else delivery.message["chosen"]
        # Words come first: nothing may keep a warning back.
        return [*self.calls_for([self._with_thumbs(it) for it in answers], delivery.message), *chosen]

    def _with_thumbs(self, reply: Reply) -> Reply:
        """A documented answer with the buttons below it."""
        if not reply.get("answer"):
            return reply
        return {**reply, "feedback": self._buttons.below(message_id(reply["timestamp"]))}

    async def _take_feedback(self, desk: FeedbackDesk, delivery: Delivery, choice: Choice) -> list[Call]:
        """Keeps what somebody thinks of an answer, and shows it; no turn is taken."""
        kept = delivery.message
        if self._feedback_limit.pace(delivery.conversation) is not Pace.FINE:
            return self.acknowledge(kept, self._buttons.not_kept())
        try:
            is_theirs = await desk.take(delivery.conversation, choice.message, choice.helpful, choice.reason)
        except DatabaseUnavailable:
            return self.acknowledge(kept, self._buttons.not_kept())
        if not is_theirs:  # in a group others can tap it too, and a conversation may have been removed
            return self.acknowledge(kept, "")
        below = self._buttons.below(choice.message, choice)
        return [*self.acknowledge(kept, self._buttons.thanks(choice)), *self.calls_for_feedback(kept, below)]

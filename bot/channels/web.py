"""The channel of the clinic's website: plain HTTP under ``/chat``, and the files of the widget."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Optional
from weakref import WeakValueDictionary

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.errors import ChatError, failed, not_served, refused
from bot.channels.live import Live
from bot.channels.origins import Origins
from bot.channels.rate import RateLimit
from bot.channels.session_token import SessionTokens, TokenError, new_conversation, read_key
from bot.channels.web_pages import page
from bot.channels.web_requests import MOST_CHARACTERS, Sent, address_of, body_of, last_seen, parsed, token_of
from bot.settings import Clinic, Settings, load_clinic, load_settings
from bot.store.conversations import Message, conversation_store, of_assistant, of_person
from bot.store.warnings import warning_store

logger = logging.getLogger(__name__)

NAME = "web"
GREETING = "utter_greet"
# A silent stream is cut by proxies; a comment keeps it open.
SECONDS_BETWEEN_SIGNS_OF_LIFE = 20
MOST_STREAMS = 8
TURNS_KEPT = 1000

# Rasa strips white space of every kind, and takes what then begins with a slash for a payload.
_NO_WORDS = re.compile(r"^[\s/]+")

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]


class Replies(OutputChannel):
    """Keeps what is replied in a turn; what comes later goes to the pages that listen."""

    def __init__(self, live: Live) -> None:
        """Begins a turn."""
        self._live = live
        self._is_over = False
        self._messages: list[Message] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Takes one reply."""
        if self._is_over:
            self._live.publish(recipient_id, [of_assistant(message)])
        else:
            self._messages.append(of_assistant(message))

    def end(self) -> list[Message]:
        """Ends the turn and returns its replies."""
        self._is_over = True
        return self._messages


class WebChannel(InputChannel):
    """Takes messages from the widget, each once, and shows each conversation to its own person alone."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Optional[dict[str, Any]]) -> WebChannel:
        """Reads the settings.

        Raises:
            SettingsError: if ``clinic.yml`` or the environment cannot be used.
        """
        return cls(load_settings(), load_clinic())

    def __init__(self, settings: Settings, clinic: Clinic) -> None:
        """Puts the parts together."""
        self._clinic = clinic
        self._tokens = SessionTokens(read_key(settings.chat_secret))
        self._origins = Origins(clinic.website_origins)
        self._rate = RateLimit()
        self._live = Live()
        self._store = conversation_store(settings.database_url)
        self._warnings = warning_store(settings.database_url)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # Turns of a while back, so that a message is answered once also while the database is gone.
        self._turns: OrderedDict[tuple[str, str], list[Message]] = OrderedDict()
        self._greeting: Message = {}

    def url_prefix(self) -> str:
        """Where the channel is found."""
        return "/chat"

    def get_output_channel(self) -> OutputChannel:
        """A way to reach a person who waits for no reply."""
        channel = Replies(self._live)
        channel.end()
        return channel

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint("chat")

        @routes.post("/session", stream=True)
        async def begin(request: Request) -> HTTPResponse:
            self._origins.check(request)
            self._rate.check_address(address_of(request), "session")
            await body_of(request)
            return json_response(await self._begin(request))

        @routes.post("/messages", stream=True)
        async def write(request: Request) -> HTTPResponse:
            conversation = self._conversation(request)
            self._rate.check_message(address_of(request), conversation)
            sent = parsed(await body_of(request))
            await self._greet(request.app)  # its buttons are offered too
            # The turn goes on if the browser goes away: it asks again, with the same id.
            turn = asyncio.ensure_future(self._turn(on_new_message, conversation, sent))
            return json_response({"messages": await asyncio.shield(turn)})

        @routes.get("/messages")
        async def read(request: Request) -> HTTPResponse:
            return json_response({"messages": self._store.messages(self._reader(request), last_seen(request))})

        @routes.delete("/messages")
        async def forget(request: Request) -> HTTPResponse:
            conversation = self._reader(request)
            async with self._lock(conversation):
                self._store.forget(conversation)
                self._warnings.forget(conversation)
                for turn in [it for it in self._turns if it[0] == conversation]:
                    del self._turns[turn]
            self._live.publish(conversation, [{"forgotten": True}])
            return json_response({"forgotten": True})

        @routes.get("/events")
        async def listen(request: Request) -> None:
            conversation, after = self._reader(request), last_seen(request)
            if self._live.count(conversation) >= MOST_STREAMS:
                raise ChatError(429, "too_many", "Too many open pages of one chat; close one.", retry_after=60)
            stream = await request.respond(
                content_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            )
            async for event in self._events(conversation, after):
                await stream.send(event)

        @routes.get("/", strict_slashes=True)
        async def demo(request: Request) -> HTTPResponse:
            return await page("demo.html")

        @routes.get("/<name>")
        async def part(request: Request, name: str) -> HTTPResponse:
            return await page(name)

        @routes.listener("before_server_stop")
        async def end_streams(app: Sanic, loop: Any) -> None:
            self._live.end()

        routes.exception(ChatError)(refused)
        routes.exception(SanicException)(not_served)
        routes.exception(Exception)(failed)
        return routes

    async def _begin(self, request: Request) -> dict[str, Any]:
        """A session: the one that the browser still has, or a new one."""
        try:
            conversation = self._tokens.conversation(token_of(request))
        except TokenError:
            conversation = new_conversation()
        return {
            "id": conversation,
            "token": self._tokens.issue(conversation),
            "greeting": await self._greet(request.app),
            "clinic": {
                "name": self._clinic.name,
                "hours": self._clinic.hours,
                "phone": self._clinic.phone,
                "emergency": self._clinic.emergency_number,
            },
            "most_characters": MOST_CHARACTERS,
        }

    async def _greet(self, app: Sanic) -> Message:
        """The greeting as the conversation itself gives it, buttons and all."""
        if not self._greeting:
            agent = app.ctx.agent
            nobody = DialogueStateTracker.from_events("nobody", [], agent.domain.slots)
            response = await agent.processor.nlg.generate(GREETING, nobody, NAME)
            self._greeting = of_assistant({"timestamp": 0, "utter_action": GREETING, **response})
        return self._greeting

    async def _turn(self, on_new_message: OnNewMessage, conversation: str, sent: Sent) -> list[Message]:
        """Answers a message; one that came before gets the same replies again."""
        async with self._lock(conversation):
            before = self._turns.get((conversation, sent.id))
            if before is None:
                before = self._replies(conversation, sent.id)
            if before is not None:
                return before
            output = Replies(self._live)
            text, metadata = self._meant(conversation, sent)
            message = UserMessage(text, output, conversation, None, NAME, sent.id, metadata)
            asked_at = time.time()
            await on_new_message(message)
            replies = output.end()
            self._turns[conversation, sent.id] = replies
            if len(self._turns) > TURNS_KEPT:
                self._turns.popitem(last=False)
        self._live.publish(conversation, [of_person(asked_at, sent.text, sent.id), *replies])
        return replies

    def _replies(self, conversation: str, client_id: str) -> list[Message] | None:
        try:
            return self._store.replies(conversation, client_id)
        except SQLAlchemyError as error:
            # Without the database a message is answered all the same: it may be a cry for help.
            logger.warning("What was said before cannot be read: %s", type(error).__name__)
            return None

    def _meant(self, conversation: str, sent: Sent) -> tuple[str, dict[str, Any]]:
        """What is told to the assistant: a button's payload if it was offered, else the words."""
        if sent.payload and self._was_offered(conversation, sent.payload):
            return sent.payload, {"title": sent.text}
        words = _NO_WORDS.sub("", sent.text)
        return words or "?", {} if words == sent.text else {"title": sent.text}

    def _was_offered(self, conversation: str, payload: str) -> bool:
        try:
            said = self._store.messages(conversation)
        except SQLAlchemyError as error:
            logger.warning("What was offered before cannot be read: %s", type(error).__name__)
            return False
        return any(
            payload == it.get("payload") for message in [self._greeting, *said] for it in message.get("buttons", [])
        )

    async def _events(self, conversation: str, after: int) -> AsyncIterator[str]:
        """What is said from now on, and before it what was missed, as server-sent events."""
        with self._live.listen(conversation) as listener:
            yield "retry: 2000\n\n"
            for message in self._store.messages(conversation, after):
                after = message["id"]
                yield _event(message)
            while True:
                try:
                    said = await asyncio.wait_for(listener.get(), SECONDS_BETWEEN_SIGNS_OF_LIFE)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
                    continue
                if said is None:
                    return
                if said.get("id", after + 1) > after:
                    yield _event(said)

    def _conversation(self, request: Request) -> str:
        self._origins.check(request)
        try:
            return self._tokens.conversation(token_of(request))
        except TokenError as error:
            raise ChatError(401, "session", "The session is not known or has expired; begin a new one.") from error

    def _reader(self, request: Request) -> str:
        conversation = self._conversation(request)
        self._rate.check_address(address_of(request), "read")
        return conversation

    def _lock(self, conversation: str) -> asyncio.Lock:
        lock = self._locks.get(conversation)
        if lock is None:
            self._locks[conversation] = lock = asyncio.Lock()
        return lock


def _event(message: Message) -> str:
    number = f"id: {message['id']}\n" if "id" in message else ""
    return f"{number}data: {json.dumps(message)}\n\n"

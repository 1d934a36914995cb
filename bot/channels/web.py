"""The channel of the clinic's website: plain HTTP under ``/chat``, and the files of the widget."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, Optional

from rasa.core.channels.channel import InputChannel, OutputChannel
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.broadcast import broadcast
from bot.channels.errors import ChatError, answer_errors
from bot.channels.feedback import FeedbackDesk
from bot.channels.guard import MOST_CHARACTERS
from bot.channels.http import address_of, bearer_of, body_of
from bot.channels.live import Live
from bot.channels.origins import Origins
from bot.channels.rate import RateLimit
from bot.channels.session_token import SessionTokens, TokenError, new_conversation, read_key
from bot.channels.turns import OnNewMessage, Reply, Said, Turns
from bot.channels.web_pages import page, picture
from bot.channels.web_requests import Rated, Sent, last_seen, parsed
from bot.metrics import DUPLICATES
from bot.settings import Clinic, Settings, load_clinic, load_settings
from bot.store.conversations import ERASED, ConversationStore, Message, of_assistant, of_person
from bot.store.database import DatabaseUnavailable, database
from bot.store.feedback import FeedbackStore

NAME = "web"
GREETING = "utter_greet"
# A silent stream is cut by proxies; a comment keeps it open.
SECONDS_BETWEEN_SIGNS_OF_LIFE = 20
MOST_STREAMS = 8
TURNS_KEPT = 1000
# Until when a message waits for a database that starts again, in seconds, before it may be one that came before.
LONGEST_LOOK = 2.0
# What other replicas are told: what was said, and that a conversation was removed, with the receipt.
SAID, RECEIPT = "said", "receipt"


class LivePages(OutputChannel):
    """Reaches the pages that show a conversation now."""

    def __init__(self, live: Live) -> None:
        """Takes who is listening."""
        self._live = live

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker."""
        return NAME

    async def send_response(self, recipient_id: str, message: Reply) -> None:
        """Shows one message."""
        self._live.publish(recipient_id, [of_assistant(message)])


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
        self._rate = RateLimit(settings.redis_url)
        self._live = Live()
        self._broadcast = broadcast(settings.redis_url)
        self._broadcast.hear(SAID, self._live.publish)
        self._broadcast.hear(RECEIPT, lambda conversation, receipt: self._take_receipt(conversation, **receipt))
        self._database = database(settings.database_url)
        self._store = ConversationStore(self._database)
        self._feedback = FeedbackStore(self._database)
        self._desk = FeedbackDesk(NAME, self._database)
        # Turns of a while back, so that a message is answered once also while the database is gone.
        self._answered: OrderedDict[tuple[str, str], list[Message]] = OrderedDict()
        self._greeting: Message = {}

    def url_prefix(self) -> str:
        """Where the channel is found."""
        return "/chat"

    def get_output_channel(self) -> OutputChannel:
        """A way to reach a person who waits for no reply."""
        return LivePages(self._live)

    def blueprint(self, on_new_message: OnNewMessage) -> Blueprint:
        """The routes."""
        routes = Blueprint("chat")
        turns = Turns(NAME, on_new_message)

        @routes.listener("after_server_start")
        async def start(app: Sanic, loop: Any) -> None:
            turns.begin(app)
            self._greeting = of_assistant({**await turns.say(GREETING), "timestamp": 0})

        @routes.post("/session", stream=True)
        async def begin(request: Request) -> HTTPResponse:
            self._origins.check(request)
            self._rate.check_address(address_of(request), "session")
            await body_of(request)
            return json_response(self._begin(request))

        @routes.post("/messages", stream=True)
        async def write(request: Request) -> HTTPResponse:
            conversation = self._conversation(request)
            self._rate.check_message(address_of(request), conversation)
            sent = parsed(await body_of(request), Sent)
            # The turn goes on if the browser goes away: it asks again, with the same id.
            turn = asyncio.ensure_future(self._turn(turns, conversation, sent))
            return json_response({"messages": await asyncio.shield(turn)})

        @routes.get("/messages")
        async def read(request: Request) -> HTTPResponse:
            return json_response({"messages": await self._messages(self._reader(request), last_seen(request))})

        @routes.delete("/messages")
        async def forget(request: Request) -> HTTPResponse:
            conversation = self._reader(request)
            async with turns.alone(conversation):
                await turns.erase(conversation)
                self._forget(conversation)
                self._broadcast.tell(RECEIPT, conversation, {"client_id": None, "replies": []})
            return json_response({"forgotten": True})

        @routes.post("/feedback", stream=True)
        async def rate(request: Request) -> HTTPResponse:
            conversation = self._conversation(request)
            self._rate.check_feedback(address_of(request), conversation)
            rated = parsed(await body_of(request), Rated)
            if not await self._desk.take(conversation, rated.message, rated.helpful, rated.reason):
                raise ChatError(404, "answer", "There is no answer with this id in this chat.")
            return json_response({"kept": True})

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

        @routes.get("/pictures/<name>")
        async def drawing(request: Request, name: str) -> HTTPResponse:
            return await picture(name)

        @routes.listener("before_server_stop")
        async def end_streams(app: Sanic, loop: Any) -> None:
            self._live.end()
            await self._broadcast.end()

        answer_errors(routes)
        return routes

    def _begin(self, request: Request) -> dict[str, Any]:
        """A session: the one that the browser still has, or a new one."""
        try:
            conversation = self._tokens.conversation(bearer_of(request))
        except TokenError:
            conversation = new_conversation()
        return {
            "id": conversation,
            "token": self._tokens.issue(conversation),
            "greeting": self._greeting,
            "clinic": {
                "name": self._clinic.name,
                "hours": self._clinic.hours,
                "phone": self._clinic.phone,
                "emergency": self._clinic.emergency_number,
            },
            "most_characters": MOST_CHARACTERS,
        }

    async def _turn(self, turns: Turns, conversation: str, sent: Sent) -> list[Message]:
        """Answers a message; one that came before gets the same replies again."""
        async with turns.alone(conversation):
            before = self._answered.get((conversation, sent.id))
            if before is None:
                before = await self._replies(conversation, sent.id)
            if before is not None:
                DUPLICATES.labels(NAME).inc()
                return before
            asked_at = time.time()
            asked = Said(conversation, sent.text, sent.id, sent.payload)
            given = await turns.answer(asked, [self._greeting])
            replies = [of_assistant(it) for it in given]
            if is_erased := any(it.get("utter_action") == ERASED for it in given):
                self._take_receipt(conversation, sent.id, replies)
                self._broadcast.tell(RECEIPT, conversation, {"client_id": sent.id, "replies": replies})
            else:
                self._remember(conversation, sent.id, replies)
        if not is_erased:
            said = [of_person(asked_at, sent.text, sent.id), *replies]
            self._live.publish(conversation, said)
            self._broadcast.tell(SAID, conversation, said)
        return replies

    def _remember(self, conversation: str, client_id: str, replies: list[Message]) -> None:
        self._answered[conversation, client_id] = replies
        if len(self._answered) > TURNS_KEPT:
            self._answered.popitem(last=False)

    def _take_receipt(self, conversation: str, client_id: str | None, replies: list[Message]) -> None:
        """Forgets a conversation that was removed, here or by another replica."""
        self._forget(conversation, replies)
        if client_id is not None:
            # The receipt too: sent again, the message must not begin the conversation anew.
            self._remember(conversation, client_id, replies)

    async def _replies(self, conversation: str, client_id: str) -> list[Message] | None:
        try:
            patience = LONGEST_LOOK if self._broadcast.has_others else 0.0
            return await self._database.ask(partial(self._store.replies, conversation, client_id), patience)
        except DatabaseUnavailable:
            # Without the database a message is answered all the same: it may be a cry for help.
            return None

    async def _messages(self, conversation: str, after: int) -> list[Message]:
        return await self._database.ask(partial(self._said, conversation, after))

    def _said(self, conversation: str, after: int) -> list[Message]:
        """What both sides said, and what was thought of it."""
        given = self._feedback.given(conversation)
        messages = self._store.messages(conversation, after)
        return [{**it, "helpful": given[it["id"]].helpful} if it["id"] in given else it for it in messages]

    def _forget(self, conversation: str, last_said: Sequence[Message] = ()) -> None:
        """Forgets the turns of a conversation that was removed, and clears the pages that show it."""
        for turn in [it for it in self._answered if it[0] == conversation]:
            del self._answered[turn]
        self._live.publish(conversation, [{"forgotten": True, **({"messages": last_said} if last_said else {})}])

    async def _events(self, conversation: str, after: int) -> AsyncIterator[str]:
        """What is said from now on, and before it what was missed, as server-sent events."""
        with self._live.listen(conversation) as listener:
            yield "retry: 2000\n\n"
            for message in await self._messages(conversation, after):
                after = message["id"]
                yield _event(message)
            newest = after
            while True:
                try:
                    said = await asyncio.wait_for(listener.get(), SECONDS_BETWEEN_SIGNS_OF_LIFE)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
                    for message in await self._missed(conversation, newest):
                        newest = message["id"]
                        yield _event(message)
                    continue
                if said is None:
                    return
                if said.get("id", after + 1) > after:
                    yield _event(said)
                    newest = max(newest, said.get("id", 0))

    async def _missed(self, conversation: str, after: int) -> list[Message]:
        """What another replica could not tell of, because Redis was away."""
        if not self._broadcast.has_others:
            return []
        try:
            return await self._messages(conversation, after)
        except DatabaseUnavailable:
            return []

    def _conversation(self, request: Request) -> str:
        self._origins.check(request)
        try:
            return self._tokens.conversation(bearer_of(request))
        except TokenError as error:
            raise ChatError(401, "session", "The session is not known or has expired; begin a new one.") from error

    def _reader(self, request: Request) -> str:
        conversation = self._conversation(request)
        self._rate.check_address(address_of(request), "read")
        return conversation


def _event(message: Message) -> str:
    number = f"id: {message['id']}\n" if "id" in message else ""
    return f"{number}data: {json.dumps(message)}\n\n"

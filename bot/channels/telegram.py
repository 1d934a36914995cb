"""The Telegram channel: updates come to a webhook, replies go out over the Bot API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from pydantic import ValidationError
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.errors import ChatError
from bot.channels.feedback_buttons import FeedbackButton
from bot.channels.http import body_of, is_secret, object_of
from bot.channels.inbox import OPTIONAL, Inbox
from bot.channels.messenger import Incoming
from bot.channels.platform_channel import PlatformChannel
from bot.channels.platform_client import PlatformClient, PlatformRefused, PlatformUnavailable
from bot.channels.telegram_messages import (
    Message,
    Tap,
    call_for_typing,
    calls_for,
    calls_for_choice,
    calls_for_feedback,
    calls_for_tap,
    conversation_of,
    incoming,
    is_for_bot,
    keyboard_of,
    title_of,
)
from bot.channels.turns import Reply
from bot.metrics import DUPLICATES
from bot.settings import Settings
from bot.store.deliveries import Call, Delivery

logger = logging.getLogger(__name__)

NAME = "telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
# An update with a long message and the one it replies to is far smaller.
MOST_BYTES = 256 * 1024
# The token is wrong: whoever runs the assistant can mend it, and nothing should be lost until then.
OF_TOKEN = (401, 404)


class TelegramChannel(PlatformChannel):
    """Updates of the Bot API, with the secret that was registered for them."""

    def __init__(self, settings: Settings, phrases: Mapping[str, str]) -> None:
        """Takes the token and the secret (see parent class for full docstring)."""
        super().__init__(settings, phrases)
        self._beside: set[asyncio.Task[None]] = set()

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker, and in its address."""
        return NAME

    def is_set_up(self) -> bool:
        """Whether there are a token and a secret."""
        return self._settings.telegram_token is not None and self._settings.telegram_secret is not None

    def client(self) -> PlatformClient:
        """The Bot API."""
        return PlatformClient(f"{self._settings.telegram_api}/bot{self._settings.telegram_token}", judge)

    async def receive(self, request: Request, inbox: Inbox) -> HTTPResponse:
        """Takes what shows the secret (see parent class for full docstring)."""
        if not is_secret(request.headers.get(SECRET_HEADER, ""), str(self._settings.telegram_secret)):
            raise ChatError(401, "secret", "The secret token is missing or wrong.")
        update = parsed(await body_of(request, MOST_BYTES))
        delivery, aliases = delivery_of(update, bot_of(str(self._settings.telegram_token)))
        if delivery is not None and not await inbox.take(delivery, aliases):
            DUPLICATES.labels(NAME).inc()
        return json_response({})

    def calls_for(self, said: Sequence[Reply], kept: dict[str, Any]) -> list[Call]:
        """Sends to the chat (see parent class for full docstring)."""
        return calls_for(said, kept["chat"], kept["reply_to"], self._settings.public_url)

    def acknowledge(self, kept: dict[str, Any], words: str) -> list[Call]:
        """Ends the waiting of a button, with words that pass (see parent class for full docstring)."""
        text = {"text": words} if words else {}
        return [{**it, "parameters": {**it["parameters"], **text}, OPTIONAL: True} for it in kept["tapped"]]

    def calls_for_feedback(self, kept: dict[str, Any], below: list[list[FeedbackButton]]) -> list[Call]:
        """Changes the keyboard (see parent class for full docstring)."""
        return calls_for_feedback(kept["chat"], kept["message"], kept["keyboard"], below)

    def show_work(self, client: PlatformClient, kept: dict[str, Any]) -> None:
        """Ends the waiting of a button, and shows that an answer is being written."""
        for call in [*kept["tapped"], call_for_typing(kept["chat"])]:
            task = asyncio.ensure_future(_try(client, call))
            self._beside.add(task)
            task.add_done_callback(self._beside.discard)


async def _try(client: PlatformClient, call: Call) -> None:
    try:
        await client.call(call["method"], call["parameters"])
    except (PlatformRefused, PlatformUnavailable) as error:
        logger.info("Telegram does not do %s: %s", call["method"], error)


def bot_of(token: str) -> int:
    """The bot's own id, with which its token begins."""
    return int(token.partition(":")[0])


def judge(status: int, headers: Mapping[str, str], body: dict[str, Any]) -> None:
    """What a reply of the Bot API means.

    Raises:
        PlatformRefused: if the bot may not or cannot do it, for instance because the person has blocked it.
        PlatformUnavailable: on too many requests, with Telegram's ``retry_after``, and on failures of its own.
    """
    if body.get("ok") is True:
        return
    if status == 429:
        wait = (body.get("parameters") or {}).get("retry_after")
        raise PlatformUnavailable("too many requests", wait if isinstance(wait, (int, float)) and wait > 0 else None)
    if status >= 500 or status in OF_TOKEN:
        raise PlatformUnavailable(f"HTTP {status}")
    raise PlatformRefused(f"HTTP {status}")


def parsed(body: bytes) -> dict[str, Any]:
    """The update that a body holds.

    Raises:
        ChatError: if it holds none.
    """
    update = object_of(body)
    number = update.get("update_id")
    if type(number) is not int or not 0 <= number < 2**63:
        raise ChatError(400, "invalid", "The body must be an update with an 'update_id'.")
    return update


def delivery_of(update: dict[str, Any], bot: int) -> tuple[Optional[Delivery], list[str]]:
    """What is to be answered, None if nobody waits for an answer, and further keys under which it may come.

    Args:
        update: as Telegram sends it.
        bot: the bot's own id.
    """
    key = str(update["update_id"])
    try:
        if isinstance(update.get("message"), dict):
            message = Message.of(update["message"])
            # The pictures of an album come one by one, and are one message.
            album = [f"album-{message.media_group_id}"] if message.media_group_id else []
            return (_of_message(key, message), album) if is_for_bot(message, bot) else (None, [])
        if isinstance(update.get("callback_query"), dict):
            return _of_tap(key, update["callback_query"]), []
    except ValidationError as error:
        # Refused, it would be delivered again for a day, and keep back what follows in its chat.
        logger.error("An update of Telegram cannot be read: %d fields are not as expected", len(error.errors()))
    return None, []


def _of_message(key: str, message: Message) -> Delivery:
    said = incoming(message)
    kept: dict[str, Any] = {
        "chat": message.chat.id,
        "reply_to": message.message_id if said.is_shared else None,
        "said": said.as_dict(),
        "tapped": [],
        "chosen": [],
    }
    return Delivery(conversation_of(message.chat, message.sender), key, kept)


def _of_tap(key: str, given: dict[str, Any]) -> Optional[Delivery]:
    tap = Tap.parse_obj(given)
    if not isinstance(given.get("message"), dict):
        return None
    where = Message.of(given["message"])
    keyboard, is_shared = keyboard_of(given["message"]), where.chat.type != "private"
    said = Incoming(title_of(keyboard, tap.data), button=tap.data, is_shared=is_shared)
    kept = {
        "chat": where.chat.id,
        "reply_to": None,
        "said": said.as_dict(),
        "tapped": calls_for_tap(tap.id),
        "chosen": calls_for_choice(where, keyboard),
        "message": where.message_id,
        "keyboard": keyboard,
    }
    return Delivery(conversation_of(where.chat, tap.sender), key, kept)

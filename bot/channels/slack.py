"""The Slack channel: events and taps on buttons come to one webhook, replies go out over the Web API."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Optional
from urllib.parse import parse_qs

from pydantic import ValidationError
from sanic.request import Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as json_response
from slack_sdk.signature import SignatureVerifier

from bot.channels.errors import ChatError
from bot.channels.feedback_buttons import FeedbackButton
from bot.channels.http import body_of, object_of
from bot.channels.inbox import Inbox
from bot.channels.messenger import Incoming
from bot.channels.platform_channel import PlatformChannel
from bot.channels.platform_client import PlatformClient, PlatformRefused, PlatformUnavailable
from bot.channels.slack_messages import (
    Event,
    Interaction,
    Wrapped,
    calls_after_tap,
    calls_for,
    calls_for_feedback,
    conversation_of,
    incoming,
    shown,
)
from bot.channels.turns import Reply
from bot.metrics import DUPLICATES
from bot.store.deliveries import Call, Delivery

logger = logging.getLogger(__name__)

NAME = "slack"
# An event with a message of the longest kind, 40,000 characters, in escapes.
MOST_BYTES = 512 * 1024
# Seconds since 1970 have ten digits until the year 2286.
LONGEST_STAMP = 12
# Errors of the Web API that pass; all others stay, however often it is asked.
PASSING = frozenset("fatal_error internal_error ratelimited request_timeout service_unavailable".split())
# The token is wrong: whoever runs the assistant can mend it, and nothing should be lost until then.
OF_TOKEN = frozenset("account_inactive invalid_auth not_authed token_expired token_revoked".split())


class SlackChannel(PlatformChannel):
    """The Events API and interactivity, both at one webhook."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in the tracker, and in its address."""
        return NAME

    def is_set_up(self) -> bool:
        """Whether there are a token and a signing secret."""
        return self._settings.slack_token is not None and self._settings.slack_signing_secret is not None

    def client(self) -> PlatformClient:
        """The Web API."""
        headers = {
            "Authorization": f"Bearer {self._settings.slack_token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        return PlatformClient(self._settings.slack_api, judge, headers)

    async def receive(self, request: Request, inbox: Inbox) -> HTTPResponse:
        """Takes what Slack has signed (see parent class for full docstring)."""
        body = await body_of(request, MOST_BYTES)
        check(SignatureVerifier(str(self._settings.slack_signing_secret)), body, request.headers)
        given = parsed(body, request.headers.get("content-type", ""))
        if given.get("type") == "url_verification":
            return json_response({"challenge": given.get("challenge")})
        delivery, aliases = delivery_of(given)
        if delivery is not None and not await inbox.take(delivery, aliases):
            DUPLICATES.labels(NAME).inc()
        return empty(200)

    def calls_for(self, said: Sequence[Reply], kept: dict[str, Any]) -> list[Call]:
        """Posts to the channel or thread (see parent class for full docstring)."""
        return calls_for(said, kept["channel"], kept["thread"], self._settings.public_url)

    def calls_for_feedback(self, kept: dict[str, Any], below: list[list[FeedbackButton]]) -> list[Call]:
        """Updates the message (see parent class for full docstring)."""
        return calls_for_feedback(kept["shown"], below)


def judge(status: int, headers: Mapping[str, str], body: dict[str, Any]) -> None:
    """What a reply of the Web API means.

    Raises:
        PlatformRefused: with Slack's code, if the app may not or cannot do it.
        PlatformUnavailable: on too many requests, with Slack's ``Retry-After``, and on failures of its own.
    """
    if status == 200 and body.get("ok") is True:
        return
    error = str(body.get("error") or f"HTTP {status}")
    if status == 429 or status >= 500 or error in PASSING | OF_TOKEN:
        wait = headers.get("Retry-After", "")
        raise PlatformUnavailable(error, float(wait) if wait.isdecimal() else None)
    raise PlatformRefused(error)


def check(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> None:
    """Lets a request of Slack's pass: signed over the body as it came, not older than five minutes.

    Raises:
        ChatError: if it is not.
    """
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    can_be_signed = stamp.isdecimal() and len(stamp) <= LONGEST_STAMP and signature.isascii() and _is_text(body)
    if not (can_be_signed and verifier.is_valid(body, stamp, signature)):
        raise ChatError(401, "signature", "The signature is missing, wrong or older than five minutes.")


def parsed(body: bytes, content_type: str) -> dict[str, Any]:
    """What a request says: JSON of the Events API, or a form with a payload of interactivity.

    Raises:
        ChatError: if it is neither.
    """
    if not content_type.startswith("application/x-www-form-urlencoded"):
        return object_of(body)
    form = parse_qs(body.decode(errors="replace"))
    return object_of(form.get("payload", ["{}"])[0])  # Slack's check of the certificate has none


def delivery_of(given: dict[str, Any]) -> tuple[Optional[Delivery], list[str]]:
    """What is to be answered, None if nobody waits for an answer, and further keys under which it may come."""
    try:
        if given.get("type") == "event_callback":
            wrapped = Wrapped.parse_obj(given)
            event = wrapped.event
            return (_of_event(wrapped.event_id, event), _aliases(event)) if event.is_for_bot else (None, [])
        if given.get("type") == "block_actions":
            return _of_tap(Interaction.parse_obj(given)), []
    except ValidationError:
        # Joins, reactions and whatever else the app may be subscribed to.
        logger.info("A delivery of Slack is no message")
    return None, []


def _of_event(key: str, event: Event) -> Delivery:
    # In a channel the answer goes to a thread; in a direct message only if the person writes in one.
    thread = event.thread_ts or (event.ts if event.is_mention else None)
    conversation = conversation_of(event.channel, str(event.user), thread if event.is_mention else None)
    said = incoming(event).as_dict()
    return Delivery(conversation, key, {"channel": event.channel, "thread": thread, "said": said, "chosen": []})


def _aliases(event: Event) -> list[str]:
    # A mention may come as a message too.
    return [f"message-{event.client_msg_id}"] if event.client_msg_id else []


def _of_tap(tap: Interaction) -> Delivery:
    action, thread = tap.actions[0], tap.message.thread_ts
    is_shared = not tap.channel.id.startswith("D")
    conversation = conversation_of(tap.channel.id, tap.user.id, thread if is_shared else None)
    said = Incoming(action.text.text, button=action.value, is_shared=is_shared).as_dict()
    kept = {
        "channel": tap.channel.id,
        "thread": thread,
        "said": said,
        "chosen": calls_after_tap(tap),
        "shown": shown(tap),
    }
    # The key outlives the conversation, so it names nobody.
    key = hashlib.sha256(f"{tap.user.id} {tap.message.ts} {action.action_ts}".encode()).hexdigest()
    return Delivery(conversation, f"tap-{key}", kept)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True

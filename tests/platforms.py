"""Slack and Telegram as tests play them: local servers in the place of their APIs, and deliveries as they send them."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Optional

import requests

from bot.processes import HOST
from bot.settings import Settings
from tests.ports import free_ports

TELEGRAM_TOKEN = "4242:AAtest-token_for-the-local-server"
TELEGRAM_SECRET = "a-secret_of-the-tests"
SLACK_TOKEN = "xoxb-1-tests"
SLACK_SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_ID = 4242
NUMBERS = itertools.count(1)

Response = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class Api:
    """What was asked of a platform's API, and what it answers."""

    base: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Method and parameters of each request, in order, refused ones too."""
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answer: Callable[[str, dict[str, Any]], Optional[Response]] = lambda method, parameters: None
    """Status, body and headers of a reply; None for success."""

    def sent(self, *methods: str) -> list[dict[str, Any]]:
        """The parameters of every request to the methods, in order."""
        return [parameters for method, parameters in list(self.calls) if method in methods]


@contextmanager
def serving(port: int = 0) -> Iterator[Api]:
    """A platform's API, on a free port if none is given, for the time of the block."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            parameters = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            method = self.path.rpartition("/")[2]
            api.times.append(time.monotonic())
            api.headers.append({**{name.lower(): value for name, value in self.headers.items()}, "path": self.path})
            api.calls.append((method, parameters))
            success = (200, {"ok": True, "result": {"message_id": next(NUMBERS)}, "ts": "1.2"}, {})
            status, body, headers = api.answer(method, parameters) or success
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(content)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    api.base = f"http://{HOST}:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()


def settings_in(folder: Path, telegram: Api, slack: Api, **more: Any) -> Settings:
    """Settings with free ports, a database in the folder, both platforms played by local servers, and what is given."""
    port, actions_port = free_ports(2)
    return Settings(
        port=port,
        actions_port=actions_port,
        database_url=f"sqlite:///{folder / 'assistant.db'}",
        telegram_token=TELEGRAM_TOKEN,
        telegram_secret=TELEGRAM_SECRET,
        telegram_api=telegram.base,
        slack_token=SLACK_TOKEN,
        slack_signing_secret=SLACK_SIGNING_SECRET,
        slack_api=slack.base,
        **more,
    )


@dataclass
class Person:
    """Someone who writes on a platform."""

    settings: Settings
    api: Api

    def answers(self) -> list[dict[str, Any]]:
        """What was sent to them, refused messages too."""
        raise NotImplementedError

    def deliver(self, delivery: Any, **more: Any) -> requests.Response:
        """Posts a delivery as the platform does."""
        raise NotImplementedError

    def message(self, text: str, **more: Any) -> dict[str, Any]:
        """A delivery with a message."""
        raise NotImplementedError

    def wait_for(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """The answers, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(found := self.answers()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(found) >= count, f"{len(found)} of {count} answers in {seconds} seconds"
        return found

    def say(self, text: str, count: int = 1, **more: Any) -> list[dict[str, Any]]:
        """Writes a message, and returns what is said to it, at least so many messages."""
        before = len(self.answers())
        assert self.deliver(self.message(text, **more)).status_code == 200
        return self.wait_for(before + count)[before:]


@dataclass
class TelegramPerson(Person):
    """Someone who writes to the bot on Telegram."""

    id: int = field(default_factory=lambda: 10_000 + next(NUMBERS))
    chat_type: str = "private"
    chat: int = 0

    def __post_init__(self) -> None:
        self.chat = self.chat or self.id

    @property
    def sender(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": "Ada"}

    def deliver(self, update: Any, secret: Optional[str] = TELEGRAM_SECRET, timeout: float = 10) -> requests.Response:
        """Posts an update as Telegram does."""
        address = f"http://{HOST}:{self.settings.port}/webhooks/telegram/webhook"
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        if isinstance(update, (bytes, str)):
            return requests.post(address, data=update, headers=headers, timeout=timeout)
        return requests.post(address, json=update, headers=headers, timeout=timeout)

    def message(self, text: Optional[str] = None, number: Optional[int] = None, **more: Any) -> dict[str, Any]:
        """An update with a message."""
        message = {
            "message_id": next(NUMBERS),
            "from": self.sender,
            "chat": {"id": self.chat, "type": self.chat_type},
            "date": int(time.time()),
            **({} if text is None else {"text": text}),
            **more,
        }
        return {"update_id": number or 500_000 + next(NUMBERS), "message": message}

    def tap(self, shown: dict[str, Any], data: Optional[str] = None) -> dict[str, Any]:
        """An update for a button of a message that the bot sent; of the first if none is named."""
        markup = shown["reply_markup"]
        message = {
            "message_id": next(NUMBERS),
            "from": {"id": BOT_ID, "is_bot": True},
            "chat": {"id": self.chat, "type": self.chat_type},
            "text": shown["text"],
            "reply_markup": markup,
        }
        query = {"id": f"q{next(NUMBERS)}", "from": self.sender, "message": message}
        chosen = data or markup["inline_keyboard"][0][0]["callback_data"]
        return {"update_id": 500_000 + next(NUMBERS), "callback_query": {**query, "data": chosen}}

    def answers(self) -> list[dict[str, Any]]:
        """The messages that the bot sent to this chat, refused ones too."""
        return [it for it in self.api.sent("sendMessage") if it["chat_id"] == self.chat]


@dataclass
class SlackPerson(Person):
    """Someone who writes to the app in Slack."""

    user: str = field(default_factory=lambda: f"U{next(NUMBERS):08}")
    channel: str = ""

    def __post_init__(self) -> None:
        self.channel = self.channel or f"D{self.user[1:]}"

    def post(
        self,
        body: str | bytes,
        content_type: str = "application/json",
        secret: str = SLACK_SIGNING_SECRET,
        age: float = 0,
        retry: Optional[tuple[int, str]] = None,
        **headers: str,
    ) -> requests.Response:
        """Posts a body, signed as Slack does."""
        body = body.encode() if isinstance(body, str) else body
        stamp = str(int(time.time() - age))
        signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        sent = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}
        if retry:
            sent |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        address = f"http://{HOST}:{self.settings.port}/webhooks/slack/webhook"
        return requests.post(address, data=body, headers={**sent, **headers}, timeout=10)

    def deliver(self, event: dict[str, Any], **more: Any) -> requests.Response:
        """Posts an event."""
        return self.post(json.dumps(event), **more)

    def message(self, text: str, event_id: Optional[str] = None, **more: Any) -> dict[str, Any]:
        """A direct message, as the Events API wraps it."""
        event = {
            "type": "message",
            "channel": self.channel,
            "channel_type": "im",
            "user": self.user,
            "text": text,
            "ts": f"{int(time.time())}.{next(NUMBERS):06}",
            **more,
        }
        return {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": event_id or f"Ev{next(NUMBERS):08}",
            "event": event,
        }

    def tap(self, shown: dict[str, Any], value: Optional[str] = None, **more: Any) -> str:
        """The form of a tap on a button of a message that the app posted; on the first if none is named."""
        elements = [it for block in shown["blocks"] if block["type"] == "actions" for it in block["elements"]]
        element = next((it for it in elements if it["value"] == value), elements[0])
        payload = {
            "type": "block_actions",
            "user": {"id": self.user},
            "channel": {"id": self.channel},
            "team": {"id": "T1"},
            "message": {"ts": f"{next(NUMBERS)}.1", "text": shown["text"], "blocks": shown["blocks"]},
            "actions": [
                {
                    "type": "button",
                    "action_id": element["action_id"],
                    "text": element["text"],
                    "value": value or element["value"],
                    "action_ts": f"{time.time():.6f}",
                }
            ],
            **more,
        }
        return urllib.parse.urlencode({"payload": json.dumps(payload)})

    def post_tap(self, form: str) -> requests.Response:
        """Posts a tap."""
        return self.post(form, "application/x-www-form-urlencoded")

    def answers(self) -> list[dict[str, Any]]:
        """What the app posted to this channel, refused posts too."""
        return [it for it in self.api.sent("chat.postMessage") if it["channel"] == self.channel]

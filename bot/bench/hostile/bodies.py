"""What a person's message looks like on each channel, whole, spoilt and deeply nested."""

from __future__ import annotations

import json
import urllib.parse
from random import Random
from typing import Any

BOT = 4242
HERE = "@here"
# Fields that are read, where anything may be nested.
READ = {"web": ("text",), "rest": ("message", "metadata"), "slack": ("type",)}
MOST_NESTED = 200_000
# In the place of something else.
WRONG: tuple[Any, ...] = (None, True, 0, -1, 2**70, 1e308, float("nan"), "", [], {}, "\ud800", "\0", "a" * 300)
# Paths of Rasa's own server and connectors, and near ones of this assistant; none is served.
PATHS = [
    *((method, "/model") for method in ("GET", "PUT", "DELETE")),
    *(("POST", f"/model/{it}") for it in ("train", "test/stories", "test/intents", "predict", "parse")),
    *(("GET", f"/{it}") for it in ("status", "domain", "docs", "../../etc/passwd", "webhooks", "conversations", "%00")),
    *(("POST", f"/conversations/person-1/{it}") for it in ("messages", "tracker/events", "trigger_intent", "execute")),
    ("GET", "/conversations/person-1/tracker"),
    ("PUT", "/conversations/person-1/tracker/events"),
    *(("POST", f"/webhooks/{it}/webhook") for it in ("socketio", "callback", "twilio", "web")),
    *(("GET", f"/webhooks/{it}") for it in ("slack/slack_auth", "telegram/set_webhook", "rest/webhook")),
    *(("PUT", f"/webhooks/{it}/webhook") for it in ("rest", "slack", "telegram")),
    *(("GET", f"/chat/{it}") for it in ("..%2fclinic.yml", "%2e%2e/domain.yml", "x.exe", "a.js%00.html")),
    *(("PATCH", f"/chat/{it}") for it in ("messages", "session", "events")),
]  # fmt: skip


def content(channel: str, number: int, person: int, text: str, is_tap: bool) -> dict[str, Any]:
    """The object that a channel takes for a message, or for a tap on a button with this text for its data."""
    if channel == "rest":
        return {"sender": f"person-{person}", "message": text, "metadata": {"tier": text}, "input_channel": "web"}
    if channel == "web":
        return {"id": f"message-{number:06}", "text": text, **({"payload": text} if is_tap else {})}
    return _telegram(number, person, text, is_tap) if channel == "telegram" else _slack(number, person, text, is_tap)


def _telegram(number: int, person: int, text: str, is_tap: bool) -> dict[str, Any]:
    sender, chat = {"id": person, "is_bot": False, "first_name": text[:64]}, {"id": person, "type": "private"}
    message: dict[str, Any] = {"message_id": number, "from": sender, "chat": chat, "date": 1, "text": text}
    if not is_tap:
        return {"update_id": number, "message": message}
    keyboard = {"inline_keyboard": [[{"text": text, "callback_data": text}]]}
    shown = {**message, "from": {"id": BOT, "is_bot": True}, "reply_markup": keyboard}
    return {"update_id": number, "callback_query": {"id": f"q{number}", "from": sender, "message": shown, "data": text}}


def _slack(number: int, person: int, text: str, is_tap: bool) -> dict[str, Any]:
    user, channel, at = f"U{person:08}", f"D{person:08}", f"{number}.000001"
    if not is_tap:
        event = {"type": "message", "channel": channel, "channel_type": "im", "user": user, "text": text, "ts": at}
        return {"type": "event_callback", "team_id": "T1", "event_id": f"Ev{number:08}", "event": event}
    title = {"type": "plain_text", "text": text}
    action = {"type": "button", "action_id": "button-0", "text": title, "value": text, "action_ts": at}
    shown = {"ts": at, "text": text, "blocks": [{"type": "actions", "elements": [action]}]}
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": channel},
        "message": shown,
        "actions": [action],
    }


def nested(channel: str, random: Random, given: dict[str, Any]) -> bytes:
    """Its body, with something deeply nested in it, in a field of its own or in one that the channel reads."""
    opening, closing = random.choice((("[", "]"), ('{"a": ', "}")))
    if channel == "telegram" and "message" in given and random.random() < 0.7:
        opening, closing = json.dumps(given["message"])[:-1] + ', "reply_to_message": ', "}"
        given["message"]["reply_to_message"] = HERE
    elif channel == "slack" and "message" in given and random.random() < 0.7:
        given["message"]["blocks"] = [{"type": "x", "elements": HERE}]
    else:
        given[random.choice(("more", *READ.get(channel, ())))] = HERE
    depth = min(random.choice((20, 300, 900, 1_100, 7_000)), MOST_NESTED // len(opening))
    return json.dumps(given).replace(json.dumps(HERE), f"{opening * depth}null{closing * depth}").encode()


def spoil(random: Random, given: Any, mark: str) -> None:
    """Puts something of another type somewhere into it."""
    name = random.choice(list(given) if isinstance(given, dict) else range(len(given)))
    if isinstance(given[name], (dict, list)) and given[name] and random.random() < 0.8:
        spoil(random, given[name], mark)
        return
    given[name] = random.choice((*WRONG, mark, [mark], {"text": mark}))


def as_form(body: bytes) -> bytes:
    """A body as a form of Slack's interactivity."""
    return urllib.parse.urlencode({"payload": body}).encode()

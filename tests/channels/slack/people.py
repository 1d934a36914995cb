"""What people on Slack do and hear, as the tests of this folder see it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Optional

from tests.assistant import Conversation
from tests.channels.conftest import wait_until
from tests.channels.replies import PRIVACY
from tests.platforms import NUMBERS, SLACK_SIGNING_SECRET, SlackPerson

NOTICE = "Slack is not a private line"
REASONS = ("http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error")
LIMITED = {"ok": False, "error": "ratelimited"}


def heard(person: SlackPerson) -> list[str]:
    """All that the app said since the greeting, once it has nothing more to say."""
    assert person.deliver(person.message("privacy")).status_code == 200
    wait_until(lambda: any(PRIVACY in it["text"] for it in person.answers()))
    return [it["text"] for it in person.answers()][1:-1]


def mention(member: SlackPerson, text: str, **more: Any) -> dict[str, Any]:
    return member.message(f"<@U0BOT> {text}", type="app_mention", channel_type="channel", **more)


def in_thread(member: SlackPerson, thread: str) -> list[dict[str, Any]]:
    """All that the app posted in a thread to someone, once it has nothing more to say there."""

    def posted() -> list[dict[str, Any]]:
        return [it for it in member.answers() if it.get("thread_ts") == thread]

    before = texts(posted()).count(PRIVACY)
    assert member.deliver(mention(member, "privacy", thread_ts=thread)).status_code == 200
    wait_until(lambda: texts(posted()).count(PRIVACY) > before)
    return posted()[:-1]


def asked(member: SlackPerson, text: str, thread: str, is_first: bool = False) -> list[dict[str, Any]]:
    """All that was posted in a thread, once a mention there is answered."""
    place = {"ts": thread} if is_first else {"thread_ts": thread}
    assert member.deliver(mention(member, text, **place)).status_code == 200
    return in_thread(member, thread)


def tap_in_thread(member: SlackPerson, shown: dict[str, Any], value: Optional[str] = None) -> str:
    message = {name: shown[name] for name in ("thread_ts", "text", "blocks")}
    return member.tap(shown, value, message={"ts": f"{next(NUMBERS)}.1", **message})


def texts(messages: list[dict[str, Any]]) -> str:
    return "\n".join(it["text"] for it in messages)


def conversation(person: SlackPerson) -> Conversation:
    return Conversation(person.settings, f"slack-{person.channel}-{person.user}")


def events(person: SlackPerson) -> list[dict[str, Any]]:
    return [it for kind in ("user", "bot", "slot", "restart") for it in conversation(person).events(kind)]


def signature(stamp: str, body: bytes) -> str:
    signed = hmac.new(SLACK_SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"

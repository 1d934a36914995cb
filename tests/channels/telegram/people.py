"""What people on Telegram do and hear, as the tests of this folder see it."""

from __future__ import annotations

from typing import Any

from tests.assistant import Conversation
from tests.channels.conftest import wait_until
from tests.channels.replies import PRIVACY
from tests.platforms import Response, TelegramPerson

NOTICE = "Telegram is not a private line"
TOO_MANY: Response = (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 2}}, {})
BROKEN: Response = (502, {"ok": False, "error_code": 502}, {})
BLOCKED: Response = (403, {"ok": False, "error_code": 403, "description": "bot was blocked by the user"}, {})


def heard(person: TelegramPerson) -> list[str]:
    """All that the bot said since the greeting, once it has nothing more to say."""
    before = texts(person.answers()).count(PRIVACY)
    assert person.deliver(person.message("/privacy")).status_code == 200
    wait_until(lambda: texts(person.answers()).count(PRIVACY) > before)
    return [it["text"] for it in person.answers()][1:-1]


def texts(messages: list[dict[str, Any]]) -> str:
    return "\n".join(it["text"] for it in messages)


def conversation(person: TelegramPerson) -> Conversation:
    return Conversation(person.settings, f"telegram-{person.id}")


def events(person: TelegramPerson) -> list[dict[str, Any]]:
    return [it for kind in ("user", "bot", "slot", "restart") for it in conversation(person).events(kind)]

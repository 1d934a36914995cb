"""Deliveries of a platform, and parts of replies to them, as the tests of inboxes make them."""

from __future__ import annotations

from typing import Any

from bot.store.deliveries import Call, Delivery


def part(text: str, **more: Any) -> Call:
    return {"method": "sendMessage", "parameters": {"text": text}, **more}


def delivery(key: str = "1", conversation: str = "telegram-5") -> Delivery:
    return Delivery(conversation, key, {"text": key})

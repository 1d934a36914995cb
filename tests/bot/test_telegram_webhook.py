"""Registering the webhook, with a local server in Telegram's place."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import Settings
from bot.telegram_webhook import WebhookError, register
from tests.platforms import TELEGRAM_SECRET, TELEGRAM_TOKEN, serving

INFO = {"url": "https://chat.clinic.example/webhooks/telegram/webhook", "pending_update_count": 0}


def settings(**values: Any) -> Settings:
    given = {"telegram_token": TELEGRAM_TOKEN, "telegram_secret": TELEGRAM_SECRET}
    return Settings(**{**given, "public_url": "https://chat.clinic.example", **values})


def test_the_address_the_secret_and_the_commands_are_registered() -> None:
    with serving() as api:
        api.answer = lambda method, parameters: (200, {"ok": True, "result": INFO}, {})
        assert register(settings(telegram_api=api.base)) == INFO
        (webhook,) = api.sent("setWebhook")
        (commands,) = api.sent("setMyCommands")
    assert webhook["url"] == INFO["url"]
    assert webhook["secret_token"] == TELEGRAM_SECRET
    assert webhook["allowed_updates"] == ["message", "callback_query"]
    assert [it["command"] for it in commands["commands"]] == ["start", "help", "privacy"]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(WebhookError, match="TELEGRAM_TOKEN, TELEGRAM_SECRET, PUBLIC_URL"):
        register(Settings())


def test_a_refusal_is_told_in_telegrams_words() -> None:
    refusal = {"ok": False, "description": "Bad Request: bad webhook: Failed to resolve host"}
    with serving() as api, pytest.raises(WebhookError, match="Failed to resolve host"):
        api.answer = lambda method, parameters: (400, refusal, {})
        register(settings(telegram_api=api.base))


def test_an_error_never_shows_the_token() -> None:
    with serving() as api:
        address = api.base
    with pytest.raises(WebhookError, match="does not answer setWebhook") as error:
        register(settings(telegram_api=address))
    assert TELEGRAM_TOKEN not in str(error.value)

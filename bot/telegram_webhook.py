"""``make telegram-webhook``: tells Telegram where the assistant is, and which commands it has."""

from __future__ import annotations

import sys
from typing import Any

import requests

from bot.settings import Settings, SettingsError, load_settings

PATH = "/webhooks/telegram/webhook"
# Edits, joins and the like are not sent at all then.
UPDATES = ["message", "callback_query"]
COMMANDS = [
    {"command": "start", "description": "What this assistant is, and first questions"},
    {"command": "help", "description": "What you can ask"},
    {"command": "privacy", "description": "What happens with what you write"},
]
LONGEST_REQUEST = 20


class WebhookError(Exception):
    """Telegram does not take it; the message says why and how to mend it."""


def main() -> None:
    """Registers the webhook and the commands, and prints what Telegram then knows."""
    try:
        info = register(load_settings())
    except (SettingsError, WebhookError) as error:
        sys.exit(f"The webhook is not registered:\n{error}")
    print(f"Telegram delivers to {info['url']}; {info.get('pending_update_count', 0)} updates are waiting.")
    if reason := info.get("last_error_message"):
        print(f"Its last delivery failed: {reason}")


def register(settings: Settings) -> dict[str, Any]:
    """What Telegram knows of the webhook, after it was registered.

    Raises:
        WebhookError: if a setting is missing, or Telegram cannot be reached or refuses.
    """
    needed = {
        "TELEGRAM_TOKEN": settings.telegram_token,
        "TELEGRAM_SECRET": settings.telegram_secret,
        "PUBLIC_URL": settings.public_url,
    }
    if missing := [name for name, value in needed.items() if value is None]:
        raise WebhookError(f"set {', '.join(missing)} first, see the README")
    webhook = {
        "url": f"{settings.public_url}{PATH}",
        "secret_token": settings.telegram_secret,
        "allowed_updates": UPDATES,
    }
    _call(settings, "setWebhook", webhook)
    _call(settings, "setMyCommands", {"commands": COMMANDS})
    info: dict[str, Any] = _call(settings, "getWebhookInfo", {})
    return info


def _call(settings: Settings, method: str, parameters: dict[str, Any]) -> Any:
    address = f"{settings.telegram_api}/bot{settings.telegram_token}/{method}"
    try:
        body = requests.post(address, json=parameters, timeout=LONGEST_REQUEST).json()
    except (requests.RequestException, ValueError) as error:
        # The address holds the token, and the error may repeat it.
        raise WebhookError(f"{settings.telegram_api} does not answer {method}: {type(error).__name__}") from None
    if not body.get("ok"):
        raise WebhookError(f"Telegram refuses {method}: {body.get('description')}")
    return body["result"]


if __name__ == "__main__":
    main()

"""The headers by which a request counts as the platform's, or as the person's, and those that nearly do."""

from __future__ import annotations

import hashlib
import hmac
import time
from random import Random

from bot.channels.session_token import SessionTokens
from bot.settings import Settings

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
ANOTHER_KEY = "another-key-that-is-long-enough-to-be-one"
# {"alg": "none"}, and a session that does not end.
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3ZWItMSIsImV4cCI6OTk5OTk5OTk5OX0."
NO_SECRETS = ("", "x", "\xe9\xff", "a" * 4000)
NO_STAMPS = ("", "-1", "0", "\xb2", "9" * 400, "9" * 5000, "1e9")
OF_A_PROXY = ({"Forwarded": "for=127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": ""})


def true_headers(channel: str, settings: Settings, person: int, body: bytes, is_form: bool) -> dict[str, str]:
    """What counts."""
    if channel == "rest":
        return {"Content-Type": JSON}
    if channel == "web":
        return {"Content-Type": JSON, "Authorization": f"Bearer {_token(str(settings.chat_secret), person)}"}
    if channel == "telegram":
        return {"Content-Type": JSON, SECRET_HEADER: str(settings.telegram_secret)}
    stamp = str(int(time.time()))
    return slack_headers(str(settings.slack_signing_secret), stamp, body, FORM if is_form else JSON)


def forged_headers(channel: str, settings: Settings, person: int, body: bytes, random: Random) -> dict[str, str]:
    """What does not."""
    if channel == "rest":  # it needs no secret of this machine; what a proxy hands on is not of this machine
        return random.choice(OF_A_PROXY)
    if channel == "web":
        token = _token(str(settings.chat_secret), person)
        wrong = random.choice((token[:-2], UNSIGNED, _token(ANOTHER_KEY, person), *NO_SECRETS))
        return random.choice(({"Authorization": f"Bearer {wrong}"}, {"Authorization": f"Basic {token}"}, {}))
    if channel == "telegram":
        return {SECRET_HEADER: random.choice((str(settings.telegram_secret)[:-1], *NO_SECRETS))}
    secret, now = str(settings.slack_signing_secret), int(time.time())
    stamp = random.choice((str(now - 400), str(now + 400), *NO_STAMPS))
    of_another = slack_headers("another secret", str(now), body, JSON)
    of_no_one = {**of_another, "X-Slack-Signature": random.choice(("v0=", f"v0={'0' * 64}", *NO_SECRETS))}
    return random.choice((slack_headers(secret, stamp, body, JSON), of_another, of_no_one, {}))


def slack_headers(secret: str, stamp: str, body: bytes, content_type: str) -> dict[str, str]:
    """The headers of a delivery, signed as Slack signs."""
    signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}


def _token(key: str, person: int) -> str:
    return SessionTokens(key).issue(f"web-{person}")

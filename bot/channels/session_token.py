"""The signed token by which a browser shows which conversation is its own."""

from __future__ import annotations

import os
import secrets
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jwt

from bot.settings import ROOT

ALGORITHM = "HS256"
LONGEST_SESSION = timedelta(days=30)
# 256 bits, as RFC 7518 asks of a key for HS256.
KEY_BYTES = 32
KEY_FILE = ROOT / "var" / "chat-secret"


class TokenError(Exception):
    """A token that this server has not signed, or that has expired."""


class SessionTokens:
    """Issues and checks tokens."""

    def __init__(self, key: str) -> None:
        """Takes the key that signs them."""
        self._key = key

    def issue(self, conversation: str) -> str:
        """A token for a conversation, good for thirty days."""
        now = datetime.now(timezone.utc)
        return jwt.encode({"sub": conversation, "iat": now, "exp": now + LONGEST_SESSION}, self._key, ALGORITHM)

    def conversation(self, token: str) -> str:
        """The conversation that a token stands for.

        Raises:
            TokenError: if it was not issued here or has expired.
        """
        try:
            claims = jwt.decode(token, self._key, [ALGORITHM], options={"require": ["sub", "exp"]})
        except jwt.InvalidTokenError as error:
            raise TokenError(str(error)) from error
        return str(claims["sub"])


def new_conversation() -> str:
    """An id that nobody can guess."""
    return f"web-{secrets.token_urlsafe(18)}"


def read_key(given: str | None, file: Path = KEY_FILE) -> str:
    """The key that signs the tokens: the one given, or one that is made once and kept in a file for this user only.

    Raises:
        OSError: if the file can be neither read nor made.
    """
    if given:
        return given
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(KEY_BYTES))
    except FileExistsError:
        pass  # made at an earlier start
    return file.read_text(encoding="utf-8").strip()

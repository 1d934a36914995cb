from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import jwt
import pytest

from bot.channels.session_token import ALGORITHM, SessionTokens, TokenError, new_conversation, read_key

KEY = "k" * 32


def token(**claims: object) -> str:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    return jwt.encode({"sub": "web-1", "exp": later, **claims}, KEY, ALGORITHM)


def test_a_token_stands_for_its_conversation() -> None:
    tokens = SessionTokens(KEY)
    assert tokens.conversation(tokens.issue("web-1")) == "web-1"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a.b.c",
        token(exp=datetime(2020, 1, 1, tzinfo=timezone.utc)),
        jwt.encode({"sub": "web-1"}, KEY, ALGORITHM),
        jwt.encode({"sub": "web-1", "exp": 9999999999}, "another-key-of-32-characters-here", ALGORITHM),
        jwt.encode({"sub": "web-1", "exp": 9999999999}, "", "none"),
    ],
)
def test_any_other_token_is_refused(wrong: str) -> None:
    with pytest.raises(TokenError):
        SessionTokens(KEY).conversation(wrong)


def test_conversations_cannot_be_guessed() -> None:
    made = {new_conversation() for _ in range(100)}
    assert len(made) == 100 and all(len(it) >= 24 for it in made)


def test_the_key_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "var" / "key"
    key = read_key(None, file)
    assert len(key) >= 32 and read_key(None, file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_key("given", file) == "given"

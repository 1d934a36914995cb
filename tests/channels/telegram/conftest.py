"""People on Telegram."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from tests.platforms import NUMBERS, Api, TelegramPerson


@pytest.fixture
def stranger(settings: Settings, telegram: Api) -> TelegramPerson:
    return TelegramPerson(settings, telegram)


@pytest.fixture
def person(stranger: TelegramPerson) -> TelegramPerson:
    """Someone who was greeted."""
    assert len(stranger.say("hello")) == 1
    return stranger


@pytest.fixture
def member(settings: Settings, telegram: Api) -> TelegramPerson:
    """Someone in a group."""
    return TelegramPerson(settings, telegram, chat_type="supergroup", chat=-100_000 - next(NUMBERS))

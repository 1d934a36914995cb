"""People on Slack."""

from __future__ import annotations

import pytest

from bot.settings import Settings
from tests.platforms import NUMBERS, Api, SlackPerson


@pytest.fixture
def stranger(settings: Settings, slack: Api) -> SlackPerson:
    return SlackPerson(settings, slack)


@pytest.fixture
def person(stranger: SlackPerson) -> SlackPerson:
    """Someone who was greeted."""
    assert len(stranger.say("hello")) == 1
    return stranger


@pytest.fixture
def member(settings: Settings, slack: Api) -> SlackPerson:
    """Someone in a channel."""
    return SlackPerson(settings, slack, channel=f"C{next(NUMBERS):08}")

"""One assistant for the tests of the channels, with both platforms played by local servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Optional

import pytest

from bot.settings import Settings
from tests.assistant import Assistant, running
from tests.platforms import Api, Response, serving, settings_in
from tests.staff import Staff


@dataclass
class Channels:
    """The running assistant and the platforms."""

    assistant: Assistant
    telegram: Api
    slack: Api

    @property
    def settings(self) -> Settings:
        return self.assistant.settings


@dataclass
class Failing:
    """What an API answers to the first requests about a chat or a channel; the later ones succeed."""

    place: int | str
    method: str
    responses: list[Response]
    times: list[float] = field(default_factory=list)
    """When each of these requests came."""

    def __call__(self, method: str, parameters: dict[str, Any]) -> Optional[Response]:
        if method != self.method or self.place not in (parameters.get("chat_id"), parameters.get("channel")):
            return None
        self.times.append(time.monotonic())
        return self.responses.pop(0) if self.responses else None


@pytest.fixture(scope="session")
def channels(tmp_path_factory: pytest.TempPathFactory, team: Staff) -> Iterator[Channels]:
    folder = tmp_path_factory.mktemp("channels")
    with serving() as telegram, serving() as slack:
        with running(settings_in(folder, telegram, slack, **team.settings), folder / "log") as assistant:
            yield Channels(assistant, telegram, slack)


@pytest.fixture
def settings(channels: Channels) -> Settings:
    return channels.settings


@pytest.fixture
def telegram(channels: Channels) -> Iterator[Api]:
    with successful(channels.telegram) as api:
        yield api


@pytest.fixture
def slack(channels: Channels) -> Iterator[Api]:
    with successful(channels.slack) as api:
        yield api


@contextmanager
def successful(api: Api) -> Iterator[Api]:
    """Whatever the block lets the API answer, afterwards it grants everything again."""
    before = api.answer
    try:
        yield api
    finally:
        api.answer = before


@contextmanager
def hanging(api: Api) -> Iterator[None]:
    """The API answers nothing before the block ends."""
    over = Event()

    def wait(method: str, parameters: dict[str, Any]) -> None:
        over.wait(9)

    api.answer = wait
    try:
        yield
    finally:
        over.set()


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} seconds"
        time.sleep(0.01)

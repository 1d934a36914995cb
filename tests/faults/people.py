"""One person on each channel, and a way to break the parts of the assistant that they talk with."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.processes import MODEL, commands, environment, wait_until_up
from bot.settings import ROOT
from tests.assistant import Assistant
from tests.platforms import Api, SlackPerson, TelegramPerson
from tests.web_client import Client

CHANNELS = ("rest", "web", "telegram", "slack")
LONGEST_REPLY = 5

Say = Callable[[str], str]


@dataclass
class Faulty:
    """The running assistant, whose parts can be broken."""

    assistant: Assistant
    telegram: Api
    slack: Api

    @property
    def database_file(self) -> Path:
        return Path(self.assistant.settings.database_url.removeprefix("sqlite:///"))

    @property
    def actions(self) -> subprocess.Popen[bytes]:
        return self.assistant.processes[0]

    @property
    def rasa(self) -> subprocess.Popen[bytes]:
        return self.assistant.processes[1]

    def person(self, channel: str) -> Say:
        """A new person on a channel, who has said hello: from a message to the texts of the reply."""
        settings = self.assistant.settings
        if channel == "rest":
            say: Say = self.assistant.conversation().text
        elif channel == "web":
            client = Client.of(settings)
            say = lambda text: "\n".join(it["text"] for it in client.say(text))  # noqa: E731
        elif channel == "telegram":
            on_telegram = TelegramPerson(settings, self.telegram)
            say = partial(_all_that_is_said, on_telegram)
        else:
            in_slack = SlackPerson(settings, self.slack)
            say = partial(_all_that_is_said, in_slack)
        assert "automated" in say("hello")
        return say

    @contextmanager
    def paused(self, process: subprocess.Popen[bytes]) -> Iterator[None]:
        """Stops a process for the time of the block, as a machine does that has no time for it."""
        os.killpg(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGCONT)

    def kill_actions(self) -> None:
        """Kills the action server."""
        os.killpg(self.actions.pid, signal.SIGKILL)
        self.actions.wait()

    def start_actions(self) -> None:
        """Starts the action server again, and waits until it answers."""
        settings = self.assistant.settings
        self.assistant.processes[0] = subprocess.Popen(
            commands(settings, MODEL)[0],
            cwd=ROOT,
            env=environment(settings),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until_up(settings, self.assistant.processes)


def _all_that_is_said(person: TelegramPerson | SlackPerson, text: str) -> str:
    """The texts of a reply that comes in several messages: the last one is followed by nothing for a while."""
    before = len(person.answers())
    count = len(person.say(text))
    while True:
        time.sleep(0.3)
        said = person.answers()[before:]
        if len(said) == count:
            return "\n".join(it["text"] for it in said)
        count = len(said)


def in_time(say: Say, text: str) -> str:
    """What is replied to a message, within the time that a person waits."""
    start = time.monotonic()
    reply = say(text)
    assert time.monotonic() - start < LONGEST_REPLY
    return reply

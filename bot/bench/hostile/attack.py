"""The attack: the assistant on ports of its own, what is sent to it, and what came of it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import requests

from bot.bench.hostile.checks import Log, conversations, resident_megabytes, tracker_problems
from bot.bench.hostile.platform_server import serving
from bot.bench.hostile.requests import Attack
from bot.bench.hostile.run import Run, Target
from bot.processes import HOST, running_assistant
from bot.settings import Settings

# Of the messages, before memory is compared.
WARM_UP = 0.2
MOST_GROWTH = 0.05
SECRETS: dict[str, Any] = {
    "chat_secret": "a-key-of-the-benchmark-with-32-characters",
    "telegram_token": "4242:AA-token_of-the-benchmark",
    "telegram_secret": "a-secret_of-the-benchmark",
    "slack_token": "xoxb-1-benchmark",
    "slack_signing_secret": "8f742231b10e8888abcd99yyyzzz85a5",
}


class Memory(NamedTuple):
    """What the processes keep in memory, in megabytes."""

    sent: int
    rasa: float
    actions: float
    conversations: int


def settings_for(folder: Path, platform: str) -> Settings:
    """Settings with every channel, free ports, and a database in the folder."""
    with socket.socket() as one, socket.socket() as two:
        for it in (one, two):
            it.bind((HOST, 0))
        port, actions_port = one.getsockname()[1], two.getsockname()[1]
    return Settings(
        port=port,
        actions_port=actions_port,
        database_url=f"sqlite:///{folder / 'hostile.db'}",
        telegram_api=platform,
        slack_api=platform,
        **SECRETS,
    )


def greeting_payloads(port: int) -> list[str]:
    """What the website offers before anything is said."""
    session = requests.post(f"http://{HOST}:{port}/chat/session", timeout=30).json()
    return [it["payload"] for it in session["greeting"].get("buttons", ()) if it.get("payload")]


def attack(folder: Path, count: int, seed: int) -> tuple[Run, list[Memory]]:
    """Runs the assistant, sends so many messages, and checks what came of them.

    Returns:
        What came of it, and the memory that was taken from time to time.
    """
    memory: list[Memory] = []
    database, log = folder / "hostile.db", folder / "log"
    with serving() as platform:
        settings = settings_for(folder, platform.base)
        with running_assistant(settings, log=log) as (actions, rasa, _):
            offered = greeting_payloads(settings.port)

            def measure(sent: int) -> None:
                if sent % max(1, count // 20) == 0:
                    sizes = resident_megabytes(rasa.pid), resident_megabytes(actions.pid)
                    memory.append(Memory(sent, *sizes, conversations(database)))

            target = Target(settings.port, database, Log(log, SECRETS.values()))
            run = Run(target, Attack(settings, seed).requests(count), measure)
            run.finish()
            measure(count)
            if rasa.poll() is not None or actions.poll() is not None:
                run.failures.append("a process of the assistant has ended")
        run.failures += target.log.problems() + tracker_problems(database, offered)
        run.failures += [f"a platform would refuse what was sent to it: {it}" for it in platform.wrong]
    return run, memory


def growth(memory: Sequence[Memory]) -> str:
    """How Rasa's process has grown, if that is too much; empty if it is not."""
    before = next(it.rasa for it in memory if it.sent >= WARM_UP * memory[-1].sent)
    grown = memory[-1].rasa / before - 1
    return f"Rasa's process has grown by {grown:.1%} after the warm-up" if grown > MOST_GROWTH else ""

"""The two sides: this assistant and the baseline, each with its action server, started and stopped."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.action_server import APOLOGY
from bot.bench.speed.memory import proportional_bytes
from bot.processes import HOST, MODEL, commands, environment, rest_address, running_assistant, stop, wait_until_up
from bot.settings import ROOT, Settings
from bot.yaml_file import read_mapping

# Of the baseline, in seconds: it takes a minute on an idle machine.
LONGEST_START = 900
BASELINE_PYTHON = ROOT / ".venv-baseline" / "bin" / "python"


@dataclass(frozen=True)
class Side:
    """A running assistant."""

    address: str
    """Of its REST channel."""
    processes: list[subprocess.Popen[bytes]]
    seconds_to_start: float

    def memory(self) -> int:
        """What all of its processes keep in memory, in bytes."""
        return proportional_bytes(it.pid for it in self.processes)


def settings_in(folder: Path, name: str) -> Settings:
    """Free ports, and a database in a folder."""
    with socket.socket() as one, socket.socket() as two:
        for it in (one, two):
            it.bind((HOST, 0))
        ports = one.getsockname()[1], two.getsockname()[1]
    return Settings(port=ports[0], actions_port=ports[1], database_url=f"sqlite:///{folder / name}.db")


@contextmanager
def assistant(folder: Path) -> Iterator[Side]:
    """Runs this assistant, all its three processes, as ``make run`` does.

    Args:
        folder: for its database and its log.

    Raises:
        StartError: if it cannot start.
    """
    settings = settings_in(folder, "assistant")
    began = time.perf_counter()
    with running_assistant(settings, log=folder / "assistant.log") as processes:
        yield Side(rest_address(settings), processes, time.perf_counter() - began)


@contextmanager
def baseline(folder: Path, project: Path, model: Path) -> Iterator[Side]:
    """Runs Rasa as ``rasa run`` starts it, and the action server that answers the documented questions.

    Args:
        folder: for its database and its log.
        project: the folder with its ``credentials.yml``.
        model: what was trained.

    Raises:
        StartError: if it cannot start.
    """
    settings = settings_in(folder, "actions-of-baseline")
    actions = commands(settings, MODEL)[0]
    rasa = [str(BASELINE_PYTHON), "-m", "bot.quiet", "rasa", "run", "--model", str(model)]
    rasa += ["--endpoints", str(write_endpoints(folder, settings)), "--interface", HOST, "--port", str(settings.port)]
    processes: list[subprocess.Popen[bytes]] = []
    with (folder / "baseline.log").open("ab") as log:
        try:
            began = time.perf_counter()
            for command, where in ((actions, ROOT), (rasa, project)):
                processes.append(
                    subprocess.Popen(
                        command,
                        cwd=where,
                        env=environment(settings) | baseline_environment(),
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
            wait_until_up(settings, processes, LONGEST_START)
            yield Side(rest_address(settings), processes, time.perf_counter() - began)
        finally:
            stop(processes)


def write_endpoints(folder: Path, settings: Settings) -> Path:
    """Writes where the baseline finds the action server, and where its own tracker store keeps conversations."""
    file = folder / "endpoints.yml"
    endpoints = {
        "action_endpoint": {"url": f"http://{HOST}:{settings.actions_port}/webhook"},
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(folder / "baseline.db")},
    }
    file.write_text(json.dumps(endpoints), encoding="utf-8")  # which is YAML too
    return file


def baseline_environment() -> dict[str, str]:
    """What the baseline's Rasa needs: what stands in for the libraries that are not installed, and no chatter."""
    return {"PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}


def apology() -> str:
    """How the text begins with which this assistant answers where a turn fails."""
    responses = read_mapping(ROOT / "data" / "channels" / "responses.yml")["responses"]
    return str(responses[APOLOGY][0]["text"]).partition("{")[0]

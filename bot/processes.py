"""Starts the assistant's processes, the action server, Rasa and the caretaker, and ends them whatever happens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import requests

from bot.handover.notices import load_staff_texts
from bot.handover.words import load_words
from bot.knowledge import load_knowledge
from bot.refusals import Refused, refuse_unsafe
from bot.safety.context import load_context
from bot.safety.examples import load_examples
from bot.safety.red_flags import load_red_flags
from bot.settings import ROOT, Clinic, Settings, load_clinic

MODEL = ROOT / "models" / "assistant.tar.gz"
LONGEST_START = 180
LONGEST_STOP = 10
# Each turn asks the database several times; a person must not wait longer than 5 seconds in all.
LONGEST_DATABASE_WAIT = 1
HOST = "127.0.0.1"
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Speaks to this machine only, so a proxy that the environment names is not asked.
local_http = requests.Session()
local_http.trust_env = False


class StartError(Exception):
    """The assistant cannot start; the message says why and how to mend it."""


def rest_address(settings: Settings) -> str:
    """Where the plain HTTP channel takes messages."""
    return f"http://{HOST}:{settings.port}/webhooks/rest/webhook"


def demo_address(settings: Settings) -> str:
    """Where the demo page of the website's chat is."""
    return f"http://{HOST}:{settings.port}/chat/"


@contextmanager
def running_assistant(
    settings: Settings, model: Path = MODEL, log: Path | None = None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Runs the action server, Rasa and the caretaker until the block is left.

    Args:
        settings: the ports and the database.
        model: the trained model.
        log: a file for what both print; without one they print to the terminal.

    Yields:
        The three processes, once the two servers answer.

    Raises:
        SettingsError: if ``clinic.yml`` cannot be used.
        KnowledgeError: if the answers cannot be used.
        StartError: if the model is missing, a port is in use, or a process ends before it answers.
    """
    clinic = load_texts()
    check_ready(settings, model)
    make_database_folder(settings)
    processes: list[subprocess.Popen[bytes]] = []
    out = log.open("ab") if log else None
    try:
        for command in commands(settings, model, clinic.website_origins):
            # A session of its own: one Ctrl-C reaches this process alone, which then ends the others in order.
            processes.append(
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=environment(settings),
                    stdout=out,
                    stderr=out,
                    start_new_session=True,
                    umask=0o077,  # what patients say is for this user's eyes alone
                )
            )
        wait_until_up(settings, processes)
        yield processes
    finally:
        stop(processes)
        if out:
            out.close()


def load_texts() -> Clinic:
    """Reads every text, so that a wrong one is named before anything starts.

    Returns:
        The clinic.

    Raises:
        SettingsError: if ``clinic.yml`` cannot be used.
        KnowledgeError: if the answers, the warning signs or the words of requests cannot be used.
    """
    clinic = load_clinic()
    load_knowledge(clinic)
    red_flags = load_red_flags()
    load_context(red_flags.words)
    load_examples(red_flags.signs)
    load_words()
    load_staff_texts()
    return clinic


def check_ready(settings: Settings, model: Path) -> None:
    """Makes sure that nothing stands in the way of a start.

    Raises:
        StartError: naming what does.
    """
    check_model(model)
    for name, port in (("PORT", settings.port), ("ACTIONS_PORT", settings.actions_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise StartError(f"port {port} is in use; stop what uses it or set {name} to another port") from error


def check_model(model: Path) -> None:
    """Makes sure that there is a trained model on this machine, and that Rasa loads no other.

    Raises:
        StartError: naming what is wrong.
    """
    if not model.is_file():
        raise StartError(f"{model}: there is no trained model; run 'make train'")
    try:
        refuse_unsafe(["rasa", "run"])
    except Refused as error:
        raise StartError(str(error)) from error


def commands(settings: Settings, model: Path, origins: Sequence[str] = (), interface: str = HOST) -> list[list[str]]:
    """The command lines of the action server, of Rasa and of the caretaker.

    Args:
        settings: the ports.
        model: the trained model.
        origins: the websites whose pages may ask.
        interface: the address of this machine that Rasa listens at.
    """
    rasa = [
        sys.executable,
        "-m",
        "bot.part",
        "rasa",
        "run",
        "--model",
        str(model),
        "--interface",
        interface,
        "--port",
        str(settings.port),
        *(["--cors", *origins] if origins else []),
    ]
    actions = [
        sys.executable,
        "-m",
        "bot.part",
        "rasa_sdk",
        "--actions",
        "actions",
        "--port",
        str(settings.actions_port),
    ]
    return [actions, rasa, [sys.executable, "-m", "bot.part", "bot.caretaker"]]


def with_environment(variables: dict[str, str]) -> dict[str, str]:
    """The environment of this process, with some variables of its own, for one that it starts."""
    return {**os.environ, **variables}


def environment(settings: Settings, interface: str = HOST) -> dict[str, str]:
    """The environment of all processes: the settings, no telemetry, no chatter of libraries.

    Args:
        settings: what the processes are to read.
        interface: the address of this machine that they listen at.
    """
    return {
        **os.environ,
        "PORT": str(settings.port),
        "ACTIONS_PORT": str(settings.actions_port),
        **_given(settings),
        "DATABASE_URL": with_shortest_wait(settings.database_url),
        "ACTIONS_URL": settings.action_endpoint,
        "INTERFACE": interface,
        "SANIC_HOST": interface,
        # More people are served by more replicas: each keeps in memory what a second worker would not see.
        "SANIC_WORKERS": "1",
        **({"FORCE_JSON_LOGGING": "true"} if settings.log_format == "json" else {}),  # of Rasa, also in a terminal
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }


def _given(settings: Settings) -> dict[str, str]:
    """What the processes read of the settings themselves."""
    values = {name: getattr(settings, name) for name in settings.__fields__ if name not in ("port", "actions_port")}
    return {name.upper(): str(value) for name, value in values.items() if value is not None}


def with_shortest_wait(database_url: str) -> str:
    """The database's address, with how many seconds it may keep a person waiting when it is locked or gone."""
    limits = f"timeout={LONGEST_DATABASE_WAIT}"
    if not database_url.startswith("sqlite"):
        # Of a connection, of a statement, and of a server that has gone silent.
        limits = (
            f"connect_timeout={LONGEST_DATABASE_WAIT}&tcp_user_timeout={LONGEST_DATABASE_WAIT}000"
            f"&options=-c%20statement_timeout%3D{LONGEST_DATABASE_WAIT}000"
        )
    return f"{database_url}{'&' if '?' in database_url else '?'}{limits}"


def make_database_folder(settings: Settings) -> None:
    """Makes the folder of the SQLite file.

    Raises:
        StartError: if it cannot be made.
    """
    if settings.database_url.startswith("sqlite:///"):
        folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"DATABASE_URL: the folder {folder} cannot be made: {error.strerror}") from error


def wait_until_up(settings: Settings, processes: list[subprocess.Popen[bytes]], longest: float = LONGEST_START) -> None:
    """Waits until both servers answer.

    Args:
        settings: the ports.
        processes: that are to answer.
        longest: how many seconds they may take.

    Raises:
        StartError: if a process ends first, or it takes longer.
    """
    waiting = [f"http://{HOST}:{settings.actions_port}/health", f"http://{HOST}:{settings.port}/"]
    deadline = time.monotonic() + longest
    while waiting:
        if any(process.poll() is not None for process in processes):
            raise StartError("a part of the assistant ended while starting; the lines above say why")
        if time.monotonic() > deadline:
            raise StartError(f"no answer from {waiting[0]} within {longest} seconds")
        waiting = [address for address in waiting if not _answers(address)]
        time.sleep(0.2)


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ends the processes and their children: asks first, then kills. A second Ctrl-C does not cut it short."""
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in END_SIGNALS}
    for process in processes:
        _signal(process, signal.SIGTERM)
    deadline = time.monotonic() + LONGEST_STOP
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGKILL)
            process.wait()
    for number, handler in previous.items():
        signal.signal(number, handler)


def end_on_signals() -> None:
    """Lets a closed terminal or a plain ``kill`` end the assistant in the same orderly way as Ctrl-C."""
    for number in END_SIGNALS:
        signal.signal(number, _as_interrupt)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass  # it has ended already


def _answers(address: str) -> bool:
    try:
        return local_http.get(address, timeout=2).ok
    except (requests.ConnectionError, requests.Timeout):
        return False

"""What Rasa is not started with, because it would open a way in or load a model from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from ruamel.yaml import YAML, MappingNode
from ruamel.yaml.error import YAMLError

from bot.settings import ROOT

ENDPOINTS = "endpoints.yml"
# As argparse takes them: any beginning that is long enough to be unique.
API = "--enable-api"
SHORTEST_API = "--ena"
TOKENS = ("--auth-token", "-t", "--jwt-secret")
REMOTE_STORAGE = "--remote-storage"
SHORTEST_REMOTE = "--r"
MODEL_SERVER = "models"


class Refused(Exception):
    """Rasa is not started this way; the message says why, and what to do instead."""


def refuse_unsafe(command: Sequence[str]) -> None:
    """Makes sure that a command of Rasa is safe; any other command is.

    Args:
        command: the name of a module, and its arguments.

    Raises:
        Refused: if it would serve Rasa's HTTP API to everybody, or take a model from elsewhere.
    """
    if not command or command[0] != "rasa":
        return
    if any(it.startswith(SHORTEST_API) and API.startswith(it) for it in command) and not _names(command, *TOKENS):
        raise Refused(
            f"{API}: whoever reaches the port could read every conversation; add --auth-token or leave it out"
        )
    if any(it.startswith(SHORTEST_REMOTE) and REMOTE_STORAGE.startswith(it.split("=")[0]) for it in command):
        raise Refused(f"{REMOTE_STORAGE}: a model from elsewhere can run code here; train one with 'make train'")
    for file in _endpoints(command):
        _refuse_model_server(file)


def _names(command: Sequence[str], *options: str) -> bool:
    """Whether an option is given with a value."""
    return any((name in options and value) for name, value in pairwise(command)) or any(
        option.startswith("--") and it.startswith(f"{option}=") and it != f"{option}="
        for it in command
        for option in options
    )


def _endpoints(command: Sequence[str]) -> list[Path]:
    """The file that Rasa reads by itself, and whatever existing file it is told to read."""
    values = [it.split("=", 1)[-1] for it in command[1:] if not it.startswith("--") or "=" in it]
    given = [ROOT / it for it in values if it.endswith((".yml", ".yaml"))]
    return [it for it in (ROOT / ENDPOINTS, *given) if it.is_file()]


def _refuse_model_server(file: Path) -> None:
    if MODEL_SERVER in _keys(file):
        raise Refused(
            f"{file.name}: '{MODEL_SERVER}' lets Rasa load a model from a server, which could run code here "
            "(CVE-2024-49375); remove it, models are taken from the folder 'models' alone"
        )


def _keys(file: Path) -> list[str]:
    """The keys at the top of a file; its values are not read, they may need variables that are not set yet."""
    try:
        top = YAML(typ="safe", pure=True).compose(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise Refused(f"{file}: is not valid YAML") from error
    return [str(key.value) for key, _ in top.value] if isinstance(top, MappingNode) else []

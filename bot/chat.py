"""``make chat``: talks with the assistant in the terminal."""

from __future__ import annotations

import sys
import uuid
from typing import Any

import requests

from bot.processes import HOST, StartError, end_on_signals, local_http, rest_address, running_assistant
from bot.settings import ROOT, Clinic, Settings, SettingsError, load_clinic, load_settings
from bot.wording import KnowledgeError
from bot.yaml_file import read_mapping

LOG = ROOT / "var" / "chat.log"
RESPONSES = ROOT / "data" / "channels" / "responses.yml"

Reply = list[dict[str, Any]]


def main() -> None:
    """Talks to the assistant that runs, or starts one for the talk."""
    end_on_signals()
    try:
        settings = load_settings()
        if _runs(settings):
            talk(settings)
            return
        print("Starting the assistant ...", flush=True)
        LOG.parent.mkdir(exist_ok=True)
        try:
            with running_assistant(settings, log=LOG):
                talk(settings)
        except StartError as error:
            raise StartError(f"{error} (what it printed is in {LOG})") from error
    except (SettingsError, KnowledgeError, StartError) as error:
        sys.exit(f"The assistant cannot start:\n{error}")
    except KeyboardInterrupt:
        print()


def talk(settings: Settings) -> None:
    """Reads messages until the input ends; a number picks the button with that number."""
    sender = f"terminal-{uuid.uuid4()}"
    buttons: list[dict[str, str]] = []
    print(f"{notice(load_clinic())}\n")
    print("Write a message and press Enter. A number picks a button. Ctrl-D ends the talk.\n")
    for line in iter(_read_line, None):
        if not line.strip():
            continue
        number = int(line) - 1 if line.strip().isdecimal() else -1
        message = buttons[number]["payload"] if 0 <= number < len(buttons) else line
        try:
            body = {"sender": sender, "message": message}
            answer = local_http.post(rest_address(settings), json=body, headers=token_header(settings), timeout=30)
            answer.raise_for_status()
        except requests.RequestException as error:
            sys.exit(f"The assistant does not answer any more: {error}")
        buttons = show(answer.json())


def notice(clinic: Clinic) -> str:
    """What every channel says at the first contact."""
    text: str = read_mapping(RESPONSES)["responses"]["utter_first_contact"][-1]["text"]
    return text.format(**clinic.variables())


def token_header(settings: Settings) -> dict[str, str]:
    """What the plain HTTP channel wants to see, if it has a token."""
    return {"Authorization": f"Bearer {settings.rest_token}"} if settings.rest_token else {}


def show(reply: Reply) -> list[dict[str, str]]:
    """Prints a reply and returns its buttons, in the order of their numbers."""
    buttons: list[dict[str, str]] = []
    for part in reply:
        print(f"\n  {part.get('text') or part.get('image', '')}")
        for button in part.get("buttons", []):
            buttons.append(button)
            print(f"    [{len(buttons)}] {button['title']}")
    print()
    return buttons


def _read_line() -> str | None:
    try:
        return input("You: ")
    except EOFError:
        return None


def _runs(settings: Settings) -> bool:
    try:
        return local_http.get(f"http://{HOST}:{settings.port}/", timeout=2).text.startswith("Hello from Rasa")
    except (requests.ConnectionError, requests.Timeout):
        return False


if __name__ == "__main__":
    main()

"""The running assistant as operations see it: its health, its metrics, its logs, and what it does not serve."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from bot.processes import HOST, rest_address, stop
from tests.assistant import Assistant, Conversation, running
from tests.platforms import Api, TelegramPerson, serving, settings_in
from tests.ports import free_ports
from tests.web_client import Client

MARKER = f"zebra{uuid.uuid4().hex}"
NUMBER = "07911 123456"
CHAT_SECRET = "a-secret-of-the-tests-that-is-long-enough"
LONGEST_WAIT = 30


@dataclass
class Operated:
    """The running assistant, with metrics and with logs of JSON lines."""

    assistant: Assistant
    telegram: Api

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.assistant.settings.port}"

    def get(self, path: str) -> requests.Response:
        return requests.get(f"{self.address}{path}", timeout=LONGEST_WAIT)

    def metrics(self, after: int = 0) -> dict[str, float]:
        """What a process shows, by name and labels."""
        port = int(self.assistant.settings.metrics_port or 0) + after
        lines = requests.get(f"http://{HOST}:{port}/metrics", timeout=LONGEST_WAIT).text.splitlines()
        pairs = [it.rsplit(" ", 1) for it in lines if it and not it.startswith("#")]
        return {name: float(value) for name, value in pairs}

    def turns(self, channel: str, outcome: str) -> float:
        return self.metrics().get(f'aftercare_turns_total{{channel="{channel}",outcome="{outcome}"}}', 0)


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("operated")
    (metrics_port,) = free_ports(1)
    more = {"metrics_port": metrics_port, "log_format": "json", "chat_secret": CHAT_SECRET, "build_revision": "abc"}
    with serving() as telegram, serving() as slack:
        settings = settings_in(folder, telegram, slack, **more)
        with running(settings, folder / "log") as assistant:
            yield Operated(assistant, telegram)


def test_it_is_alive_and_ready(operated: Operated) -> None:
    assert operated.get("/health/live").json() == {"status": "ok"}
    ready = operated.get("/health/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize("path", ["/", "/webhooks/rest/webhook", "/health/ready"])
def test_the_port_of_the_metrics_is_not_that_of_the_channels(operated: Operated, path: str) -> None:
    assert operated.get("/metrics").status_code == 404
    assert "aftercare_build_info" not in operated.get(path).text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"),
        ("GET", "/version"),
        ("GET", "/domain"),
        ("GET", "/conversations/x/tracker"),
        ("POST", "/conversations/x/tracker/events"),
        ("POST", "/conversations/x/execute"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/model/train"),
        ("POST", "/model/parse"),
        ("POST", "/model/predict"),
    ],
)
def test_rasas_api_is_not_served(operated: Operated, method: str, path: str) -> None:
    response = requests.request(method, f"{operated.address}{path}", json={"text": "hello"}, timeout=LONGEST_WAIT)
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("how long will it last", "answered"),
        ("who won the match yesterday evening", "out_of_scope"),
        ("my throat is closing up", "warning_emergency"),
        ("i dont want to live any more", "crisis"),
        ("hello", "other"),
    ],
)
def test_turns_are_counted_by_what_became_of_them(operated: Operated, message: str, outcome: str) -> None:
    before = operated.turns("rest", outcome)
    assert operated.assistant.conversation().say(message)
    assert operated.turns("rest", outcome) == before + 1


def test_a_message_that_comes_again_is_counted(operated: Operated) -> None:
    client = Client.of(operated.assistant.settings)
    name = 'aftercare_duplicates_total{channel="web"}'
    before = operated.metrics().get(name, 0)
    assert client.say("hello", "one-and-the-same") == client.say("hello", "one-and-the-same")
    assert operated.metrics()[name] == before + 1


def test_every_part_shows_what_it_is(operated: Operated) -> None:
    shown = [name for after in range(3) for name in operated.metrics(after) if name.startswith("aftercare_build_info")]
    assert [part in it for part, it in zip(("assistant", "actions", "caretaker"), shown, strict=True)] == [True] * 3
    assert all('revision="abc"' in it for it in shown)


def test_the_caretaker_shows_when_it_was_done_last(operated: Operated) -> None:
    assert operated.metrics(2)["aftercare_caretaker_last_round_timestamp_seconds"] > 1_700_000_000


def test_without_its_database_it_is_ready_all_the_same(operated: Operated) -> None:
    file = operated.assistant.settings.database_url.removeprefix("sqlite:///")
    name = "aftercare_database_unavailable_total"
    before = operated.metrics()[name]
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert "Call 999" in operated.assistant.conversation().text("my throat is closing up")
        assert operated.get("/health/ready").status_code == 200
    assert operated.metrics()[name] > before


def lines(operated: Operated) -> list[dict[str, Any]]:
    return [json.loads(it) for it in operated.assistant.log.read_text().splitlines()]


def test_an_answer_is_one_line_without_its_words(operated: Operated) -> None:
    before = len([it for it in lines(operated) if it["logger"] == "bot.turns"])
    operated.assistant.conversation().say(f"how long will it last {MARKER}")
    turns = [it for it in lines(operated) if it["logger"] == "bot.turns"][before:]
    (turn,) = turns
    assert set(turn) == {"time", "level", "logger", "event", "channel", "duration", "outcome"}
    assert turn["channel"] == "rest" and turn["duration"] > 0


# The last one: it takes the action server away.
def test_the_logs_and_the_metrics_repeat_nothing(operated: Operated) -> None:
    settings = operated.assistant.settings
    talk, client = Conversation(settings, f"sender-{MARKER}"), Client.of(settings)
    words = (f"hello {MARKER}", f"/{MARKER}", f"{MARKER} " * 300, f"call me on {NUMBER} please, i am {MARKER}")
    for message in words:
        assert talk.say(message) and client.say(message[:1900])
    TelegramPerson(settings, operated.telegram).say(f"hello {MARKER}")
    requests.post(rest_address(settings), data=f'{{"message": "{MARKER}"', timeout=LONGEST_WAIT)
    requests.get(f"{operated.address}/chat/{MARKER}", timeout=LONGEST_WAIT)
    requests.post(
        f"{operated.address}/chat/messages", headers={"Authorization": f"Bearer {MARKER}"}, timeout=LONGEST_WAIT
    )
    call = {"next_action": MARKER, "tracker": {"latest_message": {"text": MARKER}}, "text": MARKER}
    broken = f"http://{HOST}:{settings.actions_port}/webhook"
    requests.post(broken, json=call, timeout=LONGEST_WAIT)
    requests.post(broken, data=MARKER, timeout=LONGEST_WAIT)
    stop(operated.assistant.processes[:1])
    other = Conversation(settings, f"other-{MARKER}")
    assert "can't look that up" in other.text(f"how long will it last {MARKER}")
    assert operated.turns("rest", "error") >= 1
    assert any(name.startswith("aftercare_action_errors_total") for name in operated.metrics())

    log = operated.assistant.log.read_text()
    shown = json.dumps([operated.metrics(), operated.metrics(2)])
    assert [it for it in lines(operated) if it["level"] == "error"]
    secrets = [CHAT_SECRET, settings.telegram_token, settings.telegram_secret, settings.slack_token]
    secrets.append(settings.slack_signing_secret)
    for hidden in (MARKER, MARKER.upper(), NUMBER, "7911", *secrets):
        assert hidden and hidden not in log and hidden not in shown

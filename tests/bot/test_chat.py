from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from bot.chat import show, talk
from bot.settings import Settings

REPLY = [
    {"recipient_id": "x", "text": "Here is one.", "buttons": [{"title": "One", "payload": "/one"}]},
    {"text": "And more.", "buttons": [{"title": "Two", "payload": "/two"}, {"title": "Three", "payload": "/three"}]},
]


class Channel(HTTPServer):
    """Plays Rasa's REST channel: keeps what it is sent and answers with ``REPLY``."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[dict[str, Any]] = []
        self.settings = Settings(port=self.server_port, actions_port=1)


class Handler(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        assert self.path == "/webhooks/rest/webhook"
        self.server.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(json.dumps(REPLY).encode())

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def channel() -> Iterator[Channel]:
    with Channel() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def say(channel: Channel, text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Types a text at the terminal and returns the messages that were sent."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    talk(channel.settings)
    return [body["message"] for body in channel.received]


def test_buttons_are_numbered_over_all_parts(capsys: pytest.CaptureFixture[str]) -> None:
    buttons = show(REPLY)

    assert [it["payload"] for it in buttons] == ["/one", "/two", "/three"]
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines == ["Here is one.", "[1] One", "And more.", "[2] Two", "[3] Three"]


def test_a_part_without_text_shows_its_image(capsys: pytest.CaptureFixture[str]) -> None:
    assert show([{"image": "http://clinic/skin.png"}]) == []
    assert "http://clinic/skin.png" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("why am I breaking out?\n", ["why am I breaking out?"]),
        ("hi\n1\n", ["hi", "/one"]),
        ("hi\n 3 \n", ["hi", "/three"]),
        ("hi\n2\n1\n", ["hi", "/two", "/one"]),
        ("1\n", ["1"]),
        ("hi\n0\n", ["hi", "0"]),
        ("hi\n4\n", ["hi", "4"]),
        ("hi\n²\n", ["hi", "²"]),
        ("hi\n3 days ago\n", ["hi", "3 days ago"]),
        ("\n   \nhi\n", ["hi"]),
        ("", []),
    ],
)
def test_a_number_sends_its_buttons_payload_and_anything_else_goes_as_it_is(
    channel: Channel, typed: str, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert say(channel, typed, monkeypatch) == sent


def test_a_talk_has_one_sender_and_the_next_another(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    say(channel, "hi\nbye\n", monkeypatch)
    say(channel, "hi\n", monkeypatch)

    first, second, third = [body["sender"] for body in channel.received]
    assert first == second != third


def test_an_assistant_that_fails_ends_the_talk_with_a_message(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.status = 500

    with pytest.raises(SystemExit, match="The assistant does not answer any more: 500"):
        say(channel, "hi\n", monkeypatch)

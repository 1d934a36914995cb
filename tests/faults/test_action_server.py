"""The action server is down, slow or wrong: on every channel a plain message, and the conversation goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.processes import HOST
from tests.faults.people import CHANNELS, Faulty, in_time

APOLOGY = "I can't look that up just now"


@contextmanager
def in_its_place(port: int, status: int, body: bytes) -> Iterator[None]:
    """A server that answers every request for an action in the same wrong way."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((HOST, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("channel", CHANNELS)
def test_slow(faulty: Faulty, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    with faulty.paused(faulty.actions):
        assert APOLOGY in in_time(say, "is this normal")
        assert "Call 999 now" in in_time(say, "my tongue is swelling and how do i wash my face")
    assert "cleanser" in say("how do i wash my face")


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_was_told_before_is_kept(faulty: Faulty, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    with faulty.paused(faulty.actions):
        assert APOLOGY in in_time(say, "is this normal")
    assert "3 days" in say("how long will it last")


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (404, b""), (400, b"no"), (200, b"no json"), (200, b'{"events": 1}'), (200, b'[{"event": "slot"}]')],
)
def test_wrong(faulty: Faulty, status: int, body: bytes) -> None:
    people = [faulty.person(channel) for channel in CHANNELS]
    faulty.kill_actions()
    with in_its_place(faulty.assistant.settings.actions_port, status, body):
        replies = [in_time(say, "why am i breaking out") for say in people]
    faulty.start_actions()
    assert all(APOLOGY in reply for reply in replies)
    assert "oil" in people[0]("why am i breaking out")


def test_down(faulty: Faulty) -> None:
    people = [faulty.person(channel) for channel in CHANNELS]
    faulty.kill_actions()
    replies = [in_time(say, "why am i breaking out") for say in people]
    warnings = [in_time(say, "i cant breathe") for say in people]
    faulty.start_actions()
    assert all(APOLOGY in reply and "020 7946 0018" in reply for reply in replies)
    assert all("Call 999 now" in warning and APOLOGY not in warning for warning in warnings)
    assert all("cleanser" in say("how do i wash my face") for say in people)


def test_the_apology_is_said_once_a_turn(faulty: Faulty) -> None:
    say = faulty.person("rest")
    with faulty.paused(faulty.actions):
        assert in_time(say, "can i talk to a human, and is it purging").count(APOLOGY) == 1

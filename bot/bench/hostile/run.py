"""Sends hostile requests to the running assistant, several at a time, and gathers what goes wrong."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from bot.bench.hostile.checks import Log, undone
from bot.bench.hostile.requests import Request
from bot.processes import HOST

SENDERS = 6
# How many messages of the platforms may wait for their turn, so that the others need not.
MOST_WAITING = 6
LONGEST_WAIT = 20.0
LOOKS_AT_LOG = 20
SLOWEST = 5


@dataclass
class Target:
    """The running assistant that is attacked."""

    port: int
    database: Path
    log: Log


class FromAddress(HTTPAdapter):
    """Sends from an address of its own: each has limits of its own."""

    def __init__(self, address: str) -> None:
        """Takes one of this machine's addresses."""
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Binds connections to the address."""
        super().init_poolmanager(*args, **kwargs, source_address=(self._address, 0))


@dataclass
class Run:
    """What came of it."""

    target: Target
    hostile: Iterator[Request]
    after_each: Callable[[int], None] = lambda sent: None
    """Called with the number of requests that are done."""
    failures: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    """How often each kind of request had which HTTP status."""
    slowest: list[tuple[float, Request]] = field(default_factory=list)
    """The requests that took longest, in seconds."""
    sent: int = 0
    seconds: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _last: list[Request] = field(default_factory=list)

    def finish(self) -> None:
        """Sends everything, and waits until all of it is answered."""
        begun = time.monotonic()
        threads = [threading.Thread(target=self._send_all, args=(f"127.0.0.{100 + it}",)) for it in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.seconds = time.monotonic() - begun
        self._wait_for_the_last()
        self._look_at_log()

    def _send_all(self, address: str) -> None:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", FromAddress(address))
        while True:
            with self._lock:
                request = next(self.hostile, None)
                if request is None:
                    return
                self._last = [*self._last[1 - LOOKS_AT_LOG :], request]
            if request.path.startswith(("/webhooks/slack", "/webhooks/telegram")):
                self._wait_for_turn()
            begun = time.monotonic()
            problem, status = self._send(session, request)
            took = time.monotonic() - begun
            with self._lock:
                self.slowest = sorted([*self.slowest, (took, request)], key=lambda it: -it[0])[:SLOWEST]
                self.statuses[request.kind, status] += 1
                self.failures += [f"{problem}\n  {request}"] if problem else []
                self.sent += 1
                self.after_each(self.sent)
                if self.sent % LOOKS_AT_LOG == 0:
                    self._look_at_log()

    def _send(self, session: requests.Session, request: Request) -> tuple[str, int]:
        address = f"http://{HOST}:{self.target.port}{request.path}"
        headers = {name: value.encode("latin-1") for name, value in request.headers.items()}
        try:
            response = session.request(request.method, address, data=request.body, headers=headers, timeout=15)
        except (requests.RequestException, ValueError) as error:
            return f"no answer: {type(error).__name__}: {error}", 0
        return problem_of(request, response), response.status_code

    def _wait_for_turn(self) -> None:
        while undone(self.target.database, LONGEST_WAIT) >= MOST_WAITING:
            time.sleep(0.02)

    def _wait_for_the_last(self) -> None:
        deadline = time.monotonic() + LONGEST_WAIT
        while (waiting := undone(self.target.database)) and time.monotonic() < deadline:
            time.sleep(0.02)
        if waiting:
            self.failures.append(f"{waiting} deliveries are not marked as answered: a restart would answer them again")

    def _look_at_log(self) -> None:
        for problem in self.target.log.problems():
            sent = "\n".join(f"    {it}" for it in self._last)
            self.failures.append(f"{problem}\n  one of the last messages, the newest last:\n{sent}")


def problem_of(request: Request, response: requests.Response) -> str:
    """What is wrong with the answer to a request; empty if nothing is."""
    status = response.status_code
    if status >= 500:
        return f"HTTP {status}: {response.text[:200]!a}"
    if request.must_be_refused and status < 400:
        return f"it should have been refused, and was not: HTTP {status}"
    if b"Traceback" in response.content:
        return "the answer shows a traceback"
    if status == 200 and request.path == "/webhooks/rest/webhook" and not response.json():
        return "no reply"
    if status == 200 and request.path == "/chat/messages" and not response.json()["messages"]:
        return "no reply"
    return ""

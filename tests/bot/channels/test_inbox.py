"""Deliveries with a real database and a local server in the place of the platform."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import pytest

from bot.channels import inbox as inbox_module
from bot.channels.inbox import OPTIONAL, Inbox
from bot.channels.platform_client import PlatformClient
from bot.channels.telegram import judge
from bot.store.database import Database
from bot.store.deliveries import Call, Delivery
from tests.deliveries import delivery, part
from tests.platforms import Api, Response, serving
from tests.ports import free_ports
from tests.waiting import until

DOWN: Response = (503, {"ok": False}, {})
BLOCKED: Response = (403, {"ok": False}, {})


@dataclass
class Line:
    """A platform, a database, and an assistant that says two parts to everything."""

    api: Api
    file: Path
    replied: list[tuple[str, int]] = field(default_factory=list)
    """Key and attempts of every delivery of which the turn was taken."""
    before_reply: Callable[[Delivery], Awaitable[None]] = lambda delivery: asyncio.sleep(0)
    calls: Callable[[Delivery], list[Call]] = lambda delivery: [part(f"{delivery.key}a"), part(f"{delivery.key}b")]

    def inbox(self, base: Optional[str] = None) -> Inbox:
        """A new one, as after a start of the process."""
        client = PlatformClient(base or self.api.base, judge)
        return Inbox("telegram", Database(f"sqlite:///{self.file}"), client, self._reply)

    async def _reply(self, delivery: Delivery) -> list[Call]:
        await self.before_reply(delivery)
        self.replied.append((delivery.key, delivery.attempts))
        return self.calls(delivery)

    @property
    def said(self) -> list[str]:
        """The parts that came in at the platform, refused ones too."""
        return [it["text"] for it in self.api.sent("sendMessage")]

    def kept(self) -> list[tuple[Any, ...]]:
        """Whether each delivery has its reply, how much of it was sent, and whether it is done."""
        with closing(sqlite3.connect(self.file)) as database:
            return database.execute("select calls is not null, sent, is_done from deliveries order by id").fetchall()

    async def until_done(self) -> None:
        await until(lambda: all(is_done for _, _, is_done in self.kept()))

    async def handle(self, *deliveries: Delivery) -> list[bool]:
        """What taking deliveries one after the other returns, once all are done."""
        inbox = self.inbox()
        taken = [await inbox.take(it) for it in deliveries]
        await self.until_done()
        await inbox.close()
        return taken

    async def go_on(self) -> None:
        """Starts again, until all is done."""
        inbox = self.inbox()
        await inbox.resume()
        await self.until_done()
        await inbox.close()


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(inbox_module, "FIRST_WAIT", 0.01)
    with serving() as api:
        yield Line(api, tmp_path / "inbox.db")


def fails(count: int, response: Response) -> Callable[[str, dict[str, Any]], Optional[Response]]:
    """The first calls of a platform fail."""
    left = iter(range(count))
    return lambda method, parameters: response if next(left, None) is not None else None


def test_a_delivery_is_answered_in_order_of_its_parts_and_once(line: Line) -> None:
    assert asyncio.run(line.handle(delivery(), delivery())) == [True, False]
    assert line.said == ["1a", "1b"] and line.replied == [("1", 0)]


def test_a_delivery_that_comes_again_after_a_restart_is_known(line: Line) -> None:
    asyncio.run(line.handle(delivery()))
    assert asyncio.run(line.handle(delivery())) == [False]
    assert line.said == ["1a", "1b"]


def test_the_same_delivery_at_the_same_time_is_answered_once(line: Line) -> None:
    async def run() -> list[bool]:
        inbox = line.inbox()
        taken = await asyncio.gather(*[inbox.take(delivery()) for _ in range(5)])
        await line.until_done()
        await inbox.close()
        return taken

    assert sorted(asyncio.run(run())) == [False] * 4 + [True]
    assert line.said == ["1a", "1b"]


@pytest.mark.parametrize("restarts", [False, True])
def test_a_message_that_comes_under_another_key_is_known_by_its_alias(line: Line, restarts: bool) -> None:
    async def run() -> list[bool]:
        inbox = line.inbox()
        taken = [await inbox.take(delivery("1"), ["album-7"])]
        if restarts:
            await line.until_done()
            await inbox.close()
            inbox = line.inbox()
        taken += [await inbox.take(delivery("2"), ["album-7"]), await inbox.take(delivery("3"), ["album-8"])]
        await line.until_done()
        await inbox.close()
        return taken

    assert asyncio.run(run()) == [True, False, True]
    assert line.said == ["1a", "1b", "3a", "3b"]


def test_a_conversation_keeps_its_order_and_waits_for_no_other(line: Line) -> None:
    async def run() -> None:
        other = asyncio.Event()

        async def before_reply(delivery: Delivery) -> None:
            if delivery.key == "1":
                await asyncio.wait_for(other.wait(), 5)
            elif delivery.key == "3":
                other.set()

        line.before_reply = before_reply
        await line.handle(delivery("1"), delivery("2"), delivery("3", "telegram-6"))

    asyncio.run(run())
    assert [it for it in line.said if it[0] != "3"] == ["1a", "1b", "2a", "2b"]
    assert [it for it in line.said if it[0] == "3"] == ["3a", "3b"]


@pytest.mark.parametrize("response", [DOWN, (500, {}, {}), (429, {"ok": False}, {})])
def test_a_platform_that_is_down_is_asked_until_it_is_back(line: Line, response: Response) -> None:
    line.api.answer = fails(3, response)
    asyncio.run(line.handle(delivery("1"), delivery("2")))
    assert line.said == ["1a"] * 4 + ["1b", "2a", "2b"]


def test_a_platform_that_asks_to_wait_is_left_alone_for_so_long(line: Line) -> None:
    line.api.answer = fails(1, (429, {"ok": False, "parameters": {"retry_after": 0.5}}, {}))
    asyncio.run(line.handle(delivery()))
    assert line.said == ["1a", "1a", "1b"]
    assert line.api.times[1] - line.api.times[0] >= 0.5


def test_what_is_refused_is_not_asked_again_and_keeps_nothing_back(line: Line) -> None:
    line.api.answer = lambda method, parameters: BLOCKED if parameters["text"] == "1a" else None
    asyncio.run(line.handle(delivery("1"), delivery("2")))
    assert line.said == ["1a", "1b", "2a", "2b"]


@pytest.mark.parametrize("response", [DOWN, BLOCKED])
def test_what_is_optional_is_tried_once(line: Line, response: Response) -> None:
    line.calls = lambda delivery: [part("typing", **{OPTIONAL: True}), part("words")]
    line.api.answer = lambda method, parameters: response if parameters["text"] == "typing" else None
    asyncio.run(line.handle(delivery()))
    assert line.said == ["typing", "words"]


def test_the_next_answer_does_not_wait_for_what_may_fail(line: Line) -> None:
    async def run() -> None:
        over = threading.Event()
        line.calls = lambda delivery: [part(f"{delivery.key}a"), part(f"{delivery.key}picture", **{OPTIONAL: True})]
        line.api.answer = lambda method, parameters: over.wait(5) and None if "1p" in parameters["text"] else None
        inbox = line.inbox()
        await inbox.take(delivery("1"))
        await until(lambda: "1picture" in line.said)
        await inbox.take(delivery("2"))
        await until(lambda: "2picture" in line.said, seconds=2)
        over.set()
        await line.until_done()
        await inbox.close()

    asyncio.run(run())
    assert line.said == ["1a", "1picture", "2a", "2picture"]


def test_whoever_waits_for_longer_than_a_day_is_given_up(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "LONGEST_PATIENCE", 0.05)
    line.api.answer = lambda method, parameters: DOWN
    asyncio.run(line.handle(delivery()))
    assert set(line.said) == {"1a", "1b"} and len(line.said) > 2


def test_a_stop_before_the_turn_is_over(line: Line) -> None:
    async def run() -> None:
        begun = asyncio.Event()

        async def before_reply(delivery: Delivery) -> None:
            begun.set()
            await asyncio.Event().wait()

        inbox, at_once = line.inbox(), line.before_reply
        line.before_reply = before_reply
        await inbox.take(delivery())
        await begun.wait()
        await inbox.close()
        line.before_reply = at_once
        await line.go_on()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("1", 1)]


def test_a_stop_after_the_turn(line: Line) -> None:
    async def run() -> None:
        inbox = line.inbox(f"http://127.0.0.1:{free_ports(1)[0]}")
        await inbox.take(delivery())
        await until(lambda: line.kept() == [(1, 0, 0)])
        await inbox.close()
        await line.go_on()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("1", 0)]


def test_a_stop_while_a_part_is_on_its_way(line: Line) -> None:
    gate = threading.Event()

    def wait(method: str, parameters: dict[str, Any]) -> None:
        gate.wait(10)

    async def run() -> None:
        line.api.answer = wait
        inbox = line.inbox()
        await inbox.take(delivery())
        await until(lambda: line.said == ["1a"])
        await inbox.close()
        gate.set()
        await line.go_on()

    asyncio.run(run())
    assert line.said == ["1a", "1b"] and line.replied == [("1", 0)]


def test_a_stop_between_two_parts(line: Line) -> None:
    async def run() -> None:
        line.api.answer = lambda method, parameters: DOWN if parameters["text"] == "1b" else None
        inbox = line.inbox()
        await inbox.take(delivery())
        await until(lambda: "1b" in line.said and line.kept() == [(1, 1, 0)])
        await inbox.close()
        tried = len(line.said)
        line.api.answer = lambda method, parameters: None
        await line.go_on()
        assert line.said[tried:] == ["1b"]

    asyncio.run(run())
    assert line.said.count("1a") == 1 and line.replied == [("1", 0)]


def test_what_waited_for_the_start_goes_on_in_its_order(line: Line) -> None:
    async def run() -> None:
        inbox = line.inbox(f"http://127.0.0.1:{free_ports(1)[0]}")
        for key in "123":
            await inbox.take(delivery(key))
        await until(lambda: line.kept()[0] == (1, 0, 0))
        await inbox.close()
        await line.go_on()

    asyncio.run(run())
    assert line.said == ["1a", "1b", "2a", "2b", "3a", "3b"]


def test_a_message_that_came_again_at_the_start_is_not_begun_twice(line: Line) -> None:
    async def run() -> None:
        inbox = line.inbox(f"http://127.0.0.1:{free_ports(1)[0]}")
        await inbox.take(delivery())
        await inbox.close()
        inbox = line.inbox()
        assert await inbox.take(delivery()) is False
        await asyncio.gather(inbox.resume(), inbox.take(delivery("2")))
        await line.until_done()
        await inbox.close()

    asyncio.run(run())
    assert sorted(line.said) == ["1a", "1b", "2a", "2b"]


def test_without_the_database_it_is_answered_before_it_is_acknowledged_and_once(line: Line) -> None:
    async def run() -> list[bool]:
        line.file = line.file.parent / "no such folder" / "inbox.db"
        inbox = line.inbox()
        taken = [await inbox.take(delivery(), ["album-7"])]
        assert line.replied == [("1", 0)]
        taken += [await inbox.take(delivery()), await inbox.take(delivery("2"), ["album-7"])]
        await until(lambda: len(line.said) == 2)
        await inbox.close()
        return taken

    assert asyncio.run(run()) == [True, False, False]
    assert line.said == ["1a", "1b"] and line.replied == [("1", 0)]


def test_what_was_answered_while_the_database_was_locked_is_not_answered_after_a_restart(line: Line) -> None:
    async def run() -> None:
        inbox = line.inbox()
        await inbox.take(delivery("1"))
        await line.until_done()
        with closing(sqlite3.connect(line.file, isolation_level=None)) as other:
            other.execute("begin exclusive")
            await inbox.take(delivery("2"))
            await until(lambda: line.said[2:] == ["2a", "2b"])
        await until(lambda: [is_done for _, _, is_done in line.kept()] == [1, 1])
        await inbox.close()
        await line.go_on()

    asyncio.run(run())
    assert line.said == ["1a", "1b", "2a", "2b"]


def test_what_is_kept_is_answered_though_the_platform_hung_up(line: Line) -> None:
    async def run() -> None:
        inbox = line.inbox()
        await inbox.take(delivery("1"))
        await line.until_done()
        request = asyncio.ensure_future(inbox.take(delivery("2")))
        await asyncio.sleep(0)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        await inbox.take(delivery("2"))
        await until(lambda: line.said[2:] == ["2a", "2b"], 2)
        await inbox.close()

    asyncio.run(run())

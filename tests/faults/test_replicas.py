"""Three replicas behind a proxy: one is killed, PostgreSQL starts again, Redis forgets all, and nobody notices."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
import pytest
import requests

from bot.processes import HOST
from bot.store.conversations import message_id
from tests.platforms import Api, TelegramPerson, serving
from tests.replicas import Replicas, replicas
from tests.services import postgres, redis_server, wait_until

PEOPLE = 200
MOST_AT_ONCE = 24
QUESTIONS = (
    ["why am i breaking out", "how long will it last", "is it normal?"],
    ["i had it 3 days ago", "can i use my retinol", "how do i wash my face"],
    ["is it normal?", "i cant breathe", "should i see a doctor"],
    ["hello", "what can i do about it", "when should i call you"],
)
ON_TELEGRAM = 12
TELEGRAM_QUESTIONS = ["why am i breaking out", "how long will it last"]
# As the widget does: a message that was not answered is sent again, with the same id.
FIRST_WAIT, LONGEST_WAIT, LONGEST_PATIENCE = 0.3, 2.0, 90
LISTENS = "action_listen"


@dataclass
class Sent:
    """A message, when it was sent, and what came back."""

    text: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    order: int = 0
    answered: int = 0
    """The moments of both in the order of all that happens to the person."""
    tries: int = 0
    replies: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Person:
    """Someone in the website's chat, at an address of their own."""

    number: int
    base: str
    in_flight: asyncio.Semaphore
    messages: list[Sent]
    token: str = ""
    moments: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def conversation(self) -> str:
        return str(jwt.decode(self.token, options={"verify_signature": False})["sub"])

    async def talk(self) -> None:
        """Sends all messages; every other person does not wait for the answers."""
        connector = aiohttp.TCPConnector(local_addr=(f"127.1.{self.number // 250}.{self.number % 250 + 1}", 0))
        async with aiohttp.ClientSession(connector=connector) as http:
            begun = await self._post(http, "session", None)
            self.token = begun["token"]
            if self.number % 2:
                await asyncio.gather(*[self._send(http, it) for it in self.messages])
            else:
                for it in self.messages:
                    await self._send(http, it)

    async def _send(self, http: aiohttp.ClientSession, sent: Sent) -> None:
        sent.order = next(self.moments)
        given = await self._post(http, "messages", {"id": sent.id, "text": sent.text}, sent)
        sent.answered = next(self.moments)
        sent.replies = given["messages"]

    async def _post(self, http: aiohttp.ClientSession, path: str, body: Any, sent: Sent | None = None) -> Any:
        wait = FIRST_WAIT
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        ends = asyncio.get_running_loop().time() + LONGEST_PATIENCE
        while asyncio.get_running_loop().time() < ends:
            with suppress(aiohttp.ClientError, asyncio.TimeoutError):
                async with self.in_flight, http.post(f"{self.base}/{path}", json=body, headers=headers) as response:
                    if sent:
                        sent.tries += 1
                    if response.status == 200:
                        return await response.json()
                    assert response.status >= 500, await response.text()
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        raise AssertionError(f"nobody answers {path}")


@pytest.fixture(scope="module")
def telegram() -> Iterator[Api]:
    with serving() as api:
        yield api


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, telegram: Api) -> Iterator[Replicas]:
    with postgres() as database, redis_server() as redis:
        with replicas(tmp_path_factory.mktemp("replicas"), 3, database, redis, telegram) as made:
            yield made


def test_what_was_said_at_one_replica_is_known_at_the_others(running: Replicas) -> None:
    one, other, _ = (f"http://{HOST}:{it.port}/chat" for it in running.settings)
    begun = requests.post(f"{one}/session", timeout=30).json()
    headers = {"Authorization": f"Bearer {begun['token']}"}

    def say(base: str, text: str, number: str) -> list[dict[str, Any]]:
        body = {"id": f"message-{number}", "text": text}
        messages: list[dict[str, Any]] = requests.post(
            f"{base}/messages", json=body, headers=headers, timeout=30
        ).json()["messages"]
        return messages

    with requests.get(f"{other}/events", headers=headers, stream=True, timeout=30) as stream:
        lines = stream.iter_lines()
        next(lines)
        first = say(one, "i had it 3 days ago", "1")
        heard = [it for it in itertools.islice((it for it in lines if it.startswith(b"data: ")), 1 + len(first))]
        assert all(it["text"].encode()[:20] in line for it, line in zip(first, heard[1:], strict=True))
    assert "3 days" in say(other, "how long will it last", "2")[0]["text"]
    assert say(other, "sent again", "1") == first
    say(one, "delete my data", "3")
    receipt = say(other, "yes", "4")
    assert receipt[-1]["forgotten"]
    wait_until(lambda: say(one, "yes", "4") == receipt)
    assert requests.get(f"{one}/messages", headers=headers, timeout=30).json()["messages"] == []


def test_no_message_is_lost_or_answered_twice_whatever_breaks(running: Replicas, telegram: Api) -> None:
    on_telegram = [TelegramPerson(running.through_proxy, telegram) for _ in range(ON_TELEGRAM)]
    updates = [(it, [it.message(text) for text in TELEGRAM_QUESTIONS]) for it in on_telegram]
    people = asyncio.run(all_at_once(running, updates))
    for person, posts in updates:  # the platform was not sure of any
        for update in posts:
            assert person.deliver(update, timeout=30).status_code == 200
    wait_until(lambda: running.open_deliveries() == 0, 60)
    assert sum(it.tries > 1 for person in people for it in person.messages), "nobody was hit"
    for person in people:
        wait_until(lambda person=person: len(user_events(running, person)) >= len(person.messages), 20)
        check_tracker(running.events(person.conversation), person.messages)
    for person, posts in updates:
        events = running.events(f"telegram-{person.id}")
        told = [it["message_id"] for it in events if it["event"] == "user"]
        assert told == [str(it["update_id"]) for it in posts]
        assert_turns(events)
        texts = Counter(it["text"] for it in person.answers())
        assert sorted(texts.values()) == [1] * len(texts) and len(texts) >= len(posts)


def user_events(running: Replicas, person: Person) -> list[dict[str, Any]]:
    return [it for it in running.events(person.conversation) if it["event"] == "user"]


async def all_at_once(running: Replicas, updates: list[tuple[TelegramPerson, list[dict[str, Any]]]]) -> list[Person]:
    """Everyone talks, and meanwhile one thing after the other breaks."""
    in_flight = asyncio.Semaphore(MOST_AT_ONCE)
    base = f"http://{HOST}:{running.port}/chat"
    people = [Person(n, base, in_flight, [Sent(it) for it in QUESTIONS[n % len(QUESTIONS)]]) for n in range(PEOPLE)]

    async def break_at(share: float, how: Any) -> None:
        while sum(bool(it.replies) for person in people for it in person.messages) < share * 3 * PEOPLE:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(how)

    def deliver() -> None:
        for number in range(len(TELEGRAM_QUESTIONS)):
            for person, posts in updates:
                # The platform delivers a chat's next message once it is sure of the one before.
                wait_until(lambda person=person, update=posts[number]: is_taken(person, update), 60)

    faults = [
        break_at(0.15, deliver),
        break_at(0.2, lambda: running.kill(0)),
        break_at(0.45, running.postgres.restart),
        break_at(0.7, lambda: running.redis.client.flushall()),
    ]
    await asyncio.gather(*[it.talk() for it in people], *faults)
    return people


def is_taken(person: TelegramPerson, update: dict[str, Any]) -> bool:
    try:
        return person.deliver(update, timeout=30).status_code == 200
    except requests.RequestException:
        return False


def check_tracker(events: list[dict[str, Any]], sent: list[Sent]) -> None:
    """Each message is there once, with the replies that came back, and after those that were answered before it."""
    turns = assert_turns(events)
    assert sorted(turns) == sorted(it.id for it in sent)
    for it in sent:
        assert it.replies and turns[it.id] == [reply["id"] for reply in it.replies], it
    places = {identity: place for place, identity in enumerate(turns)}
    for earlier, later in itertools.permutations(sent, 2):
        if earlier.answered < later.order:
            assert places[earlier.id] < places[later.id]


def assert_turns(events: list[dict[str, Any]]) -> dict[str, list[int]]:
    """The replies to each message, by its id; each turn ends before the next one begins."""
    assert sum(it["event"] == "session_started" for it in events) == 1
    turns: dict[str, list[int]] = {}
    listens, now = True, ""
    for it in events:
        if it["event"] == "user":
            assert listens, "a turn began before the one before it had ended"
            now, listens = it["message_id"], False
            assert now not in turns
            turns[now] = []
        elif it["event"] == "bot":
            assert not listens
            turns[now].append(message_id(it["timestamp"]))
        elif it["event"] == "action" and it["name"] == LISTENS:
            listens = True
    assert listens and all(turns.values())
    return turns

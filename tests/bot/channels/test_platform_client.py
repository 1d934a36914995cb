"""Requests to a platform, against a local server in its place."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any, Optional

import pytest

from bot.channels import platform_client, slack, telegram
from bot.channels.platform_client import Judge, PlatformClient, PlatformRefused, PlatformUnavailable, Written
from tests.platforms import SLACK_TOKEN, TELEGRAM_TOKEN, Api, Response, serving
from tests.ports import free_ports

HELLO = {"text": "hello 👋"}
SUCCESS: Response = (200, {"ok": True}, {})
NO_JSON: Response = (200, {"ok": True}, {"Content-Length": "3", "Connection": "close"})
JUDGES = {"telegram": telegram.judge, "slack": slack.judge}


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as api:
        yield api


def call(base: str, judge: Judge = telegram.judge, written: Optional[Written] = None, times: int = 1) -> Any:
    """The last reply to a number of calls of one client."""

    async def ask() -> Any:
        client = PlatformClient(f"{base}/bot{TELEGRAM_TOKEN}", judge, {"Authorization": f"Bearer {SLACK_TOKEN}"})
        try:
            return [await client.call("send", HELLO, written) for _ in range(times)][-1]
        finally:
            await client.close()

    return asyncio.run(ask())


def failure(base: str, judge: Judge = telegram.judge) -> PlatformRefused | PlatformUnavailable:
    with pytest.raises((PlatformRefused, PlatformUnavailable)) as raised:
        call(base, judge)
    assert all(token not in f"{raised.value!r}{raised.value.__cause__!r}" for token in (TELEGRAM_TOKEN, SLACK_TOKEN))
    error: PlatformRefused | PlatformUnavailable = raised.value  # type: ignore[assignment]
    return error


def answer(api: Api, response: Response) -> None:
    api.answer = lambda method, parameters: response


def test_a_call_is_posted_as_json_with_its_headers(api: Api) -> None:
    answer(api, (200, {"ok": True, "result": 7}, {}))
    assert call(api.base)["result"] == 7
    assert api.calls == [("send", HELLO)]
    assert api.headers[0]["path"] == f"/bot{TELEGRAM_TOKEN}/send"
    assert api.headers[0]["authorization"] == f"Bearer {SLACK_TOKEN}"


@pytest.mark.parametrize("content_type", ["text/html", "application/json; charset=utf-8", ""])
def test_a_reply_is_read_whatever_it_calls_itself(api: Api, content_type: str) -> None:
    answer(api, (200, {"ok": True}, {"Content-Type": content_type}))
    assert call(api.base) == {"ok": True}


@pytest.mark.parametrize(
    ("judge", "response", "seconds"),
    [
        ("telegram", (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 7}}, {}), 7),
        ("telegram", (429, {"ok": False}, {}), None),
        ("slack", (429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "7"}), 7),
        ("slack", (429, {"ok": False}, {"Retry-After": "soon"}), None),
        ("slack", (200, {"ok": False, "error": "ratelimited"}, {}), None),
        ("slack", (200, {"ok": False, "error": "internal_error"}, {}), None),
        ("slack", (200, {"ok": False, "error": "invalid_auth"}, {}), None),
        ("telegram", (401, {"ok": False}, {}), None),
        ("telegram", (429, {"ok": False, "parameters": {"retry_after": "soon"}}, {}), None),
        *[(judge, (status, {"ok": False}, {}), None) for judge in JUDGES for status in (500, 502, 503)],
        *[(judge, NO_JSON, None) for judge in JUDGES],
        *[(judge, (200, ["ok"], {}), None) for judge in JUDGES],
        *[(judge, (404, None, {}), None) for judge in JUDGES],
    ],
)
def test_what_fails_now_is_worth_trying_again(
    api: Api, judge: str, response: Response, seconds: Optional[float]
) -> None:
    answer(api, response)
    error = failure(api.base, JUDGES[judge])
    assert isinstance(error, PlatformUnavailable) and error.retry_after == seconds


@pytest.mark.parametrize(
    ("judge", "response", "reason"),
    [
        ("telegram", (403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}, {}), "HTTP 403"),
        ("telegram", (400, {"ok": False, "description": "Bad Request: chat not found"}, {}), "HTTP 400"),
        ("slack", (200, {"ok": False, "error": "channel_not_found"}, {}), "channel_not_found"),
        ("slack", (404, {}, {}), "HTTP 404"),
    ],
)
def test_what_is_refused_says_why(api: Api, judge: str, response: Response, reason: str) -> None:
    answer(api, response)
    error = failure(api.base, JUDGES[judge])
    assert isinstance(error, PlatformRefused) and str(error) == reason


def test_nobody_answers() -> None:
    error = failure(f"http://127.0.0.1:{free_ports(1)[0]}")
    assert isinstance(error, PlatformUnavailable) and error.retry_after is None


def test_an_address_that_cannot_be_used() -> None:
    assert isinstance(failure("http://no host"), PlatformUnavailable)


def test_an_answer_that_takes_too_long(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform_client, "LONGEST_REQUEST", 0.1)
    gate = threading.Event()

    def wait(method: str, parameters: dict[str, Any]) -> None:
        gate.wait(5)

    api.answer = wait
    error = failure(api.base)
    gate.set()
    assert isinstance(error, PlatformUnavailable) and len(api.calls) == 1


def test_it_is_told_before_the_request_leaves(api: Api) -> None:
    told: list[float] = []

    async def written() -> None:
        await asyncio.sleep(0.1)
        assert not api.calls
        told.append(time.monotonic())

    call(api.base, written=written)
    assert len(told) == 1 and told[0] <= api.times[0]


def test_it_is_told_of_each_request(api: Api) -> None:
    told: list[int] = []

    async def written() -> None:
        told.append(len(api.calls))

    call(api.base, written=written, times=3)
    assert told == [0, 1, 2]


def test_a_request_that_cannot_leave_is_not_told() -> None:
    told: list[None] = []

    async def written() -> None:
        told.append(None)

    with pytest.raises(PlatformUnavailable):
        call(f"http://127.0.0.1:{free_ports(1)[0]}", written=written)
    assert told == []


def test_a_closed_client_can_be_used_again_and_closed_before_its_first_use(api: Api) -> None:
    async def ask() -> list[Any]:
        client = PlatformClient(api.base, telegram.judge)
        await client.close()
        replies = []
        for _ in range(2):
            replies.append(await client.call("send", HELLO))
            await client.close()
        return replies

    assert len(asyncio.run(ask())) == len(api.calls) == 2

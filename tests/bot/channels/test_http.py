"""What is read of a request, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Optional

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.channels.errors import ChatError, refused
from bot.channels.http import MOST_BYTES, address_of, bearer_of, body_of, is_secret, object_of
from bot.processes import HOST
from tests.ports import free_ports

MOST = 1000


@pytest.fixture(autouse=True)
def test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic starts only once in a process otherwise."""
    monkeypatch.setattr(Sanic, "test_mode", True)


def asked(body: Any = b"", headers: Optional[dict[str, str]] = None, proxies: int = 0) -> tuple[int, dict[str, Any]]:
    """What a server replies that tells what it reads of a request."""
    app = Sanic(f"reader-{free_ports(1)[0]}")
    app.config.PROXIES_COUNT = proxies
    app.config.FALLBACK_ERROR_FORMAT = "json"

    @app.post("/", stream=True)
    async def read(request: Request) -> HTTPResponse:
        told = {"bearer": bearer_of(request), "address": address_of(request)}
        return json_response({"length": len(await body_of(request, MOST)), **told})

    app.error_handler.add(ChatError, refused)

    async def ask() -> tuple[int, dict[str, Any]]:
        port = free_ports(1)[0]
        server = await app.create_server(HOST, port, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        try:
            async with aiohttp.ClientSession() as client:
                async with client.post(f"http://{HOST}:{port}/", data=body, headers=headers) as response:
                    return response.status, await response.json()
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(ask())


async def in_chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize("length", [0, 1, MOST])
def test_a_body_is_read_up_to_the_limit(length: int) -> None:
    status, told = asked(b"x" * length)
    assert (status, told["length"]) == (200, length)


def test_a_body_that_is_too_long_is_refused() -> None:
    status, told = asked(b"x" * (MOST + 1))
    assert (status, told["error"]["code"]) == (413, "too_long")


def test_a_body_that_does_not_say_how_long_it_is_is_read_no_further_either() -> None:
    assert asked(in_chunks(b"x" * 400, b"y" * 600))[1]["length"] == MOST
    assert asked(in_chunks(*[b"x" * 400] * 3))[0] == 413


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("Basic abc", ""),
        ("Bearer", ""),
        ("abc", ""),
        ("Bearer gr\u00fcn", ""),
    ],
)
def test_a_request_shows_its_token(header: str, token: str) -> None:
    assert asked(headers={"Authorization": header})[1]["bearer"] == token


def test_a_request_without_a_token_shows_none() -> None:
    assert asked()[1]["bearer"] == ""


@pytest.mark.parametrize(("proxies", "address"), [(0, HOST), (1, "203.0.113.7")])
def test_an_address_is_what_a_trusted_proxy_names_and_no_one_else(proxies: int, address: str) -> None:
    assert asked(headers={"X-Forwarded-For": "203.0.113.7"}, proxies=proxies)[1]["address"] == address


@given(st.dictionaries(st.text(), st.text()))
def test_an_object_is_read(written: dict[str, str]) -> None:
    assert object_of(json.dumps(written).encode()) == written


@pytest.mark.parametrize(
    "body", [b"", b"{", b"no", b"[]", b'"text"', b"1", b"null", b"\xff{}", b"[" * (MOST_BYTES - 1), b'{"a":' * 3000]
)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ChatError) as raised:
        object_of(body)
    assert (raised.value.status, raised.value.code) == (400, "invalid")


@pytest.mark.parametrize(
    ("shown", "same"),
    [("secret", True), ("secreT", False), ("", False), ("secret ", False), ("gr\u00fcn\udcff", False)],
)
def test_a_secret_is_the_same_or_not(shown: str, same: bool) -> None:
    assert is_secret(shown, "secret") is same

"""Whether a process says that it is ready, with Rasa's parts around a gate that works or does not."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from rasa.shared.core.domain import Domain
from sanic import Sanic

from bot.channels.health import HealthChannel, most_urgent_example, safety_texts
from bot.processes import HOST
from bot.responses import ClinicResponses
from bot.safety.red_flags import load_red_flags
from bot.settings import ROOT
from tests.ports import free_ports

RED_FLAGS = load_red_flags()
DOMAIN = Domain.load([str(it) for it in (ROOT / "data").rglob("responses.yml")])
ALL = set(DOMAIN.responses)


@pytest.fixture(autouse=True)
def test_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic starts only once in a process otherwise."""
    monkeypatch.setattr(Sanic, "test_mode", True)


async def recognised(text: str) -> dict[str, Any]:
    return {"intent": {"name": "red_flag"}}


async def overlooked(text: str) -> dict[str, Any]:
    return {"intent": {"name": "greet"}}


def asked(path: str, responses: set[str] = ALL, gate: Any = recognised) -> tuple[int, dict[str, Any]]:
    """What a server answers that has these responses and this gate."""
    domain = Domain.from_dict({"responses": {name: DOMAIN.responses[name] for name in responses}})
    agent = SimpleNamespace(
        domain=domain,
        tracker_store=None,
        processor=SimpleNamespace(nlg=ClinicResponses(None, domain), graph_runner=None, action_endpoint=None),
        action_endpoint=SimpleNamespace(url="http://127.0.0.1:9/webhook"),
        parse_message=gate,
    )

    async def ask() -> tuple[int, dict[str, Any]]:
        app = Sanic(f"health-{free_ports(1)[0]}", configure_logging=False)
        app.ctx.agent = agent
        channel = HealthChannel()
        app.blueprint(channel.blueprint(_never), url_prefix=channel.url_prefix())
        (port,) = free_ports(1)
        server = await app.create_server(HOST, port, return_asyncio_server=True, access_log=False)
        assert server is not None
        await server.startup()
        await server.after_start()
        try:
            async with aiohttp.ClientSession() as client, client.get(f"http://{HOST}:{port}{path}") as response:
                return response.status, await response.json()
        finally:
            server.close()
            await server.wait_closed()

    return asyncio.run(ask())


async def _never(message: Any) -> None:
    raise AssertionError("nobody writes on this channel")


def test_with_all_texts_and_the_gate_it_is_ready() -> None:
    assert asked("/health/ready") == (200, {"status": "ready"})


@pytest.mark.parametrize("missing", safety_texts(RED_FLAGS))
def test_without_a_safety_text_it_is_not_ready(missing: str) -> None:
    assert asked("/health/ready", ALL - {missing}) == (503, {"status": "not ready", "missing": [missing]})


def test_without_the_gate_it_is_not_ready() -> None:
    expected = {"status": "not ready", "missing": ["the recognition of warning signs"]}
    assert asked("/health/ready", gate=overlooked) == (503, expected)
    assert asked("/health/live", gate=overlooked) == (200, {"status": "ok"})


def test_other_texts_do_not_count() -> None:
    assert asked("/health/ready", set(safety_texts(RED_FLAGS))) == (200, {"status": "ready"})


def test_every_tier_the_crisis_and_the_circumstances_have_a_text() -> None:
    texts = safety_texts(RED_FLAGS)
    assert {"utter_warning_emergency", "utter_warning_same_day", "utter_warning_clinic", "utter_crisis"} <= set(texts)
    assert {"utter_child", "utter_pregnancy"} <= set(texts) and len(texts) == len(set(texts))


def test_the_gate_is_tried_with_an_emergency() -> None:
    text = most_urgent_example(RED_FLAGS)
    emergencies = {it for it in RED_FLAGS.signs if RED_FLAGS.signs[it].tier == "emergency"}
    files = [(ROOT / "data" / "safety" / "examples" / f"{it}.txt").read_text(encoding="utf-8") for it in emergencies]
    assert any(text in it.splitlines() for it in files)

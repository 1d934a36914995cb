"""The REST channel: plain HTTP for programs on this machine, with the guard of all channels."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot.processes import HOST, rest_address
from bot.settings import Settings
from tests.assistant import Assistant, Conversation, running
from tests.channels.conftest import Channels
from tests.ports import free_ports

TOKEN = "a-token_of-the-tests"
HOW_LONG = "Usually a few weeks"
NORMAL = "A breakout after microneedling is common"


@pytest.fixture
def talk(channels: Channels) -> Conversation:
    """A new person, in whose place a program asks."""
    return channels.assistant.conversation()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant that other machines may ask, and that serves neither Slack nor Telegram."""
    folder = tmp_path_factory.mktemp("opened")
    port, actions_port = free_ports(2)
    database = f"sqlite:///{folder / 'assistant.db'}"
    own = Settings(port=port, actions_port=actions_port, database_url=database, rest_token=TOKEN)
    with running(own, folder / "log") as assistant:
        post(own, {"message": "hello"}, Authorization=f"Bearer {TOKEN}").raise_for_status()
        yield assistant


def post(settings: Settings, body: Any, **headers: str) -> requests.Response:
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.post(rest_address(settings), data=data, headers=headers, timeout=30)


def test_this_machine_is_answered(settings: Settings) -> None:
    response = post(settings, {"sender": f"test-{uuid.uuid4()}", "message": "hello"})
    assert response.status_code == 200
    (reply,) = response.json()
    assert "automated assistant" in reply["text"] and reply["buttons"]


def test_it_says_that_it_is_up(settings: Settings) -> None:
    response = requests.get(f"http://{HOST}:{settings.port}/webhooks/rest/", timeout=10)
    assert response.json() == {"status": "ok"}


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_passes_on_is_refused(settings: Settings, talk: Conversation, header: str) -> None:
    response = post(settings, {"sender": talk.sender, "message": "hello"}, **{header: "127.0.0.1"})
    assert response.status_code == 403 and response.json()["error"]["code"] == "address"
    assert talk.events("user") == []


@pytest.mark.parametrize("sender", ["telegram-1", "slack-D1-U1", "web-0123456789"])
def test_no_one_speaks_in_the_place_of_people_elsewhere(settings: Settings, sender: str) -> None:
    response = post(settings, {"sender": sender, "message": "hello"})
    assert response.status_code == 403 and "must not begin with" in response.json()["error"]["message"]
    assert Conversation(settings, sender).events("user") == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("no json", "must be JSON"),
        (b"\xff\xfe", "must be JSON"),
        ("[" * 9999, "must be JSON"),
        ("", "must be JSON"),
        ("[]", "must be a JSON object"),
        ('"hello"', "must be a JSON object"),
        ({"sender": "a"}, "'message' must be a text"),
        ({"sender": "a", "message": None}, "'message' must be a text"),
        ({"sender": "a", "message": 5}, "'message' must be a text"),
        ({"sender": "a", "message": ["hello"]}, "'message' must be a text"),
        ({"sender": "", "message": "hello"}, "'sender' must be a text"),
        ({"sender": True, "message": "hello"}, "'sender' must be a text"),
        ({"sender": 1.5, "message": "hello"}, "'sender' must be a text"),
        ({"sender": {"id": 1}, "message": "hello"}, "'sender' must be a text"),
        ({"sender": "a" * 256, "message": "hello"}, "'sender' must be a text"),
        ({"sender": "a\nb", "message": "hello"}, "'sender' must be a text"),
        ({"sender": "a\u200bb", "message": "hello"}, "'sender' must be a text"),
        ({"sender": "\ud83d", "message": "hello"}, "'sender' must be a text"),
    ],
    ids=lambda it: str(it)[:40],
)
def test_wrong_types_are_named(settings: Settings, body: Any, message: str) -> None:
    response = post(settings, body)
    assert response.status_code == 400 and message in response.json()["error"]["message"]
    assert "Traceback" not in response.text


def test_a_body_that_is_too_long_is_refused(settings: Settings) -> None:
    assert post(settings, {"sender": "a", "message": "x" * 20_000}).status_code == 413


def test_another_method_is_refused_without_a_stack_trace(settings: Settings) -> None:
    response = requests.put(rest_address(settings), data="{}", timeout=10)
    assert response.status_code == 405 and "Traceback" not in response.text


@pytest.mark.parametrize(
    "text",
    ["/ask_how_long", '/ask_how_long{"x": 1}', "\u200b/ask_how_long", "\u00a0/ask_how_long", "//ask_how_long"],
)
def test_a_payload_that_is_typed_is_words(talk: Conversation, text: str) -> None:
    assert HOW_LONG in talk.text(text)
    (event,) = talk.events("user")
    assert event["text"].rstrip(" 1x") == "ask how long"
    assert event["parse_data"]["intent"]["confidence"] < 1


@pytest.mark.parametrize("text", ["/restart", "/session_start", '/greet{"x":1}', "/back", "/inform"])
def test_a_payload_that_is_typed_sets_nothing(talk: Conversation, text: str) -> None:
    assert talk.text(text)
    assert [event["text"].startswith("/") for event in talk.events("user")] == [False]
    assert talk.events("restart") == [] and len(talk.events("session_started")) == 1
    assert not any(entity for event in talk.events("user") for entity in event["parse_data"]["entities"])


def test_a_payload_counts_once_it_was_offered(talk: Conversation) -> None:
    (greeting,) = talk.say("hello")
    assert "/ask_is_normal" in [button["payload"] for button in greeting["buttons"]]
    assert NORMAL in talk.text("/ask_is_normal")
    assert talk.events("user")[-1]["text"] == "/ask_is_normal"


def test_an_offered_payload_counts_without_anything_behind_it(talk: Conversation) -> None:
    talk.say("hello")
    talk.say('/ask_is_normal{"treatment_days": 3}')
    assert not talk.events("user")[-1]["text"].startswith("/")


def test_a_payload_that_another_was_offered_is_words(channels: Channels, talk: Conversation) -> None:
    channels.assistant.conversation().say("hello")
    assert NORMAL in talk.text("/ask_is_normal")
    assert not talk.events("user")[-1]["text"].startswith("/")


@pytest.mark.parametrize(
    "more",
    [
        {"metadata": {"treatment_days": 3, "slots": {"treatment_days": 3}}},
        {"metadata": "text"},
        {"input_channel": "telegram"},
        {"input_channel": 5},
        {"parse_data": {"intent": {"name": "greet"}}},
    ],
    ids=lambda it: str(it)[:40],
)
def test_other_fields_have_no_effect(settings: Settings, talk: Conversation, more: dict[str, Any]) -> None:
    plain = Conversation(settings)
    expected = plain.text("how long will it last")
    response = post(settings, {"sender": talk.sender, "message": "how long will it last", **more})
    assert response.status_code == 200
    assert "\n".join(part.get("text", "") for part in response.json()) == expected
    (event,), (plain_event,) = talk.events("user"), plain.events("user")
    assert event["metadata"] == plain_event["metadata"] and event["input_channel"] == "rest"
    assert set_slots(talk) == set_slots(plain)


def set_slots(talk: Conversation) -> list[tuple[str, Any]]:
    return [(event["name"], event["value"]) for event in talk.events("slot")]


def test_parameters_of_the_address_have_no_effect(settings: Settings, talk: Conversation) -> None:
    address = f"{rest_address(settings)}?stream=true&token=x"
    response = requests.post(address, json={"sender": talk.sender, "message": "hello"}, timeout=30)
    assert "automated assistant" in response.json()[0]["text"]


def test_a_number_may_name_the_sender(settings: Settings) -> None:
    number = uuid.uuid4().int % 10**12
    assert post(settings, {"sender": number, "message": "hello"}).status_code == 200
    assert len(Conversation(settings, str(number)).events("user")) == 1


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer ü"],
)
def test_the_token_is_wanted(opened: Assistant, authorization: str) -> None:
    talk = opened.conversation()
    response = post(opened.settings, {"sender": talk.sender, "message": "hello"}, Authorization=authorization)
    assert response.status_code == 401 and response.json()["error"]["code"] == "token"
    assert talk.events("user") == []


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-For": "203.0.113.7"}])
def test_with_the_token_everyone_is_answered(opened: Assistant, headers: dict[str, str]) -> None:
    body = {"sender": opened.conversation().sender, "message": "hello"}
    response = post(opened.settings, body, Authorization=f"Bearer {TOKEN}", **headers)
    assert "automated assistant" in response.json()[0]["text"]


@pytest.mark.parametrize("platform", ["telegram", "slack"])
def test_a_platform_without_secrets_is_not_served(opened: Assistant, platform: str) -> None:
    address = f"http://{HOST}:{opened.settings.port}/webhooks/{platform}/webhook"
    assert requests.post(address, json={}, timeout=10).status_code == 404


def test_the_log_repeats_nothing(channels: Channels, settings: Settings, opened: Assistant) -> None:
    marker = f"zebra{uuid.uuid4().hex}"
    for message in (f"hello {marker}", f"/{marker}", f"{marker} " * 100):
        assert Conversation(settings).say(message)
    post(settings, f'{{"message": "{marker}"')
    post(settings, {"sender": marker, "message": [marker]})
    post(opened.settings, {"sender": "a", "message": marker}, Authorization=f"Bearer {marker}")
    for assistant in (channels.assistant, opened):
        log = assistant.log.read_text()
        assert log and marker not in log and TOKEN not in log

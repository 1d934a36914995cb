"""The website's channel over real HTTP, against the running assistant."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from bot.channels.guard import MOST_CHARACTERS
from bot.channels.http import MOST_BYTES
from bot.channels.web import WebChannel
from bot.settings import Clinic, Settings
from tests.assistant import Assistant, running
from tests.ports import free_ports
from tests.web_client import Client


@pytest.fixture
def client(assistant: Assistant) -> Client:
    return Client.of(assistant.settings)


def conversation(client: Client) -> str:
    return str(jwt.decode(client.token, options={"verify_signature": False})["sub"])


def stored(assistant: Assistant, client: Client, table: str = "events", column: str = "sender_id") -> int:
    file = assistant.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        query = f"select count(*) from {table} where {column} = ?"
        return int(database.execute(query, (conversation(client),)).fetchone()[0])


def test_a_session_begins_with_what_the_assistant_is(client: Client) -> None:
    begun = client.begin()
    assert "automated assistant" in begun["greeting"]["text"] and begun["greeting"]["buttons"]
    assert begun["clinic"]["phone"] and begun["clinic"]["emergency"] in begun["greeting"]["text"]


def test_a_session_that_the_browser_has_goes_on(client: Client) -> None:
    before = conversation(client)
    client.token = client.begin()["token"]
    assert conversation(client) == before


def test_two_questions_get_two_answers_with_their_sources(client: Client) -> None:
    replies = client.say("why am i breaking out and how long will it last?")
    assert [it["answer"] for it in replies] == ["ask_why_breakout", "ask_how_long"]
    assert all(it["sources"] and it["text"] and it["from"] == "bot" for it in replies)
    assert replies[-1]["buttons"] and replies[0]["id"] < replies[1]["id"]


def test_a_message_sent_twice_is_answered_once(client: Client) -> None:
    first = client.say("is it normal?", "the-same-id")
    assert client.say("is it normal?", "the-same-id") == first
    assert [it["from"] for it in client.history()] == ["user", *["bot"] * len(first)]


def test_a_message_sent_twice_at_once_is_answered_once(client: Client) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: client.say("how long will it last", "at-the-same-time"), range(4)))
    assert all(it == replies[0] for it in replies)
    assert sum(it["from"] == "user" for it in client.history()) == 1


def test_a_warning_is_marked(client: Client) -> None:
    warning = client.say("i cant breathe and my throat is closing")[0]
    assert warning["alert"] and "999" in warning["text"]
    assert warning["buttons"][0]["url"] == "tel:999"


def test_the_history_is_what_was_said(client: Client) -> None:
    replies = client.say("can i use my retinol")
    history = client.history()
    assert history[0] == {**history[0], "from": "user", "text": "can i use my retinol"}
    assert history[1:] == replies
    assert client.history(after=replies[-1]["id"]) == []


def test_a_button_that_was_offered_is_told_by_its_title(client: Client) -> None:
    button = client.begin()["greeting"]["buttons"][0]
    assert client.say(button["title"], payload=button["payload"])[0]["answer"] == "ask_why_breakout"
    assert client.history()[0]["text"] == button["title"]


@pytest.mark.parametrize(
    "text", ["/request_human", '/tell_time{"days_since_treatment": 3}', "//", "  /deny", "\r/deny", "\u00a0/ /deny"]
)
def test_a_typed_payload_is_words(assistant: Assistant, client: Client, text: str) -> None:
    assert client.say(text)
    file = assistant.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        query = "select data from events where sender_id = ? and type_name = 'user'"
        told = json.loads(database.execute(query, (conversation(client),)).fetchone()[0])
    assert not told["text"].startswith("/")
    assert client.history()[0]["text"] == text.strip()


def test_a_button_that_was_not_offered_is_words(client: Client) -> None:
    replies = client.say("how long will it last", payload="/request_human")
    assert replies[0]["answer"] == "ask_how_long"


@pytest.mark.parametrize("token", ["", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3ZWItMSIsImV4cCI6OTk5OTk5OTk5OX0."])
def test_a_token_that_was_not_issued_here_opens_nothing(client: Client, token: str) -> None:
    forged = Client(client.base, token)
    assert forged.post({"id": "12345678", "text": "hi"}).status_code == 401
    assert requests.get(f"{client.base}/messages", headers=forged.headers, timeout=30).status_code == 401
    assert forged.forget().status_code == 401


def test_a_token_signed_with_another_key_opens_nothing(client: Client) -> None:
    claims = jwt.decode(client.token, options={"verify_signature": False})
    forged = Client(client.base, jwt.encode(claims, "k" * 32))
    assert forged.post({"id": "12345678", "text": "hi"}).status_code == 401


def test_nobody_hears_another_person(assistant: Assistant, client: Client) -> None:
    client.say("is it normal")
    other = Client.of(assistant.settings)
    assert other.history() == []


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://evil.example", 403),
        ("https://www.harbourskin.example.evil.example", 403),
        ("http://www.harbourskin.example", 403),
        ("null", 403),
        ("https://www.harbourskin.example", 200),
    ],
)
def test_only_websites_on_the_list_may_ask(client: Client, origin: str, status: int) -> None:
    response = client.post({"id": uuid.uuid4().hex, "text": "hello"}, Origin=origin)
    assert response.status_code == status
    allowed = response.headers.get("Access-Control-Allow-Origin")
    assert allowed == (origin if status == 200 else None)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("not json", 400, "must be JSON"),
        ([1], 400, "must be a JSON object"),
        ({}, 400, "id: is missing"),
        ({"id": "short", "text": "hi"}, 400, "id: "),
        ({"id": "12345678%", "text": "hi"}, 400, "id: "),
        ({"id": "12345678", "text": ""}, 400, "text: "),
        ({"id": "12345678", "text": 3}, 400, "text: must be text"),
        ({"id": "12345678", "text": "hi", "sender": "me"}, 400, "sender: is not known"),
        ({"id": "12345678", "text": "x" * (MOST_CHARACTERS + 1)}, 413, "2000"),
        ("x" * (MOST_BYTES + 1), 413, "bytes"),
    ],
)
def test_a_wrong_message_gets_a_clear_error(client: Client, body: Any, status: int, words: str) -> None:
    response = client.post(body)
    assert (response.status_code, words in response.json()["error"]["message"]) == (status, True), response.text
    assert client.history() == []


@pytest.mark.parametrize("after", ["-1", "x", "1" * 30, "1.5"])
def test_a_wrong_place_in_the_history_is_refused(client: Client, after: str) -> None:
    response = requests.get(f"{client.base}/messages?after={after}", headers=client.headers, timeout=30)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "after")


def test_too_many_messages_have_to_wait(client: Client) -> None:
    responses = [client.post({}) for _ in range(21)]
    assert [it.status_code for it in responses] == [400] * 20 + [429]
    assert 0 < int(responses[-1].headers["Retry-After"]) <= 60


def test_other_pages_hear_of_what_is_said_and_of_what_they_missed(client: Client) -> None:
    heard: list[dict[str, Any]] = []
    ready = threading.Event()

    def listen() -> None:
        for message in client.events(last=0):
            heard.append(message)
            ready.set()
            if message.get("answer") == "ask_how_long":
                return

    client.say("hello")
    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(10)
    client.say("how long will it last")
    listener.join(10)
    assert [it["text"] for it in heard if it["from"] == "user"] == ["hello", "how long will it last"]
    assert heard[-1]["answer"] == "ask_how_long"
    missed = next(client.events(last=heard[0]["id"]))
    assert missed["id"] > heard[0]["id"]


def test_a_message_that_nobody_asked_for_reaches_the_open_page(clinic: Clinic, tmp_path: Path) -> None:
    channel = WebChannel(Settings(database_url=f"sqlite:///{tmp_path / 'a.db'}", chat_secret="k" * 32), clinic)

    async def hear() -> Any:
        with channel._live.listen("web-1") as listener:
            message = {"text": "Your appointment is tomorrow.", "timestamp": 1.5}
            await channel.get_output_channel().send_response("web-1", message)
            return listener.get_nowait()

    heard = asyncio.run(hear())
    assert heard == {"id": 1_500_000, "from": "bot", "text": "Your appointment is tomorrow."}


def test_forgetting_leaves_nothing(assistant: Assistant, client: Client) -> None:
    client.say("i have yellow pus and a fever")
    assert stored(assistant, client) > 0 and stored(assistant, client, "warnings", "conversation") == 1
    assert client.forget().json() == {"forgotten": True}
    assert stored(assistant, client) == stored(assistant, client, "warnings", "conversation") == 0
    assert client.history() == []


@pytest.mark.parametrize(
    "path", ["package.json", "..%2fclinic.yml", "%2e%2e/clinic.yml", "nothing.js", "a" * 300 + ".js"]
)
def test_only_the_widgets_files_are_served(client: Client, path: str) -> None:
    assert requests.get(f"{client.base}/{path}", timeout=30).status_code == 404


def test_the_pages_are_strict(client: Client) -> None:
    response = requests.get(f"{client.base}/", timeout=30)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_killed_server_loses_nothing(tmp_path: Path) -> None:
    ports = free_ports(2)
    settings = Settings(port=ports[0], actions_port=ports[1], database_url=f"sqlite:///{tmp_path / 'a.db'}")
    with running(settings, tmp_path / "a.log") as assistant:
        client = Client.of(settings)
        before = client.say("why am i breaking out", "before-the-fall")
        assistant.processes[1].kill()
        assistant.processes[1].wait()
        with pytest.raises(requests.ConnectionError):
            client.say("how long will it last", "in-the-middle")
    with running(settings, tmp_path / "a.log"):
        assert client.say("why am i breaking out", "before-the-fall") == before
        assert client.say("how long will it last", "in-the-middle")[0]["answer"] == "ask_how_long"
        assert [it["text"] for it in client.history() if it["from"] == "user"] == [
            "why am i breaking out",
            "how long will it last",
        ]

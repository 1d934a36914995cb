"""Feedback on the website's channel, over real HTTP, against the running assistant."""

from __future__ import annotations

import json
from typing import Any, Optional

import pytest
import requests

from bot.channels.http import MOST_BYTES
from bot.channels.rate import FEEDBACK_OF_SESSION
from bot.channels.session_token import new_conversation
from bot.store.feedback import REASONS
from tests.assistant import Assistant, Conversation
from tests.web_client import Client


@pytest.fixture
def client(assistant: Assistant) -> Client:
    return Client.of(assistant.settings)


@pytest.fixture
def answer(client: Client) -> int:
    """The id of an answer."""
    (reply,) = client.say("how long will it last")
    return int(reply["id"])


def rate(client: Client, body: Any, **headers: str) -> requests.Response:
    data = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return requests.post(f"{client.base}/feedback", data=data, headers={**client.headers, **headers}, timeout=30)


def kept(assistant: Assistant, client: Client) -> list[tuple[str, bool, Optional[str]]]:
    return Conversation(assistant.settings, client.begin()["id"]).feedback()


def test_the_last_word_is_kept_and_shown_again(assistant: Assistant, client: Client, answer: int) -> None:
    assert ["helpful" in it for it in client.history()] == [False, False]
    for reason in (None, *REASONS):
        body = {"message": answer, "helpful": False, "reason": reason}
        assert rate(client, body).json() == {"kept": True}
        assert kept(assistant, client) == [("ask_how_long", False, reason)]
    assert client.history()[-1]["helpful"] is False
    assert rate(client, {"message": answer, "helpful": True}).status_code == 200
    assert kept(assistant, client) == [("ask_how_long", True, None)]
    assert client.history()[-1]["helpful"] is True
    assert next(client.events(last=answer - 1))["helpful"] is True


def test_two_answers_are_two(assistant: Assistant, client: Client) -> None:
    first, second = client.say("why am i breaking out and how long will it last?")
    rate(client, {"message": second["id"], "helpful": False})
    rate(client, {"message": first["id"], "helpful": True})
    assert sorted(kept(assistant, client)) == [("ask_how_long", False, None), ("ask_why_breakout", True, None)]


def assert_unknown(assistant: Assistant, client: Client, message: int) -> None:
    response = rate(client, {"message": message, "helpful": True})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "answer")
    assert kept(assistant, client) == []


def test_what_is_no_answer_takes_no_thumb(assistant: Assistant, client: Client, answer: int) -> None:
    warning = client.say("i cant breathe and my throat is closing")[0]
    for message in (warning["id"], client.history()[0]["id"], client.begin()["greeting"]["id"], answer + 1, 10**25):
        assert_unknown(assistant, client, message)


def test_another_persons_answer_takes_no_thumb(assistant: Assistant, client: Client, answer: int) -> None:
    assert_unknown(assistant, Client.of(assistant.settings), answer)
    assert kept(assistant, client) == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("not json", 400, "must be JSON"),
        ({}, 400, "message: is missing"),
        ({"message": 5}, 400, "helpful: is missing"),
        ({"message": "5", "helpful": True}, 400, "message: "),
        ({"message": True, "helpful": True}, 400, "message: "),
        ({"message": 5.0, "helpful": True}, 400, "message: "),
        ({"message": -1, "helpful": True}, 400, "message: "),
        ({"message": 5, "helpful": "yes"}, 400, "helpful: "),
        ({"message": 5, "helpful": None}, 400, "helpful: "),
        ({"message": 5, "helpful": False, "reason": "it hurts"}, 400, "reason: must be one of off_topic, unclear"),
        ({"message": 5, "helpful": True, "reason": "unclear"}, 400, "only of an answer that did not help"),
        ({"message": 5, "helpful": True, "answer": "ask_purge"}, 400, "answer: is not known"),
        ("x" * (MOST_BYTES + 1), 413, "bytes"),
    ],
)
def test_wrong_feedback_gets_a_clear_error(client: Client, body: Any, status: int, words: str) -> None:
    response = rate(client, body)
    assert (response.status_code, words in response.json()["error"]["message"]) == (status, True), response.text


def test_without_a_session_nothing_is_taken(client: Client, answer: int) -> None:
    for token in ("", "x", new_conversation()):
        response = rate(Client(client.base, token), {"message": answer, "helpful": True})
        assert (response.status_code, response.json()["error"]["code"]) == (401, "session")


def test_only_websites_on_the_list_may_tell(assistant: Assistant, client: Client, answer: int) -> None:
    body = {"message": answer, "helpful": True}
    assert rate(client, body, Origin="https://evil.example").status_code == 403
    assert kept(assistant, client) == []
    assert rate(client, body, Origin="https://www.harbourskin.example").status_code == 200


def test_too_much_has_to_wait_and_messages_do_not(client: Client, answer: int) -> None:
    most = int(FEEDBACK_OF_SESSION.split("/")[0])
    statuses = [rate(client, {"message": answer, "helpful": True}).status_code for _ in range(most)]
    assert statuses == [200] * most
    response = rate(client, {"message": answer, "helpful": True})
    assert response.status_code == 429 and 0 < int(response.headers["Retry-After"]) <= 60
    assert client.say("is it normal")


def test_forgetting_takes_it_along(assistant: Assistant, client: Client, answer: int) -> None:
    rate(client, {"message": answer, "helpful": False, "reason": "unclear"})
    assert client.forget().status_code == 200
    assert kept(assistant, client) == []

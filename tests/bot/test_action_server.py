"""The way to the action server, against local servers that fail in every way."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any, Optional

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction

from bot import action_server
from bot.action_server import APOLOGY, LONGEST_ACTIONS, OF_THE_REST, SILENT, ActionServer, begin_turn
from tests.platforms import Api, Response, serving
from tests.ports import free_ports

ANSWER: dict[str, Any] = {"events": [{"event": "slot", "name": "days", "value": "3"}], "responses": [{"text": "Yes."}]}
SORRY = {"events": [], "responses": [{"response": APOLOGY}]}
NOTHING: dict[str, Any] = {"events": [], "responses": []}
WRONG: list[Any] = [
    (500, ANSWER, {}),
    (404, {"error": "no such action", "action_name": "action_answer"}, {}),
    (400, {}, {}),
    (200, ANSWER, {"Content-Length": "5", "Connection": "close"}),
    (200, ANSWER, {"Content-Type": "text/html"}),
    (200, [ANSWER], {}),
    (200, {"events": 1}, {}),
    (200, {"events": [{"event": "slot"}]}, {}),
    (200, {"events": [], "responses": ["Yes."]}, {}),
    (200, None, {}),
]


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as api:
        api.answer = lambda method, parameters: (200, ANSWER, {})
        yield api


def answer(api: Api, response: Response) -> None:
    api.answer = lambda method, parameters: response


def call(action: str = "action_answer", questions: Optional[int] = None) -> dict[str, Any]:
    """What Rasa asks of an action, for a message that asks so many questions."""
    message = (
        {"text": "why"} if questions is None else {"text": "why", "questions": [{"intent": "ask_why"}] * questions}
    )
    return {"next_action": action, "sender_id": "web-1", "tracker": {"latest_message": message}}


def turn(base: str, *calls: dict[str, Any]) -> list[dict[str, Any]]:
    """What the actions of one turn give."""

    async def run() -> list[dict[str, Any]]:
        server = ActionServer(f"{base}/webhook")
        begin_turn()
        return [await server.request(json=it, method="post") for it in calls]

    return asyncio.run(run())


def nobody() -> str:
    return f"http://127.0.0.1:{free_ports(1)[0]}"


def test_an_action_gives_what_the_server_answers(api: Api) -> None:
    assert turn(api.base, call("action_one"), call("action_two")) == [ANSWER, ANSWER]
    assert api.calls == [("webhook", call("action_one")), ("webhook", call("action_two"))]


@pytest.mark.parametrize("response", [{}, {"events": []}, {"responses": []}])
def test_an_action_may_say_nothing(api: Api, response: dict[str, Any]) -> None:
    answer(api, (200, response, {}))
    assert turn(api.base, call()) == [response]


@pytest.mark.parametrize("response", WRONG)
def test_what_is_no_answer_becomes_an_apology(api: Api, response: Response) -> None:
    answer(api, response)
    assert turn(api.base, call()) == [SORRY]


def test_nobody_answers() -> None:
    assert turn(nobody(), call()) == [SORRY]


def test_an_apology_is_said_once_a_turn_and_again_in_the_next(api: Api) -> None:
    answer(api, (500, {}, {}))
    assert turn(api.base, call("action_one"), call("action_two")) == [SORRY, NOTHING]
    assert turn(api.base, call("action_one")) == [SORRY]


def test_turns_at_the_same_time_apologise_each_for_themselves() -> None:
    async def run() -> list[list[dict[str, Any]]]:
        server = ActionServer(f"{nobody()}/webhook")

        async def one() -> list[dict[str, Any]]:
            begin_turn()
            return [await server.request(json=call()) for _ in range(2)]

        return list(await asyncio.gather(one(), one()))

    assert asyncio.run(run()) == [[SORRY, NOTHING], [SORRY, NOTHING]]


def test_outside_of_a_turn_it_apologises_too() -> None:
    async def run() -> list[dict[str, Any]]:
        server = ActionServer(f"{nobody()}/webhook")
        return [await server.request(json=call()) for _ in range(2)]

    assert asyncio.run(run()) == [SORRY, SORRY]


def test_after_a_failure_an_action_is_answered_again(api: Api) -> None:
    answers: Iterator[Response] = iter([(500, {}, {}), (200, ANSWER, {})])
    api.answer = lambda method, parameters: next(answers)
    assert turn(api.base, call("action_one"), call("action_two")) == [SORRY, ANSWER]


@pytest.mark.parametrize("action", SILENT)
def test_nobody_hears_of_an_action_that_nobody_waits_for(api: Api, action: str) -> None:
    answer(api, (500, {}, {}))
    assert turn(api.base, call(action), call()) == [NOTHING, SORRY]


@pytest.mark.parametrize("action", OF_THE_REST)
@pytest.mark.parametrize(("questions", "reply"), [(None, NOTHING), (0, NOTHING), (1, NOTHING), (2, SORRY), (3, SORRY)])
def test_what_answers_the_rest_is_waited_for_if_there_is_a_rest(
    api: Api, action: str, questions: Optional[int], reply: dict[str, Any]
) -> None:
    answer(api, (500, {}, {}))
    assert turn(api.base, call(action, questions)) == [reply]


def test_a_call_without_a_message_has_no_rest() -> None:
    without = {"next_action": OF_THE_REST[0], "tracker": {"latest_message": None}}
    assert turn(nobody(), without) == [NOTHING]


@pytest.fixture
def hanging(api: Api) -> Iterator[Api]:
    """An action server that takes its calls and answers none."""
    gate = threading.Event()

    def wait(method: str, parameters: dict[str, Any]) -> None:
        gate.wait(20)

    api.answer = wait
    yield api
    gate.set()


def test_all_actions_of_a_turn_have_the_time_of_one_turn(hanging: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_server, "LONGEST_ACTIONS", 0.5)
    monkeypatch.setattr(action_server, "SHORTEST_CALL", 0.1)
    start = time.monotonic()
    assert turn(hanging.base, call("action_one"), call("action_two"), call("action_three")) == [SORRY, NOTHING, NOTHING]
    assert 0.7 <= time.monotonic() - start < 1.2


def test_a_hanging_server_is_waited_for_as_long_as_a_turn_can_wait(hanging: Api) -> None:
    start = time.monotonic()
    assert turn(hanging.base, call()) == [SORRY]
    assert LONGEST_ACTIONS <= time.monotonic() - start < LONGEST_ACTIONS + 0.5


def test_a_turn_that_takes_its_time_leaves_some_to_its_last_action(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_server, "LONGEST_ACTIONS", 0.0)
    assert turn(api.base, call("action_one"), call("action_two")) == [ANSWER, ANSWER]


@pytest.mark.parametrize("is_reset", [False, True])
def test_a_connection_that_was_closed_while_it_was_idle_is_no_failure(is_reset: bool) -> None:
    async def run() -> tuple[list[dict[str, Any]], int]:
        connections = 0

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            if connections > 1 or not is_reset:
                await reader.readuntil(b"}}}")
            if connections > 1:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
                await writer.drain()
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            begin_turn()
            return [await ActionServer(f"http://127.0.0.1:{port}/webhook").request(json=call())], connections

    assert asyncio.run(run()) == ([{}], 2)


def test_the_log_names_the_action_and_not_what_was_said(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    answer(api, (500, {"error": "my secret"}, {}))
    asked = call()
    asked["tracker"]["latest_message"]["text"] = "my secret"
    turn(api.base, asked)
    assert "action_answer" in caplog.text and "my secret" not in caplog.text


def test_rasa_checks_what_came_and_its_schema_no_more() -> None:
    action = RemoteAction("action_answer", ActionServer("http://127.0.0.1:1/webhook"))
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result({"events": 1})

    start = time.process_time()
    assert all(action._validate_action_result(ANSWER) for _ in range(100))
    assert time.process_time() - start < 0.5  # the schema's own check would take ten times as long

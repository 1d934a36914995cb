"""The driver talks with the real assistant, and tells what goes wrong."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.bench.speed.driver import Load, Turn, drive
from bot.bench.speed.recorded import Conversation, conversations, patients_messages
from bot.bench.speed.sides import apology
from bot.processes import rest_address
from tests.assistant import Assistant
from tests.assistant import Conversation as Talk
from tests.ports import free_ports
from tests.replying import replying


def test_people_talk_at_once_and_each_message_is_answered(assistant: Assistant) -> None:
    said = list(islice(conversations("speed", 3, patients_messages()), 4))
    load = drive(rest_address(assistant.settings), iter(said), people=2, apology=apology())
    assert [it.failure for it in load.turns] == [None] * 12
    assert sorted(it.position for it in load.turns) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]
    assert load.rate == pytest.approx(12 / load.seconds)
    for one in said:
        heard = [event["text"] for event in Talk(assistant.settings, one.sender).events("user")]
        assert heard == list(one.messages)


def test_nobody_begins_after_the_time(assistant: Assistant) -> None:
    address = rest_address(assistant.settings)
    assert drive(address, conversations("never", 3, patients_messages()), people=2, seconds=0).turns == []


def test_nobody_listens() -> None:
    said = iter([Conversation("a", ("hello",))])
    (turn,) = drive(f"http://127.0.0.1:{free_ports(1)[0]}/", said).turns
    assert turn.failure == "ClientConnectorError"


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (500, b"{}", "HTTP 500"),
        (200, b"[]", "no reply"),
        (200, b'[{"text": "fine"}]', None),
        (200, b'[{"image": "x"}, {"text": "Sorry, I can not"}]', "an apology"),
    ],
)
def test_what_is_no_proper_reply_is_told(status: int, body: bytes, failure: str | None) -> None:
    with replying(status, body) as address:
        (turn,) = drive(address, iter([Conversation("a", ("hello",))]), apology="Sorry, I").turns
    assert turn.failure == failure


def test_times_are_told_by_position() -> None:
    load = Load([Turn(1, 0.5), Turn(2, 0.1, "HTTP 500"), Turn(9, 0.2), Turn(10, 0.3)], seconds=2.0)
    assert load.times(range(9, 11)) == [0.2, 0.3]
    assert load.failures == ["HTTP 500"]
    assert load.rate == 2.0

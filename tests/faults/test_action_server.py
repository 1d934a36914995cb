"""The action server is down, slow or wrong: on every channel a plain message, and the conversation goes on."""

from __future__ import annotations

import pytest

from tests.faults.people import CHANNELS, Faulty, in_time
from tests.replying import replying

APOLOGY = "I can't look that up just now"


@pytest.mark.parametrize("channel", CHANNELS)
def test_slow(faulty: Faulty, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    with faulty.paused(faulty.actions):
        assert APOLOGY in in_time(say, "is this normal")
        assert "Call 999 now" in in_time(say, "my tongue is swelling and how do i wash my face")
    assert "cleanser" in say("how do i wash my face")


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_was_told_before_is_kept(faulty: Faulty, channel: str) -> None:
    say = faulty.person(channel)
    say("i had it 3 days ago")
    with faulty.paused(faulty.actions):
        assert APOLOGY in in_time(say, "is this normal")
    assert "3 days" in say("how long will it last")


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, b"{}"), (404, b""), (400, b"no"), (200, b"no json"), (200, b'{"events": 1}'), (200, b'[{"event": "slot"}]')],
)
def test_wrong(faulty: Faulty, status: int, body: bytes) -> None:
    people = [faulty.person(channel) for channel in CHANNELS]
    faulty.kill_actions()
    with replying(status, body, faulty.assistant.settings.actions_port):
        replies = [in_time(say, "why am i breaking out") for say in people]
    faulty.start_actions()
    assert all(APOLOGY in reply for reply in replies)
    assert "oil" in people[0]("why am i breaking out")


def test_down(faulty: Faulty) -> None:
    people = [faulty.person(channel) for channel in CHANNELS]
    faulty.kill_actions()
    replies = [in_time(say, "why am i breaking out") for say in people]
    warnings = [in_time(say, "i cant breathe") for say in people]
    faulty.start_actions()
    assert all(APOLOGY in reply and "020 7946 0018" in reply for reply in replies)
    assert all("Call 999 now" in warning and APOLOGY not in warning for warning in warnings)
    assert all("cleanser" in say("how do i wash my face") for say in people)


def test_the_apology_is_said_once_a_turn(faulty: Faulty) -> None:
    say = faulty.person("rest")
    with faulty.paused(faulty.actions):
        assert in_time(say, "can i talk to a human, and is it purging").count(APOLOGY) == 1

from __future__ import annotations

import time

import pytest

from bot.channels import rate
from bot.channels.errors import ChatError
from bot.channels.rate import OF_ADDRESS, OF_SENDER, OF_SESSION, Pace, RateLimit, SenderLimit


def allowed(limit: str) -> int:
    return int(limit.partition("/")[0])


def test_a_person_who_sends_too_much_waits_and_others_do_not() -> None:
    counted = RateLimit()
    for _ in range(allowed(OF_SESSION)):
        counted.check_message("1.2.3.4", "web-1")
    with pytest.raises(ChatError) as raised:
        counted.check_message("1.2.3.4", "web-1")
    assert raised.value.status == 429 and 0 < (raised.value.retry_after or 0) <= 60
    counted.check_message("1.2.3.4", "web-2")


@pytest.mark.parametrize("kind", list(OF_ADDRESS))
def test_an_address_that_asks_too_much_waits(kind: str) -> None:
    counted = RateLimit()
    for _ in range(allowed(OF_ADDRESS[kind])):
        counted.check_address("1.2.3.4", kind)
    with pytest.raises(ChatError):
        counted.check_address("1.2.3.4", kind)
    counted.check_address("5.6.7.8", kind)


@pytest.mark.parametrize("channel", list(OF_SENDER))
def test_a_sender_who_is_too_fast_is_told_so_once_and_others_are_not(channel: str) -> None:
    limit = SenderLimit(channel)
    paces = [limit.pace("one") for _ in range(allowed(OF_SENDER[channel]) + 3)]
    assert paces[:-3] == [Pace.FINE] * allowed(OF_SENDER[channel])
    assert paces[-3:] == [Pace.TOO_FAST, Pace.STILL_TOO_FAST, Pace.STILL_TOO_FAST]
    assert limit.pace("other") is Pace.FINE


def test_channels_do_not_count_for_each_other() -> None:
    slack, telegram = SenderLimit("slack"), SenderLimit("telegram")
    for _ in range(allowed(OF_SENDER["slack"]) + 1):
        slack.pace("one")
    assert telegram.pace("one") is Pace.FINE


def test_a_sender_who_has_waited_is_answered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.OF_SENDER, "slack", "1/second")
    limit = SenderLimit("slack")
    assert [limit.pace("one") for _ in range(2)] == [Pace.FINE, Pace.TOO_FAST]
    deadline = time.monotonic() + 5
    while (pace := limit.pace("one")) is not Pace.FINE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert pace is Pace.FINE

from __future__ import annotations

import time

import pytest

from bot.channels import rate
from bot.channels.errors import ChatError
from bot.channels.rate import OF_ADDRESS, OF_SENDER, OF_SESSION, Pace, RateLimit, SenderLimit
from tests.ports import free_ports
from tests.services import RedisServer


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


def test_replicas_count_together(shared_redis: RedisServer) -> None:
    replicas = [RateLimit(shared_redis.url) for _ in range(2)]
    for number in range(allowed(OF_SESSION)):
        replicas[number % 2].check_message("1.2.3.4", "web-1")
    for it in replicas:
        with pytest.raises(ChatError) as raised:
            it.check_message("1.2.3.4", "web-1")
        assert 0 < (raised.value.retry_after or 0) <= 60
        it.check_message("1.2.3.4", "web-2")


def test_messages_and_feedback_of_a_sender_are_counted_apart_by_replicas_too(shared_redis: RedisServer) -> None:
    limits = [SenderLimit("telegram", redis_url=shared_redis.url) for _ in range(2)]
    feedback = SenderLimit("telegram", "feedback", shared_redis.url)
    for number in range(allowed(OF_SESSION)):
        assert limits[number % 2].pace("one") is Pace.FINE
    assert [it.pace("one") for it in limits] == [Pace.TOO_FAST, Pace.STILL_TOO_FAST]
    assert feedback.pace("one") is Pace.FINE


def test_while_redis_is_away_each_replica_counts_alone_and_nobody_is_refused_for_it(
    shared_redis: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counted = RateLimit(shared_redis.url)
    counted.check_message("1.2.3.4", "web-1")
    with shared_redis.paused():
        for _ in range(allowed(OF_SESSION)):
            counted.check_message("1.2.3.4", "web-1")
        with pytest.raises(ChatError):
            counted.check_message("1.2.3.4", "web-1")
    assert sum("each process counts alone" in it.message for it in caplog.records) == 1
    monkeypatch.setattr(counted._counts, "_rests_until", 0.0)
    counted.check_message("1.2.3.4", "web-1")  # the second that all replicas know of
    nowhere = RateLimit(f"redis://127.0.0.1:{free_ports(1)[0]}/0")
    nowhere.check_message("1.2.3.4", "web-1")

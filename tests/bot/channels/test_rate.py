from __future__ import annotations

import pytest

from bot.channels.errors import ChatError
from bot.channels.rate import OF_ADDRESS, OF_SESSION, RateLimit


def allowed(limit: str) -> int:
    return int(limit.partition("/")[0])


def test_a_person_who_sends_too_much_waits_and_others_do_not() -> None:
    rate = RateLimit()
    for _ in range(allowed(OF_SESSION)):
        rate.check_message("1.2.3.4", "web-1")
    with pytest.raises(ChatError) as raised:
        rate.check_message("1.2.3.4", "web-1")
    assert raised.value.status == 429 and 0 < (raised.value.retry_after or 0) <= 60
    rate.check_message("1.2.3.4", "web-2")


@pytest.mark.parametrize("kind", list(OF_ADDRESS))
def test_an_address_that_asks_too_much_waits(kind: str) -> None:
    rate = RateLimit()
    for _ in range(allowed(OF_ADDRESS[kind])):
        rate.check_address("1.2.3.4", kind)
    with pytest.raises(ChatError):
        rate.check_address("1.2.3.4", kind)
    rate.check_address("5.6.7.8", kind)

"""What comes to the webhook: who may post, what is read, what is passed over, what came before."""

from __future__ import annotations

import asyncio
import hmac
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, Optional

import pytest

from bot.channels.errors import ChatError
from bot.channels.telegram import TelegramChannel
from bot.settings import Settings
from tests.channels.conftest import Channels, Failing, hanging
from tests.channels.replies import CAPTION_ONLY, HELP, TEXT_ONLY, WARNING, WHY
from tests.channels.telegram.people import BLOCKED, BROKEN, NOTICE, heard, texts
from tests.platforms import BOT_ID, NUMBERS, TELEGRAM_SECRET, TELEGRAM_TOKEN, Api, TelegramPerson


@pytest.mark.parametrize("secret", [None, "", "wrong", TELEGRAM_SECRET[:-1], f"{TELEGRAM_SECRET}x", "gehüm"])
def test_without_the_secret_nothing_is_read(person: TelegramPerson, secret: Optional[str]) -> None:
    assert person.deliver(person.message("why am i breaking out"), secret=secret).status_code == 401
    assert heard(person) == []


def test_the_secret_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(first: bytes, second: bytes) -> bool:
        compared.append((first, second))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    channel = TelegramChannel(Settings(telegram_token=TELEGRAM_TOKEN, telegram_secret=TELEGRAM_SECRET), {})
    (route,) = channel.blueprint(lambda message: asyncio.sleep(0))._future_routes
    request = SimpleNamespace(headers={"x-telegram-bot-api-secret-token": TELEGRAM_SECRET})
    with pytest.raises(ChatError):
        asyncio.run(route.handler(request))
    assert compared == [(TELEGRAM_SECRET.encode(), TELEGRAM_SECRET.encode())]


@pytest.mark.parametrize(
    "body", ["no json", "[]", "{}", '{"update_id": "1"}', '{"update_id": true}', b"\xff", "[" * 9999]
)
def test_what_is_no_update_is_refused(stranger: TelegramPerson, body: str | bytes) -> None:
    assert stranger.deliver(body).status_code == 400


def test_a_body_beyond_every_update_is_refused(stranger: TelegramPerson) -> None:
    assert stranger.deliver(stranger.message("x" * 300_000)).status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "f"}},
        {"photo": [{"file_id": "f"}]},
        {"voice": {"file_id": "f"}},
        {"video": {"file_id": "f"}},
        {"document": {"file_id": "f"}},
        {"contact": {"phone_number": "1"}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
        {"poll": {"id": "1", "question": "?"}},
    ],
    ids=lambda it: next(iter(it)),
)
def test_what_is_not_text_is_answered_with_words(person: TelegramPerson, content: dict[str, Any]) -> None:
    assert person.deliver(person.message(**content)).status_code == 200
    (text,) = heard(person)
    assert TEXT_ONLY in text


def test_a_caption_is_read(person: TelegramPerson) -> None:
    assert person.deliver(person.message(photo=[{}], caption="why am i breaking out")).status_code == 200
    caption_only, answer = heard(person)
    assert CAPTION_ONLY in caption_only and WHY in answer


def test_a_warning_sign_in_a_caption_is_read(person: TelegramPerson) -> None:
    assert WARNING in texts(person.say(None, photo=[{}], caption="i cant breathe"))


@pytest.mark.parametrize(
    "kind",
    ["edited_message", "channel_post", "edited_channel_post", "business_message", "message_reaction", "something_new"],
)
def test_other_updates_with_a_text_are_passed_over(person: TelegramPerson, kind: str) -> None:
    update = person.message("why am i breaking out")
    update[kind] = update.pop("message")
    assert person.deliver(update).status_code == 200
    assert heard(person) == []


@pytest.mark.parametrize("kind", ["my_chat_member", "chat_member", "chat_join_request"])
def test_changes_of_members_are_passed_over(person: TelegramPerson, kind: str) -> None:
    change = {"chat": {"id": person.chat, "type": "private"}, "from": person.sender, "date": 1}
    assert person.deliver({"update_id": 500_000 + next(NUMBERS), kind: change}).status_code == 200
    assert heard(person) == []


@pytest.mark.parametrize("kind", ["poll", "poll_answer", "inline_query", "chosen_inline_result", "shipping_query"])
def test_updates_without_a_chat_are_passed_over(person: TelegramPerson, kind: str) -> None:
    update = {"update_id": 500_000 + next(NUMBERS), kind: {"id": "1", "from": person.sender, "query": "is it normal"}}
    assert person.deliver(update).status_code == 200
    assert heard(person) == []


@pytest.mark.parametrize(
    "content",
    [
        {"new_chat_members": [{"id": 1, "is_bot": False}]},
        {"left_chat_member": {"id": 1, "is_bot": False}},
        {"pinned_message": {"message_id": 1, "text": "is this normal"}},
        {"message_auto_delete_timer_changed": {}},
        {"text": "why am i breaking out", "from": {"id": BOT_ID, "is_bot": True}},
        {"text": "why am i breaking out", "from": None},
        {"text": ["why am i breaking out"]},
        {"text": "why am i breaking out", "message_id": "one"},
        {"text": "why am i breaking out", "chat": {"id": 2**70, "type": "private"}},
    ],
)
def test_notices_bots_and_broken_messages_are_passed_over(person: TelegramPerson, content: dict[str, Any]) -> None:
    assert person.deliver(person.message(**content)).status_code == 200
    assert heard(person) == []


@pytest.mark.parametrize("message", [5, None, [], {}, "text"])
def test_what_is_no_message_is_passed_over(person: TelegramPerson, message: Any) -> None:
    assert person.deliver({"update_id": 500_000 + next(NUMBERS), "message": message}).status_code == 200
    assert heard(person) == []


def test_a_tap_without_a_message_is_passed_over(person: TelegramPerson) -> None:
    update = person.tap(person.answers()[0])
    del update["callback_query"]["message"]
    assert person.deliver(update).status_code == 200
    assert heard(person) == []


def test_an_album_is_answered_once(person: TelegramPerson) -> None:
    album = f"a{person.id}"
    for more in ({"caption": "why am i breaking out"}, {}, {}):
        assert person.deliver(person.message(photo=[{}], media_group_id=album, **more)).status_code == 200
    caption_only, answer = heard(person)
    assert CAPTION_ONLY in caption_only and WHY in answer


def test_an_update_that_comes_again_is_answered_once(person: TelegramPerson) -> None:
    update = person.message("why am i breaking out")
    assert [person.deliver(update).status_code for _ in range(4)] == [200] * 4
    assert len(heard(person)) == 1


def test_an_update_that_comes_at_once_is_answered_once(person: TelegramPerson) -> None:
    update = person.message("why am i breaking out")
    with ThreadPoolExecutor(4) as threads:
        assert [it.status_code for it in threads.map(person.deliver, [update] * 4)] == [200] * 4
    assert len(heard(person)) == 1


def test_the_same_words_in_two_updates_are_answered_twice(person: TelegramPerson) -> None:
    for _ in range(2):
        person.deliver(person.message("/help"))
    assert [HELP in it for it in heard(person)] == [True, True]


def test_the_notice_comes_at_once_if_several_messages_do(stranger: TelegramPerson) -> None:
    for text in ("why am i breaking out", "/help"):
        stranger.deliver(stranger.message(text))
    heard(stranger)
    assert [NOTICE in it["text"] for it in stranger.answers()] == [True, False, False, False]


def test_updates_are_acknowledged_while_the_platform_hangs(person: TelegramPerson, telegram: Api) -> None:
    with hanging(telegram):
        for text in ("why am i breaking out", "/help"):
            assert person.deliver(person.message(text), timeout=1).status_code == 200
        person.wait_for(2)
    first, second = heard(person)
    assert WHY in first and HELP in second


def test_the_log_repeats_nothing(person: TelegramPerson, telegram: Api, channels: Channels) -> None:
    marker = f"zebra{person.id}"
    telegram.answer = Failing(person.chat, "sendMessage", [BROKEN, BLOCKED])
    person.say(f"why am i breaking out {marker}", count=2)
    person.deliver(person.message(f"hello {marker}", message_id=marker))
    person.deliver(f'{{"update_id": "{marker}"')
    person.deliver(person.tap(person.answers()[0], f"/{marker}"))
    heard(person)
    log = channels.assistant.log.read_text()
    assert "telegram refuses sendMessage" in log
    assert not any(it in log for it in (marker, TELEGRAM_TOKEN, TELEGRAM_SECRET))

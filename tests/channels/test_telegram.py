"""Telegram's rules, with updates posted to the running assistant as Telegram posts them."""

from __future__ import annotations

import asyncio
import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, Optional

import pytest

from bot.channels.errors import ChatError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram_messages import MOST_UNITS, calls_for, units
from bot.settings import Settings
from tests.assistant import Conversation
from tests.channels.conftest import Channels, Failing, hanging, wait_until
from tests.platforms import BOT_ID, NUMBERS, TELEGRAM_SECRET, TELEGRAM_TOKEN, Api, Response, TelegramPerson

NOTICE = "Telegram is not a private line"
SHARED_NOTICE = "Everyone here can read what you write"
TEXT_ONLY = "I can only read text"
CAPTION_ONLY = "I can't open photos or files"
GONE = "I can't use that button here"
PRIVACY = "Your questions are read by a program"
HELP = "You can ask me why you break out"
WHY = "healing skin gets more blood"
WARNING = "Call 999 now"
TOLD = "You tell me it has been 3 days"
TOO_MANY: Response = (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 2}}, {})
BROKEN: Response = (502, {"ok": False, "error_code": 502}, {})
BLOCKED: Response = (403, {"ok": False, "error_code": 403, "description": "bot was blocked by the user"}, {})


@pytest.fixture
def stranger(settings: Settings, telegram: Api) -> TelegramPerson:
    return TelegramPerson(settings, telegram)


@pytest.fixture
def person(stranger: TelegramPerson) -> TelegramPerson:
    """Someone who was greeted."""
    assert len(stranger.say("hello")) == 1
    return stranger


@pytest.fixture
def member(settings: Settings, telegram: Api) -> TelegramPerson:
    """Someone in a group."""
    return TelegramPerson(settings, telegram, chat_type="supergroup", chat=-100_000 - next(NUMBERS))


def heard(person: TelegramPerson) -> list[str]:
    """All that the bot said since the greeting, once it has nothing more to say."""
    before = texts(person.answers()).count(PRIVACY)
    assert person.deliver(person.message("/privacy")).status_code == 200
    wait_until(lambda: texts(person.answers()).count(PRIVACY) > before)
    return [it["text"] for it in person.answers()][1:-1]


def texts(messages: list[dict[str, Any]]) -> str:
    return "\n".join(it["text"] for it in messages)


def conversation(person: TelegramPerson) -> Conversation:
    return Conversation(person.settings, f"telegram-{person.id}")


def events(person: TelegramPerson) -> list[dict[str, Any]]:
    return [it for kind in ("user", "bot", "slot", "restart") for it in conversation(person).events(kind)]


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
    channel = TelegramChannel(Settings(telegram_token=TELEGRAM_TOKEN, telegram_secret=TELEGRAM_SECRET))
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


def test_a_tap_is_answered_and_its_buttons_go(person: TelegramPerson, telegram: Api) -> None:
    update = person.tap(person.answers()[0])
    assert [person.deliver(update).status_code for _ in range(2)] == [200] * 2
    (answer,) = heard(person)
    assert WHY in answer
    query = update["callback_query"]
    assert telegram.sent("answerCallbackQuery").count({"callback_query_id": query["id"]}) == 1
    cleared = [it for it in telegram.sent("editMessageReplyMarkup") if it["chat_id"] == person.chat]
    message = query["message"]["message_id"]
    assert cleared == [{"chat_id": person.chat, "message_id": message, "reply_markup": {"inline_keyboard": []}}]


@pytest.mark.parametrize(
    "data", ["/ask_see_doctor", '/greet{"treatment_days": 3}', "/session_start", "/restart", "#", "why", "/" + "x" * 63]
)
def test_a_button_that_was_not_offered_is_refused(person: TelegramPerson, telegram: Api, data: str) -> None:
    before = events(person)
    update = person.tap(person.answers()[0], data)
    assert person.deliver(update).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]
    assert {"callback_query_id": update["callback_query"]["id"]} in telegram.sent("answerCallbackQuery")
    assert events(person) == before


def test_a_button_of_a_message_that_is_too_old_to_be_shown_works(person: TelegramPerson) -> None:
    update = person.tap(person.answers()[0])
    chat = {"id": person.chat, "type": "private"}
    update["callback_query"]["message"] = {"chat": chat, "message_id": next(NUMBERS), "date": 0}
    assert person.deliver(update).status_code == 200
    (answer,) = heard(person)
    assert WHY in answer


def test_a_tap_without_data_is_refused(person: TelegramPerson) -> None:
    update = person.tap(person.answers()[0])
    del update["callback_query"]["data"]
    update["callback_query"]["game_short_name"] = "game"
    assert person.deliver(update).status_code == 200
    (text,) = heard(person)
    assert GONE in text


def test_a_button_of_another_person_is_refused(settings: Settings, telegram: Api, person: TelegramPerson) -> None:
    (answer,) = person.say("how long will it last")
    other = TelegramPerson(settings, telegram)
    other.say("i cant breathe", count=2)
    assert other.deliver(other.tap(answer)).status_code == 200
    assert GONE in heard(other)[-1]


def test_another_member_of_a_group_cannot_tap_in_someones_place(member: TelegramPerson, telegram: Api) -> None:
    answer = member.say("/start")[0]
    other = TelegramPerson(member.settings, member.api, chat_type="supergroup", chat=member.chat)
    before = len(member.answers())
    assert other.deliver(other.tap(answer)).status_code == 200
    assert GONE in texts(member.wait_for(before + 1)[before:])
    assert member.chat not in [it["chat_id"] for it in telegram.sent("editMessageReplyMarkup")]


def test_a_long_reply_is_split() -> None:
    words = " ".join(f"{number}😀" for number in range(3000))
    button = {"title": "More", "payload": "/more"}
    calls = calls_for([{"text": words, "buttons": [button], "sources": ["Overview: One"]}], 1, 7, None)
    sent = [call["parameters"] for call in calls]
    assert len(sent) > 1 and all(units(it["text"]) <= MOST_UNITS == 4096 for it in sent)
    assert " ".join(it["text"] for it in sent).split() == [*words.split(), "Source:", "Overview", "(One)"]
    assert ["reply_markup" in it for it in sent] == [False] * (len(sent) - 1) + [True]
    assert ["reply_parameters" in it for it in sent] == [True] + [False] * (len(sent) - 1)


def test_typing_is_shown(person: TelegramPerson, telegram: Api) -> None:
    assert {"chat_id": person.chat, "action": "typing"} in telegram.sent("sendChatAction")


def test_quick_messages_are_answered_in_order(person: TelegramPerson) -> None:
    for text in ("why am i breaking out", "/help", "i cant breathe"):
        assert person.deliver(person.message(text)).status_code == 200
    first, second, third = heard(person)
    assert WHY in first and HELP in second and WARNING in third


def test_the_platform_may_ask_to_wait(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = failing = Failing(person.chat, "sendMessage", [TOO_MANY, TOO_MANY])
    person.say("why am i breaking out", count=3)
    first, second, third = failing.times
    assert all(2 <= it < 3.5 for it in (second - first, third - second))
    assert len(heard(person)) == 3


def test_one_chat_that_waits_keeps_no_other_back(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = Failing(person.chat, "sendMessage", [TOO_MANY])
    person.say("/help")
    start = time.monotonic()
    assert TelegramPerson(person.settings, telegram).say("hello")
    assert time.monotonic() - start < 1.5
    assert [HELP in it for it in heard(person)] == [True, True]


def test_a_failure_of_the_platform_passes(person: TelegramPerson, telegram: Api) -> None:
    telegram.answer = failing = Failing(person.chat, "sendMessage", [BROKEN])
    person.say("why am i breaking out", count=2)
    assert failing.times[1] - failing.times[0] >= 1
    assert [WHY in it for it in heard(person)] == [True, True]


@pytest.mark.parametrize("status", [400, 403])
def test_what_the_platform_refuses_is_given_up(person: TelegramPerson, telegram: Api, status: int) -> None:
    telegram.answer = Failing(person.chat, "sendMessage", [(status, BLOCKED[1], {})])
    person.say("why am i breaking out")
    start = time.monotonic()
    assert [WHY in it for it in heard(person)] == [True]
    assert time.monotonic() - start < 1.5


@pytest.mark.parametrize("method", ["answerCallbackQuery", "editMessageReplyMarkup"])
def test_a_tap_is_answered_though_its_buttons_stay(person: TelegramPerson, telegram: Api, method: str) -> None:
    def refuse(asked: str, parameters: dict[str, Any]) -> Any:
        return (500, {"ok": False}, {}) if asked == method else None

    telegram.answer = refuse
    assert person.deliver(person.tap(person.answers()[0])).status_code == 200
    assert WHY in person.wait_for(2, seconds=3)[-1]["text"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/start", NOTICE),
        ("/start clinic", NOTICE),
        ("/START", NOTICE),
        ("/start@somebot", NOTICE),
        ("/help", HELP),
        ("/help@somebot", HELP),
        ("/privacy", PRIVACY),
        ("/privacy@somebot", PRIVACY),
    ],
)
def test_commands(stranger: TelegramPerson, command: str, said: str) -> None:
    assert said in texts(stranger.say(command, count=1 if said == NOTICE else 2))


@pytest.mark.parametrize(
    "text", ["/why am i breaking out", "/ask_why_breakout", '/ask_why_breakout{"x": 1}', "\u200b/ask_why_breakout"]
)
def test_other_commands_are_words(person: TelegramPerson, text: str) -> None:
    (answer,) = person.say(text)
    assert WHY in answer["text"]
    event = conversation(person).events("user")[-1]
    assert not event["text"].startswith("/") and event["parse_data"]["intent"]["confidence"] < 1


def test_the_notice_comes_once(stranger: TelegramPerson) -> None:
    said = [texts(stranger.say("why am i breaking out", count=2)), *(texts(stranger.say("hello")) for _ in range(2))]
    assert [NOTICE in it for it in said] == [True, False, False]
    assert said[0].index(NOTICE) < said[0].index(WHY)


def test_the_notice_takes_the_place_of_the_greeting(person: TelegramPerson) -> None:
    assert heard(person) == []
    (greeting,) = (it for it in person.answers() if NOTICE in it["text"])
    assert greeting["reply_markup"]["inline_keyboard"]


def test_a_warning_comes_before_the_notice(stranger: TelegramPerson) -> None:
    warning, notice = stranger.say("i cant breathe", count=2)
    assert WARNING in warning["text"] and NOTICE in notice["text"]
    assert NOTICE not in texts(stranger.say("hello"))


def test_the_notice_comes_at_once_if_several_messages_do(stranger: TelegramPerson) -> None:
    for text in ("why am i breaking out", "/help"):
        stranger.deliver(stranger.message(text))
    heard(stranger)
    assert [NOTICE in it["text"] for it in stranger.answers()] == [True, False, False, False]


@pytest.mark.parametrize("text", ["long " * 700, "gone"], ids=["too long", "button gone"])
def test_the_notice_comes_once_if_the_first_message_cannot_be_read(stranger: TelegramPerson, text: str) -> None:
    shown = {"text": "Hello", "reply_markup": {"inline_keyboard": [[{"text": "Gone", "callback_data": "/gone"}]]}}
    stranger.deliver(stranger.tap(shown) if text == "gone" else stranger.message(text))
    heard(stranger)
    assert texts(stranger.answers()).count(NOTICE) == 1


@pytest.mark.parametrize(
    "content", [{"text": "why am i breaking out"}, {"photo": [{}]}, {"photo": [{}], "caption": "hi"}]
)
def test_in_a_group_others_are_left_alone(member: TelegramPerson, content: dict[str, Any]) -> None:
    member.say("/start")
    assert member.deliver(member.message(**content)).status_code == 200
    assert heard(member) == []


@pytest.mark.parametrize(
    "more",
    [
        {"text": "@clinic_bot why am i breaking out"},
        {"text": "why am i breaking out @Clinic_Bot"},
        {
            "text": "why am i breaking out",
            "reply_to_message": {
                "message_id": 1,
                "from": {"id": BOT_ID, "is_bot": True},
                "chat": {"id": -1, "type": "group"},
            },
        },
    ],
    ids=["name", "name at the end", "reply"],
)
def test_in_a_group_it_answers_if_addressed(member: TelegramPerson, more: dict[str, Any]) -> None:
    update = member.message(**more)
    assert member.deliver(update).status_code == 200
    notice, answer = member.wait_for(2)
    assert SHARED_NOTICE in notice["text"] and WHY in answer["text"]
    assert notice["reply_parameters"]["message_id"] == update["message"]["message_id"]


def test_in_a_group_a_reply_to_a_person_is_none_to_the_bot(member: TelegramPerson) -> None:
    member.say("/start")
    replied = {"message_id": 1, "from": {"id": 5, "is_bot": False}, "chat": {"id": -1, "type": "group"}}
    member.deliver(member.message("why am i breaking out", reply_to_message=replied))
    assert heard(member) == []


def test_in_a_group_each_has_a_conversation(member: TelegramPerson) -> None:
    other = TelegramPerson(member.settings, member.api, chat_type="supergroup", chat=member.chat)
    member.say("@clinic_bot i had it 3 days ago")
    before = len(heard(member))
    other.deliver(other.message("@clinic_bot how long will it last"))
    notice, answer = heard(other)[before + 1 :]
    assert SHARED_NOTICE in notice and TOLD not in answer
    assert TOLD in texts(member.say("@clinic_bot how long will it last"))


def test_updates_are_acknowledged_while_the_platform_hangs(person: TelegramPerson, telegram: Api) -> None:
    with hanging(telegram):
        for text in ("why am i breaking out", "/help"):
            assert person.deliver(person.message(text), timeout=1).status_code == 200
        person.wait_for(2)
    first, second = heard(person)
    assert WHY in first and HELP in second


@pytest.mark.parametrize(
    "text", ["<b>why</b> am i <i>breaking out", "*why* am _i breaking out_", "why am i breaking out [](tg://user?id=1)"]
)
def test_markup_is_harmless(person: TelegramPerson, telegram: Api, text: str) -> None:
    person.say(text)
    assert len(heard(person)) == 1
    assert not any("parse_mode" in parameters for _, parameters in list(telegram.calls))


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

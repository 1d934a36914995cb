"""Pictures on the platforms and over plain HTTP: with an address that others can reach, and never in the words' way."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.knowledge import Knowledge
from tests.assistant import Assistant, running
from tests.channels.conftest import Channels, hanging, wait_until
from tests.channels.replies import WARNING, WHY
from tests.platforms import Response, SlackPerson, TelegramPerson, serving, settings_in

PUBLIC_URL = "https://chat.clinic.example"
ADDRESS = f"{PUBLIC_URL}/chat/pictures/why_breakout.png"
QUESTION = "why am i breaking out"
NOT_FETCHED: Response = (400, {"ok": False, "description": "Bad Request: failed to get HTTP URL content"}, {})
INVALID: Response = (200, {"ok": False, "error": "invalid_blocks"}, {})


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Channels]:
    """An assistant that the platforms can reach."""
    folder = tmp_path_factory.mktemp("public")
    with serving() as telegram, serving() as slack:
        settings = settings_in(folder, telegram, slack).copy(update={"public_url": PUBLIC_URL})
        with running(settings, folder / "log") as assistant:
            yield Channels(assistant, telegram, slack)


@pytest.fixture
def on_telegram(public: Channels) -> TelegramPerson:
    person = TelegramPerson(public.settings, public.telegram)
    person.say("hello")
    return person


@pytest.fixture
def on_slack(public: Channels) -> SlackPerson:
    person = SlackPerson(public.settings, public.slack)
    person.say("hello")
    return person


def photos(person: TelegramPerson) -> list[dict[str, object]]:
    return [it for it in person.api.sent("sendPhoto") if it["chat_id"] == person.chat]


def test_telegram_shows_a_photo_after_the_words(on_telegram: TelegramPerson, knowledge: Knowledge) -> None:
    (words,) = on_telegram.say(QUESTION)
    wait_until(lambda: len(photos(on_telegram)) == 1)
    assert WHY in words["text"] and "reply_markup" in words
    alt = knowledge.answers["ask_why_breakout"].image_alt
    assert photos(on_telegram) == [{"chat_id": on_telegram.chat, "photo": ADDRESS, "caption": alt}]


def test_slack_shows_an_image_after_the_words(on_slack: SlackPerson, knowledge: Knowledge) -> None:
    words, picture = on_slack.say(QUESTION, count=2)
    assert WHY in words["text"] and not [it for it in words["blocks"] if it["type"] == "image"]
    alt = knowledge.answers["ask_why_breakout"].image_alt
    assert picture["blocks"] == [{"type": "image", "image_url": ADDRESS, "alt_text": alt}]


def test_plain_http_names_the_address(public: Channels) -> None:
    words, picture = public.assistant.conversation().say(QUESTION)
    assert WHY in words["text"] and words["buttons"] and picture["image"] == ADDRESS


def test_without_an_address_there_is_none(assistant: Assistant, channels: Channels) -> None:
    assert [sorted(it) for it in assistant.conversation().say(QUESTION)] == [["buttons", "recipient_id", "text"]]
    person = TelegramPerson(channels.settings, channels.telegram)
    person.say(QUESTION, count=2)
    assert person.say("/help") and photos(person) == []


def test_words_arrive_though_telegram_refuses_the_photo(public: Channels, on_telegram: TelegramPerson) -> None:
    public.telegram.answer = lambda method, parameters: NOT_FETCHED if method == "sendPhoto" else None
    assert WHY in on_telegram.say(QUESTION)[0]["text"]
    wait_until(lambda: len(photos(on_telegram)) == 1)
    assert WARNING in on_telegram.say("i cant breathe")[0]["text"]
    assert len(photos(on_telegram)) == 1


def test_words_arrive_though_slack_refuses_the_image(public: Channels, on_slack: SlackPerson) -> None:
    public.slack.answer = lambda method, parameters: INVALID if parameters["blocks"][0]["type"] == "image" else None
    assert WHY in on_slack.say(QUESTION, count=2)[0]["text"]
    assert WARNING in on_slack.say("i cant breathe")[0]["text"]


def test_a_warning_does_not_wait_for_a_photo(public: Channels, on_telegram: TelegramPerson) -> None:
    before = public.telegram.answer
    with hanging(public.telegram):
        wait = public.telegram.answer
        public.telegram.answer = lambda method, parameters: wait(method, parameters) if method == "sendPhoto" else None
        on_telegram.say(QUESTION)
        wait_until(lambda: len(photos(on_telegram)) == 1)
        start = time.monotonic()
        assert WARNING in on_telegram.say("i cant breathe")[0]["text"]
        assert time.monotonic() - start < 3
    public.telegram.answer = before


def test_a_warning_brings_no_picture(public: Channels, on_telegram: TelegramPerson) -> None:
    public.telegram.answer = lambda method, parameters: None
    said = on_telegram.say(f"i cant breathe. {QUESTION}")
    assert WARNING in said[0]["text"]
    on_telegram.say("how long will it last")
    on_telegram.say("/help")
    assert photos(on_telegram) == []

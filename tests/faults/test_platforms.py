"""A platform's API is down or slow, and messages come at the same time: nothing is lost, and the order is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.assistant import running
from tests.faults.people import Faulty
from tests.platforms import SlackPerson, TelegramPerson, serving, settings_in
from tests.ports import free_ports
from tests.web_client import Client


def test_what_could_not_be_sent_is_sent_once_the_platform_is_back(tmp_path: Path) -> None:
    telegram_port, slack_port = free_ports(2)
    with serving(telegram_port) as telegram, serving(slack_port) as slack:
        settings = settings_in(tmp_path, telegram, slack)
    on_telegram, in_slack = TelegramPerson(settings, telegram), SlackPerson(settings, slack)
    with running(settings, tmp_path / "log") as assistant:
        assert on_telegram.deliver(on_telegram.message("why am i breaking out")).status_code == 200
        assert in_slack.deliver(in_slack.message("why am i breaking out")).status_code == 200
        # The other channels do not wait for them.
        assert "oil" in assistant.conversation().text("why am i breaking out")
        with serving(telegram_port) as telegram, serving(slack_port) as slack:
            on_telegram.api, in_slack.api = telegram, slack
            assert "oil" in on_telegram.wait_for(2, seconds=20)[1]["text"]
            assert "oil" in in_slack.wait_for(2, seconds=20)[1]["text"]


def test_two_messages_at_the_same_time_are_both_answered(faulty: Faulty) -> None:
    settings = faulty.assistant.settings
    on_telegram, in_slack = TelegramPerson(settings, faulty.telegram), SlackPerson(settings, faulty.slack)
    over_rest, on_web = faulty.assistant.conversation(), Client.of(settings)
    asked = ["how do i wash my face", "how long will it last"]
    with ThreadPoolExecutor(8) as threads:
        web = list(threads.map(on_web.say, asked))
        rest = list(threads.map(over_rest.text, asked))
        list(threads.map(on_telegram.deliver, [on_telegram.message(it) for it in asked]))
        list(threads.map(in_slack.deliver, [in_slack.message(it) for it in asked]))
    assert "cleanser" in rest[0] and "a few weeks" in rest[1]
    assert "cleanser" in web[0][0]["text"] and "a few weeks" in web[1][0]["text"]
    assert len(over_rest.events("user")) == 2
    for person in (on_telegram, in_slack):
        said = "\n".join(it["text"] for it in person.wait_for(3))
        assert "cleanser" in said and "a few weeks" in said


def test_messages_are_answered_in_the_order_in_which_they_came(faulty: Faulty) -> None:
    person = TelegramPerson(faulty.assistant.settings, faulty.telegram)
    person.say("hello")
    for text in ("how do i wash my face", "how long will it last", "why am i breaking out"):
        assert person.deliver(person.message(text)).status_code == 200
    said = [it["text"] for it in person.wait_for(4)[1:]]
    assert [word in text for word, text in zip(("cleanser", "a few weeks", "oil"), said, strict=True)] == [True] * 3

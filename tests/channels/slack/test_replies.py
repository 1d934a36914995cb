"""Replies: where they are posted and how, and what happens if Slack does not take them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from bot.channels.slack_messages import calls_for
from tests.channels.conftest import Failing
from tests.channels.replies import CAPTION_ONLY, HELP, SHARED_NOTICE, TEXT_ONLY, TOLD, WARNING, WHY
from tests.channels.slack.people import (
    LIMITED,
    NOTICE,
    asked,
    conversation,
    heard,
    texts,
)
from tests.platforms import SLACK_TOKEN, Api, SlackPerson


def test_a_direct_message_is_answered_where_it_is_written(person: SlackPerson) -> None:
    (answer,) = person.say("why am i breaking out")
    assert WHY in answer["text"] and "thread_ts" not in answer
    (answer,) = person.say("help", thread_ts="17.1")
    assert HELP in answer["text"] and answer["thread_ts"] == "17.1"


def test_a_mention_is_answered_in_a_thread_that_keeps_its_context(member: SlackPerson) -> None:
    first, second = "1700000000.000100", "1700000000.000200"
    assert SHARED_NOTICE in asked(member, "i had it 3 days ago", first, is_first=True)[0]["text"]
    assert TOLD in texts(asked(member, "how long will it last", first))
    assert TOLD not in texts(asked(member, "how long will it last", second, is_first=True))
    assert {it["thread_ts"] for it in member.answers()} == {first, second}


def test_each_in_a_thread_has_a_conversation(member: SlackPerson) -> None:
    other, thread = SlackPerson(member.settings, member.api, channel=member.channel), "1700000000.000300"
    before = len(asked(member, "i had it 3 days ago", thread, is_first=True)) + 1
    notice, answer = asked(other, "how long will it last", thread)[before:]
    assert SHARED_NOTICE in notice["text"] and TOLD not in answer["text"]


def test_what_slack_escapes_is_read_as_it_was_written(person: SlackPerson) -> None:
    person.say("is 3 &lt; 4 &amp; 5 &gt; 4 <@U0BOT> <https://example.com/a|the page> <#C1|general> <!here> &amp;lt;")
    read = conversation(person).events("user")[-1]["text"]
    assert read == "is 3 < 4 & 5 > 4 the page #general here &lt;"


def test_nothing_that_is_said_is_markup() -> None:
    (call,) = calls_for([{"text": "A & <!channel> & <https://example.com|B>"}], "C1", None, None)
    parameters = call["parameters"]
    escaped = "A &amp; &lt;!channel&gt; &amp; &lt;https://example.com|B&gt;"
    assert parameters["text"] == parameters["blocks"][0]["text"]["text"] == escaped
    assert parameters["unfurl_links"] is parameters["unfurl_media"] is False


def test_sources_stand_below_in_small_print(person: SlackPerson) -> None:
    (answer,) = person.say("why am i breaking out")
    (context,) = [it for it in answer["blocks"] if it["type"] == "context"]
    assert context["elements"][0]["text"].startswith("Source: Overview (")
    assert "Source:" not in answer["text"]


def test_a_reply_is_one_message(person: SlackPerson) -> None:
    (answer,) = person.say("why am i breaking out")
    assert [it["type"] for it in answer["blocks"]] == ["section", "actions", "context", "actions"]


@pytest.mark.parametrize("status", [429, 200])
def test_the_platform_may_ask_to_wait(person: SlackPerson, slack: Api, status: int) -> None:
    limited = (status, LIMITED, {"Retry-After": "2"})
    slack.answer = failing = Failing(person.channel, "chat.postMessage", [limited, limited])
    person.say("why am i breaking out", count=3)
    first, second, third = failing.times
    assert all(2 <= it < 3.5 for it in (second - first, third - second))
    assert len(heard(person)) == 3


def test_one_channel_that_waits_keeps_no_other_back(person: SlackPerson, slack: Api) -> None:
    slack.answer = Failing(person.channel, "chat.postMessage", [(429, LIMITED, {"Retry-After": "2"})])
    person.say("help")
    start = time.monotonic()
    assert SlackPerson(person.settings, slack).say("hello")
    assert time.monotonic() - start < 1.5
    assert [HELP in it for it in heard(person)] == [True, True]


@pytest.mark.parametrize(
    "response",
    [
        (200, LIMITED, {}),
        (200, {"ok": False, "error": "internal_error"}, {}),
        (200, {"ok": False, "error": "invalid_auth"}, {}),
        (429, LIMITED, {"Retry-After": "soon"}),
        (503, {"ok": False}, {}),
        (502, {}, {}),
    ],
)
def test_a_failure_of_the_platform_passes(person: SlackPerson, slack: Api, response: Any) -> None:
    slack.answer = failing = Failing(person.channel, "chat.postMessage", [response])
    person.say("why am i breaking out", count=2)
    assert failing.times[1] - failing.times[0] >= 1
    assert [WHY in it for it in heard(person)] == [True, True]


@pytest.mark.parametrize("error", ["channel_not_found", "is_archived", "not_in_channel", "invalid_blocks"])
def test_what_the_platform_refuses_is_given_up(person: SlackPerson, slack: Api, error: str) -> None:
    slack.answer = Failing(person.channel, "chat.postMessage", [(200, {"ok": False, "error": error}, {})])
    person.say("why am i breaking out")
    start = time.monotonic()
    assert [WHY in it for it in heard(person)] == [True]
    assert time.monotonic() - start < 1.5


def test_a_file_is_answered_with_words(person: SlackPerson) -> None:
    assert person.deliver(person.message("", subtype="file_share", files=[{"id": "F1"}])).status_code == 200
    (text,) = heard(person)
    assert TEXT_ONLY in text


def test_what_is_written_to_a_file_is_read(person: SlackPerson) -> None:
    event = person.message("why am i breaking out", subtype="file_share", files=[{"id": "F1"}])
    assert person.deliver(event).status_code == 200
    caption_only, answer = heard(person)
    assert CAPTION_ONLY in caption_only and WHY in answer


def test_requests_show_the_token(person: SlackPerson, slack: Api) -> None:
    assert {it["authorization"] for it in slack.headers} == {f"Bearer {SLACK_TOKEN}"}
    assert not any(SLACK_TOKEN in it["path"] for it in slack.headers)
    assert not any(SLACK_TOKEN in json.dumps(parameters) for _, parameters in slack.calls)


def test_quick_messages_are_answered_in_order(person: SlackPerson) -> None:
    for text in ("why am i breaking out", "help", "i cant breathe"):
        assert person.deliver(person.message(text)).status_code == 200
    first, second, third = heard(person)
    assert WHY in first and HELP in second and WARNING in third


def test_the_notice_comes_once(stranger: SlackPerson) -> None:
    said = [texts(stranger.say("why am i breaking out", count=2)), *(texts(stranger.say("hello")) for _ in range(2))]
    assert [NOTICE in it for it in said] == [True, False, False]
    assert said[0].index(NOTICE) < said[0].index(WHY)


def test_a_warning_comes_before_the_notice(stranger: SlackPerson) -> None:
    warning, notice = stranger.say("i cant breathe", count=2)
    assert WARNING in warning["text"] and NOTICE in notice["text"]
    assert NOTICE not in texts(stranger.say("hello"))

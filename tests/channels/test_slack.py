"""Slack's rules, with events and taps posted to the running assistant as Slack posts them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Optional

import pytest
import requests

from bot.channels.slack_messages import calls_for
from bot.processes import HOST
from bot.settings import Settings
from tests.assistant import Conversation
from tests.channels.conftest import Channels, Failing, hanging, wait_until
from tests.platforms import NUMBERS, SLACK_SIGNING_SECRET, SLACK_TOKEN, Api, Response, SlackPerson

NOTICE = "Slack is not a private line"
SHARED_NOTICE = "Everyone here can read what you write"
TEXT_ONLY = "I can only read text"
CAPTION_ONLY = "I can't open photos or files"
GONE = "I can't use that button here"
PRIVACY = "Your questions are read by a program"
HELP = "You can ask me why you break out"
WHY = "healing skin gets more blood"
WARNING = "Call 999 now"
TOLD = "You tell me it has been 3 days"
REASONS = ("http_timeout", "too_many_redirects", "connection_failed", "ssl_error", "http_error", "unknown_error")
LIMITED = {"ok": False, "error": "ratelimited"}


@pytest.fixture
def stranger(settings: Settings, slack: Api) -> SlackPerson:
    return SlackPerson(settings, slack)


@pytest.fixture
def person(stranger: SlackPerson) -> SlackPerson:
    """Someone who was greeted."""
    assert len(stranger.say("hello")) == 1
    return stranger


@pytest.fixture
def member(settings: Settings, slack: Api) -> SlackPerson:
    """Someone in a channel."""
    return SlackPerson(settings, slack, channel=f"C{next(NUMBERS):08}")


def heard(person: SlackPerson) -> list[str]:
    """All that the app said since the greeting, once it has nothing more to say."""
    assert person.deliver(person.message("privacy")).status_code == 200
    wait_until(lambda: any(PRIVACY in it["text"] for it in person.answers()))
    return [it["text"] for it in person.answers()][1:-1]


def mention(member: SlackPerson, text: str, **more: Any) -> dict[str, Any]:
    return member.message(f"<@U0BOT> {text}", type="app_mention", channel_type="channel", **more)


def in_thread(member: SlackPerson, thread: str) -> list[dict[str, Any]]:
    """All that the app posted in a thread to someone, once it has nothing more to say there."""

    def posted() -> list[dict[str, Any]]:
        return [it for it in member.answers() if it.get("thread_ts") == thread]

    before = texts(posted()).count(PRIVACY)
    assert member.deliver(mention(member, "privacy", thread_ts=thread)).status_code == 200
    wait_until(lambda: texts(posted()).count(PRIVACY) > before)
    return posted()[:-1]


def asked(member: SlackPerson, text: str, thread: str, is_first: bool = False) -> list[dict[str, Any]]:
    """All that was posted in a thread, once a mention there is answered."""
    place = {"ts": thread} if is_first else {"thread_ts": thread}
    assert member.deliver(mention(member, text, **place)).status_code == 200
    return in_thread(member, thread)


def tap_in_thread(member: SlackPerson, shown: dict[str, Any], value: Optional[str] = None) -> str:
    message = {name: shown[name] for name in ("thread_ts", "text", "blocks")}
    return member.tap(shown, value, message={"ts": f"{next(NUMBERS)}.1", **message})


def texts(messages: list[dict[str, Any]]) -> str:
    return "\n".join(it["text"] for it in messages)


def conversation(person: SlackPerson) -> Conversation:
    return Conversation(person.settings, f"slack-{person.channel}-{person.user}")


def events(person: SlackPerson) -> list[dict[str, Any]]:
    return [it for kind in ("user", "bot", "slot", "restart") for it in conversation(person).events(kind)]


def signature(stamp: str, body: bytes) -> str:
    signed = hmac.new(SLACK_SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    return f"v0={signed.hexdigest()}"


def test_the_address_is_verified(stranger: SlackPerson) -> None:
    response = stranger.deliver({"type": "url_verification", "token": "t", "challenge": "3eZbrw1aB"})
    assert response.status_code == 200 and response.json() == {"challenge": "3eZbrw1aB"}


def test_the_address_is_not_verified_for_others(stranger: SlackPerson) -> None:
    given = {"type": "url_verification", "challenge": "3eZbrw1aB"}
    assert stranger.deliver(given, secret="another secret").status_code == 401


@pytest.mark.parametrize(
    "more",
    [
        {"secret": "another secret"},
        {"age": 303},
        {"age": -303},
        {"age": 86_400 * 365},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0="},
        {"X-Slack-Signature": "v0=ü"},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Request-Timestamp": "9" * 5000},
    ],
    ids=lambda it: str(it)[:48],
)
def test_what_is_not_signed_is_not_read(person: SlackPerson, more: dict[str, Any]) -> None:
    assert person.deliver(person.message("why am i breaking out"), **more).status_code == 401
    assert heard(person) == []


def test_without_a_signature_nothing_is_read(person: SlackPerson) -> None:
    address = f"http://{HOST}:{person.settings.port}/webhooks/slack/webhook"
    assert requests.post(address, json=person.message("why am i breaking out"), timeout=10).status_code == 401
    assert heard(person) == []


def test_a_changed_body_is_not_read(person: SlackPerson) -> None:
    stamp, body = str(int(time.time())), json.dumps(person.message("hello")).encode()
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(stamp, body)}
    assert person.post(body.replace(b"hello", b"world"), **headers).status_code == 401
    assert heard(person) == []
    assert person.post(body, **headers).status_code == 200


def test_bytes_that_are_no_text_are_not_read(stranger: SlackPerson) -> None:
    assert stranger.post(b"\xff\xfe{}", secret="another secret").status_code == 401
    assert stranger.post(b"\xff\xfe{}").status_code in (400, 401)


def test_a_signature_of_a_few_minutes_ago_counts(person: SlackPerson) -> None:
    assert person.deliver(person.message("why am i breaking out"), age=280).status_code == 200
    assert [WHY in it for it in heard(person)] == [True]


@pytest.mark.parametrize("body", ["no json", "[]", "1", "[" * 9999])
def test_what_is_no_object_is_refused(stranger: SlackPerson, body: str) -> None:
    assert stranger.post(body).status_code == 400


def test_a_body_beyond_every_event_is_refused(stranger: SlackPerson) -> None:
    assert stranger.deliver(stranger.message("x" * 600_000)).status_code == 413


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/json;charset=UTF-8", ""])
def test_the_content_type_may_name_its_letters(person: SlackPerson, content_type: str) -> None:
    event = person.message("why am i breaking out 😀")
    assert person.deliver(event, content_type=content_type).status_code == 200
    assert [WHY in it for it in heard(person)] == [True]


@pytest.mark.parametrize("reason", REASONS)
def test_an_event_that_comes_again_is_answered_once(person: SlackPerson, reason: str) -> None:
    event = person.message("why am i breaking out")
    tries = [None, (1, reason), (2, reason), (3, reason)]
    assert [person.deliver(event, retry=it).status_code for it in tries] == [200] * 4
    assert len(heard(person)) == 1


def test_an_event_whose_first_delivery_was_lost_is_answered(person: SlackPerson) -> None:
    assert person.deliver(person.message("why am i breaking out"), retry=(1, "http_timeout")).status_code == 200
    assert [WHY in it for it in heard(person)] == [True]


def test_an_event_that_comes_at_once_is_answered_once(person: SlackPerson) -> None:
    event = person.message("why am i breaking out")
    with ThreadPoolExecutor(4) as threads:
        assert [it.status_code for it in threads.map(person.deliver, [event] * 4)] == [200] * 4
    assert len(heard(person)) == 1


@pytest.mark.parametrize("kinds", [("app_mention", "message"), ("message", "app_mention")])
@pytest.mark.parametrize("channel_type", ["im", "channel"])
def test_a_mention_that_comes_as_a_message_too_is_answered_once(
    person: SlackPerson, kinds: tuple[str, str], channel_type: str
) -> None:
    more = {"ts": "1700000000.000001", "client_msg_id": f"0a-{person.user}", "channel_type": channel_type}
    for kind in kinds:
        assert person.deliver(person.message("<@U0BOT> why am i breaking out", type=kind, **more)).status_code == 200
    heard(person)
    in_thread(person, more["ts"])
    assert texts(person.answers()).count(WHY) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"bot_id": "B1", "subtype": "bot_message", "user": None},
        {"user": None},
        {"subtype": "message_changed", "hidden": True, "user": None, "message": {"text": "why", "user": "U1"}},
        {"subtype": "message_deleted", "hidden": True, "user": None, "deleted_ts": "1.1"},
        {"subtype": "message_replied", "hidden": True},
        {"subtype": "channel_join"},
        {"subtype": "channel_topic", "topic": "why"},
        {"subtype": "assistant_app_thread"},
        {"channel_type": "channel"},
        {"channel_type": "group"},
        {"type": "reaction_added", "item": {"type": "message"}},
        {"type": "app_home_opened"},
        {"text": None},
        {"ts": "no time of Slack's"},
    ],
    ids=lambda it: "-".join(str(value) for value in list(it.values())[:2]),
)
def test_what_no_person_says_to_it_is_passed_over(person: SlackPerson, more: dict[str, Any]) -> None:
    event = person.message("why am i breaking out")
    event["event"] |= more
    assert person.deliver(event).status_code == 200
    assert heard(person) == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"type": "event_callback"},
        {"type": "event_callback", "event_id": "Ev-without-event"},
        {"type": "event_callback", "event_id": 5, "event": {"type": "message"}},
        {"type": "event_callback", "event_id": "Ev-with-text", "event": "message"},
        {"type": "app_rate_limited", "team_id": "T1"},
        {"type": "block_actions"},
    ],
)
def test_other_deliveries_are_passed_over(stranger: SlackPerson, given: dict[str, Any]) -> None:
    assert stranger.deliver(given).status_code == 200


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


def test_a_tap_is_answered_and_its_buttons_are_replaced(person: SlackPerson, slack: Api) -> None:
    (shown,) = person.answers()
    form = person.tap(shown)
    assert [person.post_tap(form).status_code for _ in range(3)] == [200] * 3
    (answer,) = heard(person)
    assert WHY in answer
    (update,) = [it for it in slack.sent("chat.update") if it["channel"] == person.channel]
    section, note = update["blocks"]
    assert section == shown["blocks"][0] and update["text"] == shown["text"]
    assert note["elements"][0]["text"] == "You chose: Why am I breaking out?"


@pytest.mark.parametrize(
    "value", ["/ask_see_doctor", '/greet{"treatment_days": 3}', "/restart", "#", "why", "x" * 2000]
)
def test_a_button_that_was_not_offered_is_refused(person: SlackPerson, value: str) -> None:
    before = events(person)
    assert person.post_tap(person.tap(person.answers()[0], value)).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]
    assert events(person) == before


def test_a_button_without_a_value_is_refused(person: SlackPerson) -> None:
    action = {"action_id": "button-0", "action_ts": f"{time.time():.6f}", "text": {"text": ""}}
    assert person.post_tap(person.tap(person.answers()[0], actions=[action])).status_code == 200
    assert GONE in person.wait_for(2)[-1]["text"]


def test_a_button_of_another_person_is_refused(settings: Settings, slack: Api, person: SlackPerson) -> None:
    (answer,) = person.say("how long will it last")
    other = SlackPerson(settings, slack)
    other.say("i cant breathe", count=2)
    assert other.post_tap(other.tap(answer)).status_code == 200
    assert GONE in heard(other)[-1]


def test_another_member_of_a_channel_cannot_tap_in_someones_place(member: SlackPerson, slack: Api) -> None:
    thread = "1700000000.000400"
    shown = asked(member, "hello", thread, is_first=True)[0]
    other = SlackPerson(member.settings, slack, channel=member.channel)
    assert other.post_tap(tap_in_thread(other, shown)).status_code == 200
    wait_until(lambda: GONE in texts(member.answers()))
    assert member.channel not in [it["channel"] for it in slack.sent("chat.update")]


def test_a_tap_in_a_thread_keeps_its_context(member: SlackPerson) -> None:
    thread = "1700000000.000500"
    shown = asked(member, "hello", thread, is_first=True)[0]
    asked(member, "i had it 3 days ago", thread)
    assert member.post_tap(tap_in_thread(member, shown, "/ask_how_long")).status_code == 200
    assert TOLD in texts(in_thread(member, thread))


@pytest.mark.parametrize("form", ["ssl_check=1&token=t", "", "payload=", "payload=%7B%7D", "payload=[]", "payload=%FF"])
def test_other_forms_are_no_failure(stranger: SlackPerson, form: str) -> None:
    status = stranger.post_tap(form).status_code
    assert status == (400 if form in ("payload=[]", "payload=%FF") else 200)


@pytest.mark.parametrize("kind", ["view_submission", "shortcut", "message_action", "block_suggestion"])
def test_other_interactions_are_passed_over(person: SlackPerson, kind: str) -> None:
    payload = {"type": kind, "user": {"id": person.user}, "channel": {"id": person.channel}}
    assert person.post_tap(urllib.parse.urlencode({"payload": json.dumps(payload)})).status_code == 200
    assert heard(person) == []


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
    assert answer["blocks"][-1]["type"] == "context"
    assert answer["blocks"][-1]["elements"][0]["text"].startswith("Source: Overview (")
    assert "Source:" not in answer["text"]


def test_a_reply_is_one_message(person: SlackPerson) -> None:
    (answer,) = person.say("why am i breaking out")
    assert [it["type"] for it in answer["blocks"]] == ["section", "actions", "context"]


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


def test_a_tap_is_answered_though_its_buttons_stay(person: SlackPerson, slack: Api) -> None:
    slack.answer = Failing(person.channel, "chat.update", [(500, {"ok": False}, {})])
    assert person.post_tap(person.tap(person.answers()[0])).status_code == 200
    assert WHY in person.wait_for(2, seconds=3)[-1]["text"]


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


def test_events_are_acknowledged_while_the_platform_hangs(person: SlackPerson, slack: Api) -> None:
    (shown,) = person.answers()
    with hanging(slack):
        start = time.monotonic()
        for text in ("why am i breaking out", "help"):
            assert person.deliver(person.message(text)).status_code == 200
        assert person.post_tap(person.tap(shown)).status_code == 200
        assert time.monotonic() - start < 3
        person.wait_for(2)
    first, second, third = heard(person)
    assert WHY in first and HELP in second and WHY in third


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


@pytest.mark.parametrize("text", ["/ask_why_breakout", '/ask_why_breakout{"x": 1}', "\u200b/ask_why_breakout"])
def test_a_payload_that_is_typed_is_words(person: SlackPerson, text: str) -> None:
    (answer,) = person.say(text)
    assert WHY in answer["text"]
    assert not conversation(person).events("user")[-1]["text"].startswith("/")


def test_the_log_repeats_nothing(person: SlackPerson, slack: Api, channels: Channels) -> None:
    marker = f"zebra{person.user}"
    refusal: Response = (200, {"ok": False, "error": "channel_not_found"}, {})
    slack.answer = Failing(person.channel, "chat.postMessage", [(500, {"ok": False}, {}), refusal])
    person.say(f"why am i breaking out {marker}", count=2)
    person.deliver(person.message(f"hello {marker}", ts=f"? {marker}"))
    person.deliver(person.message(marker), secret="another secret")
    person.post(f'{{"text": "{marker}"')
    person.post_tap(person.tap(person.answers()[0], f"/{marker}"))
    heard(person)
    log = channels.assistant.log.read_text()
    assert "slack refuses chat.postMessage" in log
    assert not any(it in log for it in (marker, SLACK_TOKEN, SLACK_SIGNING_SECRET))

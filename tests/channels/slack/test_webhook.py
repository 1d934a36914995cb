"""What comes to the webhook: who may post, what is read, what is passed over, what came before."""

from __future__ import annotations

import json
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from bot.processes import HOST
from tests.channels.conftest import Channels, Failing, hanging
from tests.channels.replies import HELP, WHY
from tests.channels.slack.people import (
    REASONS,
    heard,
    in_thread,
    signature,
    texts,
)
from tests.platforms import SLACK_SIGNING_SECRET, SLACK_TOKEN, Api, Response, SlackPerson


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


@pytest.mark.parametrize("form", ["ssl_check=1&token=t", "", "payload=", "payload=%7B%7D", "payload=[]", "payload=%FF"])
def test_other_forms_are_no_failure(stranger: SlackPerson, form: str) -> None:
    status = stranger.post_tap(form).status_code
    assert status == (400 if form in ("payload=[]", "payload=%FF") else 200)


@pytest.mark.parametrize("kind", ["view_submission", "shortcut", "message_action", "block_suggestion"])
def test_other_interactions_are_passed_over(person: SlackPerson, kind: str) -> None:
    payload = {"type": kind, "user": {"id": person.user}, "channel": {"id": person.channel}}
    assert person.post_tap(urllib.parse.urlencode({"payload": json.dumps(payload)})).status_code == 200
    assert heard(person) == []


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

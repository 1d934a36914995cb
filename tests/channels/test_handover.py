"""A request to be called, from Telegram and Slack to the staff: by e-mail, and at a webhook that fails twice first."""

from __future__ import annotations

import itertools
from typing import Any, Optional

import pytest

from tests.channels.conftest import Channels, successful, wait_until
from tests.platforms import Person, Response, SlackPerson, TelegramPerson
from tests.staff import Staff, new_name

FAILURE: Response = (503, {"ok": False}, {})
PHONE = "07911 123456"


def person_on(channels: Channels, platform: str) -> Person:
    if platform == "telegram":
        return TelegramPerson(channels.settings, channels.telegram)
    return SlackPerson(channels.settings, channels.slack)


def tap(person: Person, shown: dict[str, Any], title: str) -> None:
    """Taps the button of a message that has this title."""
    if isinstance(person, TelegramPerson):
        buttons = itertools.chain.from_iterable(shown["reply_markup"]["inline_keyboard"])
        data = next(it["callback_data"] for it in buttons if it["text"] == title)
        assert person.deliver(person.tap(shown, data)).status_code == 200
    elif isinstance(person, SlackPerson):
        elements = [it for block in shown["blocks"] if block["type"] == "actions" for it in block["elements"]]
        value = next(it["value"] for it in elements if it["text"]["text"] == title)
        assert person.post_tap(person.tap(shown, value)).status_code == 200


@pytest.mark.parametrize("platform", ["telegram", "slack"])
def test_handed_over_once_to_mail_and_to_a_webhook_that_fails_twice(
    channels: Channels, team: Staff, platform: str
) -> None:
    person, who = person_on(channels, platform), new_name("Ada")
    person.say("can i talk to a human please", count=2)
    tap(person, person.answers()[-1], "Ask the clinic to contact me")
    person.wait_for(4)
    assert "What is your name?" in person.answers()[-1]["text"]
    for said in (who, PHONE, "mornings", "may i sit in the sun again"):
        person.say(said)
    summary = person.answers()[-1]
    assert who in summary["text"] and "May I send it" in summary["text"]
    failures = [FAILURE, FAILURE]

    def fail_twice(method: str, parameters: dict[str, Any]) -> Optional[Response]:
        return failures.pop() if failures else None

    before = len(team.posts(platform))
    with successful(team.webhook) as webhook:
        webhook.answer = fail_twice
        said = len(person.answers())
        tap(person, summary, "Yes, send it")
        sent = person.wait_for(said + 1)[-1]["text"]
        assert "Expect to hear" in sent
        wait_until(lambda: len(team.posts(platform)) == before + 3, seconds=15)
        wait_until(lambda: bool(team.mails(who)))
    (mail,) = team.mails(who)
    assert PHONE in mail and f", {platform}" in mail
    number = sent.split("number ")[1].split(".")[0]
    posts = team.posts(f"request {number} ({platform})")
    assert len(posts) == 3 and len(set(posts)) == 1
    assert not any(who in it or "911" in it for it in posts)

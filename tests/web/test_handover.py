"""A request to be called, from the widget in a real browser."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Optional

from playwright.sync_api import Locator, Page, expect

from tests.platforms import Response
from tests.staff import Staff, new_name
from tests.web.conftest import ask, open_chat

FAILURE: Response = (500, {"ok": False}, {})
PHONE = "07911 123456"


def bubble(page: Page, words: str) -> Locator:
    """The last message of the assistant, if it holds the words."""
    return page.locator(".message.bot").last.filter(has_text=words)


def test_handed_over_once_to_mail_and_to_a_webhook_that_fails_twice(page: Page, team: Staff, screenshots: Path) -> None:
    who = new_name("Grace")
    open_chat(page)
    ask(page, "can i go swimming on saturday")
    page.get_by_role("button", name="Ask the clinic to contact me").click()
    expect(bubble(page, "What is your name?")).to_be_visible()
    page.screenshot(path=screenshots / "handover-name.png")
    ask(page, who)
    expect(bubble(page, "What phone number")).to_be_visible()
    ask(page, PHONE)
    page.get_by_role("button", name="Mornings").click()
    expect(bubble(page, "Question: can i go swimming on saturday")).to_be_visible()
    page.screenshot(path=screenshots / "handover-summary.png")
    failures = [FAILURE, FAILURE]

    def fail_twice(method: str, parameters: dict[str, Any]) -> Optional[Response]:
        return failures.pop() if failures else None

    team.webhook.answer = fail_twice
    page.get_by_role("button", name="Yes, send it").click()
    sent = bubble(page, "Your request has the number")
    expect(sent).to_be_visible()
    page.screenshot(path=screenshots / "handover-sent.png")
    number = sent.inner_text().split("number ")[1].split(".")[0]
    deadline = time.monotonic() + 15
    while not team.mails(who) or len(team.posts(f"request {number} (web)")) < 3:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    page.wait_for_timeout(1500)  # nothing may follow
    (mail,) = team.mails(who)
    assert PHONE in mail and "swimming" in mail
    assert len(team.posts(f"request {number} (web)")) == 3

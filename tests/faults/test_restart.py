"""The assistant is killed in the middle: each message is answered once, and conversations go on."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, Optional

import pytest

from tests.assistant import Assistant, Conversation, running
from tests.platforms import Response, SlackPerson, TelegramPerson, serving, settings_in
from tests.web_client import Client

QUESTION = "why am i breaking out and how long will it last?"
# At the first contact: what the assistant is, and the two answers.
PARTS = ["automated assistant", "oil clogs your pores", "Usually a few weeks"]
DELIVERIES = 4
# The test and the threads of the platforms kill; a process that one of them is reaping is no longer there for another.
KILLING = threading.Lock()


def kill(assistant: Assistant) -> None:
    rasa = assistant.processes[1]
    with KILLING:
        if rasa.poll() is None:
            os.killpg(rasa.pid, signal.SIGKILL)
            rasa.wait()


def texts(person: TelegramPerson | SlackPerson) -> list[str]:
    return [it["text"] for it in person.answers()]


def is_answered_once(person: TelegramPerson | SlackPerson) -> bool:
    said = texts(person)
    return len(said) == len(PARTS) and all(part in text for part, text in zip(PARTS, said, strict=True))


@pytest.mark.parametrize("killed_at", [0, 1, 4])
def test_delivered_four_times_in_any_order_and_answered_once(tmp_path: Path, killed_at: int) -> None:
    """It is killed right after the acknowledgement (0), or as a platform receives the request of this number."""
    order = random.Random(killed_at)
    with serving() as telegram, serving() as slack:
        settings = settings_in(tmp_path, telegram, slack)
        on_telegram = [TelegramPerson(settings, telegram) for _ in range(3)]
        in_slack = [SlackPerson(settings, slack) for _ in range(3)]
        posts = [partial(it.deliver, it.message(QUESTION)) for it in (*on_telegram, *in_slack)]
        with running(settings, tmp_path / "log") as assistant:
            received: Counter[str] = Counter()

            def kill_at(method: str, parameters: dict[str, Any]) -> Optional[Response]:
                received[method] += method in ("sendMessage", "chat.postMessage")
                if killed_at and sum(received.values()) == killed_at:
                    kill(assistant)
                return None

            telegram.answer = slack.answer = kill_at
            for post in posts:
                try:
                    post()
                except OSError:
                    pass  # the server was killed by then; the platform delivers again
            kill(assistant)
        telegram.answer = slack.answer = lambda method, parameters: None
        with running(settings, tmp_path / "log"):
            again = posts * (DELIVERIES - 1)
            order.shuffle(again)
            assert [post().status_code for post in again] == [200] * len(again)
            people = [*on_telegram, *in_slack]
            for person in people:
                person.wait_for(len(PARTS), seconds=20)
            time.sleep(1)  # nothing may follow
            assert [is_answered_once(it) for it in people] == [True] * len(people), [texts(it) for it in people]


def test_a_thumb_that_was_acknowledged_before_a_kill_is_kept(tmp_path: Path) -> None:
    with serving() as telegram, serving() as slack:
        settings = settings_in(tmp_path, telegram, slack)
        person = TelegramPerson(settings, telegram)
        with running(settings, tmp_path / "log") as assistant:
            answer = person.say("how long will it last", count=2)[1]
            update = person.tap(answer, answer["reply_markup"]["inline_keyboard"][-1][0]["callback_data"])
            assert person.deliver(update).status_code == 200
            kill(assistant)
        with running(settings, tmp_path / "log"):
            assert person.deliver(update).status_code == 200
            assert person.say("/help")  # it comes after the thumb
            kept = Conversation(settings, f"telegram-{person.id}").feedback()
            assert kept == [("ask_how_long", True, None)]
            assert len(telegram.sent("editMessageReplyMarkup")) <= 2  # rather twice than never


def test_a_conversation_goes_on_after_a_kill_on_every_channel(tmp_path: Path) -> None:
    with serving() as telegram, serving() as slack:
        settings = settings_in(tmp_path, telegram, slack)
        on_telegram, in_slack = TelegramPerson(settings, telegram), SlackPerson(settings, slack)
        with running(settings, tmp_path / "log") as assistant:
            over_rest, on_web = assistant.conversation(), Client.of(settings)
            for say in (over_rest.say, on_web.say, on_telegram.say, in_slack.say):
                say("i had it 3 days ago")
            for person in (on_telegram, in_slack):
                person.wait_for(2)
            button = on_telegram.answers()[-1]
            kill(assistant)
        with running(settings, tmp_path / "log"):
            assert "3 days" in over_rest.text("how long will it last")
            assert "3 days" in on_web.say("how long will it last")[0]["text"]
            assert "3 days" in on_telegram.say("how long will it last")[0]["text"]
            assert "3 days" in in_slack.say("how long will it last")[0]["text"]
            if "reply_markup" in button:
                on_telegram.deliver(on_telegram.tap(button))
                on_telegram.wait_for(4)

"""What a person on a platform is told, with Rasa's parts around a brain that echoes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from bot.action_server import ActionServer
from bot.channels import rate
from bot.channels.messenger import (
    BUTTON_GONE,
    CANNOT_LOOK_UP,
    CAPTION_ONLY,
    FIRST_CONTACT,
    FIRST_CONTACT_SHARED,
    MOST_ATTEMPTS,
    MOST_BYTES_OF_BUTTON,
    TEXT_ONLY,
    Incoming,
    button_id,
    chosen_payload,
    picture_address,
    replies,
    source_line,
)
from bot.channels.rate import SenderLimit
from bot.channels.turns import RED_FLAG, TOO_MANY, Turns
from bot.responses import ClinicResponses
from bot.settings import ROOT
from bot.store.database import database
from bot.store.deliveries import Delivery
from bot.tracker_store import SteadyTrackerStore

LONG = "/ask_why" + "é" * 40
WARNING, HELLO = "my throat closes", "hello"
OWN = {
    FIRST_CONTACT: "[notice]",
    FIRST_CONTACT_SHARED: "[shared notice]",
    TEXT_ONLY: "[text only]",
    CAPTION_ONLY: "[no photos]",
    CANNOT_LOOK_UP: "[apology]",
    TOO_MANY: "[too many]",
    BUTTON_GONE: "[button gone]",
}


@dataclass
class Bot:
    """The channel's turns; every message is told again, with a button for what comes after a slash."""

    file: Path
    limit: SenderLimit = field(default_factory=lambda: SenderLimit("telegram"))
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Text and metadata of each message of which a turn was taken."""
    keys: int = 0

    def __post_init__(self) -> None:
        domain = Domain.from_file(str(ROOT / "data" / "channels" / "responses.yml"))
        self.store = SteadyTrackerStore(domain, host=f"sqlite:///{self.file}")
        processor = SimpleNamespace(nlg=ClinicResponses(None, domain), graph_runner=None)
        server = ActionServer("http://127.0.0.1:9/webhook")
        agent = SimpleNamespace(
            domain=domain,
            tracker_store=self.store,
            processor=processor,
            action_endpoint=server,
            parse_message=self._parse,
        )
        self.turns = Turns("telegram", self._handle)
        self.turns.begin(SimpleNamespace(ctx=SimpleNamespace(agent=agent)))  # type: ignore[arg-type]

    async def _parse(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": RED_FLAG if WARNING in text else "ask_why"}}

    async def _handle(self, message: UserMessage) -> None:
        self.heard.append((message.text, message.metadata))
        actions = {WARNING: "utter_warning_emergency", HELLO: "utter_greet", "/greet": "utter_greet"}
        buttons = [{"title": "Why?", "payload": "/ask_why"}, {"title": "Long?", "payload": LONG}]
        said = {"text": f"re {message.text}", "buttons": buttons, "utter_action": actions.get(message.text)}
        await message.output_channel.send_response(message.sender_id, said)
        tracker = await self.store.get_or_create_tracker(message.sender_id, append_action_listen=False)
        tracker.update_with_events(
            [
                UserUttered(message.text, message_id=message.message_id, metadata=message.metadata),
                BotUttered(said["text"], {"buttons": buttons}, {"utter_action": said["utter_action"]}),
            ],
            self.store.domain,
        )
        await self.store.save(tracker)

    async def tell(self, incoming: Incoming, key: Optional[str] = None, attempts: int = 0) -> list[str]:
        """The texts of the replies to a message, in short."""
        self.keys += 1
        delivery = Delivery("telegram-5", key or f"k{self.keys}", {}, attempts=attempts)
        own = {(await self.turns.say(response))["text"]: name for response, name in OWN.items()}
        payload = await chosen_payload(self.turns, delivery.conversation, incoming)
        said = [it["text"] for it in await replies(self.turns, self.limit, delivery, incoming, payload)]
        return [own.get(text, text) for text in said]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Bot]:
    yield Bot(tmp_path / "assistant.db")
    database.cache_clear()


def told(bot: Bot, *said: Incoming) -> list[list[str]]:
    """What is replied to each message of a person."""

    async def run() -> list[list[str]]:
        return [await bot.tell(it) for it in said]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (Incoming("why"), ["[notice]", "re why"]),
        (Incoming("why", is_shared=True), ["[shared notice]", "re why"]),
        (Incoming(HELLO), ["[notice]"]),
        (Incoming(HELLO, is_shared=True), ["[shared notice]"]),
        (Incoming(WARNING), [f"re {WARNING}", "[notice]"]),
        (Incoming("/start", command="/greet"), ["[notice]"]),
        (Incoming("/privacy", command="/privacy"), ["[notice]", "re /privacy"]),
        (Incoming("why", has_more_than_text=True), ["[notice]", "[no photos]", "re why"]),
        (Incoming(WARNING, has_more_than_text=True), [f"re {WARNING}", "[no photos]", "[notice]"]),
        (Incoming(has_more_than_text=True), ["[text only]"]),
    ],
)
def test_at_first_contact_a_person_is_told_what_this_is(bot: Bot, first: Incoming, expected: list[str]) -> None:
    assert told(bot, first, Incoming("next")) == [
        expected,
        ["re next"] if first.text else ["[notice]", "re next"],
    ]


def test_what_is_no_text_takes_no_turn(bot: Bot) -> None:
    told(bot, Incoming(has_more_than_text=True))
    assert bot.heard == []


@pytest.mark.parametrize("payload", ["/ask_why", LONG])
def test_a_button_that_was_shown_is_its_payload(bot: Bot, payload: str) -> None:
    told(bot, Incoming("hi"), Incoming("Why?", button=button_id(payload)))
    assert bot.heard[-1] == (payload, {"title": "Why?"})


@pytest.mark.parametrize("button", ["/ask_how_long", "/restart", "", "#123", button_id(LONG + "x"), LONG])
def test_a_button_that_was_never_shown_is_gone(bot: Bot, button: str) -> None:
    assert told(bot, Incoming("hi"), Incoming("Why?", button=button))[1] == ["[button gone]"]
    assert len(bot.heard) == 1


def test_a_command_is_its_payload_though_no_button_was_shown(bot: Bot) -> None:
    told(bot, Incoming("/help", command="/help"))
    assert bot.heard == [("/help", {"title": "/help"})]


@pytest.mark.parametrize("text", ["/restart", "/ask_why"])
def test_what_is_typed_is_no_payload(bot: Bot, text: str) -> None:
    told(bot, Incoming(text))
    assert not bot.heard[0][0].startswith("/")


def test_whoever_is_too_fast_is_told_so_once(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.OF_SENDER, "telegram", "2/minute")
    bot.limit = SenderLimit("telegram")
    assert told(bot, *[Incoming(it) for it in "abcd"])[1:] == [["re b"], ["[too many]"], []]
    assert [text for text, _ in bot.heard] == ["a", "b"]


def test_a_warning_sign_is_answered_however_fast_it_comes(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate.OF_SENDER, "telegram", "1/minute")
    bot.limit = SenderLimit("telegram")
    assert told(bot, Incoming("a"), Incoming("b"), Incoming(WARNING))[2] == [f"re {WARNING}"]


def test_a_turn_that_was_taken_before_a_stop_is_not_taken_again(bot: Bot) -> None:
    async def run() -> list[list[str]]:
        return [await bot.tell(Incoming("why"), "k"), await bot.tell(Incoming("why"), "k", attempts=1)]

    assert asyncio.run(run()) == [["[notice]", "re why"]] * 2
    assert len(bot.heard) == 1


def test_a_turn_that_was_not_taken_before_a_stop_is_taken(bot: Bot) -> None:
    assert asyncio.run(bot.tell(Incoming("why"), attempts=1)) == ["[notice]", "re why"]


def test_a_message_that_has_ended_the_process_too_often_is_not_read_again(bot: Bot) -> None:
    async def run() -> list[list[str]]:
        return [await bot.tell(Incoming("why"), attempts=it) for it in (MOST_ATTEMPTS - 1, MOST_ATTEMPTS)]

    assert asyncio.run(run())[1] == ["[apology]"]
    assert len(bot.heard) == 1


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), unique=True))
def test_a_platform_keeps_something_of_its_own_for_each_payload(payloads: list[str]) -> None:
    ids = [button_id(it * 20) for it in payloads] + [button_id(f"/{it}") for it in payloads]
    assert all(len(it.encode()) <= MOST_BYTES_OF_BUTTON for it in ids)
    assert len(set(ids[: len(payloads)])) == len({it * 20 for it in payloads})


@pytest.mark.parametrize(("payload", "is_kept"), [("/a", True), ("x" * 64, True), ("x" * 65, False), ("é" * 33, False)])
def test_a_short_payload_is_kept_itself(payload: str, is_kept: bool) -> None:
    assert (button_id(payload) == payload) is is_kept


@pytest.mark.parametrize(
    ("sources", "line"),
    [
        (["Overview"], "Source: Overview"),
        (
            ["Overview: Redness", "Care: Washing", "Overview: Swelling"],
            "Source: Overview (Redness, Swelling); Care (Washing)",
        ),
        (["Overview", "Overview: Redness"], "Source: Overview (Redness)"),
        (["Overview: Redness: Day 1"], "Source: Overview (Redness: Day 1)"),
    ],
)
def test_each_document_is_named_once(sources: list[str], line: str) -> None:
    assert source_line(sources) == line


@pytest.mark.parametrize(
    ("image", "public_url", "address"),
    [
        (None, "https://a.example", None),
        ("", "https://a.example", ""),
        ("https://b.example/x.png", None, "https://b.example/x.png"),
        ("/x.png", "https://a.example", "https://a.example/x.png"),
        ("/x.svg", "https://a.example", "https://a.example/x.svg"),
        ("/chat/pictures/oil.svg", "https://a.example", "https://a.example/chat/pictures/oil.png"),
        ("/x.png", None, None),
        ("x.png", "https://a.example", None),
        ("http://b.example/x.png", "https://a.example", None),
    ],
)
def test_a_picture_has_an_address_that_can_be_reached(
    image: Optional[str], public_url: Optional[str], address: Optional[str]
) -> None:
    assert picture_address(image, public_url) == address


@pytest.mark.parametrize(
    "incoming",
    [
        Incoming("why"),
        Incoming("x", "/y", is_shared=True),
        Incoming("/help", command="/help"),
        Incoming(has_more_than_text=True),
        Incoming("Why?", button=""),
    ],
)
def test_what_is_kept_of_a_message_is_all_of_it(incoming: Incoming) -> None:
    assert Incoming(**json.loads(json.dumps(incoming.as_dict()))) == incoming

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.store.conversations import ConversationStore
from bot.store.database import database

Store = tuple[ConversationStore, sa.engine.Engine]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database as Rasa makes it, with one conversation in two turns and another person's."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    events = [
        ("web-1", "session_started", {"timestamp": 1.0}),
        ("web-1", "user", {"timestamp": 2.0, "text": "why", "message_id": "first-id", "metadata": {}}),
        ("web-1", "bot", bot(3.0, "Because.", answer="ask_why", sources=["Overview"], facts=["A1"])),
        ("web-1", "bot", bot(3.5, "Call now.", utter_action="utter_warning_emergency")),
        ("web-1", "user", {"timestamp": 4.0, "text": "/ask_x", "message_id": "next-id", "metadata": {"title": "X?"}}),
        ("web-1", "bot", bot(5.0, "X.", data={"buttons": [{"title": "Y?", "payload": "/ask_y"}], "elements": None})),
        ("web-2", "user", {"timestamp": 6.0, "text": "hi", "message_id": "first-id", "metadata": {}}),
    ]
    with sa.create_engine(url).begin() as connection:
        connection.execute(
            sa.text(
                "create table events (id integer primary key, sender_id text, type_name text, timestamp real,"
                " intent_name text, action_name text, data text)"
            )
        )
        for sender, kind, data in events:
            connection.execute(
                sa.text("insert into events (sender_id, type_name, data) values (:sender, :kind, :data)"),
                {"sender": sender, "kind": kind, "data": json.dumps(data)},
            )
    return url


def bot(timestamp: float, text: str, data: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    return {"timestamp": timestamp, "text": text, "data": data or {}, "metadata": metadata}


def test_what_was_said_is_shown_in_order_and_a_button_by_its_title(url: str) -> None:
    said = ConversationStore(database(url)).messages("web-1")
    assert [(it["id"], it["from"], it["text"]) for it in said] == [
        (2_000_000, "user", "why"),
        (3_000_000, "bot", "Because."),
        (3_500_000, "bot", "Call now."),
        (4_000_000, "user", "X?"),
        (5_000_000, "bot", "X."),
    ]
    assert said[1] == {**said[1], "answer": "ask_why", "sources": ["Overview"]} and "facts" not in said[1]
    assert said[2]["alert"] is True and "alert" not in said[1]
    assert said[4]["buttons"][0]["payload"] == "/ask_y"


def test_only_what_came_after_a_message_is_told_again(url: str) -> None:
    assert [it["text"] for it in ConversationStore(database(url)).messages("web-1", after=3_500_000)] == [
        "X?",
        "X.",
    ]


@pytest.mark.parametrize(
    ("client_id", "texts"),
    [("first-id", ["Because.", "Call now."]), ("next-id", ["X."]), ("no-such-id", None), ("first", None)],
)
def test_the_replies_to_a_message_are_found_by_its_id(url: str, client_id: str, texts: list[str] | None) -> None:
    replies = ConversationStore(database(url)).replies("web-1", client_id)
    assert (replies and [it["text"] for it in replies]) == texts


@pytest.mark.parametrize(
    ("conversation", "message", "answer"),
    [
        ("web-1", 3_000_000, "ask_why"),
        ("web-1", 3_500_000, None),
        ("web-1", 4_000_000, None),
        ("web-1", 3_000_001, None),
        ("web-1", 0, None),
        ("web-1", 10**30, None),
        ("web-2", 3_000_000, None),
        ("web-3", 3_000_000, None),
    ],
)
def test_which_answer_a_message_gave_is_known(url: str, conversation: str, message: int, answer: str | None) -> None:
    assert ConversationStore(database(url)).answer_of(conversation, message) == answer

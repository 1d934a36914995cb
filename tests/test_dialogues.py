"""The shared dialogues with the running assistant: each turn is answered as its label asks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.assistant import Assistant, Conversation
from tests.conftest import SHARED

FILE = SHARED / "bench" / "patients" / "dialogues.jsonl"
DIALOGUES = [json.loads(line)["turns"] for line in FILE.read_text(encoding="utf-8").splitlines()]
# What the reply to a turn without a documented answer holds, by the turn's label.
WORDS = {
    "undocumented": ("does not cover",),
    "out_of_scope": ("can't help with that", "still can't help you", "does not cover"),
    "red_flag": ("Call 999 now", "call 999 now", "look at this today", "Please don't wait"),
    "chitchat": ("automated assistant", "welcome", "talk to a person", "Take care"),
}


@pytest.mark.parametrize("turns", DIALOGUES, ids=lambda turns: turns[0]["text"][:40])
def test_every_turn_does_what_is_expected(assistant: Assistant, turns: list[dict[str, Any]]) -> None:
    person = assistant.conversation()
    for turn in turns:
        reply, answers = _say(person, turn["text"])
        labels = [*turn["labels"], *turn.get("also", [])]
        fits = any(label in answers for label in labels) or (
            not answers and any(words in reply for label in labels for words in WORDS.get(label, ()))
        )
        assert fits, f"{turn['text']!r}: expected {labels}: {turn['expect']}\ngot {answers}: {reply}"


def _say(person: Conversation, text: str) -> tuple[str, list[str]]:
    """The reply and the ids of the documented answers in it."""
    before = len(person.answers())
    reply = person.text(text)
    return reply, [answer["answer"] for answer in person.answers()[before:]]

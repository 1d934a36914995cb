from __future__ import annotations

from typing import Optional

import pytest

from bot.handover.words import Command, load_words


@pytest.mark.parametrize(
    ("text", "kind", "step"),
    [
        ("stop", "leave", None),
        ("Pls cancle this", "leave", None),
        ("never mind!", "leave", None),
        ("I've changed my mind", "leave", None),
        ("i changed my mind", "leave", None),
        ("skip", "skip", None),
        ("I'd rather not say.", "skip", None),
        ("i’d rather not say", "skip", None),
        ("no", "skip", None),
        ("go back pls", "back", None),
        ("change my name", "change", "handover_name"),
        ("the number was wrong", "change", "handover_contact"),
        ("fix the time", "change", "handover_time"),
        ("can I edit my question", "change", "handover_question"),
        ("I want to change something", "change", None),
    ],
)
def test_commands(text: str, kind: Optional[str], step: Optional[str]) -> None:
    command = load_words().command(text)
    assert command == (Command(kind, step) if kind else None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "Steven Passmore",
        "Mark Leavey",
        "next week",
        "after 5 pm",
        "should I change my cream because it burns so much at night",
        "does the redness stop",
        "",
        "?",
    ],
)
def test_answers_are_no_commands(text: str) -> None:
    assert load_words().command(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna", "Anna"),
        ("hi, I'm Anna", "Anna"),
        ("my name is Jane  Doe.", "Jane Doe"),
        ("im O'Brien", "O'Brien"),
        ("Imogen", "Imogen"),
        ("It’s Zoë", "Zoë"),
        ("hello", ""),
        ("李小龙", "李小龙"),
    ],
)
def test_a_name_without_what_is_said_before_it(text: str, name: str) -> None:
    assert load_words().name_in(text) == name

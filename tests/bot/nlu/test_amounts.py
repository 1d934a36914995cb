from __future__ import annotations

import re

import pytest

from bot.nlu.amounts import AMOUNT, amount_in_days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 days", 3),
        ("3days", 3),
        ("a week", 7),
        ("a week and a half", 10.5),
        ("two and a half weeks", 17.5),
        ("2 to 3 weeks", 21),
        ("5 weeks 2 days", 37),
        ("a couple of months", 60),
        ("twenty-one days", 21),
        ("2,5 weeks", 17.5),
        ("48 hours", 2),
    ],
)
def test_amount_in_days(text: str, days: float) -> None:
    match = re.fullmatch(AMOUNT, text)
    assert match is not None and amount_in_days(match) == days


@pytest.mark.parametrize("text", ["and now", "a dog", "weekly", "3"])
def test_what_is_no_amount(text: str) -> None:
    assert re.search(AMOUNT, text) is None

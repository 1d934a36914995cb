from __future__ import annotations

import pytest

from bot.durations import in_words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "less than a day"),
        (0.9, "less than a day"),
        (1, "1 day"),
        (1.2, "1 day"),
        (3, "3 days"),
        (13, "13 days"),
        (14, "about 2 weeks"),
        (17.5, "about 2 and a half weeks"),
        (21, "about 3 weeks"),
        (30, "30 days"),
        (31.5, "about 4 and a half weeks"),
        (60, "about 2 months"),
        (365, "about 12 months"),
        (730, "about 2 years"),
        (1825, "about 5 years"),
    ],
)
def test_days_are_said_in_plain_words(days: float, words: str) -> None:
    assert in_words(days) == words

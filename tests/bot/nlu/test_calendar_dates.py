from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.calendar_dates import past_dates
from bot.nlu.elapsed_time import find_elapsed

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on the 3rd of november", 20),
        ("nov 3", 20),
        ("it was 20 november", 3),
        ("on the 14th", 9),
        ("on the 28th", 26),
        ("december 1st", 357),
        ("since october", 39),
        ("back in sept", 69),
        ("on the 5th of march", 263),
        ("in december 2023", 1074),
        ("on 3 november 2025", 385),
    ],
)
def test_last_time_a_date_came_round(text: str, days: int) -> None:
    assert [found for found, _, _ in past_dates(text, TODAY)] == [days]


@pytest.mark.parametrize("text", ["may i wash it", "the 2nd session", "i march on", "on 31 june 2025", "5 march 2027"])
def test_what_is_no_date(text: str) -> None:
    assert list(past_dates(text, TODAY)) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("had my treatment on the 3rd of november and now im spotty", 20),
        ("breaking out since october", 39),
        ("on the 14th", 9),
        ("its been months", 60),
        ("about 6 weeks and 2 days", 44),
        ("had it 5 weeks 2 days ago", 37),
        ("sixty-five days ago", 65),
        ("4w post", 28),
        ("it has been 3 weks", 21),
    ],
)
def test_dates_tell_the_time_since_the_treatment(text: str, days: float) -> None:
    found = find_elapsed(text, TODAY)
    assert found is not None and found.days == days


@pytest.mark.parametrize("text", ["my wedding is on the 28th", "can i have it on december 1st", "should i wait months"])
def test_dates_to_come_do_not(text: str) -> None:
    assert find_elapsed(text, TODAY) is None

"""When a review is overdue, on the days where months differ."""

from __future__ import annotations

from datetime import date

import pytest

from bot.checks.reviews import months_after, overdue, problems_of_review


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 23), 12, date(2027, 11, 23)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 15), 11, date(2026, 12, 15)),
    ],
)
def test_months_are_of_the_calendar(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later


@pytest.mark.parametrize(("today", "count"), [(date(2027, 11, 23), 0), (date(2027, 11, 24), 1)])
def test_a_review_holds_to_the_day(today: date, count: int) -> None:
    assert len(overdue("a place", date(2026, 11, 23), 12, today)) == count


@pytest.mark.parametrize(("reviewed", "count"), [(date(2026, 11, 23), 0), (date(2026, 11, 24), 1)])
def test_a_review_of_tomorrow_is_none(reviewed: date, count: int) -> None:
    assert len(problems_of_review("a place", reviewed, date(2026, 11, 23))) == count

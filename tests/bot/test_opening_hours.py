from __future__ import annotations

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.opening_hours import DAYS, OpeningHours, Period, clock_in_words, moment_in_words

LONDON = ZoneInfo("Europe/London")
CHRISTMAS = date(2026, 12, 25)
WORKDAYS = DAYS[:5]


def hours(text: str = "09:00-18:00", days: tuple[str, ...] = WORKDAYS, zone: ZoneInfo = LONDON) -> OpeningHours:
    periods = [Period.parse(it) for it in text.split(",")]
    return OpeningHours({day: periods for day in days}, {CHRISTMAS}, zone)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("week", "words"),
    [
        (hours(), "Monday to Friday, 9 am to 6 pm"),
        (hours("09:30-13:00, 14:00-20:15"), "Monday to Friday, 9:30 am to 1 pm and 2 pm to 8:15 pm"),
        (hours(days=("monday", "tuesday", "saturday")), "Monday and Tuesday, 9 am to 6 pm; Saturday, 9 am to 6 pm"),
        (hours("00:00-12:00", days=DAYS), "Monday to Sunday, 12 am to 12 pm"),
    ],
)
def test_in_words(week: OpeningHours, words: str) -> None:
    assert week.in_words() == words


@pytest.mark.parametrize("text", ["9-18", "09:00", "18:00-09:00", "09:00-09:00", "", "25:00-26:00", "nine to six"])
def test_what_is_no_period_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="like 09:00-18:00"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-25 09:00", True),
        ("2026-11-25 17:59", True),
        ("2026-11-25 18:00", False),
        ("2026-11-28 12:00", False),
        ("2026-12-25 12:00", False),
    ],
)
def test_open_or_not(moment: str, is_open: bool) -> None:
    assert hours().is_open(local(moment)) is is_open


def test_the_clock_is_the_clinics() -> None:
    in_summer = datetime(2026, 7, 1, 8, 30, tzinfo=timezone.utc)
    assert hours().is_open(in_summer)
    assert not hours().is_open(in_summer.replace(month=12))
    assert hours(zone=ZoneInfo("America/New_York")).is_open(datetime(2026, 7, 1, 21, 0, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-25 10:00", "2026-11-25 14:00"),
        ("2026-11-25 10:01", "2026-11-25 14:30"),
        ("2026-11-25 16:00", "2026-11-26 11:00"),
        ("2026-11-25 23:00", "2026-11-26 13:00"),
        ("2026-11-27 17:00", "2026-11-30 12:00"),
        ("2026-12-24 17:00", "2026-12-28 12:00"),
        ("2027-03-26 17:00", "2027-03-29 12:00"),
    ],
)
def test_due_after_four_hours_of_being_open(asked: str, due: str) -> None:
    assert hours().due(local(asked), 4) == local(due)


def test_nothing_is_promised_after_closing() -> None:
    assert hours("09:00-17:45").due(local("2026-11-25 13:40"), 4) == local("2026-11-25 17:40")


def test_a_break_does_not_count() -> None:
    assert hours("09:00-13:00, 14:00-18:00").due(local("2026-11-25 12:00"), 2) == local("2026-11-25 15:00")


def test_a_clinic_that_is_never_open_promises_nothing() -> None:
    with pytest.raises(ValueError, match="not open for 4 hours"):
        OpeningHours({}, (), LONDON).due(local("2026-11-25 12:00"), 4)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.floats(0.1, 40))
def test_what_is_promised_is_later_and_never_while_closed(moment: datetime, open_for: float) -> None:
    asked = moment.replace(tzinfo=timezone.utc)
    due = hours().due(asked, open_for)
    assert due > asked
    assert hours().is_open(due) or due.time() == time(18)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-25 14:30", "2:30 pm today"),
        ("2026-11-26 09:00", "9 am tomorrow"),
        ("2026-12-03 12:00", "12 pm on Thursday, 3 December"),
    ],
)
def test_a_moment_in_words(moment: str, words: str) -> None:
    assert moment_in_words(local(moment), datetime(2026, 11, 25, 11, tzinfo=timezone.utc)) == words


@pytest.mark.parametrize(("clock", "words"), [(time(0, 5), "12:05 am"), (time(12), "12 pm"), (time(23), "11 pm")])
def test_a_clock_in_words(clock: time, words: str) -> None:
    assert clock_in_words(clock) == words

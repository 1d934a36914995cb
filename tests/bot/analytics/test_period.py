from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.analytics.period import MOST_DAYS, Period, chosen_period, in_utc
from bot.settings import SettingsError, load_report_options

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.utc)


def chosen(now: datetime = NOW, zone: str = "Europe/London", **given: str) -> tuple[str, str]:
    period = chosen_period(load_report_options(given), now, ZoneInfo(zone))
    return str(period.first), str(period.last)


def test_without_a_wish_it_is_the_last_30_days_today_included() -> None:
    assert chosen() == ("2026-10-27", "2026-11-25")


def test_what_is_asked_for_is_taken() -> None:
    assert chosen(FROM="2026-11-01", TO="2026-11-20") == ("2026-11-01", "2026-11-20")
    assert chosen(FROM="2026-11-25", TO="2026-11-25") == ("2026-11-25", "2026-11-25")


def test_one_end_alone_is_enough() -> None:
    assert chosen(FROM="2026-11-20") == ("2026-11-20", "2026-11-25")
    assert chosen(TO="2026-06-30") == ("2026-06-01", "2026-06-30")


def test_today_is_the_clinics_today() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=timezone.utc)
    assert chosen(late, "Australia/Sydney")[1] == "2026-11-26"
    assert chosen(late, "America/New_York")[1] == "2026-11-25"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"FROM": "2026-11-24", "TO": "2026-11-20"},
            "FROM: 2026-11-24 comes after TO (2026-11-20), write an earlier day",
        ),
        ({"FROM": "2026-11-26"}, "FROM: 2026-11-26 comes after today (2026-11-25), write an earlier day"),
        ({"TO": "2026-11-26"}, "TO: 2026-11-26 is still to come, write 2026-11-25 or leave it out"),
        ({"TO": "9999-12-31"}, "TO: 9999-12-31 is still to come, write 2026-11-25 or leave it out"),
        ({"FROM": "2020-01-01"}, "FROM: 2020-01-01 is more than a year before 2026-11-25, write 2025-11-25 or later"),
    ],
)
def test_what_makes_no_period_is_named_with_its_mend(given: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        chosen(**given)
    assert str(caught.value) == message


def test_a_year_is_the_longest() -> None:
    first = date(2026, 11, 25) - timedelta(days=MOST_DAYS - 1)
    assert chosen(FROM=str(first)) == (str(first), "2026-11-25")


def test_days_begin_and_end_at_midnight_of_the_clinic() -> None:
    summer = Period(date(2026, 7, 1), date(2026, 7, 2), LONDON)
    assert in_utc(summer.begin) == datetime(2026, 6, 30, 23)
    assert in_utc(summer.end) == datetime(2026, 7, 2, 23)
    assert summer.days == [date(2026, 7, 1), date(2026, 7, 2)]
    last_second = datetime(2026, 7, 1, 22, 59, 59, tzinfo=timezone.utc).timestamp()
    assert (summer.day_of(last_second), summer.day_of(last_second + 1)) == (date(2026, 7, 1), date(2026, 7, 2))


def test_the_day_on_which_clocks_change_is_one_day_of_25_hours() -> None:
    period = Period(date(2026, 10, 25), date(2026, 10, 25), LONDON)
    assert in_utc(period.end) - in_utc(period.begin) == timedelta(hours=25)

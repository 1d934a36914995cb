"""The days that a report is about. Days are those of the clinic, wherever the server stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.settings import ReportOptions, SettingsError

USUAL_DAYS = 30
# What a chart can show, and what memory is made for.
MOST_DAYS = 366


@dataclass(frozen=True)
class Period:
    """From the beginning of the first day to the end of the last."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]

    def day_of(self, timestamp: float) -> date:
        """The day at the clinic, of seconds since 1970."""
        return datetime.fromtimestamp(timestamp, self.zone).date()


def chosen_period(options: ReportOptions, now: datetime, zone: ZoneInfo) -> Period:
    """The period that is asked for; without a wish the last 30 days, today included.

    Args:
        options: the wish.
        now: with a time zone.
        zone: the clinic's.

    Raises:
        SettingsError: naming the variable that makes no period.
    """
    today = now.astimezone(zone).date()
    last = options.last or today
    first = options.first or last - timedelta(days=USUAL_DAYS - 1)
    if last > today:
        raise SettingsError(f"TO: {last} is still to come, write {today} or leave it out")
    if first > last:
        name = "TO" if options.last else "today"
        raise SettingsError(f"FROM: {first} comes after {name} ({last}), write an earlier day")
    if (last - first).days >= MOST_DAYS:
        earliest = last - timedelta(days=MOST_DAYS - 1)
        raise SettingsError(f"FROM: {first} is more than a year before {last}, write {earliest} or later")
    return Period(first, last, zone)


def in_utc(moment: datetime) -> datetime:
    """A moment as the tables keep it: in UTC, without a time zone."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)

"""When the clinic is open: in words, and by when it calls back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# A clinic that is closed for longer than this is not one to wait for.
MOST_DAYS_CLOSED = 400
ROUND = timedelta(minutes=30)
# The hour of the clock as people say it.
NOON = 12


@dataclass(frozen=True)
class Period:
    """From when until when on one day, in the clinic's time."""

    opens: time
    closes: time

    @classmethod
    def parse(cls, text: str) -> Period:
        """Reads "09:00-18:00".

        Raises:
            ValueError: saying how it must be written.
        """
        first, dash, last = (it.strip() for it in text.partition("-"))
        try:
            period = cls(_clock(first), _clock(last))
        except ValueError as error:
            raise ValueError(f"{text!r} is not a time of opening, write it like 09:00-18:00") from error
        if not dash or period.closes <= period.opens:
            raise ValueError(f"{text!r} must end after it begins, like 09:00-18:00")
        return period


@dataclass(frozen=True)
class OpeningHours:
    """The hours of a week, and the days on which it is closed all the same."""

    week: Mapping[str, Sequence[Period]]
    """By day; a day that is missing is closed. Periods of a day in order."""
    closed_on: Collection[date]
    time_zone: ZoneInfo

    def in_words(self) -> str:
        """Such as "Monday to Friday, 9 am to 6 pm"."""
        return "; ".join(f"{_days(days)}, {_periods(periods)}" for periods, days in self._alike() if periods)

    def is_open(self, moment: datetime) -> bool:
        """Whether the clinic is open at a moment, which has a time zone."""
        local = moment.astimezone(self.time_zone)
        return any(begins <= local < ends for begins, ends in self._of_day(local.date()))

    def after(self, moment: datetime, hours: float) -> datetime:
        """The moment by which the clinic has been open for so many hours, in its own time.

        Raises:
            ValueError: if it is not open for so long within a year.
        """
        now, left = moment.astimezone(self.time_zone), timedelta(hours=hours)
        for begins, ends in self._from(now):
            # Moments of one time zone are subtracted by the clock; no clinic is open while the clock changes.
            open_for = ends - max(begins, now)
            if open_for >= left:
                return max(begins, now) + left
            left -= max(open_for, timedelta(0))
        raise ValueError(f"the clinic is not open for {hours:g} hours in the next {MOST_DAYS_CLOSED} days")

    def due(self, moment: datetime, hours: float) -> datetime:
        """A round time by which the clinic has been open for so many hours after a moment, as one promises it.

        Raises:
            ValueError: if it is not open for so long within a year.
        """
        due = self.after(moment, hours)
        steps = (ROUND, timedelta(minutes=1))
        rounded = [due + (datetime.min - due.replace(tzinfo=None)) % step for step in steps]
        return next((it for it in rounded if self.is_open(it - steps[-1])), due)

    def _alike(self) -> Iterator[tuple[tuple[Period, ...], list[str]]]:
        """Days in a row with the same periods."""
        for periods, days in groupby(DAYS, key=lambda day: tuple(self.week.get(day, ()))):
            yield periods, list(days)

    def _from(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        for days in range(MOST_DAYS_CLOSED):
            yield from self._of_day(now.date() + timedelta(days=days))

    def _of_day(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.closed_on:
            return
        for period in self.week.get(DAYS[day.weekday()], ()):
            yield (
                datetime.combine(day, period.opens, self.time_zone),
                datetime.combine(day, period.closes, self.time_zone),
            )


def moment_in_words(moment: datetime, now: datetime) -> str:
    """Such as "3 pm today", "10:30 am tomorrow", "9 am on Thursday, 3 December"; both in one time zone."""
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {moment:%A}, {moment.day} {moment:%B}")
    return f"{clock_in_words(moment.time())} {day}"


def clock_in_words(clock: time) -> str:
    """Such as "9 am", "12:30 pm"."""
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{(clock.hour - 1) % NOON + 1}{minutes} {'am' if clock.hour < NOON else 'pm'}"


def _clock(text: str) -> time:
    return datetime.strptime(text, "%H:%M").time()


def _days(days: Sequence[str]) -> str:
    names = [day.capitalize() for day in days]
    return names[0] if len(names) == 1 else f"{names[0]} {'to' if len(names) > 2 else 'and'} {names[-1]}"


def _periods(periods: Sequence[Period]) -> str:
    return " and ".join(f"{clock_in_words(it.opens)} to {clock_in_words(it.closes)}" for it in periods)

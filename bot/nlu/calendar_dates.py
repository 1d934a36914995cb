"""Finds dates of the calendar that lie in the past: "3rd of november", "nov 3", "on the 14th", "since october"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Nobody says on which day "since October" began.
MIDDLE_OF_MONTH = 15

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# To be filled with what tells the group from others of its pattern.
_YEAR = r"(?:,?\s+(?P<year{}>20\d\d))?"
_DATE = re.compile(
    rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b{_YEAR.format('')}"
    rf"|\b(?P<month_first>{_MONTH})\s+(?:the\s+)?(?P<day_second>[0-3]?\d)(?:st|nd|rd|th)?\b(?!\s*(?:days?|weeks?|months?)){_YEAR.format('_second')}"
    rf"|\b(?:since|in|from|back\s+in|last)\s+(?:early\s+|mid\s+|late\s+|last\s+)?(?P<month_alone>{_MONTH})\b{_YEAR.format('_alone')}"
    r"|\bthe\s+(?P<day_alone>[0-3]?\d)(?:st|nd|rd|th)\b(?!\s+(?:of\b|day|week|month|time|session|treatment|one))"
)


def past_dates(text: str, today: date) -> Iterator[tuple[int, int, int]]:
    """The dates a lower-case text names, each the last time it came round.

    Yields:
        Days since that date, and where it stands: start and end.
    """
    for match in _DATE.finditer(text):
        groups = {name: value for name, value in match.groupdict().items() if value}
        day = int(groups.get("day") or groups.get("day_second") or groups.get("day_alone") or MIDDLE_OF_MONTH)
        month_name = groups.get("month") or groups.get("month_first") or groups.get("month_alone")
        month = MONTHS.index(month_name[:3]) + 1 if month_name else None
        year = groups.get("year") or groups.get("year_second") or groups.get("year_alone")
        found = _in_year(day, month, int(year)) if month and year else _last_time(day, month, today)
        if found and found <= today:
            yield (today - found).days, match.start(), match.end()


def _in_year(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # there is no 31st of June
        return None


def _last_time(day: int, month: int | None, today: date) -> date | None:
    """The latest day up to today with that day of the month, and that month if it is given."""
    for back in range(370):
        candidate = today - timedelta(days=back)
        if candidate.day == day and month in (None, candidate.month):
            return candidate
    return None

"""Whether what patients are told was approved lately, by the dates in ``answers.yml`` and ``red_flags.yml``."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.knowledge import Knowledge
from bot.safety.red_flags import RedFlags


def reviews(knowledge: Knowledge, red_flags: RedFlags, data: Path) -> Iterator[tuple[str, date]]:
    """Where each date of a review stands, and the date."""
    for answer in knowledge.answers.values():
        yield f"{data}/{answer.id.removeprefix('ask_')}/answers.yml: answer {answer.id}", answer.reviewed.date
    yield f"{data}/safety/red_flags.yml", red_flags.reviewed.date


def problems_of_review(place: str, reviewed: date, today: date) -> list[str]:
    """What is wrong with a date."""
    if reviewed <= today:
        return []
    return [f"{place}: reviewed.date: {reviewed} is in the future, write the day of the review"]


def overdue(place: str, reviewed: date, months: int, today: date) -> list[str]:
    """What is to be reviewed again, because it was longer ago than so many months."""
    due = months_after(reviewed, months)
    if due >= today:
        return []
    return [
        f"{place}: reviewed.date: {reviewed} is more than {months} months ago (review_every_months in clinic.yml):"
        " read it again, mend what is no longer true, and write today's date"
    ]


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))

"""Days as people say them."""

from __future__ import annotations


def in_words(days: float) -> str:
    """A length of time in plain words: ``"3 days"``, ``"about 2 and a half weeks"``."""
    if days < 1:
        return "less than a day"
    whole_weeks = min(days % 3.5, 3.5 - days % 3.5) < 0.3
    if days < 14 or (days < 35 and not whole_weeks):
        return _counted(round(days), "day")
    if days < 60:
        return f"about {_halves(days / 7, 'week')}"
    if days < 540:
        return f"about {_counted(round(days / 30.4), 'month')}"
    return f"about {_counted(round(days / 365), 'year')}"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _halves(number: float, unit: str) -> str:
    whole, half = divmod(round(number * 2), 2)
    return f"{whole} and a half {unit}s" if half else _counted(whole, unit)

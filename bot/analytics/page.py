"""Makes the page of the report: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.analytics import charts
from bot.analytics.figures import Figures
from bot.analytics.groups import Group, Grouping
from bot.safety.red_flags import TIERS
from bot.settings import ROOT

TEMPLATE = "report.html.j2"
MOST_GROUPS = 30
MOST_GROUPS_IN_CHART = 12
MOST_EXAMPLES = 6


@dataclass(frozen=True)
class Names:
    """What ids are called."""

    clinic: str
    answers: Mapping[str, str]
    """The title of each answer."""
    signs: Mapping[str, str]
    """The name of each warning sign."""


@dataclass(frozen=True)
class Chart:
    """A drawing, the same in words, and the same in figures."""

    drawing: Markup
    words: str
    head: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def render(figures: Figures, undocumented: Grouping, not_understood: Grouping, names: Names, made_at: datetime) -> str:
    """The page as HTML; every text in it is escaped.

    Args:
        figures: what was counted.
        undocumented: questions outside the guide, by meaning.
        not_understood: the same for those that were not understood.
        names: what ids are called.
        made_at: at the clinic.
    """
    environment = Environment(
        loader=FileSystemLoader(ROOT / "bot" / "analytics"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(lasting=lasting, percent=percent, day=day)
    tiers = sorted(figures.warnings.items(), key=lambda it: -_urgency(it[0]))
    return environment.get_template(TEMPLATE).render(
        figures=figures,
        names=names,
        made_at=made_at,
        messages=_daily("messages", figures, figures.messages),
        conversations=_daily("conversations", figures, figures.conversations),
        topics=_topics(figures, names),
        undocumented=_Section("undocumented", figures.undocumented.withheld, undocumented),
        not_understood=_Section("not-understood", figures.not_understood.withheld, not_understood),
        thumbs=_thumbs(figures, names),
        tiers=tiers,
    )


def lasting(time: timedelta) -> str:
    """A time in its two largest units, as "1 d 4 h" or "5 min"."""
    minutes = round(time.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [(days, "d"), (hours, "h"), (minutes % 60, "min")]
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "under a minute"


def percent(share: float) -> str:
    """A share between 0 and 1 in percent."""
    return f"{100 * share:.0f}%"


def day(moment: Any) -> str:
    """A day as "5 November 2026"."""
    return f"{moment:%-d %B %Y}"


class _Section:
    """Groups of questions, as they are shown."""

    def __init__(self, name: str, withheld: int, grouping: Grouping) -> None:
        self.name = name
        self.withheld = withheld
        self.grouping = grouping
        self.shown: Sequence[Group] = grouping.groups[:MOST_GROUPS]
        self.chart = self._chart() if self.shown else None

    def examples(self, group: Group) -> tuple[str, ...]:
        return group.wordings[:MOST_EXAMPLES]

    def _chart(self) -> Chart:
        drawn = self.shown[:MOST_GROUPS_IN_CHART]
        rows = [(it.name, it.size, it.central) for it in self.shown]
        words = f"The largest groups of questions: {_listed((it.name, it.size) for it in self.shown)}."
        drawing = charts.bars(self.name, [it.name for it in drawn], {"questions": [it.size for it in drawn]})
        return Chart(Markup(drawing), words, ("Group", "Questions", "Most central"), rows)


def _daily(name: str, figures: Figures, counts: Mapping[Any, Counter[str]]) -> Chart:
    days = figures.period.days
    each = {channel: [counts[it][channel] for it in days] for channel in figures.channels}
    totals = [sum(counts[it].values()) for it in days]
    most = max(range(len(days)), key=lambda it: totals[it])
    words = f"{name.capitalize()} on each day: between {min(totals)} and {max(totals)}, most on {day(days[most])}."
    rows = [(day(it), *(counts[it][channel] for channel in each), sum(counts[it].values())) for it in days]
    drawing = charts.by_day(name, days, each)
    return Chart(Markup(drawing), words, ("Day", *each, "all"), rows)


def _topics(figures: Figures, names: Names) -> Chart | None:
    if not figures.answers:
        return None
    ranked = sorted(figures.answers.items(), key=lambda it: (-it[1], it[0]))
    titles = [names.answers.get(it, it) for it, _ in ranked]
    counts = [count for _, count in ranked]
    words = f"Answers given, the most frequent first: {_listed(zip(titles, counts, strict=True))}."
    total = sum(figures.answers.values())
    rows = [(names.answers.get(it, it), it, count, percent(count / total)) for it, count in ranked]
    drawing = charts.bars("topics", titles, {"answers": counts})
    return Chart(Markup(drawing), words, ("Answer", "Id", "Given", "Share"), rows)


def _thumbs(figures: Figures, names: Names) -> Chart | None:
    if not figures.thumbs:
        return None
    ranked = sorted(figures.thumbs.items(), key=lambda it: (-it[1].total, it[0]))
    titles = [names.answers.get(it, it) for it, _ in ranked]
    opinions = [it for _, it in ranked]
    rows = [
        (title, it.up, it.down, percent(it.share), _reasons(it.reasons))
        for title, it in zip(titles, opinions, strict=True)
    ]
    shares = [percent(it.share) for it in opinions]
    words = f"Whom each answer helped, of those who told: {_listed(zip(titles, shares, strict=True))}."
    parts = {"helped": [it.up for it in opinions], "did not help": [it.down for it in opinions]}
    head = ("Answer", "Helped", "Did not help", "Share helped", "Reasons")
    return Chart(Markup(charts.bars("thumbs", titles, parts)), words, head, rows)


def _reasons(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason.replace('_', ' ')} ({count})" for reason, count in reasons.most_common())


def _urgency(tier: str) -> int:
    # A crisis of the mind comes before all tiers of the skin.
    return TIERS.index(tier) if tier in TIERS else len(TIERS)


def _listed(counts: Iterable[tuple[str, Any]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in list(counts)[:5])

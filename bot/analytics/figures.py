"""Counts what a report shows. Every figure is of one period, and of one channel if that is asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Optional

from sqlalchemy.engine import Connection

from bot.analytics.events import Answered, Heard, Question, read_events
from bot.analytics.period import Period
from bot.analytics.quoting import quotation
from bot.analytics.tables import HandOvers, ReplyTimes, Thumbs, Warnings, existing, hand_overs, reply_times
from bot.analytics.tables import thumbs as thumbs_of
from bot.analytics.tables import warnings as warnings_of

UNDOCUMENTED, NOT_UNDERSTOOD, OUT_OF_SCOPE = "undocumented", "nlu_fallback", "out_of_scope"
# Wordings that are kept to be quoted, of each kind; a bound for memory that a clinic does not reach in a year.
MOST_KEPT = 50_000


@dataclass
class Unanswered:
    """Questions of one kind that got no answer."""

    total: int = 0
    wordings: Counter[str] = field(default_factory=Counter)
    """What may be quoted, and how often it was asked."""

    @property
    def withheld(self) -> int:
        """How many are counted and not quoted."""
        return self.total - sum(self.wordings.values())

    def add(self, question: Question, may_be_quoted: bool) -> None:
        """Counts a question."""
        self.total += 1
        text = quotation(question.text) if may_be_quoted else None
        if text is not None and (text in self.wordings or len(self.wordings) < MOST_KEPT):
            self.wordings[text] += 1


@dataclass
class Figures:
    """What was counted."""

    period: Period
    channel: Optional[str] = None
    messages: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Of patients, by day and channel."""
    conversations: dict[date, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """In which a patient wrote on that day, by day and channel."""
    all_conversations: Counter[str] = field(default_factory=Counter)
    """By channel; each once, however many days it lasted."""
    answers: Counter[str] = field(default_factory=Counter)
    """How often each was given, by id."""
    undocumented: Unanswered = field(default_factory=Unanswered)
    not_understood: Unanswered = field(default_factory=Unanswered)
    out_of_scope: int = 0
    thumbs: Thumbs = field(default_factory=dict)
    warnings: Warnings = field(default_factory=dict)
    hand_overs: HandOvers = field(default_factory=HandOvers)
    reply_times: ReplyTimes = field(default_factory=dict)

    @property
    def message_count(self) -> int:
        """All messages of patients."""
        return sum(it.total() for it in self.messages.values())

    @property
    def channels(self) -> list[str]:
        """Those on which patients wrote, the busiest first."""
        return [it for it, _ in sum(self.messages.values(), Counter()).most_common()]


def read_figures(connection: Connection, period: Period, channel: Optional[str] = None) -> Figures:
    """Counts everything; a table that does not exist yet counts as empty.

    Args:
        connection: to the database of ``DATABASE_URL``.
        period: the days to look at.
        channel: the only channel to look at; all if None.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot be read.
    """
    figures = Figures(period, channel)
    tables = existing(connection)
    if "events" in tables:
        _count(figures, read_events(connection, period, channel))
    if "feedback" in tables:
        figures.thumbs = thumbs_of(connection, period, channel)
    if "warnings" in tables:
        figures.warnings = warnings_of(connection, period, channel)
    if "handovers" in tables:
        figures.hand_overs = hand_overs(connection, period, channel)
    if "turns" in tables:
        figures.reply_times = reply_times(connection, period, channel)
    return figures


def _count(figures: Figures, events: Iterable[Heard | Answered]) -> None:
    seen: set[tuple[str, str]] = set()
    seen_on: set[tuple[date, str, str]] = set()
    for it in events:
        if isinstance(it, Answered):
            figures.answers[it.answer] += 1
            continue
        day = figures.period.day_of(it.timestamp)
        figures.messages[day][it.channel] += 1
        if (it.channel, it.conversation) not in seen:
            seen.add((it.channel, it.conversation))
            figures.all_conversations[it.channel] += 1
        if (day, it.channel, it.conversation) not in seen_on:
            seen_on.add((day, it.channel, it.conversation))
            figures.conversations[day][it.channel] += 1
        for question in it.questions:
            _count_question(figures, question, it.may_be_quoted)


def _count_question(figures: Figures, question: Question, may_be_quoted: bool) -> None:
    if question.intent == UNDOCUMENTED:
        figures.undocumented.add(question, may_be_quoted)
    elif question.intent == NOT_UNDERSTOOD:
        figures.not_understood.add(question, may_be_quoted)
    elif question.intent == OUT_OF_SCOPE:
        figures.out_of_scope += 1

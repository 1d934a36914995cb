from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.analytics import tables
from bot.analytics.period import Period
from bot.bench.conversations import Writer

# In London these days begin at 23:00 UTC.
PERIOD = Period(date(2026, 7, 1), date(2026, 7, 2), ZoneInfo("Europe/London"))
BEGIN, END = datetime(2026, 6, 30, 23), datetime(2026, 7, 2, 23)
SHORT = timedelta(microseconds=1)
MOMENTS = (BEGIN - SHORT, BEGIN, END - SHORT, END)


@pytest.fixture
def connection(tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    Writer(PERIOD.last, PERIOD.zone).write(url, 0)
    with sa.create_engine(url).connect() as connection:
        yield connection


def insert(connection: Connection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        moments = {
            name: it.isoformat(" ", "microseconds") if isinstance(it, datetime) else it for name, it in row.items()
        }
        names = ", ".join(moments)
        marks = ", ".join(f":{it}" for it in moments)
        connection.execute(sa.text(f"insert into {table} ({names}) values ({marks})"), moments)


def request(status: str, wait: int | None = None, at: datetime = BEGIN, channel: str = "web") -> dict[str, Any]:
    done_at = None if wait is None else at + timedelta(minutes=wait)
    return {"asked_at": at, "done_at": done_at, "status": status, "channel": channel}


def test_requests_are_open_or_done_and_a_draft_is_none_yet(connection: Connection) -> None:
    statuses = [request("draft"), request("open"), request("open"), request("done", 5), request("done", 15)]
    insert(connection, "handovers", statuses)
    found = tables.hand_overs(connection, PERIOD, None)
    assert (found.total, found.open, sorted(found.waits)) == (4, 2, [timedelta(minutes=5), timedelta(minutes=15)])
    assert found.median == timedelta(minutes=10)


def test_a_request_of_the_period_that_is_done_later_belongs_to_it(connection: Connection) -> None:
    insert(connection, "handovers", [request("done", 90, END - timedelta(minutes=30))])
    assert tables.hand_overs(connection, PERIOD, None).waits == [timedelta(minutes=90)]


def test_only_what_is_within_the_clinics_days_counts(connection: Connection) -> None:
    insert(connection, "handovers", [request("open", at=it) for it in MOMENTS])
    insert(connection, "turns", [{"at": it, "channel": "web", "seconds": i} for i, it in enumerate(MOMENTS)])
    insert(connection, "warnings", [{"reported_at": it, "tier": "clinic", "signs": "scars pus"} for it in MOMENTS])
    insert(connection, "feedback", [{"given_at": it, "answer": "ask_oil", "helpful": True} for it in MOMENTS])
    assert tables.hand_overs(connection, PERIOD, None).open == 2
    assert tables.reply_times(connection, PERIOD, None)["web"].median == 1.5
    tier = tables.warnings(connection, PERIOD, None)["clinic"]
    assert (tier.reports, tier.signs) == (2, {"scars": 2, "pus": 2})
    assert tables.thumbs(connection, PERIOD, None)["ask_oil"].up == 2


def test_a_channel_has_its_own_figures(connection: Connection) -> None:
    insert(connection, "handovers", [request("open"), request("open", channel="slack")])
    insert(connection, "turns", [{"at": BEGIN, "channel": it, "seconds": 1} for it in ("web", "slack")])
    assert tables.hand_overs(connection, PERIOD, "slack").open == 1
    assert list(tables.reply_times(connection, PERIOD, "slack")) == ["slack"]


def test_opinions_are_counted_with_the_reasons_that_were_given(connection: Connection) -> None:
    given = [(True, None), (True, None), (False, "hard"), (False, "hard"), (False, None), (True, None)]
    insert(
        connection,
        "feedback",
        [{"given_at": BEGIN, "answer": "ask_oil", "helpful": helpful, "reason": reason} for helpful, reason in given],
    )
    opinion = tables.thumbs(connection, PERIOD, None)["ask_oil"]
    assert (opinion.up, opinion.down, opinion.share, opinion.reasons) == (3, 3, 0.5, {"hard": 2})


def test_99_of_100_replies_are_within_the_percentile(connection: Connection) -> None:
    insert(connection, "turns", [{"at": BEGIN, "channel": "web", "seconds": i / 100} for i in range(101)])
    spread = tables.reply_times(connection, PERIOD, None)["web"]
    assert (spread.replies, spread.median, spread.slowest_percent) == (101, 0.5, pytest.approx(0.99))

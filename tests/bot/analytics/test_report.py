"""Every figure of the report, beside what was written into the database."""

from __future__ import annotations

import stat
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Optional
from zoneinfo import ZoneInfo

import pytest

from bot.analytics.figures import Figures
from bot.analytics.groups import Grouping
from bot.analytics.page import lasting
from bot.analytics.report import figures_of, groupings, main, report
from bot.bench.conversations import CHANNELS, HOSTILE, SECRETS, SUBJECTS, Truth, Writer
from bot.knowledge import Knowledge
from bot.safety.red_flags import load_red_flags
from bot.settings import ROOT, Clinic, load_report_options
from tests.bot.analytics.conftest import Page

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 10, 21, 0, tzinfo=timezone.utc)
LARGE, SMALL = 5000, 250
Made = Callable[..., tuple[Truth, Page, Figures, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, clinic: Clinic) -> Made:
    """From a number of conversations and a channel to what was written, and the report of it."""

    def make(conversations: int, channel: Optional[str] = None) -> tuple[Truth, Page, Figures, str]:
        # The clocks change within these 30 days.
        url = f"sqlite:///{tmp_path_factory.mktemp('report') / 'a.db'}"
        truth = Writer(NOW.astimezone(LONDON).date(), LONDON, only=channel).write(url, conversations)
        options = load_report_options({"CHANNEL": channel} if channel else {})
        figures = figures_of(url, options, clinic, NOW)
        html = report(figures, clinic, NOW)
        return truth, Page(html), figures, html

    return make


@pytest.fixture(scope="module", params=[(LARGE, None), (SMALL, "telegram")], ids=["5000 conversations", "one channel"])
def both(request: pytest.FixtureRequest, made: Made) -> tuple[Truth, Page, Figures, str]:
    return made(*request.param)


Both = tuple[Truth, Page, Figures, str]


def by_channel(counts: Counter[str]) -> list[str]:
    return [name for name, _ in counts.most_common()]


def test_the_figures_at_the_top(both: Both) -> None:
    truth, page, _, _ = both
    requests = len(truth.waits) + truth.open
    assert page.tiles == {
        "conversations": str(sum(truth.conversations.values())),
        "messages": str(sum(truth.daily_messages.values())),
        "answers given": str(sum(truth.answers.values())),
        "questions outside the guide": str(sum(truth.undocumented.values()) + truth.withheld),
        "not understood": str(truth.not_understood),
        "about something else": str(truth.out_of_scope),
        "reports of warning signs": str(sum(truth.warnings.values())),
        "requests for a person": f"{requests} {truth.open} open",
    }


@pytest.mark.parametrize(("table", "kind"), [(0, "daily_conversations"), (1, "daily_messages")])
def test_each_day(both: Both, table: int, kind: str) -> None:
    truth, page, figures, _ = both
    counts = getattr(truth, kind)
    head = page.tables["days"][table][0]
    assert sorted(head[1:-1]) == sorted({channel for _, channel in truth.daily_messages})
    assert page.rows("days", table) == [
        [f"{day:%-d %B %Y}", *(str(counts[day, it]) for it in head[1:-1]), str(sum(counts[day, it] for it in CHANNELS))]
        for day in figures.period.days
    ]


def test_conversations_in_all_count_once_however_many_days_they_last(both: Both) -> None:
    truth, page, _, _ = both
    listed = ", ".join(f"{name} {count}" for name, count in truth.conversations.most_common())
    assert any(f"In all: {listed}." in text for text in page.texts)
    assert sum(truth.daily_conversations.values()) > sum(truth.conversations.values())


def test_topics(both: Both, knowledge: Knowledge) -> None:
    truth, page, _, _ = both
    total = sum(truth.answers.values())
    assert page.rows("topics") == [
        [knowledge.answers[it].title, it, str(count), f"{100 * count / total:.0f}%"]
        for it, count in sorted(truth.answers.items(), key=lambda it: (-it[1], it[0]))
    ]


def test_thumbs(both: Both, knowledge: Knowledge) -> None:
    truth, page, _, _ = both
    answers = {answer for answer, _ in truth.helped}
    assert {row[0] for row in page.rows("thumbs")} == {knowledge.answers[it].title for it in answers}
    for answer in answers:
        (row,) = (it for it in page.rows("thumbs") if it[0] == knowledge.answers[answer].title)
        up, down = truth.helped[answer, True], truth.helped[answer, False]
        assert row[1:4] == [str(up), str(down), f"{100 * up / (up + down):.0f}%"]
        reasons = {f"{it.replace('_', ' ')} ({count})" for (of, it), count in truth.reasons.items() if of == answer}
        assert set(row[4].split(", ")) - {""} == reasons


def test_warning_signs(both: Both) -> None:
    truth, page, figures, _ = both
    rows = {row[0]: row[1] for row in page.rows("warnings")}
    assert rows == {tier.replace("_", " "): str(count) for tier, count in truth.warnings.items()}
    urgency = ["emergency", "same day", "clinic"]
    assert list(rows) == [it for it in urgency if it in rows]
    names = {it.id: it.name for it in load_red_flags().signs.values()}
    told = " ".join(row[2] for row in page.rows("warnings"))
    assert sum((tier.signs for tier in figures.warnings.values()), Counter()) == truth.signs
    assert all(names[sign] in told for sign in truth.signs)


def test_requests_for_a_person(both: Both) -> None:
    truth, page, _, _ = both
    assert page.rows("hand-overs") == [
        [
            str(len(truth.waits) + truth.open),
            str(len(truth.waits)),
            str(truth.open),
            lasting(statistics.median(truth.waits)),
            lasting(max(truth.waits)),
        ]
    ]


def test_reply_times(both: Both) -> None:
    truth, page, _, _ = both
    expected = []
    for channel, seconds in sorted(truth.seconds.items()):
        slow = statistics.quantiles(seconds, n=100, method="inclusive")[98]
        expected.append([channel, str(len(seconds)), f"{statistics.median(seconds):.3f} s", f"{slow:.3f} s"])
    assert page.rows("reply-times") == expected


def test_every_question_without_an_answer_is_in_a_group_or_accounted_for(both: Both) -> None:
    truth, page, figures, _ = both
    undocumented, not_understood = groupings(figures)
    assert figures.undocumented.withheld == truth.withheld and figures.not_understood.withheld == 0
    assert all_of(undocumented) == sum(truth.undocumented.values())
    assert all_of(not_understood) == truth.not_understood
    for section, grouping in (("undocumented", undocumented), ("not-understood", not_understood)):
        assert [row[:2] for row in page.rows(section)] == [[it.name, str(it.size)] for it in grouping.groups[:30]]
    assert any(f"{truth.withheld} are counted and not shown" in text for text in page.texts)


def all_of(grouping: Grouping) -> int:
    return sum(it.size for it in grouping.groups) + grouping.alone


def subject_of(question: str) -> str:
    return next(name for name, ways in SUBJECTS.items() if any(it in question for it in ways))


def test_groups_are_the_subjects_that_were_asked_about(made: Made) -> None:
    truth, _, figures, _ = made(1500)
    undocumented, _ = groupings(figures)
    subjects = [{subject_of(it) for it in group.wordings} for group in undocumented.groups]
    assert [it for it in subjects if len(it) > 1] == []
    assert {name for names in subjects for name in names} == set(SUBJECTS)
    largest = {subject_of(it.central): it.size for it in reversed(undocumented.groups)}
    for subject in SUBJECTS:
        assert largest[subject] >= 0.6 * truth.undocumented[subject], subject


def test_nothing_tells_who_wrote(both: Both) -> None:
    *_, html = both
    for secret in (*SECRETS, *SECRETS[0].split(), "removed]", "conversation-", "in secret"):
        assert secret not in html
    assert "/ask_" not in html


def test_what_patients_write_is_text_and_nothing_else(both: Both) -> None:
    _, page, _, html = both
    assert "<script" not in html and "<img" not in html
    assert not any(name.startswith("on") for _, given in page.tags for name in given)
    assert any(HOSTILE in text for text in page.texts)


def test_the_page_is_one_file_that_loads_nothing(both: Both) -> None:
    _, page, _, html = both
    addresses = [value for _, given in page.tags for name, value in given.items() if name in ("src", "href", "data")]
    assert all(it and it.startswith("#") for it in addresses)
    assert "@import" not in html and html.count("url(") == html.count("url(#")


def test_every_chart_has_words_and_a_table(both: Both) -> None:
    _, page, _, html = both
    charts = [given for _, given in page.tags if given.get("class") == "chart"]
    assert len(charts) == html.count("<svg") == html.count("Show as a table") == 6
    assert all(given["role"] == "img" and len(given["aria-label"] or "") > 30 for given in charts)
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database and the report that the environment names."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'a.db'}")
    monkeypatch.setenv("OUT", str(tmp_path / "new folder" / "report.html"))
    for name in ("FROM", "TO", "CHANNEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "new folder" / "report.html"


def test_a_database_without_tables_makes_an_empty_report(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main()
    page = Page(file.read_text(encoding="utf-8"))
    assert set(page.tiles.values()) == {"0"}
    assert len([it for it in page.texts if it.endswith("in this period.")]) == 8
    assert f"The report is in {file}" in capsys.readouterr().out


def test_the_file_is_readable_by_its_user_alone(file: Path) -> None:
    main()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FROM", "last week", "FROM: 'last week' is not a day, write it like 2026-11-01"),
        ("TO", "2026-02-30", "TO: '2026-02-30' is not a day, write it like 2026-11-01"),
        ("FROM", "0001-01-01", "FROM: '0001-01-01' is not a day, write it like 2026-11-01"),
        ("CHANNEL", "fax", "CHANNEL: 'fax' is not a channel, write one of web, telegram, slack, rest"),
        ("FROM", "2100-01-01", "FROM: 2100-01-01 comes after today"),
    ],
)
def test_a_wrong_value_ends_with_one_message_that_names_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as caught:
        main()
    lines = str(caught.value.code).splitlines()
    assert lines[0] == "Please mend this first:" and len(lines) == 2 and lines[1].startswith(message)
    assert not file.exists()


def test_a_database_that_cannot_be_read_ends_with_a_plain_message(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file.parent / 'missing' / 'a.db'}")
    with pytest.raises(SystemExit, match="The database of DATABASE_URL cannot be read: "):
        main()


def test_a_place_that_cannot_be_written_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUT", "/proc/report.html")
    with pytest.raises(SystemExit, match="OUT: /proc/report.html cannot be written"):
        main()


def test_a_report_over_5000_conversations_takes_less_than_20_seconds(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    today = datetime.now(LONDON).date()
    Writer(today, LONDON).write(url, LARGE)
    environment = {"DATABASE_URL": url, "OUT": str(tmp_path / "report.html")}
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "bot.analytics.report"], cwd=ROOT, env=environment, check=True)
    assert time.monotonic() - began < 20

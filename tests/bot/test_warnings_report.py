from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot import warnings_report
from bot.safety.red_flags import load_red_flags
from bot.settings import SettingsError
from bot.store.warnings import Warned, WarningStore
from bot.warnings_report import DAYS, lines, main

LONDON = ZoneInfo("Europe/London")
NAMES = {"pus": "pus or a smell", "fever": "a fever"}


def line(moment: datetime = datetime(2026, 1, 5, 9, 30), tier: str = "same_day", signs: tuple[str, ...] = ()) -> str:
    (only,) = lines([Warned(moment, "abc123", "rest", tier, signs)], NAMES, LONDON)
    return only


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database that the environment names."""
    file = tmp_path / "assistant.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")
    return file


def test_a_line_says_when_where_how_urgent_which_and_in_which_conversation() -> None:
    assert line(signs=("pus", "fever")) == ("2026-01-05 09:30  rest      same day   pus or a smell; a fever  (abc123)")


@pytest.mark.parametrize(("month", "clock"), [(1, "09:30"), (7, "10:30")])
def test_the_time_is_the_clinics(month: int, clock: str) -> None:
    assert line(datetime(2026, month, 5, 9, 30)).startswith(f"2026-0{month}-05 {clock}")


def test_a_moment_late_at_night_may_be_another_day_at_the_clinic() -> None:
    assert line(datetime(2026, 7, 5, 23, 30)).startswith("2026-07-06 00:30")


def test_a_sign_that_is_no_longer_known_keeps_its_id() -> None:
    assert "pus or a smell; old_sign" in line(signs=("pus", "old_sign"))


def test_a_report_without_signs_says_so() -> None:
    assert "not named" in line()


def test_the_reports_of_the_last_days_are_printed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = WarningStore(f"sqlite:///{file}")
    store.add("old", "rest", "clinic", ["scars"])
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE warnings SET reported_at = datetime('now', ?)", (f"-{DAYS + 1} days",))
    for name in ("first", "second"):
        store.add(name, "rest", "emergency", ["breathing"])
    main()
    first, second, count = capsys.readouterr().out.splitlines()
    assert "(first)" in first and "(second)" in second
    assert f"emergency  {load_red_flags().signs['breathing'].name}" in first
    assert count == f"2 reports of warning signs in the last {DAYS} days."


@pytest.mark.usefixtures("file")
def test_without_reports_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert capsys.readouterr().out == f"0 reports of warning signs in the last {DAYS} days.\n"


def test_a_database_that_cannot_be_read_ends_with_a_plain_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'missing' / 'assistant.db'}")
    with pytest.raises(SystemExit, match="The database of DATABASE_URL cannot be read: "):
        main()


def test_a_wrong_setting_ends_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise SettingsError("clinic.yml: phone: is missing, add it")

    monkeypatch.setattr(warnings_report, "load_clinic", broken)
    with pytest.raises(SystemExit, match="Please mend this first:\nclinic.yml: phone: is missing, add it"):
        main()

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

import pytest

from actions.safety import record
from bot.store.warnings import WarningStore
from tests.actions.conftest import MakeTracker


def test_a_report_is_recorded(make_tracker: MakeTracker, tmp_path: Path) -> None:
    store = WarningStore(f"sqlite:///{tmp_path / 'clinic.db'}")
    record(store, make_tracker("red_flag", text="marmalade", tier="emergency", signs=["fever", "pus"]))
    (kept,) = store.since(datetime(2020, 1, 1))
    assert (kept.conversation, kept.tier, kept.signs) == ("someone", "emergency", ("fever", "pus"))


def test_a_record_that_fails_is_logged_without_who_and_what(
    make_tracker: MakeTracker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = WarningStore(f"sqlite:///{tmp_path / 'missing' / 'clinic.db'}")
    with caplog.at_level(logging.ERROR):
        record(store, make_tracker("red_flag", text="marmalade", tier="same_day", signs=["fever"]))
    assert "same_day" in caplog.text and "fever" in caplog.text
    assert "someone" not in caplog.text and "marmalade" not in caplog.text

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.bench.warnings import evaluate

WARNINGS = [
    {"text": "throat", "tier": "emergency", "also": []},
    {"text": "fever", "tier": "emergency", "also": []},
    {"text": "fever again", "tier": "clinic", "also": ["same_day"]},
    {"text": "missed", "tier": "clinic", "also": []},
]


def model(text: str) -> dict[str, Any]:
    tier = {"throat": "emergency", "fever": "same_day", "alarm": "clinic"}.get(text.split()[0])
    if tier is None:
        return {"intent": {"name": "ask_oil"}}
    return {"intent": {"name": "red_flag"}, "warning": {"tier": tier}}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    warnings, harmless = tmp_path / "warnings.jsonl", tmp_path / "harmless.jsonl"
    warnings.write_text("".join(json.dumps(it) + "\n" for it in WARNINGS), encoding="utf-8")
    harmless.write_text('{"text": "alarm"}\n{"text": "calm"}\n', encoding="utf-8")
    return warnings, harmless


def test_misses_false_alarms_and_tiers_are_counted(files: tuple[Path, Path]) -> None:
    outcome = evaluate(*files, model)
    assert (outcome.warnings, outcome.harmless, outcome.right_tier) == (4, 2, 2)
    assert (outcome.missed, outcome.false_alarms) == (["missed"], ["alarm"])


def test_an_emergency_in_a_lower_tier_is_named(files: tuple[Path, Path]) -> None:
    assert evaluate(*files, model).too_low == ["fever"]

"""Rasa's own checks: the training data is valid, and the stories hold on the trained model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.processes import MODEL, environment
from bot.settings import ROOT, Settings


def rasa(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    settings = Settings(database_url=f"sqlite:///{folder / 'rasa.db'}")
    command = [sys.executable, "-m", "bot.quiet", "rasa", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(settings) | {"TQDM_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_data_is_valid(tmp_path: Path) -> None:
    result = rasa("data", "validate", "--fail-on-warnings", folder=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "labeled with multiple different intents" not in result.stdout + result.stderr


def run_stories(stories: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    # --e2e: the texts are parsed; without it only the labels are read.
    return rasa(
        *("test", "core", "--e2e", "--fail-on-prediction-errors", "--no-plot"),
        *("--stories", str(stories), "--model", str(MODEL), "--out", str(folder / "results")),
        folder=folder,
    )


def test_stories_hold(tmp_path: Path) -> None:
    result = run_stories(ROOT / "tests" / "stories", tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("wrong", ["who won the match yesterday evening"])
def test_a_wrong_story_is_noticed(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "test_wrong.yml").write_text(
        'version: "3.1"\nstories:\n- story: wrong\n  steps:\n'
        f"  - user: |\n      {wrong}\n    intent: ask_how_long\n  - action: action_answer\n",
        encoding="utf-8",
    )
    assert run_stories(tmp_path, tmp_path).returncode != 0

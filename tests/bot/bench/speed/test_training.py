"""A training is kept as long as it is the same, and a short one tells what a long one takes at least."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench.speed.baseline_project import fingerprint, inputs
from bot.bench.speed.training import LOG, RECORD, Training, TrainingError, later_epoch_seconds, trained_baseline

LOG_OF_TWO = (
    "Epochs:   0%|  | 0/2 [00:00<?, ?it/s]\rEpochs:  50%|  | 1/2 [02:40<02:40, 160s/it]\r"
    "Epochs: 100%|  | 2/2 [04:10<00:00, 120s/it, t_loss=1]\rEpochs: 100%|  | 2/2 [04:11<00:00, 120s/it, t_loss=1]\n"
    "INFO  - Starting to train component 'TEDPolicy'.\n"
    "Epochs:   0%|  | 0/2 [00:00<?, ?it/s]\rEpochs:  50%|  | 1/2 [00:10<00:10]\rEpochs: 100%|  | 2/2 [1:00:12<00:00]\n"
)


def test_a_later_epoch_is_the_last_of_each_component() -> None:
    assert later_epoch_seconds(LOG_OF_TWO) == 90 + 3602


def test_one_epoch_is_taken_whole() -> None:
    assert later_epoch_seconds("0/1 [00:00<?]\r1/1 [00:07<00:00]\n") == 7


def test_nothing_shown_is_nothing() -> None:
    assert later_epoch_seconds("INFO  - Finished training component 'RulePolicy'.") == 0


def test_what_was_trained_is_not_trained_again(tmp_path: Path) -> None:
    folder = tmp_path / f"baseline-{fingerprint(inputs())}-2"
    model = folder / "project" / "models" / "baseline.tar.gz"
    model.parent.mkdir(parents=True)
    model.touch()
    (folder / RECORD).write_text('{"seconds": 12.5, "others": 0.5, "is_estimate": true}')
    expected = Training(12.5, 0.5, is_estimate=True)
    assert trained_baseline(2, kept=tmp_path) == (folder / "project", model, expected)


def test_a_failure_names_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho no TensorFlow\nexit 3\n")
    failing.chmod(0o755)
    monkeypatch.setattr("bot.bench.speed.training.BASELINE_PYTHON", failing)
    with pytest.raises(TrainingError, match=LOG) as error:
        trained_baseline(1, kept=tmp_path)
    log = Path(str(error.value).partition("; ")[2].removesuffix(" says why"))
    assert log.read_text() == "no TensorFlow\n"
    assert not (log.parent / RECORD).exists()

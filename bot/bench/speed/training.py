"""Trains both sides from nothing, times it, and keeps what came of it for as long as the inputs stay the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.bench.speed.baseline_project import DEFAULT_EPOCHS, fingerprint, inputs, write_project
from bot.bench.speed.sides import BASELINE_PYTHON, baseline_environment
from bot.processes import with_environment
from bot.settings import ROOT

KEPT = ROOT / "var" / "bench-speed"
# What the assistant's model is made by and from, and the encoder, which is converted and not trained.
COPIED = ("bot", "actions", "data", "web", "config.yml", "domain.yml", "clinic.yml")
ENCODER = Path("models") / "encoder"
RECORD, LOG = "training.json", "training.log"
# How Rasa shows the progress of a component, in seconds: "2/100 [01:23<".
PROGRESS = re.compile(r"(\d+)/(\d+) \[(?:(\d+):)?(\d+):(\d+)<")


class TrainingError(Exception):
    """A side could not be trained; the message says where the reason stands."""


@dataclass(frozen=True)
class Training:
    """How long a training took, and what else the machine did meanwhile."""

    seconds: float
    others: float
    """The load of the machine before it began: how many other programs wanted a processor."""
    is_estimate: bool = False
    """Whether some of the epochs are counted that were not trained."""


def trained_assistant(root: Path = ROOT, kept: Path = KEPT, fresh: bool = False) -> Training:
    """Trains the assistant in a copy, without Rasa's cache; its language pipeline is made of the same data, and counts.

    Args:
        root: the project.
        kept: where earlier results are.
        fresh: train in any case.

    Raises:
        TrainingError: if it fails.
    """
    files = [*inputs(root), root / "config.yml", *sorted((root / "data").rglob("*.yml"))]
    files += [it for part in ("nlu", "safety", "policies") for it in sorted((root / "bot" / part).glob("*.py"))]
    files += sorted((root / "data").rglob("*.txt"))
    folder = kept / f"assistant-{fingerprint(files, root)}"
    if not fresh and (training := _recorded(folder)):
        return training
    print("Training this assistant from nothing (some minutes) ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
            else:
                shutil.copyfile(root / name, copy / name)
        shutil.copytree(root / ENCODER, copy / ENCODER)
        python = [sys.executable, "-m", "bot.quiet"]
        steps = [[*python, "bot.nlu.language", "models/language"], [*python, "bot.train"]]
        return _timed(steps, copy, {"LOG_LEVEL": "ERROR"}, folder)


def trained_baseline(
    epochs: int, root: Path = ROOT, kept: Path = KEPT, fresh: bool = False
) -> tuple[Path, Path, Training]:
    """Trains the baseline as ``rasa train`` does.

    Args:
        epochs: how many, of Rasa's 100; with fewer the time is an estimate, on the low side, for all of them.
        root: the project whose data it is trained on.
        kept: where earlier results are.
        fresh: train in any case.

    Returns:
        Its project, its model, and how long it took.

    Raises:
        TrainingError: if it fails.
    """
    folder = kept / f"baseline-{fingerprint(inputs(root), root)}-{epochs}"
    project, model = folder / "project", folder / "project" / "models" / "baseline.tar.gz"
    if not fresh and model.is_file() and (training := _recorded(folder)):
        return project, model, training
    print(f"Training the baseline, {epochs} epochs (each takes some minutes) ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    write_project(project, root, epochs)
    command = [str(BASELINE_PYTHON), "-m", "bot.quiet", "rasa", "train", "--fixed-model-name", "baseline"]
    training = _timed([command], project, baseline_environment(), folder)
    if epochs < DEFAULT_EPOCHS:
        later = later_epoch_seconds((folder / LOG).read_text(encoding="utf-8"))
        training = Training(training.seconds + (DEFAULT_EPOCHS - epochs) * later, training.others, is_estimate=True)
        _record(folder, training)
    return project, model, training


def later_epoch_seconds(log: str) -> float:
    """What one more epoch of all components takes at least, by the progress that Rasa has shown.

    The last one is taken: the first has much else to do, and Rasa's batches grow, so none is shorter.
    """
    ends: dict[tuple[int, int], int] = {}
    component, last_epoch = 0, 0
    for epoch, _, hours, minutes, seconds in PROGRESS.findall(log):
        # A component begins where the count goes back.
        component, last_epoch = component + (int(epoch) < last_epoch), int(epoch)
        ends.setdefault((component, last_epoch), int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds))
    last = {number: epoch for number, epoch in sorted(ends)}
    return float(sum(ends[it, epoch] - ends.get((it, epoch - 1), 0) for it, epoch in last.items() if epoch))


def _timed(commands: Sequence[list[str]], where: Path, variables: dict[str, str], folder: Path) -> Training:
    others, log = os.getloadavg()[0], folder / LOG
    began = time.perf_counter()
    with log.open("wb") as out:
        for command in commands:
            done = subprocess.run(
                command, cwd=where, env=with_environment(variables), stdout=out, stderr=out, check=False
            )
            if done.returncode:
                raise TrainingError(f"'{' '.join(command)}' failed; {log} says why")
    training = Training(time.perf_counter() - began, others)
    _record(folder, training)
    return training


def _record(folder: Path, training: Training) -> None:
    (folder / RECORD).write_text(json.dumps(asdict(training)), encoding="utf-8")


def _recorded(folder: Path) -> Training | None:
    file = folder / RECORD
    return Training(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None

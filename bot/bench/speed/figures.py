"""The figures of both sides, and what they were meant to be."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.bench.speed.packages import installed_bytes
from bot.bench.speed.report import Line, percentile
from bot.bench.speed.rounds import LONG as LAST
from bot.bench.speed.rounds import PEOPLE, POSITIONS, Talker
from bot.bench.speed.sides import BASELINE_PYTHON, Side
from bot.bench.speed.training import Training
from bot.settings import ROOT

OURS, BASELINE = "this assistant", "Rasa's default"
MEGABYTE = 1024**2
# What is asked for to run each; for ours the dependencies in pyproject.toml.
BASELINE_PACKAGES = ("rasa", "rasa-sdk", "tensorflow-cpu")
# So many other programs disturb a training.
BUSY = 0.5
# Of ours to the baseline's, at most or at least.
FIRST_TURN, START, MEMORY, TRAINING, MOST_PEOPLE = 1 / 3, 1 / 3, 1 / 4, 1 / 3, 4.0
# Of our 200th turn to our first, and what memory may grow by, in percent.
LONG_TALK, GROWTH = 1.3, 5.0


@dataclass
class Measured:
    """All that was measured."""

    trained: dict[str, Training]
    packages: dict[str, int]
    """In bytes."""
    starts: dict[str, list[float]] = field(default_factory=lambda: {OURS: [], BASELINE: []})
    memory_alone: dict[str, int] = field(default_factory=dict)
    talkers: dict[str, Talker] = field(default_factory=dict)

    def started(self, name: str, side: Side, is_alone: bool) -> None:
        """Notes a start, and the memory after it if nothing else was running."""
        self.starts[name].append(side.seconds_to_start)
        if is_alone:
            self.memory_alone[name] = side.memory()


def packages() -> dict[str, int]:
    """How many bytes the packages take that each side needs to run."""
    folders = {OURS: ROOT / ".venv", BASELINE: BASELINE_PYTHON.parent.parent}
    names = {OURS: our_packages(), BASELINE: BASELINE_PACKAGES}
    return {
        it: installed_bytes(next((folders[it] / "lib").glob("python3*")) / "site-packages", names[it]) for it in names
    }


def our_packages(file: Path = ROOT / "pyproject.toml") -> list[str]:
    """The names of the dependencies, without those of the tests."""
    listed = file.read_text(encoding="utf-8").partition("dependencies = [")[2].partition("\n]")[0]
    return [line.strip().strip('",') for line in listed.splitlines() if line.strip()]


def lines(measured: Measured) -> list[Line]:
    """The figures, one a line."""
    return [*_turns(measured), *_many_people(measured), *_standing_costs(measured)]


def _turns(measured: Measured) -> list[Line]:
    ours, theirs = (measured.talkers[it].turns_by_position for it in (OURS, BASELINE))
    found = []
    for position in POSITIONS:
        both = [it * 1000 for it in ours[position]], [it * 1000 for it in theirs[position]]
        middle, slow = (_of_both(partial(percentile, share=share), *both) for share in (0.5, 0.99))
        most = FIRST_TURN if position == 1 else None
        found.append(Line(f"turn {position}, median", *middle, unit="ms", digits=1, at_most=most))
        found.append(Line(f"turn {position}, 99 %", *slow, unit="ms", digits=1))
    longer = percentile(ours[LAST], 0.5) / percentile(ours[1], 0.5)
    return [*found, Line(f"our turn {LAST} to our turn 1", longer, digits=2, at_most=LONG_TALK, is_of_ours=True)]


def _many_people(measured: Measured) -> list[Line]:
    ours, theirs = measured.talkers[OURS], measured.talkers[BASELINE]
    found = []
    for people in PEOPLE:
        rates = _of_both(statistics.median, ours.rates[people], theirs.rates[people])
        least = MOST_PEOPLE if people == max(PEOPLE) else None
        found.append(Line(f"turns a second, {people} at once", *rates, digits=1, at_least=least))
        failed = _of_both(len, ours.failures[people], theirs.failures[people])
        found.append(Line(f"failed turns, {people} at once", *failed, at_most=0, is_of_ours=True))
    return found


def _standing_costs(measured: Measured) -> list[Line]:
    ours, theirs = measured.talkers[OURS], measured.talkers[BASELINE]
    starts = _of_both(min, *(measured.starts[it] for it in (OURS, BASELINE)))
    alone = measured.memory_alone[OURS] / MEGABYTE, measured.memory_alone[BASELINE] / MEGABYTE
    later = ours.memory[-1][1] / MEGABYTE, theirs.memory[-1][1] / MEGABYTE
    trained = measured.trained[OURS].seconds, measured.trained[BASELINE].seconds
    sizes = measured.packages[OURS] / MEGABYTE, measured.packages[BASELINE] / MEGABYTE
    grown = growth(ours), growth(theirs)
    return [
        Line("start", *starts, unit="s", digits=1, at_most=START),
        Line("memory after the start", *alone, unit="MB", at_most=MEMORY),
        Line(f"memory after {ours.memory[-1][0]:,} turns", *later, unit="MB", at_most=MEMORY),
        Line("growth of memory since the warm-up", *grown, unit="%", digits=1, at_most=GROWTH, is_of_ours=True),
        Line("training", *trained, unit="s", at_most=TRAINING),
        Line("packages needed to run", *sizes, unit="MB"),
    ]


def _of_both(
    measure: Callable[[Sequence[Any]], float], ours: Sequence[Any], theirs: Sequence[Any]
) -> tuple[float, float]:
    return float(measure(ours)), float(measure(theirs))


def growth(talker: Talker) -> float:
    """By how many percent the memory of a side has grown since the warm-up."""
    (_, before), (_, after) = talker.memory
    return (after / before - 1) * 100


def notes(measured: Measured) -> str:
    """What one has to know to read the figures."""
    ours, theirs = measured.talkers[OURS], measured.talkers[BASELINE]
    told = [
        f"The baseline's memory was looked at after {theirs.memory[-1][0]:,} turns, and its growth since turn "
        f"{theirs.memory[0][0]:,}; ours has grown since turn {ours.memory[0][0]:,}.",
        "The memory of a side is that of all its processes; Rasa's default comes with an action server too.",
    ]
    for name, training in measured.trained.items():
        if training.is_estimate:
            told.append(f"The training of {name} is an estimate, on the low side: not all of its epochs were trained.")
        if training.others > BUSY:
            told.append(f"{training.others:.1f} other programs wanted a processor when {name} began to train.")
    for name, talker in measured.talkers.items():
        failed = Counter(talker.other_failures + [it for failures in talker.failures.values() for it in failures])
        told += [f"{name}: {times} of {talker.turns:,} turns ended with {kind}." for kind, times in failed.items()]
    return "\n".join(f"- {it}" for it in told)

"""``make bench``: how well warning signs are told from harmless messages, on messages that it has never seen.

A set is two files of JSON lines: ``warnings.jsonl`` with ``text``, ``tier`` and ``also`` (tiers that fit as well), and
``harmless.jsonl`` with ``text`` and ``kind``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.bench.dataset import read_lines
from bot.bench.patients import RED_FLAG, load_model
from bot.nlu.warning_sign_detector import WARNING

Model = Callable[[str], dict[str, Any]]


@dataclass
class Outcome:
    """What became of the messages of a set."""

    warnings: int = 0
    harmless: int = 0
    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    right_tier: int = 0
    other_tier: list[tuple[str, str, str]] = field(default_factory=list)
    """The tier expected, the tier given, the text."""

    @property
    def too_low(self) -> list[str]:
        """Emergencies that were taken for something less."""
        return [text for expected, _, text in self.other_tier if expected == "emergency"]


def evaluate(warnings: Path, harmless: Path, model: Model) -> Outcome:
    """Reads both files of a set.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    outcome = Outcome()
    for case in map(json.loads, read_lines(warnings)):
        outcome.warnings += 1
        parsed = model(case["text"])
        if parsed["intent"]["name"] != RED_FLAG:
            outcome.missed.append(case["text"])
        elif (tier := parsed[WARNING]["tier"]) in {case["tier"], *case.get("also", ())}:
            outcome.right_tier += 1
        else:
            outcome.other_tier.append((case["tier"], tier, case["text"]))
    for case in map(json.loads, read_lines(harmless)):
        outcome.harmless += 1
        if model(case["text"])["intent"]["name"] == RED_FLAG:
            outcome.false_alarms.append(case["text"])
    return outcome


def main() -> None:
    """Prints the figures of the sets named on the command line, each by the beginning of its two files' names."""
    model = load_model()
    for name in sys.argv[1:]:
        warnings, harmless = Path(f"{name}warnings.jsonl"), Path(f"{name}harmless.jsonl")
        for file in (warnings, harmless):
            if not file.is_file():
                sys.exit(f"{file}: there is no such set; expected JSON lines with 'text'")
        _print(name, evaluate(warnings, harmless, model))


def _print(name: str, outcome: Outcome) -> None:
    if not outcome.warnings or not outcome.harmless:
        sys.exit(f"{name}: one of the two files is empty; expected JSON lines with 'text'")
    found = outcome.warnings - len(outcome.missed)
    print(f"\n{name}*.jsonl: warning signs ({outcome.warnings} reports, {outcome.harmless} harmless messages)")
    print(f"  found                           {found / outcome.warnings:6.1%}  (missed: {len(outcome.missed)})")
    print(
        f"  harmless ones escalated         {len(outcome.false_alarms) / outcome.harmless:6.1%}"
        f"  ({len(outcome.false_alarms)})"
    )
    print(f"  right tier, of those found      {outcome.right_tier / max(found, 1):6.1%}")
    print(f"  emergencies in a lower tier     {len(outcome.too_low):4}")
    for title, texts in (
        ("missed", outcome.missed),
        ("false alarms", outcome.false_alarms),
        ("another tier", [f"{expected} -> {given}: {text}" for expected, given, text in outcome.other_tier]),
    ):
        print(f"  {title}:")
        for text in texts:
            print(f"    {text}")


if __name__ == "__main__":
    main()

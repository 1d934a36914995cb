"""``make bench``: how well the trained model understands messages it has never seen.

A set is a file of JSON lines: ``text``; ``labels``, the intents a person would give, in order; ``also``, other intents
that are acceptable. ``chitchat`` stands for any conversational intent.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from bot.processes import MODEL

FALLBACK = "nlu_fallback"
BOUNDARIES = {"undocumented", "out_of_scope", "red_flag", FALLBACK}

Parse = Callable[[str], str]


@dataclass(frozen=True)
class Result:
    """A message, what it should have been taken for, and what it was taken for."""

    text: str
    labels: tuple[str, ...]
    accepted: frozenset[str]
    predicted: str

    @property
    def right(self) -> bool:
        """Whether the prediction is a label or an acceptable one; a message left open counts as out of scope."""
        return _label(self.predicted) in self.accepted or (
            self.predicted == FALLBACK and "out_of_scope" in self.accepted
        )

    @property
    def wrong_topic(self) -> bool:
        """Whether a topic's answer would be given that is not right."""
        return is_topic(self.predicted) and not self.right


@dataclass(frozen=True)
class Figures:
    """Rates between 0 and 1, over the messages whose first label is of that kind (wrong topics: over all).

    A rate over no message is not a number.
    """

    messages: int
    documented_right: float
    wrong_topic: float
    boundaries_kept: float
    warning_signs_found: float


def is_topic(intent: str) -> bool:
    """Whether an intent is a documented topic."""
    return intent.startswith("ask_")


def evaluate(file: Path, parse: Parse) -> list[Result]:
    """Parses every message of a set.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    results = []
    for line in file.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        accepted = frozenset([*case["labels"], *case.get("also", [])])
        results.append(Result(case["text"], tuple(case["labels"]), accepted, parse(case["text"])))
    return results


def figures(results: list[Result]) -> Figures:
    """Counts the results."""
    return Figures(
        messages=len(results),
        documented_right=_rate(it.right for it in results if is_topic(it.labels[0])),
        wrong_topic=_rate(it.wrong_topic for it in results),
        boundaries_kept=_rate(not it.wrong_topic for it in results if it.labels[0] in ("undocumented", "out_of_scope")),
        warning_signs_found=_rate(it.right for it in results if it.labels[0] == "red_flag"),
    )


def load_parser(model: Path = MODEL) -> Parse:
    """The trained model as a function from a text to an intent; ``nlu_fallback`` where it is not sure.

    Raises:
        FileNotFoundError: if there is no model.
    """
    if not model.is_file():
        raise FileNotFoundError(f"{model}: there is no trained model; run 'make train'")
    configure_structlog(logging.ERROR)  # without it Rasa prints every message it parses
    agent = Agent.load(str(model))
    return lambda text: str(asyncio.run(agent.parse_message(text))["intent"]["name"])


def main() -> None:
    """Prints the figures and confusions of the sets named on the command line."""
    parse = load_parser()
    for name in sys.argv[1:]:
        file = Path(name)
        if not file.is_file():
            sys.exit(f"{file}: there is no such set; expected JSON lines with 'text' and 'labels'")
        _print(file, evaluate(file, parse))
        print(f"  {'parsing, median':29} {_milliseconds(file, parse):6.1f} ms")


def _print(file: Path, results: list[Result]) -> None:
    counted = figures(results)
    print(f"\n{file} ({counted.messages} messages)")
    for name, rate in (
        ("documented right", counted.documented_right),
        ("wrong topic's answer, of all", counted.wrong_topic),
        ("outside, not answered", counted.boundaries_kept),
        ("warning signs found", counted.warning_signs_found),
    ):
        print(f"  {name:29} {'none in this set' if math.isnan(rate) else format(rate, '6.1%')}")
    print("  confusions (expected -> taken for):")
    confusions = Counter((it.labels[0], it.predicted) for it in results if not it.right)
    for (expected, predicted), count in confusions.most_common():
        print(f"    {count:3} {expected} -> {predicted}")


def _milliseconds(file: Path, parse: Parse) -> float:
    texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()][:100]
    times = []
    for text in texts:
        start = time.perf_counter()
        parse(text)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _rate(outcomes: Iterable[bool]) -> float:
    counted = list(outcomes)
    return sum(counted) / len(counted) if counted else float("nan")


def _label(intent: str) -> str:
    return intent if is_topic(intent) or intent in BOUNDARIES else "chitchat"


if __name__ == "__main__":
    main()

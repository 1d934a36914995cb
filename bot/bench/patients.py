"""``make bench``: how well the trained model understands patients' messages that it has never seen.

A set is a file of JSON lines: ``text``; ``labels``, the intents a person would give, in the order asked; ``also``,
other intents that are acceptable for the first. ``chitchat`` stands for any conversational intent.
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
from typing import Any

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from bot.bench.dataset import read_lines
from bot.processes import MODEL

FALLBACK = "nlu_fallback"
RED_FLAG = "red_flag"
OUTSIDE = ("undocumented", "out_of_scope")
BOUNDARIES = {*OUTSIDE, RED_FLAG, FALLBACK}

# From a text to the intents of what it asks, in order.
Parse = Callable[[str], list[str]]


@dataclass(frozen=True)
class Result:
    """A message, what it should have been taken for, and what it was taken for, each in the order asked."""

    text: str
    labels: tuple[str, ...]
    also: frozenset[str]
    predicted: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether each thing that is asked was understood, in order, and nothing else.

        A message left open counts as out of scope; a warning sign counts as found wherever it stands.
        """
        kinds = [_label(intent) for intent in self.predicted]
        if self.labels == (RED_FLAG,):
            return RED_FLAG in kinds
        first = kinds[0] in {self.labels[0], *self.also}
        return first and tuple(kinds[1:]) == self.labels[1:]

    @property
    def wrong_topic(self) -> bool:
        """Whether a topic's answer would be given that was not asked for; none is given with a warning sign."""
        asked_for = {*self.labels, *self.also}
        return RED_FLAG not in self.predicted and any(is_topic(it) and it not in asked_for for it in self.predicted)


@dataclass(frozen=True)
class Figures:
    """Rates between 0 and 1; a rate over no message is not a number."""

    messages: int
    documented_right: float
    """Of the messages that ask one documented thing."""
    several_right: float
    """Of the messages that ask several things: all of them, in order."""
    wrong_topic: float
    """Of all messages."""
    boundaries_kept: float
    """Of the messages that ask one undocumented thing or are out of scope: no wrong topic's answer."""
    warning_signs_found: float
    """Of the messages that report one."""


def is_topic(intent: str) -> bool:
    """Whether an intent is a documented topic."""
    return intent.startswith("ask_")


def evaluate(file: Path, parse: Parse) -> list[Result]:
    """Parses every message of a set.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    results = []
    for line in read_lines(file):
        case = json.loads(line)
        also = frozenset(case.get("also", []))
        results.append(Result(case["text"], tuple(case["labels"]), also, tuple(parse(case["text"]))))
    return results


def figures(results: list[Result]) -> Figures:
    """Counts the results."""
    single = [it for it in results if len(it.labels) == 1]
    return Figures(
        messages=len(results),
        documented_right=_rate(it.right for it in single if is_topic(it.labels[0])),
        several_right=_rate(it.right for it in results if len(it.labels) > 1),
        wrong_topic=_rate(it.wrong_topic for it in results),
        boundaries_kept=_rate(not it.wrong_topic for it in single if it.labels[0] in OUTSIDE),
        warning_signs_found=_rate(it.right for it in results if it.labels[0] == RED_FLAG),
    )


def load_model(model: Path = MODEL) -> Callable[[str], dict[str, Any]]:
    """The trained model as a function from a text to Rasa's parse result.

    Raises:
        FileNotFoundError: if there is no model.
    """
    if not model.is_file():
        raise FileNotFoundError(f"{model}: there is no trained model; run 'make train'")
    configure_structlog(logging.ERROR)  # without it Rasa prints every message it parses
    agent = Agent.load(str(model))
    return lambda text: dict(asyncio.run(agent.parse_message(text)))


def intents(parsed: dict[str, Any]) -> list[str]:
    """The intents of what a message asks; ``nlu_fallback`` where it is not sure."""
    return [it["intent"] for it in parsed["questions"]]


def main() -> None:
    """Prints the figures and confusions of the sets named on the command line."""
    model = load_model()

    def parse(text: str) -> list[str]:
        return intents(model(text))

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
        ("one documented question, right", counted.documented_right),
        ("several questions, all right", counted.several_right),
        ("wrong topic's answer, of all", counted.wrong_topic),
        ("outside, not answered", counted.boundaries_kept),
        ("warning signs found", counted.warning_signs_found),
    ):
        print(f"  {name:31} {'none in this set' if math.isnan(rate) else format(rate, '6.1%')}")
    print("  confusions (expected -> taken for):")
    confusions = Counter((" + ".join(it.labels), " + ".join(it.predicted)) for it in results if not it.right)
    for (expected, predicted), count in confusions.most_common():
        print(f"    {count:3} {expected} -> {predicted}")


def _milliseconds(file: Path, parse: Parse) -> float:
    texts = [json.loads(line)["text"] for line in read_lines(file)][:100]
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
    if intent == FALLBACK:
        return "out_of_scope"
    return intent if is_topic(intent) or intent in BOUNDARIES else "chitchat"


if __name__ == "__main__":
    main()

"""``make bench``: what the safety gate adds to the reading of a message."""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog

from bot.bench.dataset import read_lines
from bot.nlu.encoder import load_encoder
from bot.processes import MODEL
from bot.safety.gate import Report, SafetyGate

ENCODER = Path("models/encoder")
ROUNDS = 3


def parse_times(agent: Agent, texts: list[str]) -> list[float]:
    """Milliseconds for each text, as if no one had written it before."""
    times = []
    for text in texts:
        load_encoder(ENCODER).forget()
        start = time.perf_counter()
        asyncio.run(agent.parse_message(text))
        times.append((time.perf_counter() - start) * 1000)
    return times


def main() -> None:
    """Prints the median time with the gate and without it, on the messages of the files named on the command line."""
    configure_structlog(logging.ERROR)  # without it Rasa prints every message it parses
    agent = Agent.load(str(MODEL))
    texts = [json.loads(line)["text"] for name in sys.argv[1:] for line in read_lines(Path(name))]
    parse_times(agent, texts[:50])
    added, whole = [], []
    for _ in range(ROUNDS):
        with_gate = parse_times(agent, texts)
        with patch.object(SafetyGate, "read", lambda self, doc: Report([], [])):
            without = parse_times(agent, texts)
        added.append(statistics.median(a - b for a, b in zip(with_gate, without, strict=True)))
        whole.append(statistics.median(with_gate))
    print(f"\nthe safety gate adds {statistics.median(added):.1f} ms to a message at the median")
    print(f"  ({len(texts)} messages, {statistics.median(whole):.1f} ms each with it)")


if __name__ == "__main__":
    main()

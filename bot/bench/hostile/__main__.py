"""``make bench``: hostile messages over all channels of the real assistant; nothing may break, leak or grow.

``python -m bot.bench.hostile [COUNT] [--seed NUMBER]`` ends with 1 if anything did, and names the message.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bot.bench.hostile.attack import Memory, attack, growth
from bot.bench.hostile.run import Run

COUNT, SEED = 10_000, 20


def report(run: Run, memory: list[Memory], seed: int) -> None:
    """Prints the figures and every failure."""
    print(f"\n{run.sent} hostile messages, seed {seed}: {run.sent / run.seconds:.1f} a second")
    by_channel: dict[str, Counter[int]] = {}
    for (kind, status), times in run.statuses.items():
        by_channel.setdefault(kind.partition(",")[0], Counter())[status] += times
    for channel, statuses in sorted(by_channel.items()):
        print(f"  {channel:12} " + "  ".join(f"HTTP {it}: {statuses[it]}" for it in sorted(statuses)))
    for seconds, request in run.slowest:
        print(f"  {seconds:.1f} seconds for {str(request)[:150]}")
    print("  messages    Rasa, MB    action server, MB    conversations")
    for it in memory:
        print(f"  {it.sent:8} {it.rasa:11.1f} {it.actions:20.1f} {it.conversations:16}")
    print(f"  {len(run.failures)} failures")
    for failure in run.failures:
        print(f"- {failure}")


def main() -> None:
    """Attacks the assistant; ends with 1 on any failure."""
    parser = argparse.ArgumentParser(prog="bot.bench.hostile", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run, memory = attack(Path(folder), arguments.count, arguments.seed)
    run.failures += [grown] if (grown := growth(memory)) else []
    report(run, memory, arguments.seed)
    sys.exit(1 if run.failures else 0)


if __name__ == "__main__":
    main()

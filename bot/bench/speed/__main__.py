"""``make bench-speed``: prints what this assistant and Rasa's default one take for the same conversations.

Both are trained on the same data and run on this machine, at the same time where they wait, in turns where they work.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bot.bench.speed.baseline_project import DEFAULT_EPOCHS
from bot.bench.speed.figures import BASELINE, OURS, Measured, lines, notes, packages
from bot.bench.speed.recorded import patients_messages
from bot.bench.speed.report import table
from bot.bench.speed.rounds import Talker, take_turns, warm
from bot.bench.speed.sides import BASELINE_PYTHON, apology, assistant, baseline
from bot.bench.speed.training import TrainingError, trained_assistant, trained_baseline
from bot.processes import StartError, end_on_signals

# Conversations of ten and of 200 messages in each round.
SHORT_ONES, LONG_ONES = 30, 1


def main() -> None:
    """Measures, and prints a table; the figures alone say whether a target is missed."""
    parser = argparse.ArgumentParser(prog="bot.bench.speed", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured")
    parser.add_argument("--seconds", type=float, default=12, help="for which people talk at once, in each round")
    parser.add_argument("--turns", type=int, default=20_000, help="after which our memory is compared")
    parser.add_argument("--baseline-turns", type=int, default=2_000, help="the same for the baseline, which is slower")
    parser.add_argument("--epochs", type=int, default=2, help=f"for the baseline; Rasa's default is {DEFAULT_EPOCHS}")
    parser.add_argument("--fresh", action="store_true", help="train both anew")
    arguments = parser.parse_args()
    if not BASELINE_PYTHON.is_file():
        sys.exit("The baseline needs an environment of its own: run this with 'make bench-speed'.")
    end_on_signals()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measured = measure(arguments, Path(folder))
    except (TrainingError, StartError) as error:
        sys.exit(f"The benchmark cannot go on:\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nThe benchmark has stopped.")
    print(f"\n{machine()}\n\n{table(lines(measured))}\n\n{notes(measured)}")


def measure(arguments: argparse.Namespace, folder: Path) -> Measured:
    """Trains what is not trained yet, and measures everything.

    Raises:
        TrainingError: if a side cannot be trained.
        StartError: if a side cannot start, or answers nothing.
    """
    project, model, baseline_training = trained_baseline(arguments.epochs, fresh=arguments.fresh)
    trained = {OURS: trained_assistant(fresh=arguments.fresh), BASELINE: baseline_training}
    measured = Measured(trained, packages())
    texts = patients_messages()
    starts = {OURS: lambda: assistant(folder), BASELINE: lambda: baseline(folder, project, model)}
    with ExitStack() as stack:
        for order in ((BASELINE, OURS), (OURS, BASELINE)):
            print(f"Start, {order[0]} first ...", flush=True)
            stack.close()  # what the round before has started
            sides = {}
            for name in order:
                sides[name] = stack.enter_context(starts[name]())
                # The first is alone, and shares no library with the other.
                measured.started(name, sides[name], is_alone=name == order[0])
        ours = Talker(sides[OURS], texts, apology())
        theirs = Talker(sides[BASELINE], texts)
        warm([ours, theirs])
        take_turns([ours, theirs], arguments.rounds, SHORT_ONES, LONG_ONES, arguments.seconds)
        print("Memory ...", flush=True)
        theirs.until(arguments.baseline_turns)
        ours.until(arguments.turns)
    measured.talkers = {OURS: ours, BASELINE: theirs}
    return measured


def machine() -> str:
    """The processor, how many there are of it, and the memory."""
    about = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next(
        (it.partition(": ")[2] for it in about.splitlines() if it.startswith("model name")), platform.machine()
    )
    kilobytes = Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]
    cores = about.count("processor\t:")
    return f"{model}, {cores} cores, {int(kilobytes) / 1024**2:.0f} GB of memory"


if __name__ == "__main__":
    main()

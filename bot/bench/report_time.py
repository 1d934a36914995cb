"""``make bench``: how long the report takes over the conversations of a busy month."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.bench.conversations import Writer
from bot.settings import ROOT, load_clinic

CONVERSATIONS = 5000


def main() -> None:
    """Prints the time of the whole command, with its start, and the most memory that it took."""
    zone = ZoneInfo(load_clinic().time_zone)
    with tempfile.TemporaryDirectory() as folder:
        url, page = f"sqlite:///{folder}/bench.db", Path(folder) / "report.html"
        truth = Writer(datetime.now(zone).date(), zone).write(url, CONVERSATIONS)
        began = time.monotonic()
        command = [sys.executable, "-m", "bot.quiet", "bot.analytics.report"]
        subprocess.run(command, env={"DATABASE_URL": url, "OUT": str(page)}, cwd=ROOT, check=True, capture_output=True)
        seconds = time.monotonic() - began
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    asked = sum(truth.undocumented.values()) + truth.not_understood
    print(f"\nthe report over {CONVERSATIONS:,} conversations takes {seconds:.1f} s and {megabytes:.0f} MB")
    print(f"  ({sum(truth.daily_messages.values()):,} messages; {asked:,} questions grouped by meaning)")


if __name__ == "__main__":
    main()

"""What processes keep in memory, as the kernel counts it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc")


def proportional_bytes(sessions: Iterable[int], proc: Path = PROC) -> int:
    """The memory of all processes of some sessions, in bytes: what is shared counts once, divided among its users.

    Args:
        sessions: the ids of the processes that began the sessions.
        proc: where the kernel tells of processes.
    """
    wanted, total = set(sessions), 0
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            if _session(folder) in wanted:
                total += _proportional(folder)
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended meanwhile
    return total


def _session(folder: Path) -> int:
    # The name of the program stands in brackets and may hold anything, brackets too.
    after_name = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    return int(after_name.split()[3])


def _proportional(folder: Path) -> int:
    for line in (folder / "smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0  # it has given its memory back, and is about to end

"""The memory of a session is that of all its processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.bench.speed.memory import proportional_bytes

MEGABYTE = 1024**2
HOLDS = "import sys; held = bytearray(b'x') * (int(sys.argv[1]) << 20); print('up', flush=True); sys.stdin.read()"
WITH_CHILD = (
    "import subprocess, sys;"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1], '80'], stdin=sys.stdin, stdout=sys.stdout);"
    "child.wait()"
)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WITH_CHILD, HOLDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin and process.stdout
    assert process.stdout.readline() == b"up\n"
    yield process
    process.stdin.close()
    process.wait()


def test_children_count(parent: subprocess.Popen[bytes]) -> None:
    assert 80 * MEGABYTE < proportional_bytes([parent.pid]) < 150 * MEGABYTE


def test_other_sessions_do_not(parent: subprocess.Popen[bytes]) -> None:
    assert proportional_bytes([]) == 0

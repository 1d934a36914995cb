"""PostgreSQL and Redis for tests: real servers of the tests' own, on free ports, in folders that are removed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import redis

from bot.processes import HOST
from tests.ports import free_ports

LONGEST_START = 30
# Debian keeps the programs of each version of PostgreSQL in a folder of its own.
POSTGRES_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# PostgreSQL refuses to run as root.
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@dataclass
class Postgres:
    """A server of PostgreSQL, with a database for each test."""

    folder: Path
    port: int

    def url(self, name: str = "postgres") -> str:
        """Where a database is."""
        return f"postgresql://postgres@{HOST}:{self.port}/{name}"

    def database(self, name: str) -> str:
        """A new and empty database."""
        self._do(f'create database "{name}"')
        return self.url(name)

    def start(self) -> None:
        """Starts it."""
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses={HOST} -c fsync=off"
        self._control("start", "-l", str(self.folder / "log"), "-o", settings)

    def stop(self) -> None:
        """Stops it: whoever is connected is thrown out."""
        self._control("stop", "-m", "fast")

    def restart(self) -> None:
        """Stops it and starts it again."""
        self.stop()
        self.start()

    def _control(self, *words: str) -> None:
        _run([*AS_POSTGRES, str(POSTGRES_PROGRAMS[-1] / "pg_ctl"), "-w", "-D", str(self.folder / "data"), *words])

    def _do(self, statement: str) -> None:
        connection = psycopg2.connect(self.url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()


@dataclass
class RedisServer:
    """A server of Redis, which keeps nothing on a disk."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://{HOST}:{self.port}/0"

    @property
    def client(self) -> redis.Redis:
        """A way to look at it, or to break it."""
        return redis.Redis(port=self.port)

    def stop(self) -> None:
        """Stops it; what it held is gone."""
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        """Starts it again, empty."""
        self.process = _redis(self.port)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It answers nothing for the time of the block, and closes nothing."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Runs PostgreSQL for the time of the block."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if AS_POSTGRES:
        shutil.chown(folder, "postgres")
    server = Postgres(folder, free_ports(1)[0])
    try:
        programs = str(POSTGRES_PROGRAMS[-1] / "initdb")
        _run([*AS_POSTGRES, programs, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"])
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Runs Redis for the time of the block."""
    port = free_ports(1)[0]
    server = RedisServer(port, _redis(port))
    try:
        yield server
    finally:
        server.stop()


def _redis(port: int) -> subprocess.Popen[bytes]:
    quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning"]
    command = ["redis-server", "--port", str(port), "--bind", HOST, *quiet]
    process = subprocess.Popen(command, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    wait_until(lambda: _is_up(client))
    return process


def _is_up(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def wait_until(holds: Callable[[], bool], seconds: float = LONGEST_START) -> None:
    """Returns once something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} seconds"
        time.sleep(0.02)


def _run(command: Sequence[str]) -> None:
    # The server inherits what the command has open: a pipe would not end with the command.
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert done.returncode == 0, f"{' '.join(command)} failed"

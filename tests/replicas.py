"""Several replicas of the assistant behind a proxy, with one PostgreSQL, one Redis and one action server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa

from bot.processes import HOST, MODEL, commands, environment
from bot.settings import ROOT, Settings
from tests.platforms import TELEGRAM_SECRET, TELEGRAM_TOKEN, Api
from tests.ports import free_ports
from tests.services import Postgres, RedisServer, wait_until

# A request is sent again to another replica if it could not be sent to the first: never one that may have been read.
PROXY = """
defaults
    mode http
    option forwardfor
    timeout connect 1s
    timeout client 60s
    timeout server 30s
    retries 3
    retry-on conn-failure
    option redispatch 1
frontend chat
    bind {host}:{port}
    default_backend replicas
backend replicas
    balance roundrobin
    option httpchk GET /
    default-server inter 500ms fall 2 rise 1 check
{servers}
"""
LONGEST_START = 120


@dataclass
class Replicas:
    """The running replicas."""

    settings: list[Settings]
    processes: list[subprocess.Popen[bytes]]
    port: int
    """Of the proxy."""
    postgres: Postgres
    redis: RedisServer
    log: Path

    @property
    def through_proxy(self) -> Settings:
        """Settings as those have them who know the proxy alone."""
        return self.settings[0].copy(update={"port": self.port})

    def kill(self, number: int) -> None:
        """Kills a replica."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)
        self.processes[number].wait()

    def events(self, conversation: str) -> list[dict[str, Any]]:
        """All events of a conversation in the order in which they happened."""
        engine = sa.create_engine(self.settings[0].database_url, poolclass=sa.pool.NullPool)
        query = sa.text("select data from events where sender_id = :conversation order by timestamp, id")
        with engine.connect() as connection:
            return [json.loads(row.data) for row in connection.execute(query, {"conversation": conversation})]

    def open_deliveries(self) -> int:
        """How many deliveries are not done."""
        engine = sa.create_engine(self.settings[0].database_url, poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            count: int = connection.exec_driver_sql("select count(*) from deliveries where not is_done").scalar_one()
        return count


@contextmanager
def replicas(folder: Path, count: int, postgres: Postgres, redis: RedisServer, telegram: Api) -> Iterator[Replicas]:
    """Runs so many replicas for the time of the block."""
    actions_port, proxy_port, *ports = free_ports(2 + count)
    url = postgres.database("replicas")
    settings = [
        Settings(
            port=port,
            actions_port=actions_port,
            chat_secret="the same for all replicas of the tests",
            database_url=url,
            redis_url=redis.url,
            telegram_token=TELEGRAM_TOKEN,
            telegram_secret=TELEGRAM_SECRET,
            telegram_api=telegram.base,
        )
        for port in ports
    ]
    servers = "\n".join(f"    server replica{number} {HOST}:{port}" for number, port in enumerate(ports))
    (folder / "proxy.cfg").write_text(PROXY.format(host=HOST, port=proxy_port, servers=servers), encoding="utf-8")
    log = folder / "log"
    with ExitStack() as stack:
        out = stack.enter_context(log.open("ab"))

        def run(command: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=out, stderr=out, start_new_session=True)
            stack.callback(_end, process)
            return process

        run(commands(settings[0], MODEL)[0], environment(settings[0]))
        # The proxy names the people's own addresses, which are counted.
        started = [run(commands(it, MODEL)[1], {**environment(it), "SANIC_PROXIES_COUNT": "1"}) for it in settings]
        addresses = [f"http://{HOST}:{actions_port}/health", *(f"http://{HOST}:{port}/" for port in ports)]
        for address in addresses:
            wait_until(lambda address=address: _answers(address), LONGEST_START)
        run(["/usr/sbin/haproxy", "-db", "-f", str(folder / "proxy.cfg")], dict(os.environ))
        wait_until(lambda: _answers(f"http://{HOST}:{proxy_port}/"))
        yield Replicas(settings, started, proxy_port, postgres, redis, log)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.RequestException:
        return False

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot import processes
from bot.processes import (
    StartError,
    check_ready,
    commands,
    environment,
    make_database_folder,
    rest_address,
    stop,
    wait_until_up,
    with_shortest_wait,
)
from bot.settings import Settings

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
WILLING = "pass"
ENDED_BY = {STUBBORN: -signal.SIGKILL, WILLING: -signal.SIGTERM}


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(port: int) -> Iterator[None]:
    with ThreadingHTTPServer((processes.HOST, port), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@contextmanager
def child(before: str) -> Iterator[subprocess.Popen[bytes]]:
    """A small process in a session of its own, ready when it is handed over."""
    code = f"{before}\nimport time; print('ready', flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        process.stdout.close()
        process.kill()
        process.wait()


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.tar.gz"
    file.touch()
    return file


def test_a_free_machine_with_a_model_is_ready(settings: Settings, model: Path) -> None:
    check_ready(settings, model)


def test_a_missing_model_is_named_with_its_mend(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"none\.tar\.gz: there is no trained model; run 'make train'"):
        check_ready(settings, tmp_path / "none.tar.gz")


@pytest.mark.parametrize("variable", ["PORT", "ACTIONS_PORT"])
def test_a_port_in_use_is_named_with_its_variable(settings: Settings, model: Path, variable: str) -> None:
    with socket.socket() as other:
        other.bind((processes.HOST, getattr(settings, variable.lower())))
        other.listen()

        with pytest.raises(StartError, match=rf"is in use; stop what uses it or set {variable} to another port"):
            check_ready(settings, model)


def test_both_servers_get_their_port(settings: Settings, model: Path) -> None:
    actions, rasa, caretaker = (" ".join(it) for it in commands(settings, model))

    assert f"rasa_sdk --actions actions --port {settings.actions_port}" in actions
    assert f"--model {model} --interface 127.0.0.1 --port {settings.port}" in rasa
    assert caretaker.endswith("bot.caretaker")
    assert rest_address(settings).startswith(f"http://127.0.0.1:{settings.port}/")


def test_the_websites_of_the_clinic_may_ask(settings: Settings, model: Path) -> None:
    _, rasa, _ = (" ".join(it) for it in commands(settings, model, ["https://a.example", "https://b.example"]))
    assert rasa.endswith("--cors https://a.example https://b.example")


def test_the_environment_carries_the_settings_and_what_was_set(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", "kept")
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")

    result = environment(settings)

    assert (result["PORT"], result["ACTIONS_PORT"]) == (str(settings.port), str(settings.actions_port))
    assert (result["DATABASE_URL"], result["SOME_SECRET"]) == (f"{settings.database_url}?timeout=1", "kept")
    assert result["RASA_TELEMETRY_ENABLED"] == "false"
    assert "REDIS_URL" not in result and result["SANIC_WORKERS"] == "1"


def test_a_replica_is_told_of_the_redis_that_it_shares(settings: Settings) -> None:
    assert (
        environment(settings.copy(update={"redis_url": "redis://redis:6379/0"}))["REDIS_URL"] == "redis://redis:6379/0"
    )


def test_the_folder_of_the_sqlite_file_is_made(settings: Settings, tmp_path: Path) -> None:
    assert not (tmp_path / "var").exists()
    make_database_folder(settings)
    make_database_folder(settings)

    assert (tmp_path / "var").is_dir()


def test_a_folder_that_cannot_be_made_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = settings.copy(update={"database_url": f"sqlite:///{tmp_path}/file/under/it.db"})
    with pytest.raises(StartError, match="DATABASE_URL"):
        make_database_folder(blocked)


def test_waiting_ends_once_both_servers_answer(settings: Settings) -> None:
    with serving(settings.port), serving(settings.actions_port):
        wait_until_up(settings, [])


def test_a_process_that_ends_early_stops_the_start(settings: Settings) -> None:
    with child(WILLING) as lasting:
        ended = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
        start = time.monotonic()

        with pytest.raises(StartError, match="ended while starting"):
            wait_until_up(settings, [lasting, ended])

        assert time.monotonic() - start < 5


def test_a_server_that_takes_too_long_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_START", 1)

    with serving(settings.actions_port), pytest.raises(StartError, match=rf"no answer from http.*:{settings.port}/"):
        wait_until_up(settings, [])


def test_a_server_that_listens_but_does_not_answer_is_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LONGEST_START", 1)
    with socket.socket() as silent:
        silent.bind((processes.HOST, settings.actions_port))
        silent.listen()

        with pytest.raises(StartError, match="no answer from"):
            wait_until_up(settings, [])


@pytest.mark.parametrize("kinds", [[WILLING], [STUBBORN], [STUBBORN, WILLING]])
def test_every_process_ends_even_a_stubborn_one(kinds: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LONGEST_STOP", 0.5)
    with child(kinds[0]) as first, child(kinds[-1]) as last:
        stop([first, last])

        assert [first.returncode, last.returncode] == [ENDED_BY[kinds[0]], ENDED_BY[kinds[-1]]]


def test_stopping_what_has_ended_is_no_error() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    ended.wait()
    stop([ended])

    assert ended.returncode == 0


def test_a_process_takes_its_children_with_it() -> None:
    code = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "print(subprocess.Popen(command, stdout=subprocess.DEVNULL).pid, flush=True)\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    grandchild = int(process.stdout.readline())
    process.stdout.close()
    os.kill(grandchild, 0)  # it runs
    stop([process])

    assert eventually_gone(grandchild)


def eventually_gone(number: int) -> bool:
    for _ in range(50):
        try:
            os.kill(number, 0)
            if Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True  # ended; only its parent has not looked yet
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


OF_SERVER = "connect_timeout=1&tcp_user_timeout=1000&options=-c%20statement_timeout%3D1000"


@pytest.mark.parametrize(
    ("address", "with_wait"),
    [
        ("sqlite:////var/a.db", "sqlite:////var/a.db?timeout=1"),
        ("postgresql://u:p@host/db", f"postgresql://u:p@host/db?{OF_SERVER}"),
        ("postgresql://u:p@host/db?sslmode=require", f"postgresql://u:p@host/db?sslmode=require&{OF_SERVER}"),
    ],
)
def test_a_database_that_is_gone_keeps_nobody_waiting(address: str, with_wait: str) -> None:
    assert with_shortest_wait(address) == with_wait

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from bot.processes import HOST, StartError, local_http
from bot.serve import PARTS, prepared
from bot.settings import ROOT, SettingsError
from tests.ports import free_ports


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.tar.gz"
    file.touch()
    return file


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'serve.db'}")


def test_each_part_is_the_command_that_make_run_starts(model: Path) -> None:
    started = [" ".join(prepared(part, model)[0]) for part in PARTS]
    assert "rasa_sdk --actions actions" in started[0]
    assert f"rasa run --model {model}" in started[1]
    assert started[2].endswith("bot.caretaker")


def test_it_listens_where_it_is_told(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--interface 127.0.0.1" in " ".join(prepared("assistant", model)[0])
    monkeypatch.setenv("INTERFACE", "0.0.0.0")
    command, variables = prepared("assistant", model)
    assert "--interface 0.0.0.0" in " ".join(command)
    # Of the action server, and of the metrics.
    assert variables["SANIC_HOST"] == variables["INTERFACE"] == "0.0.0.0"


def test_the_action_server_can_be_elsewhere(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS_PORT", "6055")
    assert prepared("assistant", model)[1]["ACTIONS_URL"] == "http://127.0.0.1:6055/webhook"
    monkeypatch.setenv("ACTIONS_URL", "http://actions:5055/webhook")
    assert prepared("assistant", model)[1]["ACTIONS_URL"] == "http://actions:5055/webhook"


def test_only_the_assistant_needs_the_model(tmp_path: Path) -> None:
    missing = tmp_path / "none.tar.gz"
    with pytest.raises(StartError, match="there is no trained model"):
        prepared("assistant", missing)
    for part in ("actions", "caretaker"):
        assert prepared(part, missing)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INTERFACE", "localhost"),
        ("ACTIONS_URL", "actions:5055"),
        ("ACTIONS_URL", "http://actions:5055/"),
        ("METRICS_PORT", "5054"),
        ("METRICS_PORT", "5005"),
        ("METRICS_PORT", "65534"),
        ("LOG_FORMAT", "xml"),
        ("BUILD_REVISION", 'x" y="'),
    ],
)
def test_an_unusable_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"environment variable {name}"):
        prepared("actions")


@pytest.mark.parametrize("arguments", [[], ["rasa"], ["actions", "assistant"]])
def test_a_part_must_be_named(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "bot.serve", *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1 and "assistant" in result.stderr


def test_a_part_is_one_process_that_ends_when_it_is_told(tmp_path: Path) -> None:
    port, metrics = free_ports(2)
    variables = {**os.environ, "ACTIONS_PORT": str(port), "METRICS_PORT": str(metrics), "INTERFACE": HOST}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.serve", "actions"], cwd=ROOT, env=variables, stdout=log, stderr=log
        )
    try:
        wait_for(f"http://{HOST}:{port}/health", process)
        # The next port: METRICS_PORT itself is the assistant's.
        assert 'part="actions"' in local_http.get(f"http://{HOST}:{metrics + 1}/metrics", timeout=10).text
        assert "bot.part" in Path(f"/proc/{process.pid}/cmdline").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def wait_for(address: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "it ended"
        try:
            if local_http.get(address, timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")

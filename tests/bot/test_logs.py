from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.logs import JsonLines, event_of, where
from bot.settings import ROOT

WORDS = "my zebra hurts"
ELSEWHERE = str(Path(logging.__file__).with_name("handlers.py"))
OURS = str(ROOT / "bot" / "caretaker.py")


def record(message: str, *args: object, file: str = ELSEWHERE, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("a.logger", logging.ERROR, file, 7, message, args, None, "emit")
    vars(made).update(more)
    return made


def line(made: logging.LogRecord) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(JsonLines().format(made))
    return read


def test_a_line_says_when_how_bad_where_and_what() -> None:
    made = line(record("Removed %d", 3, file=OURS, channel="web", duration=0.1, outcome="answered"))
    assert made.pop("time").endswith("+00:00")
    assert made == {
        "level": "error",
        "logger": "a.logger",
        "event": "Removed 3",
        "channel": "web",
        "duration": 0.1,
        "outcome": "answered",
    }


def test_nothing_else_that_is_given_is_written() -> None:
    assert WORDS not in JsonLines().format(record("Removed", file=OURS, text=WORDS, sender_id=WORDS))


@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"Exception while handling {WORDS}", ()),
        (json.dumps({"event": "processor.message.parse", "text": WORDS}), ()),
        (json.dumps({"event": WORDS}), ()),
        (f"{{{WORDS}", ()),
        ("%s", (WORDS,)),
        (WORDS, ("x",)),
    ],
)
def test_of_what_a_library_says_only_what_stands_in_its_code_is_kept(message: str, args: tuple[str, ...]) -> None:
    assert "zebra" not in JsonLines().format(record(message, *args))


def test_what_stands_in_its_code_is_kept() -> None:
    file = Path(ELSEWHERE)
    assert "Additional handlers for the logging package" in file.read_text(encoding="utf-8")
    assert event_of(record("Additional handlers for the logging package")).startswith("Additional")
    assert event_of(record(json.dumps({"event": "processor.message.parse"}))) == "processor.message.parse"
    assert event_of(record("what it made up")) == "handlers.emit, line 7"


def test_an_error_is_its_kind_and_its_place() -> None:
    try:
        raise ValueError(WORDS)
    except ValueError as error:
        made = line(record("It failed", file=OURS, exc_info=(type(error), error, error.__traceback__)))
        place = where(error)
    assert made["error"] == place and place.startswith(f"ValueError in {__file__}, line ")
    assert where(ValueError(WORDS)) == "ValueError"


PROGRAM = f"""
import logging, sys, threading
from bot import logs
from bot.settings import Settings
logs.begin(Settings(log_format=sys.argv[1]))
import coloredlogs
coloredlogs.install(level="INFO")
logging.getLogger("bot.turns").info("turn", extra={{"channel": "web"}})
cut_off = logging.getLogger("sanic.error")
cut_off.propagate = False
cut_off.error("failed: %s", {WORDS!r})
logging.getLogger("x").error("%d", {WORDS!r})
thread = threading.Thread(target=int, args=({WORDS!r},))
thread.start()
thread.join()
raise ValueError({WORDS!r})
"""


def ran(log_format: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, log_format]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_process_writes_nothing_but_lines_of_json() -> None:
    result = ran("json")
    lines = [json.loads(it) for it in result.stdout.splitlines()]
    assert result.returncode == 1 and result.stderr == "" and "zebra" not in result.stdout
    assert [it["logger"] for it in lines] == ["bot.turns", "sanic.error", "x", "bot.logs", "bot.logs"]
    assert [it.get("error", "").split()[:1] for it in lines[-2:]] == [["ValueError"], ["ValueError"]]


def test_plain_logs_are_as_the_libraries_make_them() -> None:
    result = ran("plain")
    assert "turn" not in result.stdout + result.stderr.replace("return", "") and "ValueError" in result.stderr
    assert not result.stdout.startswith("{")

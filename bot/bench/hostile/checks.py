"""What must not come of hostile messages: in the log, in the tracker, in memory."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.bench.hostile.messages import MARK, NUMBER
from bot.channels.telegram_messages import COMMANDS

BROKEN = re.compile(r"\bCRITICAL\b|(turn|request to .*|action .*) failed|The database cannot be used|never retrieved")
_MARK = re.compile(MARK)
LONG_AGO = 24 * 3600.0
# Slots for words as they were typed: Rasa's own of the first message, and what a request to be called asks for.
WORDS_OF_PEOPLE = ("session_started_metadata", "handover_name", "handover_time", "handover_question")
# Of Rasa, and only ever brought about by a payload here.
PAYLOADS_ONLY = ("restart", "rewind", "undo", "reset", "pause", "followup")


class Log:
    """The file of what both processes print."""

    def __init__(self, file: Path, secrets: Iterable[str]) -> None:
        """Takes what must not stand in it."""
        self._file = file
        self._secrets = tuple(secrets)
        self._read = 0
        self.lines = 0

    def problems(self) -> list[str]:
        """What is wrong with the lines that are new."""
        with self._file.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        end = new.rfind(b"\n") + 1
        self._read += end
        lines = new[:end].decode(errors="replace").splitlines()
        self.lines += len(lines)
        return [problem for number, line in enumerate(lines) for problem in self._of(line, lines[number : number + 60])]

    def _of(self, line: str, following: list[str]) -> Iterator[str]:
        if "Traceback" in line:
            yield "a traceback in the log:\n" + "\n".join(f"    {it[:200]}" for it in following)
        elif BROKEN.search(line):
            yield f"the log says that something broke: {line[:400]}"
        if _MARK.search(line):
            yield f"the log repeats a message: {line[:400]!a}"
        if any(it in line for it in self._secrets):
            yield f"the log holds a secret: {line[:400]!a}"


def tracker_problems(database: Path, greeting: Iterable[str]) -> list[str]:
    """What payloads brought about that were not offered, of all that the tracker keeps.

    Args:
        database: the SQLite file.
        greeting: the payloads that the website offers before anything is said.
    """
    offered: dict[str, set[str]] = {}
    problems = []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("select sender_id, type_name, data from events order by id")
        for sender, kind, data in rows:
            event = json.loads(data)
            known = offered.setdefault(sender, _shown_to(sender, greeting))
            if kind == "bot":
                known.update(
                    it["payload"] for it in (event.get("data") or {}).get("buttons") or () if it.get("payload")
                )
            problems += [f"{it} in {sender}: {_short(event)}" for it in _of_event(kind, event, known)]
    return problems


def undone(database: Path, seconds: float = LONG_AGO) -> int:
    """How many deliveries of the last seconds are not answered yet."""
    since = datetime.now(timezone.utc) - timedelta(seconds=seconds)
    query = f"select count(*) from deliveries where is_done = 0 and received_at >= '{since:%Y-%m-%d %H:%M:%S}'"
    return _count(database, query)


def conversations(database: Path) -> int:
    """How many conversations were begun."""
    return _count(database, "select count(distinct sender_id) from events")


def resident_megabytes(process: int) -> float:
    """What a process keeps in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def _count(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database, timeout=10)) as connection, suppress(sqlite3.OperationalError):
        return int(connection.execute(query).fetchone()[0])
    return 0  # the table is made when it is first needed


def _shown_to(sender: str, greeting: Iterable[str]) -> set[str]:
    if sender.startswith("telegram-"):
        return set(COMMANDS.values())
    return set(greeting) if sender.startswith("web-") else set()


def _of_event(kind: str, event: dict[str, Any], offered: set[str]) -> Iterator[str]:
    if kind == "user":
        text = str(event.get("text") or "")
        if text.lstrip().startswith("/") and text not in offered:
            yield "a payload that was not offered was taken"
    if (
        kind == "slot"
        and event["name"] not in WORDS_OF_PEOPLE
        and (_MARK.search(json.dumps(event["value"])) or event["value"] == NUMBER)
    ):
        yield "a payload has set a slot"
    if kind in PAYLOADS_ONLY:
        yield f"a payload has brought about '{kind}'"


def _short(event: dict[str, Any]) -> str:
    kept = {it: event[it] for it in ("text", "name", "value", "message_id") if it in event}
    return json.dumps(kept)[:400]

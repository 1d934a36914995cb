"""Logs for machines: one JSON object a line, in which nothing of what people write can stand; ``LOG_FORMAT=json``.

The libraries log texts that are put together from whatever they work on, errors above all. So of a line of theirs only
what stands in their source code is kept, and of an error its kind and its place. What this package and the actions log
is kept as it is: it names no one and repeats nothing.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Optional

import coloredlogs

from bot.settings import ROOT, Settings

OWN = tuple(f"{ROOT / folder}{os.sep}" for folder in ("bot", "actions"))
# Beside time, level, logger, event and error.
FIELDS = ("channel", "duration", "outcome")
TURNS = "bot.turns"
# How Rasa names what it logs as structure.
_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")

logger = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Writes a record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line (see parent class for full docstring)."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event_of(record),
        }
        line.update({name: getattr(record, name) for name in FIELDS if hasattr(record, name)})
        if record.exc_info and record.exc_info[1]:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line)


def begin(settings: Settings) -> None:
    """Sets up the logs of this process, before any library does; plain ones are left to the libraries."""
    if settings.log_format == "plain":
        logging.getLogger(TURNS).setLevel(logging.WARNING)  # who looks at a terminal has the conversation beside it
        return
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.handlers[:] = [handler]
    # A handler of its own: Rasa has the root's leave out a line that is like the one before.
    turns = logging.StreamHandler(sys.stdout)
    turns.setFormatter(JsonLines())
    logging.getLogger(TURNS).addHandler(turns)
    logging.getLogger(TURNS).propagate = False
    logging.lastResort = handler  # for loggers that Rasa cuts off from the root
    logging.raiseExceptions = False  # what cannot be written would be printed as it is
    coloredlogs.install = _leave_handlers
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda it: _log_uncaught(it.exc_type, it.exc_value or it.exc_type(), it.exc_traceback)


def where(error: BaseException) -> str:
    """What broke and where, without the message of the error: it may repeat what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {frames[-1].filename}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def event_of(record: logging.LogRecord) -> str:
    """What a record says, as far as it stands in source code."""
    if record.pathname.startswith(OWN):
        return record.getMessage()
    text = str(record.msg)
    if text.startswith("{"):
        return _key_of(text)
    if text in _source(record.pathname):
        return text
    return f"{record.module}.{record.funcName}, line {record.lineno}"


def _key_of(text: str) -> str:
    try:
        key = str(json.loads(text).get("event"))
    except ValueError:
        key = ""
    return key if _KEY.fullmatch(key) else "unnamed"


@lru_cache(maxsize=64)
def _source(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError:
        return ""


def _leave_handlers(*args: object, **kwargs: object) -> None:
    """Stands in for ``coloredlogs.install``, by which the action server would add a handler of its own."""


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
    logger.critical("The process ends with an error", exc_info=(kind, error, trace))

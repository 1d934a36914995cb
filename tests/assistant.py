"""The running assistant as tests see it: messages over REST, and what its tracker keeps."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import requests

from bot.knowledge import load_knowledge
from bot.processes import rest_address, running_assistant
from bot.settings import Settings, load_clinic
from bot.store.database import database
from bot.store.feedback import FeedbackStore


@dataclass
class Conversation:
    """One person's talk with the assistant."""

    settings: Settings
    sender: str = field(default_factory=lambda: f"test-{uuid.uuid4()}")

    def say(self, message: str) -> list[dict[str, Any]]:
        """Sends a message and returns the parts of the reply."""
        body = {"sender": self.sender, "message": message}
        response = requests.post(rest_address(self.settings), json=body, timeout=30)
        response.raise_for_status()
        parts: list[dict[str, Any]] = response.json()
        return parts

    def ask(self, topic: str) -> None:
        """Asks for a documented topic, in the words of its button."""
        self.say(load_knowledge(load_clinic()).answers[topic].title)
        assert self.last_answer() == topic

    def text(self, message: str) -> str:
        """Sends a message and returns the texts of the reply as one."""
        return "\n".join(part.get("text", "") for part in self.say(message))

    def answers(self) -> list[dict[str, Any]]:
        """The metadata of every documented answer that the tracker keeps for this conversation, in order."""
        return [event["metadata"] for event in self.events("bot") if "answer" in event["metadata"]]

    def last_answer(self) -> str:
        """The id of the answer given last."""
        return str(self.answers()[-1]["answer"])

    def feedback(self) -> list[tuple[str, bool, Optional[str]]]:
        """What is kept of the feedback in this conversation: answer, whether it helped, and why not."""
        given = FeedbackStore(database(self.settings.database_url)).given(self.sender)
        return [(it.answer, it.helpful, it.reason) for it in given.values()]

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind in the tracker store."""
        file = self.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as database:
            if not database.execute("select 1 from sqlite_master where name = 'events'").fetchone():
                return []  # nobody has said anything yet
            rows = database.execute(
                "select data from events where sender_id = ? and type_name = ? order by id", (self.sender, kind)
            ).fetchall()
        return [json.loads(row[0]) for row in rows]


@dataclass
class Assistant:
    """The running assistant."""

    settings: Settings
    log: Path
    processes: list[subprocess.Popen[bytes]]

    def conversation(self) -> Conversation:
        """A new person."""
        return Conversation(self.settings)


@contextmanager
def running(settings: Settings, log: Path) -> Iterator[Assistant]:
    """Runs the assistant for the time of the block."""
    with running_assistant(settings, log=log) as processes:
        yield Assistant(settings, log, processes)

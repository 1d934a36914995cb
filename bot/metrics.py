"""What is measured for whoever runs the assistant, in the format of Prometheus; served where ``METRICS_PORT`` is set.

No label holds a text, the id of a conversation or anything else of a person: the values are channels, outcomes, the
names of actions, and other closed lists.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import prometheus_client
from prometheus_client import Counter, Gauge, Histogram

from bot.settings import Settings

# In seconds. A turn takes some 25 ms and is cut off after 5 s.
OF_TURNS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
OF_WAITS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
DIGITS_OF_MODEL = 12
# The ports beside METRICS_PORT, so that the parts can run on one machine.
PORT_AFTER = {"assistant": 0, "actions": 1, "caretaker": 2}

# When a series began is of no use here, and doubles what is stored.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]

TURN_SECONDS = Histogram(
    "aftercare_turn_seconds",
    "From a message to its replies, without the wait for its turn.",
    ["channel"],
    buckets=OF_TURNS,
)
TURNS = Counter("aftercare_turns", "Messages that were replied to, by what the reply was.", ["channel", "outcome"])
DUPLICATES = Counter("aftercare_duplicates", "Messages that came again and were not answered anew.", ["channel"])
LOCK_WAIT = Histogram(
    "aftercare_lock_wait_seconds", "How long a message waited for its turn in a conversation.", buckets=OF_WAITS
)
ACTION_SECONDS = Histogram(
    "aftercare_action_seconds", "From the call of an action to its reply.", ["action"], buckets=OF_WAITS
)
ACTION_ERRORS = Counter("aftercare_action_errors", "Calls of an action that failed.", ["action"])
DATABASE_UNAVAILABLE = Counter(
    "aftercare_database_unavailable", "Times that the database failed or did not answer in time."
)
WARNING_RECORDS = Counter(
    "aftercare_warning_records", "Reported warning signs, by whether the record of them was kept.", ["result"]
)
LAST_ROUND = Gauge("aftercare_caretaker_last_round_timestamp_seconds", "When the caretaker ended its latest round.")
LAST_PURGE = Gauge("aftercare_caretaker_last_purge_timestamp_seconds", "When what was too old was removed last.")
PURGE_FAILURES = Counter("aftercare_caretaker_purge_failures", "Times that what was too old could not be removed.")
BUILD = Gauge("aftercare_build_info", "Always 1; the labels say what runs.", ["part", "revision", "model"])


def observe_lock_wait(seconds: float) -> None:
    """Notes how long a message waited for its turn."""
    LOCK_WAIT.observe(seconds)


def serve(part: str, settings: Settings, model: Path) -> None:
    """Serves what this process measures at ``/metrics``, from a thread of its own, if it is to be served.

    Args:
        part: a key of ``PORT_AFTER``.
        settings: the port, and the address to listen at.
        model: the trained model, which only the assistant has.

    Raises:
        OSError: if the port is in use.
    """
    if settings.metrics_port is None:
        return
    BUILD.labels(part, settings.build_revision, digest_of(model) if part == "assistant" else "none").set(1)
    prometheus_client.start_http_server(settings.metrics_port + PORT_AFTER[part], settings.interface)


def digest_of(model: Path) -> str:
    """The beginning of a model file's SHA-256, by which it is known."""
    return hashlib.sha256(model.read_bytes()).hexdigest()[:DIGITS_OF_MODEL]

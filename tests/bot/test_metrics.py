from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, generate_latest

from bot import metrics
from bot.metrics import LOCK_WAIT, PORT_AFTER, digest_of, observe_lock_wait, serve
from bot.processes import HOST, local_http
from bot.settings import Settings
from tests.ports import free_ports

OURS = [it for it in vars(metrics).values() if hasattr(it, "_labelnames")]
# Each of them has a closed list of values.
LABELS = {"channel", "outcome", "action", "result", "part", "revision", "model"}


def test_no_label_can_hold_anything_of_a_person() -> None:
    assert len(OURS) >= 12
    assert {label for it in OURS for label in it._labelnames} == LABELS


def test_every_metric_has_the_prefix_of_the_project() -> None:
    assert all(it._name.startswith("aftercare_") for it in OURS)


def test_a_wait_for_a_lock_is_noted() -> None:
    before = REGISTRY.get_sample_value("aftercare_lock_wait_seconds_count")
    observe_lock_wait(0.3)
    assert REGISTRY.get_sample_value("aftercare_lock_wait_seconds_count") == (before or 0) + 1
    assert LOCK_WAIT._upper_bounds[-2] >= 5


def test_nothing_is_served_unless_a_port_is_set(settings: Settings, tmp_path: Path) -> None:
    serve("assistant", settings, tmp_path / "none")  # not even the model is read


@pytest.mark.parametrize("part", PORT_AFTER)
def test_it_is_served_on_a_port_of_its_own(settings: Settings, tmp_path: Path, part: str) -> None:
    model = tmp_path / "model.tar.gz"
    model.write_bytes(b"a model")
    (port,) = free_ports(1)
    serve(part, settings.copy(update={"metrics_port": port, "build_revision": "abc123"}), model)
    text = local_http.get(f"http://{HOST}:{port + PORT_AFTER[part]}/metrics", timeout=10).text
    named = digest_of(model) if part == "assistant" else "none"
    assert f'aftercare_build_info{{model="{named}",part="{part}",revision="abc123"}} 1.0' in text


def test_a_port_in_use_is_an_error(settings: Settings, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    taken = settings.copy(update={"metrics_port": port})
    serve("actions", taken, tmp_path)
    with pytest.raises(OSError, match="in use"):
        serve("actions", taken, tmp_path)


def test_a_model_is_known_by_the_beginning_of_its_sum(tmp_path: Path) -> None:
    (tmp_path / "m").write_bytes(b"x")
    assert digest_of(tmp_path / "m") == hashlib.sha256(b"x").hexdigest()[:12]


def test_when_a_series_began_is_not_served() -> None:
    assert not re.search(rb"aftercare_\w+_created", generate_latest())

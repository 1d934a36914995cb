"""compose.yml: read by Docker Compose itself, and what every container in it promises."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from bot.settings import load_settings
from tests.deploy.files import DEPLOY

# The program itself: the script that comes with it says that all is well whatever it finds.
COMPOSE = Path(str(find_spec("compose").submodule_search_locations[0])) / "docker-compose"  # type: ignore
OURS = ("assistant", "actions", "caretaker")


def compose(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Docker Compose on a copy of the folder in which the secrets are those of the example."""
    shutil.copytree(DEPLOY, folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    shutil.copytree(DEPLOY / "secrets.example", folder / "deploy" / "secrets")
    command = [COMPOSE, "-f", folder / "deploy" / "compose.yml", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(folder)})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Compose makes of the file."""
    result = compose(tmp_path_factory.mktemp("compose"), "config", "--format", "json")
    assert result.returncode == 0, result.stderr
    read: dict[str, Any] = json.loads(result.stdout)
    return read


def test_a_mistake_would_be_found(tmp_path: Path) -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    other = tmp_path / "wrong.yml"
    other.write_text(text.replace("mem_limit:", "memory:"), encoding="utf-8")
    result = subprocess.run([COMPOSE, "-f", other, "config", "-q"], capture_output=True, text=True, check=False)
    assert result.returncode != 0 and "memory" in result.stderr


def test_every_container_is_confined(project: dict[str, Any]) -> None:
    assert len(project["services"]) == 6
    for name, it in project["services"].items():
        assert it["read_only"] is True and it["cap_drop"] == ["ALL"], name
        assert it["security_opt"] == ["no-new-privileges:true"] and not it.get("privileged"), name
        assert it["user"].split(":")[0] not in ("", "0", "root"), name
        assert int(it["mem_limit"]) > 0 and it["pids_limit"] > 0, name
        assert it["healthcheck"]["test"] and it["restart"] == "unless-stopped", name
        assert "cap_add" not in it and "network_mode" not in it and "pid" not in it, name


def test_images_are_pinned(project: dict[str, Any]) -> None:
    for name, it in project["services"].items():
        if name in OURS:
            assert it["image"].endswith(":local")  # REVISION names it
        else:
            assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-\w+(@sha256:[0-9a-f]{64})?", it["image"]), name


def test_only_the_proxy_can_be_reached(project: dict[str, Any]) -> None:
    published = {name: it["ports"] for name, it in project["services"].items() if it.get("ports")}
    assert list(published) == ["proxy"]
    assert {(it["published"], it["target"]) for it in published["proxy"]} == {("80", 8080), ("443", 8443)}
    assert project["networks"]["inside"]["internal"] is True
    for name in ("postgres", "redis", "actions"):
        assert list(project["services"][name]["networks"]) == ["inside"]


def test_each_part_waits_for_what_it_needs(project: dict[str, Any]) -> None:
    needs = {name: set(it.get("depends_on", {})) for name, it in project["services"].items()}
    assert needs["proxy"] == {"assistant"} and needs["assistant"] == {"actions", "postgres", "redis"}
    assert needs["actions"] == needs["caretaker"] == {"postgres"}
    conditions = [it["condition"] for s in project["services"].values() for it in s.get("depends_on", {}).values()]
    assert set(conditions) == {"service_healthy"}


def test_there_are_replicas_of_the_assistant_and_one_caretaker(project: dict[str, Any]) -> None:
    assert project["services"]["assistant"]["deploy"]["replicas"] >= 2
    assert "deploy" not in project["services"]["caretaker"]


def test_no_part_gets_secrets_that_it_does_not_need(project: dict[str, Any]) -> None:
    given = {name: set(project["services"][name]["environment"]) for name in OURS}
    assert {"CHAT_SECRET", "REDIS_URL", "DATABASE_URL"} <= given["assistant"]
    assert not given["assistant"] & {"SMTP_URL", "STAFF_EMAIL"}
    for name in ("actions", "caretaker"):
        assert "DATABASE_URL" in given[name]
        assert not given[name] & {"CHAT_SECRET", "TELEGRAM_TOKEN", "SLACK_TOKEN", "REDIS_URL"}


@pytest.mark.parametrize("part", ["actions", "caretaker"])
def test_the_settings_of_a_part_can_be_used(project: dict[str, Any], part: str) -> None:
    settings = load_settings({**project["services"][part]["environment"]})
    assert settings.database_url.startswith("postgresql://") and settings.staff_email is None

"""No secret stands in a file of ``deploy/``, and the real ones can not be added by mistake."""

from __future__ import annotations

import re
import subprocess

import pytest

from bot.settings import ROOT, Settings
from tests.deploy.files import DEPLOY

FILES = sorted(
    it
    for it in DEPLOY.rglob("*")
    if it.is_file() and "secrets" not in it.relative_to(DEPLOY).parts[:1] and it.suffix != ".txt"
)
SECRETS = ("CHAT_SECRET", "TELEGRAM_TOKEN", "TELEGRAM_SECRET", "SLACK_TOKEN", "SLACK_SIGNING_SECRET", "REST_TOKEN")
SHAPES = (
    r"[0-9]{6,}:[A-Za-z0-9_-]{30,}",  # of Telegram
    r"xox[a-z]-[A-Za-z0-9-]+",  # of Slack
    r"-----BEGIN [A-Z ]*PRIVATE KEY",
    r"\b[0-9a-f]{32,}\b",  # made by openssl rand
    r"://[^/\s:@]*:(?!CHANGE-ME@|PASSWORD@|//)[^/\s@]+@",
)


def test_there_are_files_to_look_at() -> None:
    assert {"Dockerfile", "compose.yml", "assistant.env", "secrets.example.yaml"} <= {it.name for it in FILES}


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_looks_like_a_secret(shape: str) -> None:
    found = {it.name: re.findall(shape, it.read_text(encoding="utf-8")) for it in FILES}
    assert {name: it for name, it in found.items() if it} == {}


@pytest.mark.parametrize("name", SECRETS)
def test_the_examples_hold_no_value(name: str) -> None:
    assert name.lower() in Settings.__fields__
    values = [
        it for file in FILES for it in re.findall(rf"^\s*{name}[=:] *(.*)$", file.read_text(encoding="utf-8"), re.M)
    ]
    assert set(values) <= {"", '""', "CHANGE-ME"}


@pytest.mark.parametrize("file", ["deploy/secrets/assistant.env", "deploy/secrets/proxy.pem"])
def test_the_real_ones_are_ignored_by_git(file: str) -> None:
    assert subprocess.run(["git", "check-ignore", "-q", file], cwd=ROOT, check=False).returncode == 0

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.refusals import Refused, refuse_unsafe
from bot.settings import ROOT

RUN = ["rasa", "run"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--cors", "https://clinic.example"],
        ["--endpoints", "endpoints.yml"],
        ["--enable-api", "--auth-token", "secret"],
        ["--enable-api", "--auth-token=secret"],
        ["--enable-api", "-t", "secret"],
        ["--enable-api", "--jwt-secret", "secret"],
    ],
)
def test_a_safe_way_to_run_rasa_is_let_through(arguments: list[str]) -> None:
    refuse_unsafe([*RUN, *arguments])


@pytest.mark.parametrize(
    "arguments",
    [["--enable-api"], ["--enable"], ["--ena"], ["--enable-api", "--auth-token="], ["--enable-api", "-t", ""]],
)
def test_the_api_is_not_opened_to_everybody(arguments: list[str]) -> None:
    with pytest.raises(Refused, match="--auth-token"):
        refuse_unsafe([*RUN, *arguments])


@pytest.mark.parametrize("arguments", [["--remote-storage", "aws"], ["--remote-storage=gcs"], ["--rem", "azure"]])
def test_a_model_is_not_taken_from_a_bucket(arguments: list[str]) -> None:
    with pytest.raises(Refused, match="make train"):
        refuse_unsafe([*RUN, *arguments])


@pytest.mark.parametrize("option", [["--endpoints"], ["--endpoints="]])
@pytest.mark.parametrize("url", ["http://models.example/default", "https://${HOST_OF_MODELS}/default"])
def test_a_model_is_not_taken_from_a_server(tmp_path: Path, option: list[str], url: str) -> None:
    file = tmp_path / "other.yml"
    file.write_text(f"action_endpoint:\n  url: {url}\nmodels:\n  url: {url}\n", encoding="utf-8")
    given = [*option, str(file)] if option == ["--endpoints"] else [f"{option[0]}{file}"]
    with pytest.raises(Refused, match=r"other\.yml: 'models' lets Rasa load a model from a server.*CVE-2024-49375"):
        refuse_unsafe([*RUN, *given])


def test_endpoints_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text("models: [", encoding="utf-8")
    with pytest.raises(Refused, match="not valid YAML"):
        refuse_unsafe([*RUN, "--endpoints", str(tmp_path / "wrong.yml")])


@pytest.mark.parametrize("command", [[], ["bot.train"], ["rasa_sdk", "--actions", "actions"]])
def test_other_commands_are_no_matter(command: list[str]) -> None:
    refuse_unsafe([*command, *(["--enable-api"] if command else [])])


@pytest.mark.parametrize("module", ["bot.quiet", "bot.part"])
def test_rasa_does_not_start_in_an_unsafe_way(module: str) -> None:
    command = [sys.executable, "-m", module, *RUN, "--enable-api"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 1 and "add --auth-token or leave it out" in result.stderr

"""What the Dockerfile copies is all that a part needs: it is started from a folder that holds nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.processes import HOST
from bot.settings import ROOT
from tests.bot.test_serve import wait_for
from tests.deploy.files import DEPLOY, stages
from tests.ports import free_ports


def laid_out(stage: str, folder: Path) -> Path:
    """The files of a stage, for reading alone; the model and what understands language are those of this machine."""
    for it in stages()[stage]:
        if it["instruction"] != "COPY":
            continue
        *sources, target = it["value"].removeprefix("--from=model ").split()
        if target == ".venv":
            continue
        for source in (it.removeprefix("/assistant/") for it in sources):
            place = folder / source
            if (ROOT / source).is_dir():
                shutil.copytree(
                    ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__", "node_modules", "bench")
                )
            else:
                shutil.copyfile(ROOT / source, place)
    return folder


@pytest.mark.parametrize(
    ("part", "stage", "path"), [("actions", "actions", "/health"), ("assistant", "assistant", "/health/ready")]
)
def test_a_part_starts_from_what_its_image_holds(tmp_path: Path, part: str, stage: str, path: str) -> None:
    folder = laid_out(stage, tmp_path / "assistant")
    port, actions_port = free_ports(2)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PORT": str(port),
        "ACTIONS_PORT": str(actions_port),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}",
        "CHAT_SECRET": "a-secret-of-the-tests-that-is-long-enough",
    }
    before = {it for it in folder.rglob("*")}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-m", "bot.serve", part]
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
    try:
        wait_for(f"http://{HOST}:{actions_port if part == 'actions' else port}{path}", process)
    finally:
        process.terminate()
        process.wait(30)
    assert {it for it in folder.rglob("*")} == before, "its own folder cannot be written in a container"


LIST_DISTRIBUTIONS = """
import pkgutil, sys
import actions, bot.caretaker, bot.part, bot.serve, psycopg2, rasa_sdk.__main__
for module in pkgutil.iter_modules(actions.__path__):
    __import__(f"actions.{module.name}")
tops = {name.split(".")[0] for name in sys.modules}
from importlib.metadata import distributions
for it in distributions():
    for file in it.files or ():
        if len(file.parts) > 1 and file.parts[1] == "__init__.py" and file.parts[0] in tops:
            print(it.metadata["Name"])
"""


def test_the_packages_of_the_action_server_and_the_caretaker_suffice() -> None:
    command = [sys.executable, "-c", LIST_DISTRIBUTIONS]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    used = {re.sub(r"[._]+", "-", it).lower() for it in result.stdout.split()}
    locked = re.findall(r"^([a-z0-9.-]+)==", (DEPLOY / "requirements-actions.txt").read_text(), re.MULTILINE)
    # matplotlib brings a finder of namespaces that every start of this environment loads.
    assert {"rasa-sdk", "sqlalchemy", "pydantic"} <= used
    assert used - {re.sub(r"[._]+", "-", it) for it in locked} <= {"matplotlib"}

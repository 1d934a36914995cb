from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from bot.lean import STOOD_IN_FOR
from bot.settings import ROOT
from tests.assistant import Assistant

# Training alone uses these two.
HEAVY = ("tensorflow", "sklearn", "scipy/optimize")
MOST_MEGABYTES = 600


def python(code: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Runs code in a process that has imported nothing yet."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("library", STOOD_IN_FOR)
def test_what_is_stood_in_for_is_neither_locked_nor_installed(library: str) -> None:
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search(rf"^{library}\b", locked, re.MULTILINE)
    assert PathFinder.find_spec(library) is None


@pytest.mark.parametrize(
    "module",
    [
        "rasa.__main__",
        "rasa.core.run",
        "rasa.core.test",
        "rasa.model_training",
        "rasa.engine.recipes.default_components",
        "rasa.graph_components.validators.default_recipe_validator",
    ],
)
def test_rasa_serves_trains_and_tests_without_them(module: str) -> None:
    result = python(f"import bot, {module}")
    assert result.returncode == 0, result.stderr


def test_a_configuration_that_needs_tensorflow_is_refused_by_name() -> None:
    result = python(
        "import bot\n"
        "from rasa.engine.recipes.default_recipe import DefaultV1Recipe\n"
        "DefaultV1Recipe().graph_config_for_recipe({'pipeline': [{'name': 'DIETClassifier'}]}, {})"
    )
    assert "InvalidConfigException: Can't load class for name 'DIETClassifier'" in result.stderr


def test_a_library_that_is_installed_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pymongo").mkdir()
    (tmp_path / "pymongo" / "__init__.py").write_text("real = True", encoding="utf-8")
    (tmp_path / "pymongo" / "collection.py").write_text("class Collection:\n    real = True", encoding="utf-8")

    result = python("import bot, pymongo, pymongo.collection as it; print(pymongo.real, it.Collection.real)", tmp_path)
    assert result.stdout.split() == ["True", "True"], result.stderr


def test_the_running_rasa_has_nothing_heavy_in_memory(assistant: Assistant) -> None:
    assistant.conversation().say("how long will it last")
    process = Path(f"/proc/{assistant.processes[1].pid}")

    libraries = process.joinpath("maps").read_text(encoding="utf-8")
    assert "site-packages/spacy/" in libraries
    assert [it for it in HEAVY if f"site-packages/{it}/" in libraries] == []
    resident = re.search(r"^VmRSS:\s+(\d+) kB", process.joinpath("status").read_text(encoding="utf-8"), re.MULTILINE)
    assert resident and int(resident[1]) / 1024 < MOST_MEGABYTES

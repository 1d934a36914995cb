"""What the configuration names can be imported, and the packages import only what they may."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from rasa.shared.utils.common import class_from_module_path

from bot.settings import ROOT

CONFIGURED = sorted(
    {
        name
        for file in ("config.yml", "endpoints.yml", "credentials.yml")
        for name in re.findall(r"\bbot\.[\w.]+[A-Z]\w+", (ROOT / file).read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("name", CONFIGURED)
def test_configured_class_can_be_imported(name: str) -> None:
    assert class_from_module_path(name).__name__ == name.rsplit(".", 1)[1]


def test_configuration_names_our_classes() -> None:
    assert len(CONFIGURED) >= 4


@pytest.mark.parametrize(
    ("modules", "forbidden"),
    [
        (["actions.answer", "actions.follow_up", "actions.out_of_scope", "actions.undocumented"], "rasa"),
        (["bot.knowledge", "bot.settings", "bot.yaml_file", "bot.durations"], "rasa"),
        (["bot.knowledge", "bot.settings", "bot.yaml_file", "bot.durations"], "rasa_sdk"),
        (["bot.analytics.report", "bot.analytics.suggest", "bot.store.turns"], "rasa"),
        (["bot.analytics.report", "bot.analytics.suggest", "bot.store.turns"], "rasa_sdk"),
    ],
)
def test_light_modules_stay_light(modules: list[str], forbidden: str) -> None:
    code = f"import sys, {', '.join(modules)}; sys.exit({forbidden!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_only_settings_and_processes_read_the_environment() -> None:
    readers = [
        file.relative_to(ROOT).as_posix()
        for folder in ("bot", "actions")
        for file in (ROOT / folder).rglob("*.py")
        if "os.environ" in file.read_text(encoding="utf-8")
    ]
    # processes.py hands the environment on to the processes it starts.
    assert sorted(readers) == ["bot/processes.py", "bot/settings.py"]

"""The Dockerfile: what a linter says, and what every image here promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.deploy.files import DEPLOY, dockerfile, stages

FINAL = ("assistant", "actions")
HADOLINT = Path(sys.executable).with_name("hadolint")


def values(stage: str, instruction: str) -> list[str]:
    return [it["value"] for it in stages()[stage] if it["instruction"] == instruction]


def test_the_linter_finds_nothing() -> None:
    result = subprocess.run([HADOLINT, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python\nRUN cd /tmp\n", encoding="utf-8")
    assert subprocess.run([HADOLINT, tmp_path / "Dockerfile"], capture_output=True, check=False).returncode == 1


@pytest.mark.parametrize("stage", FINAL)
def test_an_image_runs_as_a_fixed_user_that_is_not_root(stage: str) -> None:
    assert values(stage, "USER") == ["10001:10001"]


@pytest.mark.parametrize("stage", FINAL)
def test_an_image_says_how_it_is(stage: str) -> None:
    (check,) = values(stage, "HEALTHCHECK")
    assert "urlopen" in check and "--start-period" in check


@pytest.mark.parametrize("stage", FINAL)
def test_nothing_is_installed_or_compiled_in_an_image(stage: str) -> None:
    assert values(stage, "RUN") == []
    (base,) = values("base", "RUN")
    assert not re.search(r"apt|pip|uv|gcc|curl", base)


def test_nothing_comes_from_the_net_but_locked_packages() -> None:
    assert not [it for it in dockerfile().structure if it["instruction"] == "ADD"]
    installs = [it["value"] for it in dockerfile().structure if re.search(r"\b(pip|uv) .*(install|sync)", it["value"])]
    assert len(installs) == 3
    assert all("--require-hashes" in it or '"uv==${UV_VERSION}"' in it for it in installs)


def test_uv_is_that_of_the_set_up() -> None:
    (version,) = (it["value"] for it in stages()["uv"] if it["value"].startswith("UV_VERSION="))
    assert version in (ROOT / "install.sh").read_text(encoding="utf-8").splitlines()


def test_every_base_is_pinned() -> None:
    names = set(stages())
    bases = {it[0]["value"].split()[0] for it in stages().values()}
    assert bases - names == {"${PYTHON_IMAGE}"}
    (pinned,) = re.findall(r"^ARG PYTHON_IMAGE=(\S+)$", dockerfile().content, re.MULTILINE)
    wanted = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert re.fullmatch(rf"python:{re.escape(wanted)}\.\d+-slim-\w+(@sha256:[0-9a-f]{{64}})?", pinned)


def test_no_setting_of_an_image_is_a_secret() -> None:
    given = " ".join(it["value"] for it in dockerfile().structure if it["instruction"] in ("ENV", "ARG"))
    assert not re.search(r"SECRET|TOKEN|PASSWORD|DATABASE_URL|REDIS_URL|SMTP", given)


def ignored(path: str) -> bool:
    """Whether .dockerignore leaves a path out: its last line that matches says so, in the patterns that it uses."""
    result = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").replace("**/", "")
        matches = (
            pattern == "*" or Path(path).match(pattern) or path.startswith(f"{pattern}/") or f"/{pattern}/" in path
        )
        if line and not line.startswith("#") and matches:
            result = not line.startswith("!")
    return result


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".env", "deploy/secrets/assistant.env", "var/assistant.db", "models/assistant.tar.gz",
        "tests/staff.py", "web/node_modules/typescript/package.json", "bot/__pycache__/settings.cpython-310.pyc",
        ".venv/bin/python",
    ],
)  # fmt: skip
def test_what_is_private_or_large_is_not_sent_to_the_build(path: str) -> None:
    assert ignored(path)


def test_all_that_is_copied_is_sent_to_the_build() -> None:
    copied = [it.split()[:-1] for stage in stages() for it in values(stage, "COPY") if "--from" not in it]
    sources = {source for sources in copied for source in sources}
    assert {"bot", "actions", "data", "web", "clinic.yml", "deploy/requirements-actions.txt"} <= sources
    for source in sources:
        path = ROOT / source
        assert path.exists(), source
        files = [it for it in path.rglob("*.*") if it.is_file()] if path.is_dir() else [path]
        assert any(not ignored(it.relative_to(ROOT).as_posix()) for it in files), source


def test_the_action_server_carries_neither_rasa_nor_what_understands_messages() -> None:
    text = (DEPLOY / "requirements-actions.txt").read_text(encoding="utf-8")
    packages = set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE))
    assert {"rasa-sdk", "sqlalchemy", "psycopg2-binary"} <= packages
    assert not packages & {"rasa", "spacy", "numpy", "scikit-learn", "ctranslate2", "matplotlib", "pytest"}


@pytest.mark.parametrize("lock", ["requirements-assistant.txt", "requirements-actions.txt"])
def test_the_packages_of_an_image_are_those_of_the_lock(lock: str) -> None:
    def pinned(file: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))

    everything, here = pinned(ROOT / "requirements.txt"), pinned(DEPLOY / lock)
    assert here and here.items() <= everything.items()
    assert "pytest" not in here and "mypy" not in here

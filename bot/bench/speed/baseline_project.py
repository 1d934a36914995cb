"""The baseline: a Rasa project as ``rasa init`` configures it, with this assistant's data and its action server."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rasa
from ruamel.yaml import YAML

from bot.settings import ROOT, load_clinic
from bot.wording import load_phrases
from bot.yaml_file import read_mapping

DEFAULT_CONFIG = Path(rasa.__file__).parent / "engine" / "recipes" / "config_files" / "default_config.yml"
TRAINING_DATA = ("nlu.yml", "rules.yml", "stories.yml", "responses.yml")
# In the assistant a policy answers warning signs, and ClinicResponses fills the texts: the baseline has neither.
WARNING_RULE = {
    "rule": "a warning sign gets its warning",
    "steps": [{"intent": "red_flag"}, {"action": "utter_warning_same_day"}],
}
CREDENTIALS: dict[str, Any] = {"rest": None}
DEFAULT_EPOCHS = 100


def inputs(root: Path = ROOT) -> list[Path]:
    """The files that the baseline is made from, in a fixed order."""
    data = sorted(it for name in TRAINING_DATA for it in (root / "data").rglob(name))
    return [*data, root / "domain.yml", root / "clinic.yml", root / "data" / "phrases.yml"]


def fingerprint(files: Iterable[Path], root: Path = ROOT) -> str:
    """A short hash of the names and the content of files; the same files have the same in every folder."""
    digest = hashlib.sha256()
    for file in files:
        name = str(file.relative_to(root)) if file.is_relative_to(root) else file.name
        content = file.read_bytes()
        # With its length, so that no two lists of files read the same.
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def write_project(folder: Path, root: Path = ROOT, epochs: int = DEFAULT_EPOCHS) -> None:
    """Writes the project into a folder; what was there before is removed.

    Args:
        folder: where it is to be.
        root: this assistant, whose data it gets.
        epochs: of each component that has any, in the place of Rasa's.

    Raises:
        SettingsError: if ``clinic.yml`` cannot be used.
        KnowledgeError: if ``phrases.yml`` cannot be used.
        YamlFileError: if a file of the data is not readable.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clinic = load_clinic(root / "clinic.yml")
    values = clinic.variables() | load_phrases(clinic, root / "data")
    for name in TRAINING_DATA:
        for file in sorted((root / "data").rglob(name)):
            copy = folder / "data" / file.relative_to(root / "data")
            copy.parent.mkdir(parents=True, exist_ok=True)
            if name == "responses.yml":
                _write(copy, filled(read_mapping(file), values))
            else:
                shutil.copyfile(file, copy)
    _write(folder / "data" / "warning" / "rules.yml", {"version": "3.1", "rules": [WARNING_RULE]})
    shutil.copyfile(root / "domain.yml", folder / "domain.yml")
    config: dict[str, Any] = read_mapping(DEFAULT_CONFIG) | {
        "assistant_id": "baseline"
    }  # Rasa asks for a name of one's own
    for component in (*config["pipeline"], *config["policies"]):
        if "epochs" in component:
            component["epochs"] = epochs
    _write(folder / "config.yml", config)
    _write(folder / "credentials.yml", CREDENTIALS)


def filled(content: Any, values: dict[str, str]) -> Any:
    """Content of a YAML file with the values in the place of their names in curly brackets; other names stay."""
    if isinstance(content, dict):
        return {key: filled(value, values) for key, value in content.items()}
    if isinstance(content, list):
        return [filled(it, values) for it in content]
    if isinstance(content, str):
        return re.sub(r"\{(\w+)\}", lambda it: values.get(it[1], it[0]), content)
    return content


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    YAML().dump(content, file)

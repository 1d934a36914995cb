"""The baseline has the assistant's data and Rasa's defaults, and is known by what it is made from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.bench.speed.baseline_project import DEFAULT_CONFIG, filled, fingerprint, inputs, write_project
from bot.settings import ROOT
from bot.yaml_file import read_mapping


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baseline") / "project"
    write_project(folder)
    return folder


def importer(project: Path) -> TrainingDataImporter:
    return TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )


def test_its_configuration_is_rasas_own(project: Path) -> None:
    own, default = (read_mapping(it) for it in (project / "config.yml", DEFAULT_CONFIG))
    assert own.pop("assistant_id") != default.pop("assistant_id")
    assert own == default


def test_fewer_epochs_are_all_that_changes(tmp_path: Path) -> None:
    write_project(tmp_path / "project", epochs=2)
    parts = [it for kind in ("pipeline", "policies") for it in read_mapping(tmp_path / "project" / "config.yml")[kind]]
    defaults = [it for kind in ("pipeline", "policies") for it in read_mapping(DEFAULT_CONFIG)[kind]]
    assert [it | ({"epochs": 2} if "epochs" in it else {}) for it in defaults] == parts
    assert sum("epochs" in it for it in parts) == 4


def test_it_has_the_same_examples_and_rules(project: Path) -> None:
    ours = TrainingDataImporter.load_from_config(
        str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")]
    )
    theirs = importer(project)
    texts = [[it.get("text") for it in side.get_nlu_data().intent_examples] for side in (ours, theirs)]
    assert texts[0] == texts[1] and len(texts[0]) > 5000
    rules = [{it.block_name for it in side.get_stories().story_steps} for side in (ours, theirs)]
    assert rules[1] - rules[0] == {"a warning sign gets its warning"} and rules[0] < rules[1]
    assert set(theirs.get_domain().responses) == set(ours.get_domain().responses)


def test_what_it_says_needs_none_of_our_code(project: Path) -> None:
    said = [it["text"] for variants in importer(project).get_domain().responses.values() for it in variants]
    assert not [it for it in said if "{clinic_" in it or "_number}" in it]


def test_only_known_names_are_filled() -> None:
    content = {"a": ["call {phone}", {"b": "{subject} {phone}"}], "n": 3}
    assert filled(content, {"phone": "999"}) == {"a": ["call 999", {"b": "{subject} 999"}], "n": 3}


def test_the_same_files_have_the_same_fingerprint_anywhere(tmp_path: Path) -> None:
    copies = tmp_path / "copy"
    for file in inputs():
        (copies / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copies / file.relative_to(ROOT))
    assert fingerprint(inputs(copies), copies) == fingerprint(inputs())
    with (copies / "data" / "answer" / "rules.yml").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert fingerprint(inputs(copies), copies) != fingerprint(inputs())


def test_files_that_share_their_text_out_differently_have_another_fingerprint(tmp_path: Path) -> None:
    one, two = tmp_path / "a", tmp_path / "b"
    one.write_text("12")
    two.write_text("3")
    before = fingerprint([one, two], tmp_path)
    one.write_text("1")
    two.write_text("23")
    assert fingerprint([one, two], tmp_path) != before

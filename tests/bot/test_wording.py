from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.settings import Clinic
from bot.wording import DATA, KnowledgeError, check_responses, load_phrases, wrong_places


@pytest.fixture
def responses(tmp_path: Path) -> Path:
    """A copy of one file of responses under a data folder of its own."""
    file = tmp_path / "safety" / "responses.yml"
    file.parent.mkdir()
    shutil.copy(DATA / "safety" / "responses.yml", file)
    return file


@pytest.mark.parametrize(
    ("text", "named"),
    [("plain", []), ("{a} and {b}", ["{b}"]), ("{{c}}", []), ("{}", ["{}"]), ("{a", ["expected"])],
)
def test_only_what_nothing_fills_is_wrong(text: str, named: list[str]) -> None:
    found = wrong_places(text, ["a"])
    assert len(found) == len(named)
    assert all(name in problem for name, problem in zip(named, found, strict=True))


def test_responses_of_the_assistant_can_be_filled(clinic: Clinic) -> None:
    check_responses(clinic.variables() | load_phrases(clinic))


def test_misspelt_placeholder_in_a_response_is_named(responses: Path, clinic: Clinic) -> None:
    responses.write_text(responses.read_text().replace("{clinic_phone}", "{clinic_fone}"))
    with pytest.raises(
        KnowledgeError, match=r"safety/responses.yml: response utter_warning_same_day: text: \{clinic_fone\}"
    ):
        check_responses(clinic.variables(), responses.parent.parent)


def test_misplaced_response_is_named(responses: Path, clinic: Clinic) -> None:
    responses.write_text(responses.read_text().replace("  utter_crisis:", "utter_crisis:"))
    with pytest.raises(KnowledgeError, match="safety/responses.yml: "):
        check_responses(clinic.variables(), responses.parent.parent)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.terms import KINDS, load_terms
from bot.wording import DATA, KnowledgeError


def add(data: Path, kind: str, term: str) -> Path:
    """Puts a term, given as the inside of a YAML mapping, at the end of a file."""
    file = data / "entities" / f"{kind}.yml"
    file.write_text(f"{file.read_text(encoding='utf-8').rstrip()}\n  - {{{term}}}\n", encoding="utf-8")
    return file


def problems(data: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as raised:
        load_terms(data)
    return str(raised.value).splitlines()


def test_every_term_is_found_by_its_id_and_knows_its_kind() -> None:
    terms = load_terms()

    assert [id for id, term in terms.items() if term.id != id] == []
    assert {term.kind for term in terms.values()} == set(KINDS)
    assert (terms["salicylic_acid"].kind, terms["salicylic_acid"].covered_by) == ("product", "ask_topical_treatment")


def test_a_term_is_left_out_by_the_guide_and_no_warning_unless_it_says_so(data: Path) -> None:
    add(data, "device", "id: torch, name: a torch, patterns: [torch]")
    torch = load_terms(data)["torch"]

    assert (torch.kind, torch.covered_by, torch.warns) == ("device", None, False)


def test_every_file_is_a_kind() -> None:
    assert sorted(file.stem for file in (DATA / "entities").glob("*")) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_named(data: Path, kind: str) -> None:
    file = data / "entities" / f"{kind}.yml"
    file.unlink()

    assert problems(data) == [f"{file}: the file is missing"]


@pytest.mark.parametrize(
    ("term", "problem"),
    [
        ("name: a torch, patterns: [torch]", "id: is missing, add it"),
        ("id: My Torch, name: a torch, patterns: [torch]", "id: is not written as it should be"),
        ("id: torch, name: a torch, patterns: []", "patterns: ensure this value has at least 1 items"),
        ("id: torch, name: a torch", "patterns: is missing, add it"),
        ("id: torch, name: a torch, patterns: [10]", "patterns.0: must be text, put it in quotes"),
        ("id: torch, name: a torch, patterns: [torch], coverd_by: ask_oil", "coverd_by: is not known here"),
    ],
)
def test_a_wrong_field_is_named(data: Path, term: str, problem: str) -> None:
    file = add(data, "device", term)

    (found,) = problems(data)
    assert found.startswith(f"{file}: entity ") and problem in found


@pytest.mark.parametrize("kind", ["product", "device"])
def test_an_id_in_two_places_names_both(data: Path, kind: str) -> None:
    file = add(data, kind, "id: salicylic_acid, name: torch, patterns: [torch]")

    expected = f"{file}: salicylic_acid: id: already used in product.yml, choose another"
    assert expected in problems(data)


@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
def test_a_pattern_of_two_terms_names_both_in_any_case(data: Path, change: Callable[[str], str]) -> None:
    pattern = change("salicylic acid")
    file = add(data, "device", f"id: torch, name: torch, patterns: [{pattern}]")

    expected = f"{file}: torch: pattern {pattern!r} also stands in product.yml under salicylic_acid"
    assert problems(data) == [expected]


def test_mistakes_in_several_files_are_listed_together(data: Path) -> None:
    for kind in ("activity", "device"):
        add(data, kind, f"id: {kind}_more, name: more, patterns: [bha]")

    assert [problem.split(": ")[1] for problem in problems(data)] == ["activity_more", "device_more"]


def test_a_loaded_term_cannot_be_changed() -> None:
    term = load_terms()["salicylic_acid"]

    with pytest.raises(TypeError, match="immutable"):
        term.name = "other"

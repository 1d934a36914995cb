from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import Subject, load_knowledge, load_subjects
from bot.settings import Clinic
from bot.wording import KnowledgeError

PICKING = "picking/answers.yml"


def rewrite(file: Path, change: Callable[[str], str]) -> None:
    """Changes a file, and makes sure that it did change."""
    before = file.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, encoding="utf-8")


def problems(clinic: Clinic, data: Path) -> str:
    with pytest.raises(KnowledgeError) as raised:
        load_knowledge(clinic, data)
    return str(raised.value)


def test_what_is_unbroken_loads_with_every_placeholder_filled(clinic: Clinic, data: Path) -> None:
    answers = load_knowledge(clinic, data).answers

    assert clinic.phone in answers["ask_picking"].text
    assert not [it.id for it in answers.values() if "{" in it.text + (it.more or "")]


@pytest.mark.parametrize(
    ("pattern", "replacement", "problem"),
    [
        (r"\{clinic_phone\}", "{clinic_fone}", "text: {clinic_fone} is not known, use one of ['clinic_hours', "),
        (r"\{clinic_phone\}", "{}", "text: {} is not known"),
        (r"\{clinic_phone\}", "{clinic_phone", "text: expected '}' before end of string"),
        pytest.param(r"Please", "word " * 91, "text: has 1", id="too many words"),
        (r"facts: \[A10,", "facts: [Z99,", "facts: Z99 is not in facts.yml, check the id or add the fact there"),
        (r"facts: .*", "facts: []", "facts: ensure this value has at least 1 items"),
        (r"next: \[ask_manage,", "next: [ask_manege,", "next: ask_manege is not another answer's id"),
        (r"next: \[ask_manage,", "next: [ask_picking,", "next: ask_picking is not another answer's id"),
        (r"    title: .*\n", "", "title: is missing, add it"),
        (r"title: .*", "title: " + "long " * 10, "title: ensure this value has at most 40 characters"),
        (r"title:", "titel:", "titel: is not known here, check its spelling"),
        (r"date: [\d-]+", "date: soon", "reviewed.date: invalid date format"),
        (r", role: content editor", "", "reviewed.role: is missing, add it"),
    ],
)
def test_a_mistake_is_named_with_file_answer_and_field(
    clinic: Clinic, data: Path, pattern: str, replacement: str, problem: str
) -> None:
    rewrite(data / PICKING, lambda text: re.sub(pattern, replacement, text))

    assert f"{data / PICKING}: answer ask_picking: {problem}" in problems(clinic, data)


def test_an_answer_without_an_id_is_named_by_its_number(clinic: Clinic, data: Path) -> None:
    rewrite(data / PICKING, lambda text: text.replace("- id: ask_picking\n    title", "- title"))

    assert f"{data / PICKING}: answer number 1: id: is missing, add it" in problems(clinic, data)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("answers:\n  - id: [a\n", "is not valid YAML: line "),
        ("answers: []\nanswers: []\n", 'is not valid YAML: line 2: found duplicate key "answers"'),
        ("answer: []\n", "each item under 'answers' must be fields"),
        ("answers: []\n", "each item under 'answers' must be fields"),
        ("answers:\n  - ask_picking\n", "each item under 'answers' must be fields such as id, title and text"),
    ],
)
def test_a_broken_file_is_named(clinic: Clinic, data: Path, content: str, problem: str) -> None:
    (data / PICKING).write_text(content, encoding="utf-8")

    lines = [it for it in problems(clinic, data).splitlines() if it.startswith(f"{data / PICKING}: ")]
    assert any(problem in line for line in lines)


def test_a_field_that_stands_twice_is_named(clinic: Clinic, data: Path) -> None:
    rewrite(data / PICKING, lambda text: text + "    next: [ask_manage]\n")

    assert re.search(rf'{data / PICKING}: .*line \d+: found duplicate key "next"', problems(clinic, data))


def test_an_id_in_two_files_names_both(clinic: Clinic, data: Path) -> None:
    (data / "squeezing").mkdir()
    shutil.copyfile(data / PICKING, data / "squeezing/answers.yml")

    expected = f"{data / 'squeezing/answers.yml'}: answer ask_picking: id: already used in {data / PICKING}"
    assert problems(clinic, data).startswith(expected)


def test_mistakes_in_several_files_are_listed_together(clinic: Clinic, data: Path) -> None:
    for topic in ("picking", "purge"):
        rewrite(data / topic / "answers.yml", lambda text: text.replace("facts: [", "facts: [Z99, "))

    listed = problems(clinic, data)
    assert "answer ask_picking: facts: Z99" in listed and "answer ask_purge: facts: Z99" in listed


def test_no_answers_at_all_is_a_mistake(clinic: Clinic, data: Path) -> None:
    for file in data.glob("*/answers.yml"):
        file.unlink()

    assert str(data) in problems(clinic, data)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("facts.yml", "          A2:", "          A1:", 'found duplicate key "A1"'),
        ("facts.yml", "          A5:", "          A1:", "fact A1: stands there twice, keep one"),
        ("phrases.yml", "{limit_weeks}", "{limit}", "phrase see_someone: {limit} is not known"),
        ("phrases.yml", "{limit_weeks}", "{limit_weeks", "phrase see_someone: unexpected '{' in field name"),
        ("undocumented/subjects.yml", "name: 'makeup'\n", "nmae: 'makeup'\n", "subjects.0.nmae: is not known here"),
    ],
)
def test_a_mistake_beside_the_answers_is_named(
    clinic: Clinic, data: Path, file: str, old: str, new: str, problem: str
) -> None:
    rewrite(data / file, lambda text: text.replace(old, new, 1))

    listed = problems(clinic, data)
    assert listed.startswith(f"{data / file}: ") and problem in listed


@pytest.mark.parametrize("file", ["facts.yml", "phrases.yml", "undocumented/subjects.yml"])
def test_a_missing_file_is_named(clinic: Clinic, data: Path, file: str) -> None:
    (data / file).unlink()

    assert problems(clinic, data) == f"{data / file}: the file is missing"


@pytest.mark.parametrize("pattern", ["makeup", "MakeUp"])
def test_a_pattern_of_two_subjects_names_both(data: Path, pattern: str) -> None:
    second = f"- id: paint\n  name: paint\n  patterns: [{pattern}]\n"
    rewrite(data / "undocumented/subjects.yml", lambda text: text.rstrip() + "\n" + second)

    with pytest.raises(KnowledgeError, match=f"subject paint: pattern '{pattern}' also stands in makeup"):
        load_subjects(data)


def test_sources_are_each_named_once_in_the_guides_order(clinic: Clinic, data: Path) -> None:
    knowledge = load_knowledge(clinic, data)
    answer = knowledge.answers["ask_picking"].copy(update={"facts": ["D7", "A10", "A1", "B1", "A5"]})

    assert knowledge.sources(answer) == [
        "Overview",
        "Overview: Increased Blood Flow and Oil Production",
        "Understanding Breakouts After Microneedling",
        "Understanding Breakouts Post-Microneedling: How to Manage Post-Microneedling Breakouts",
    ]


@pytest.mark.parametrize(
    ("mentions", "names"),
    [
        ([], []),
        (["makeup"], ["makeup"]),
        (["Concealer", "makeup"], ["makeup"]),
        (["gym", "MAKEUP"], ["the gym and sweat", "makeup"]),
        (["moon landing"], []),
    ],
)
def test_subjects_are_named_once_in_the_messages_order(
    clinic: Clinic, data: Path, mentions: list[str], names: list[str]
) -> None:
    assert [it.name for it in load_knowledge(clinic, data).subjects_named(mentions)] == names


def test_a_pattern_in_capitals_is_found(clinic: Clinic, data: Path) -> None:
    second = "- id: paint\n  name: face paint\n  patterns: [Face Paint]\n"
    rewrite(data / "undocumented/subjects.yml", lambda text: text.rstrip() + "\n" + second)

    assert [it.name for it in load_knowledge(clinic, data).subjects_named(["face paint"])] == ["face paint"]


def test_a_loaded_subject_cannot_be_changed(data: Path) -> None:
    subject: Subject = load_subjects(data)[0]

    with pytest.raises(TypeError, match="immutable"):
        subject.name = "other"

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.knowledge import Knowledge, load_knowledge
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
        (r"next:", "why: ask_manege\n    next:", "why: ask_manege is not another answer's id"),
        (r"next:", "why: ask_picking\n    next:", "why: ask_picking is not another answer's id"),
        (r"    title: .*\n", "", "title: is missing, add it"),
        (r"title: .*", "title: " + "long " * 10, "title: ensure this value has at most 40 characters"),
        (r"title:", "titel:", "titel: is not known here, check its spelling"),
        (r"date: [\d-]+", "date: soon", "reviewed.date: is no date, write it like 2026-11-23"),
        (r"title:", "image: spot.png\n    title:", "image: must be picture.svg"),
        (r"title:", "image: picture.svg\n    title:", "image_alt: image and image_alt go together"),
        (r"title:", f"image_alt: {'A spot. ' * 5}\n    title:", "image_alt: image and image_alt go together"),
        (r", role: content editor", "", "reviewed.role: is missing, add it"),
    ],
)
def test_a_mistake_is_named_with_file_answer_and_field(
    clinic: Clinic, data: Path, pattern: str, replacement: str, problem: str
) -> None:
    rewrite(data / PICKING, lambda text: re.sub(pattern, replacement, text))

    assert f"{data / PICKING}: answer ask_picking: {problem}" in problems(clinic, data)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("picture.svg", None, "picture.svg is missing, draw it or remove the fields"),
        ("picture.png", None, "picture.png is missing, make it with 'make pictures'"),
        ("picture.svg", "<svg", "picture.svg is not valid SVG"),
        ("picture.svg", "<svg/>", "picture.svg does not say its size, add viewBox="),
        ("picture.svg", '<svg viewBox="0 0 wide"/>', "picture.svg does not say its size, add viewBox="),
    ],
)
def test_a_picture_that_cannot_be_shown_is_named(
    clinic: Clinic, data: Path, name: str, content: str | None, problem: str
) -> None:
    file = data / "how_long" / name
    file.unlink() if content is None else file.write_text(content)

    expected = f"{data}/how_long/answers.yml: answer ask_how_long: image: {file.parent}/{problem}"
    assert problems(clinic, data).startswith(expected)


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
        ("entities/product.yml", "name:", "nmae:", "entity salicylic_acid: nmae: is not known here"),
    ],
)
def test_a_mistake_beside_the_answers_is_named(
    clinic: Clinic, data: Path, file: str, old: str, new: str, problem: str
) -> None:
    rewrite(data / file, lambda text: text.replace(old, new, 1))

    listed = problems(clinic, data)
    assert listed.startswith(f"{data / file}: ") and problem in listed


@pytest.mark.parametrize("file", ["facts.yml", "phrases.yml", "entities/product.yml"])
def test_a_missing_file_is_named(clinic: Clinic, data: Path, file: str) -> None:
    (data / file).unlink()

    assert problems(clinic, data) == f"{data / file}: the file is missing"


@pytest.mark.parametrize("covered_by", ["ask_topical_treatmant", "salicylic_acid", "undocumented"])
def test_what_covers_a_term_must_be_an_answer(clinic: Clinic, data: Path, covered_by: str) -> None:
    file = data / "entities/product.yml"
    rewrite(file, lambda text: text.replace("covered_by: ask_topical_treatment", f"covered_by: {covered_by}", 1))

    assert problems(clinic, data) == f"{file}: salicylic_acid: covered_by: {covered_by} is not an answer's id"


def test_without_the_answer_on_doctors_nothing_loads(clinic: Clinic, data: Path) -> None:
    (data / "see_doctor/answers.yml").unlink()

    assert "the answer ask_see_doctor is missing" in problems(clinic, data)


@pytest.mark.parametrize("id", ["makeup", "salicylic_acid", "fever"])
def test_terms_are_part_of_what_is_known(knowledge: Knowledge, id: str) -> None:
    assert knowledge.terms[id].id == id


def test_a_bare_why_leads_to_another_answer_or_to_none(knowledge: Knowledge) -> None:
    assert knowledge.answers["ask_is_normal"].why == "ask_why_breakout"
    assert knowledge.answers["ask_picking"].why is None


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
    ("texts", "given"),
    [
        (["One. Two."], ["One. Two."]),
        (["One. Two.", "Three."], ["One. Two.", "Three."]),
        (["One. Call us.", "Two. Call us."], ["One.", "Two. Call us."]),
        (["One. Call us.", "Two. Call us.", "Three. Call us!"], ["One.", "Two. Call us.", "Three. Call us!"]),
        (["Call us. One?", "Two.", "Call us. Three."], ["One?", "Two.", "Call us. Three."]),
        (["Call us. Call us today."], ["Call us. Call us today."]),
        ([], []),
    ],
)
def test_a_shared_sentence_stands_in_the_last_text_only(
    knowledge: Knowledge, texts: list[str], given: list[str]
) -> None:
    answers = [knowledge.answers["ask_picking"].copy(update={"text": text}) for text in texts]

    assert knowledge.together(answers) == given


def test_no_sentence_is_lost_where_answers_are_given_together(knowledge: Knowledge) -> None:
    answers = [it for it in knowledge.answers.values() if not it.serious]
    together = " ".join(knowledge.together(answers))

    sentences = {it for answer in answers for it in re.split(r"(?<=[.!?])\s+", answer.text)}
    assert [it for it in sentences if together.count(it) != 1] == []


def test_beside_a_serious_cause_only_what_calms_is_left_out(knowledge: Knowledge) -> None:
    answers = [knowledge.answers[it] for it in ("ask_is_normal", "ask_infection")]
    alone, beside = knowledge.together(answers[:1])[0], knowledge.together(answers)[0]

    assert knowledge.phrases["plain_breakout"] in alone and knowledge.phrases["plain_breakout"] not in beside
    assert "usually passes" in beside

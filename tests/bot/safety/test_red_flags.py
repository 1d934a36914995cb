from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.safety.context import load_context
from bot.safety.examples import load_examples
from bot.safety.red_flags import RedFlags, load_red_flags
from bot.wording import DATA, KnowledgeError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the files of signs under a data folder of its own."""
    shutil.copytree(DATA / "safety", tmp_path / "safety")
    return tmp_path


def change(data: Path, name: str, old: str, new: str) -> None:
    file = data / "safety" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("signs", "tier"),
    [
        ([], None),
        (["child"], None),
        (["scars"], "clinic"),
        (["fever"], "same_day"),
        (["scars", "fever"], "same_day"),
        (["hot_swollen"], "same_day"),
        (["fever", "hot_swollen"], "emergency"),
        (["unwell", "pus"], "emergency"),
        (["eye", "fever"], "emergency"),
        (["hives", "hot_swollen"], "emergency"),
        (["hives", "unwell"], "emergency"),
        (["fever", "glands"], "same_day"),
        (["breathing"], "emergency"),
    ],
)
def test_signs_add_up(red_flags: RedFlags, signs: list[str], tier: str | None) -> None:
    assert red_flags.tier(signs) == tier


def test_the_most_urgent_comes_first_and_each_once(red_flags: RedFlags) -> None:
    assert red_flags.most_urgent_first(["scars", "fever", "throat", "fever", "nothing"]) == ["throat", "fever", "scars"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("tier: emergency", "tier: urgent", "sign breathing: tier"),
        ("  - id: throat", "  - id: breathing", "breathing: id: stands there twice"),
        ("{cannot} .. {breathe}", "{canot} .. {breathe}", "breathing: ways: '{canot} .. {breathe}': {canot}"),
        ("short of breath,", "short ..  ,", "breathing: ways: 'short ..': a part is empty"),
        ("signs: [body, skin]", "signs: [bodi, skin]", "together: bodi is neither"),
        ("  - sign: breathing", "  - sign: breth", "check: sign: breth is not a sign's id"),
        ("source: HSE", "sauce: HSE", "sign breathing: sauce: is not known here"),
        ("text: utter_crisis", "text: utter_crises", "text: utter_crises is not a response"),
        ("  dark: >-\n", "  dark: ''\n  dusk: >-\n", "words.dark: ensure this value has at least 1 item"),
        ("  dark: >-\n", "  dark: >-\n    [3, ", "words: dark: '[3': is not a pattern for numbers"),
        ("reviewed: {date: 2026", "reviewed: {dat: 2026", "reviewed.date: is missing"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(data: Path, old: str, new: str, problem: str) -> None:
    change(data, "red_flags.yml", old, new)
    with pytest.raises(KnowledgeError) as raised:
        load_red_flags(data)
    assert "safety/red_flags.yml: " in str(raised.value) and problem in str(raised.value)


def test_every_sign_has_a_source_and_a_review(red_flags: RedFlags) -> None:
    assert red_flags.reviewed.role and all(sign.source for sign in red_flags.signs.values())


def test_a_cue_that_names_no_list_is_named(data: Path, red_flags: RedFlags) -> None:
    change(data, "context.yml", "on day {young}", "on day {yung}")
    with pytest.raises(KnowledgeError, match=r"safety/context.yml: 'on day \{yung\}'"):
        load_context(red_flags.words, data)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("fever", None, "fever.txt: the file is missing"),
        ("fever", "\n", "fever.txt: is empty"),
        ("fevver", "i have a fever xyz\n", "fevver.txt: no sign has this id"),
        ("harmless", "my neck glands are up\nmy neck glands are up\n", "stands in harmless.txt too"),
    ],
)
def test_a_mistake_in_the_examples_is_named(
    data: Path, red_flags: RedFlags, name: str, text: str | None, problem: str
) -> None:
    file = data / "safety" / "examples" / f"{name}.txt"
    if text is None:
        file.unlink()
    else:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_examples(red_flags.signs, data)
    assert problem in str(raised.value)

from __future__ import annotations

from pathlib import Path

import pytest

from bot.safety.examples import load_examples
from bot.safety.red_flags import RedFlags
from bot.wording import KnowledgeError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The examples of two signs and the harmless ones."""
    folder = tmp_path / "safety" / "examples"
    folder.mkdir(parents=True)
    for name, text in {"pus": "pus\n\n it oozes \n", "fever": "I am hot\n", "harmless": "hay fever\n"}.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as raised:
        load_examples(["pus", "fever"], folder.parent.parent)
    return str(raised.value)


def test_each_line_is_an_example_of_its_files_sign(folder: Path) -> None:
    examples = load_examples(["pus", "fever"], folder.parent.parent)
    assert examples == {"pus": ["pus", "it oozes"], "fever": ["I am hot"], "harmless": ["hay fever"]}


@pytest.mark.parametrize("name", ["pus", "harmless"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.txt").unlink()
    assert problems(folder) == f"{folder / name}.txt: the file is missing, add it with examples"


def test_a_file_of_no_sign_is_named(folder: Path) -> None:
    (folder / "fewer.txt").write_text("hot\n", encoding="utf-8")
    assert problems(folder) == f"{folder / 'fewer.txt'}: no sign has this id, rename the file"


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "pus.txt").write_text("\n \n", encoding="utf-8")
    assert problems(folder) == f"{folder / 'pus.txt'}: is empty, add examples, one a line"


@pytest.mark.parametrize("line", ["i am hot", "I AM HOT "])
def test_an_example_that_stands_in_two_files_is_named(folder: Path, line: str) -> None:
    (folder / "pus.txt").write_text(f"{line}\n", encoding="utf-8")
    assert problems(folder) == f"{folder / 'pus.txt'}: {line.strip()!r} stands in fever.txt too, keep one"


def test_an_example_that_stands_twice_in_a_file_is_named(folder: Path) -> None:
    (folder / "pus.txt").write_text("oozing\noozing\n", encoding="utf-8")
    assert problems(folder) == f"{folder / 'pus.txt'}: 'oozing' stands in pus.txt too, keep one"


def test_all_mistakes_are_listed_together(folder: Path) -> None:
    (folder / "pus.txt").unlink()
    (folder / "fever.txt").write_text("", encoding="utf-8")
    assert len(problems(folder).splitlines()) == 2


def test_every_sign_has_examples(red_flags: RedFlags) -> None:
    examples = load_examples(red_flags.signs)
    assert set(examples) == {*red_flags.signs, "harmless"}

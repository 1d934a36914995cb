"""Data sets of labelled queries: pairs of files ``<name>_train.jsonl`` and ``<name>_test.jsonl`` in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OUT_OF_SCOPE = "out_of_scope"
# A folder that holds one data set may do without names, and keep its queries from outside in a file of their own.
BARE = ("train.jsonl", "test.jsonl", "oos_test.jsonl")


class DatasetError(Exception):
    """A folder or file that is no data set; the message names the file, the line and the mend."""


@dataclass(frozen=True)
class Query:
    """A labelled text; the intent ``out_of_scope`` stands for none of the others."""

    text: str
    intent: str


@dataclass(frozen=True)
class Dataset:
    """What to train on and what to test with."""

    name: str
    train: tuple[Query, ...]
    test: tuple[Query, ...]


def find_datasets(folder: Path) -> list[Dataset]:
    """Reads every data set of a folder, in the order of their names.

    Raises:
        DatasetError: if there is none, a file lacks its partner, or a line is not as it should be.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder}: there is no such folder")
    train, test, outside = (folder / name for name in BARE)
    if train.is_file():
        pairs = [(folder.name, train, [test, *([outside] if outside.is_file() else [])])]
    else:
        trains = sorted(folder.glob("*_train.jsonl"))
        names = [file.name.removesuffix("_train.jsonl") for file in trains]
        pairs = [(name, file, [folder / f"{name}_test.jsonl"]) for name, file in zip(names, trains, strict=True)]
    if not pairs:
        raise DatasetError(f"{folder}: holds no data set; expected <name>_train.jsonl and <name>_test.jsonl")
    return [
        Dataset(name, tuple(_read(file)), tuple(query for it in tests for query in _read(it)))
        for name, file, tests in pairs
    ]


def read_lines(file: Path) -> list[str]:
    """The lines of a file; unlike ``splitlines`` it keeps the separators that JSON allows inside a text."""
    lines = file.read_text(encoding="utf-8").split("\n")
    return lines[:-1] if not lines[-1] else lines


def _read(file: Path) -> Iterator[Query]:
    if not file.is_file():
        raise DatasetError(f"{file}: is missing; a data set needs a file to train on and one to test with")
    for number, line in enumerate(read_lines(file), start=1):
        try:
            content = json.loads(line)
            yield Query(str(content["text"]), str(content["intent"]))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise DatasetError(f'{file}, line {number}: must be like {{"text": "...", "intent": "..."}}') from error

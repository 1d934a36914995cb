from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, Extra, StrictStr, ValidationError

from bot.yaml_file import YamlFileError, describe, read_mapping


class Inner(BaseModel):
    name: StrictStr
    number: int = 0

    class Config:
        extra = Extra.forbid


class Entry(BaseModel):
    id: str = ""
    name: StrictStr


class Listed(BaseModel):
    entries: list[Entry]


class Outer(BaseModel):
    inner: Inner


def written(folder: Path, content: bytes) -> Path:
    file = folder / "some.yml"
    file.write_bytes(content)
    return file


def test_a_mapping_is_read_as_it_stands(tmp_path: Path) -> None:
    content = "# comment\nname: Zoë\nweeks: 4\nlist: [a, b]\n".encode()

    assert read_mapping(written(tmp_path, content)) == {"name": "Zoë", "weeks": 4, "list": ["a", "b"]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: 1\nb: [1, 2\n", "is not valid YAML: line 3: "),
        (b"a: 1\n\tb: 2\n", "is not valid YAML: line 2: "),
        (b"a: 1\nb: 2\na: 3\n", 'is not valid YAML: line 3: found duplicate key "a"'),
        (b"outer:\n  a: 1\n  a: 2\n", 'is not valid YAML: line 3: found duplicate key "a"'),
        (b"a: caf\xe9\n", "is not UTF-8 text, save it as UTF-8"),
        (b"", "must be a list of 'name: value' lines"),
        (b"- a\n- b\n", "must be a list of 'name: value' lines"),
        (b"just words\n", "must be a list of 'name: value' lines"),
        (b"a: !!python/object/apply:os.system ['true']\n", "is not valid YAML: line 1: "),
    ],
)
def test_an_unusable_file_is_named_with_its_problem(tmp_path: Path, content: bytes, problem: str) -> None:
    file = written(tmp_path, content)

    with pytest.raises(YamlFileError) as raised:
        read_mapping(file)

    assert str(raised.value).startswith(f"{file}: {problem}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(YamlFileError, match=r"none\.yml: the file is missing"):
        read_mapping(tmp_path / "none.yml")


@pytest.mark.parametrize(
    ("inner", "line"),
    [
        ({}, "inner.name: is missing, add it"),
        ({"name": 5}, "inner.name: must be text, put it in quotes"),
        ({"name": "a", "nmae": "b"}, "inner.nmae: is not known here, check its spelling"),
        ({"name": "a", "number": "x"}, "inner.number: value is not a valid integer"),
    ],
)
def test_a_wrong_field_is_described_with_its_mend(inner: dict[str, object], line: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Outer.parse_obj({"inner": inner})

    assert describe(raised.value) == [line]


def test_fields_are_renamed_as_the_reader_knows_them() -> None:
    with pytest.raises(ValidationError) as raised:
        Inner.parse_obj({})

    assert describe(raised.value, rename=str.upper) == ["NAME: is missing, add it"]


@pytest.mark.parametrize(
    ("entry", "line"),
    [({"id": "oil"}, "entry oil: name: is missing, add it"), ({}, "entry number 2: name: is missing, add it")],
)
def test_an_entry_is_called_by_its_id_where_it_has_one(entry: dict[str, str], line: str) -> None:
    content = {"entries": [{"id": "first", "name": "x"}, entry]}
    with pytest.raises(ValidationError) as raised:
        Listed.parse_obj(content)

    assert describe(raised.value, content) == [line]

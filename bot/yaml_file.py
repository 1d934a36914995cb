"""Reading the YAML files that people edit, with errors that say where and what to mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MENDS = {
    "value_error.missing": "is missing, add it",
    "value_error.extra": "is not known here, check its spelling",
    "type_error.str": "must be text, put it in quotes",
    "type_error.list": "must be a list, write it like [one, two]",
    "type_error.dict": "must hold fields, compare another file of this kind",
    "type_error.none.not_allowed": "is empty, fill it in or remove the line",
    "type_error.bool": "must be true or false",
    "value_error.bool": "must be true or false",
    "value_error.date": "is no date, write it like 2026-11-23",
    "type_error.date": "is no date, write it like 2026-11-23",
    "value_error.str.regex": "is not written as it should be, compare the example in the README or in clinic.yml",
}
# By what the reader of YAML says.
YAML_MENDS = {r"'\t'": "indent with spaces, a tab is not allowed", "duplicate key": "keep one of the two"}


class YamlFileError(Exception):
    """A file that is missing or is not readable as YAML."""


def read_mapping(file: Path) -> dict[str, Any]:
    """Reads a file whose top level is a mapping; a key that stands there twice is an error, not a silent loss.

    Raises:
        YamlFileError: naming the file and, where known, the line.
    """
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise YamlFileError(f"{file}: the file is missing") from error
    except UnicodeDecodeError as error:
        raise YamlFileError(f"{file}: is not UTF-8 text, save it as UTF-8") from error
    except YAMLError as error:
        raise YamlFileError(f"{file}: is not valid YAML: {_first_lines(error)}") from error
    if not isinstance(content, dict):
        raise YamlFileError(f"{file}: must be a list of 'name: value' lines")
    return content


def describe(
    error: ValidationError, content: Mapping[str, Any] | None = None, rename: Callable[[str], str] = str
) -> list[str]:
    """One line for each wrong field: its name, what is wrong, how to mend it.

    Args:
        error: what pydantic found.
        content: of the file, if its entries have ids: an entry is then called by its id, not by its number.
        rename: how a field is called.
    """
    lines = []
    for problem in error.errors():
        field = rename(_place(problem["loc"], content or {}))
        lines.append(f"{field}: {_mend(problem)}")
    return lines


def _mend(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "value_error.const":
        return f"must be {' or '.join(map(str, problem['ctx']['permitted']))}"
    return MENDS.get(problem["type"], str(problem["msg"]))


def _place(loc: Sequence[int | str], content: Mapping[str, Any]) -> str:
    """Where a field stands: ``answers.0.facts`` is ``answer ask_purge: facts`` if that is the first answer's id."""
    match loc:
        case (str() as entries, int() as number, _, *_) if isinstance(content.get(entries), list):
            entry = content[entries][number]
            name = entry.get("id") if isinstance(entry, dict) else None
            rest = ".".join(str(part) for part in loc[2:])
            kind = f"{entries[:-3]}y" if entries.endswith("ies") else entries.removesuffix("s")
            return f"{kind} {name or f'number {number + 1}'}: {rest}"
    return ".".join(str(part) for part in loc)


def _first_lines(error: YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    mend = next((mend for part, mend in YAML_MENDS.items() if part in problem), "compare the line with another file's")
    return f"{where}{problem}; {mend}"

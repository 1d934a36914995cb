"""What all texts share: the phrases of ``data/phrases.yml``, and the placeholders that are filled with values."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field, StrictStr, ValidationError

from bot.settings import ROOT, Clinic
from bot.yaml_file import YamlFileError, describe, read_mapping

DATA = ROOT / "data"
# What the actions hand to the responses they utter.
ACTION_VARIABLES = (
    *("best_time", "contact", "due", "duration", "name", "number", "question", "subject", "told"),
    *("messages", "since", "reports", "ratings", "open_requests", "done_requests"),
)
# What the receipt of a removal says.
RECEIPT_VARIABLES = ("moment", "messages", "reports", "ratings", "requests", "receipt")
# The slots that responses name.
SLOT_VARIABLES = ("mentioned",)


class KnowledgeError(Exception):
    """One or more mistakes in the files under ``data/``, one a line."""


class Checked(BaseModel):
    """A part of a file: a misspelt field is an error, and nothing changes once read."""

    class Config:
        """See above."""

        extra = Extra.forbid
        allow_mutation = False


class _PhrasesFile(Checked):
    phrases: dict[StrictStr, StrictStr]


class _Variation(BaseModel):
    text: StrictStr = Field(min_length=2)


class _ResponsesFile(Checked):
    version: StrictStr
    responses: dict[StrictStr, list[_Variation]]


def load_phrases(clinic: Clinic, data: Path = DATA) -> dict[str, str]:
    """The sentences that several texts share, filled with the clinic's values.

    Raises:
        KnowledgeError: if the file is wrong or a placeholder is unknown.
    """
    file = data / "phrases.yml"
    phrases = read_checked(file, _PhrasesFile).phrases
    problems = [
        f"{file}: phrase {name}: {it}"
        for name, text in phrases.items()
        for it in wrong_places(text, clinic.variables())
    ]
    if problems:
        raise KnowledgeError("\n".join(problems))
    return {name: text.format_map(clinic.variables()) for name, text in phrases.items()}


def check_responses(known: Iterable[str], data: Path = DATA) -> None:
    """Makes sure that every response can be read and filled: Rasa itself would show the bare placeholder.

    Raises:
        KnowledgeError: naming the file, the response and the placeholder.
    """
    variables = [*known, *ACTION_VARIABLES, *RECEIPT_VARIABLES, *SLOT_VARIABLES]
    problems = []
    for file, name, text in read_responses(data):
        problems += [f"{file}: response {name}: text: {it}" for it in wrong_places(text, variables)]
    if problems:
        raise KnowledgeError("\n".join(problems))


def response_names(data: Path = DATA) -> set[str]:
    """The names of all responses.

    Raises:
        KnowledgeError: naming the file that cannot be read.
    """
    return {name for _, name, _ in read_responses(data)}


def read_responses(data: Path = DATA) -> Iterator[tuple[Path, str, str]]:
    """The file, the name and the text of every variation of a response.

    Raises:
        KnowledgeError: naming the file that cannot be read.
    """
    for file in sorted(data.glob("*/responses.yml")):
        for name, variations in read_checked(file, _ResponsesFile).responses.items():
            yield from ((file, name, variation.text) for variation in variations)


def wrong_places(text: str, known: Iterable[str]) -> list[str]:
    """What is wrong with the names in curly brackets: nothing fills them, or a bracket is not closed."""
    names = sorted(known)
    try:
        named = placeholders(text)
    except ValueError as error:
        return [f"{error}; a name in curly brackets needs both"]
    return [f"{{{name}}} is not known, use one of {names}" for name in named if name not in names]


def placeholders(text: str) -> list[str]:
    """The names in curly brackets.

    Raises:
        ValueError: if a bracket is not closed.
    """
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def read_checked(file: Path, model: type[Any]) -> Any:
    """Reads a file as the model says it should be.

    Raises:
        KnowledgeError: naming the file and every wrong field.
    """
    try:
        content = read_mapping(file)
    except YamlFileError as error:
        raise KnowledgeError(str(error)) from error
    try:
        return model(**content)
    except ValidationError as error:
        raise KnowledgeError("\n".join(f"{file}: {problem}" for problem in describe(error, content))) from error

"""The ways people say something, as the files of ``data/safety/`` write them.

Plain words follow each other; ``..`` leaves up to four words between; ``+`` joins what stands in any order in one
statement; ``{name}`` is any of a list of words; an asterisk takes every ending.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from bot.safety.words import split_words

SENTENCE_ENDS = frozenset(".!?;\n…")
_NAME = re.compile(r"\{(\w+)\}")
_STRAY = re.compile(r"[{}]|(?<!\w)\*")


class Hit(NamedTuple):
    """Where a way was found: the words that make it up, as numbers in the message."""

    start: int
    end: int
    places: tuple[int, ...]


class Way(NamedTuple):
    """Parts in any order; each is runs in order; each run is phrases and names that follow each other."""

    text: str
    parts: tuple[tuple[tuple[str, ...], ...], ...]


def parse_way(text: str) -> Way:
    """Reads a way as it is written.

    Raises:
        ValueError: if a part of it is empty, a bracket is not closed, or an asterisk has no letters before it.
    """
    if stray := _STRAY.search(_NAME.sub("", text)):
        raise ValueError(f"{text!r}: {stray[0]!r} stands alone; write {{name}} for a list, and letters before '*'")
    parts = tuple(tuple(_units(run) for run in _pieces(part, "..")) for part in _pieces(text, "+"))
    if any(not run for part in parts for run in part):
        raise ValueError(f"{text!r}: a part is empty; write words on both sides of '..' and '+'")
    return Way(text, parts)


def names_in(text: str) -> list[str]:
    """The lists of words that a way, or a part of one, names."""
    return _NAME.findall(text)


def wrong_way(text: str, lists: Collection[str]) -> str | None:
    """What is wrong with a way, if anything: a part of it is empty, or it names a list that is not there."""
    unknown = [name for name in names_in(text) if name not in lists]
    if unknown:
        return f"{text!r}: {{{unknown[0]}}} is not a list under 'words'"
    try:
        parse_way(text)
    except ValueError as error:
        return str(error)
    return None


def is_number_pattern(phrase: str) -> bool:
    """Whether a phrase of a list is a regular expression for numbers; no plain phrase begins like one."""
    return phrase[0] in "\\([" or phrase[0].isdigit()


def wrong_phrase(phrase: str) -> str | None:
    """What is wrong with a phrase of a list, if anything."""
    if not is_number_pattern(phrase):
        stray = _STRAY.search(phrase)
        return f"{phrase!r}: {stray[0]!r} stands alone; a list holds words only" if stray else None
    try:
        re.compile(phrase)
    except re.error as error:
        return f"{phrase!r}: is not a pattern for numbers: {error}"
    return None


def split_starred(phrase: str) -> list[str]:
    """The words of a phrase; one with an asterisk keeps it."""
    words: list[str] = []
    for chunk in phrase.split():
        words += split_words(chunk.removesuffix("*"))
        if chunk.endswith("*"):
            words[-1] += "*"
    return words


def _pieces(text: str, mark: str) -> list[str]:
    """What stands before, between and after a mark that stands as a word of its own."""
    pieces: list[list[str]] = [[]]
    for chunk in text.split():
        if chunk == mark:
            pieces.append([])
        else:
            pieces[-1].append(chunk)
    return [" ".join(it) for it in pieces]


def _units(run: str) -> tuple[str, ...]:
    """Phrases and names in order: ``cant feel my {face}`` is the phrase ``cant feel my`` and the name ``{face}``."""
    return tuple(it.strip() for it in re.split(r"(\{\w+\})", run) if it.strip())

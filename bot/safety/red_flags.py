"""The warning signs of ``data/safety/red_flags.yml``: read, checked, and added up to a tier."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal, Optional

from pydantic import Field, StrictStr, conlist, validator

from bot.safety.ways import wrong_phrase, wrong_way
from bot.wording import DATA, Checked, KnowledgeError, read_checked, response_names

Tier = Literal["emergency", "same_day", "clinic"]
# From the least urgent to the most.
TIERS: tuple[Tier, ...] = ("clinic", "same_day", "emergency")


def listed(text: object) -> object:
    """The entries of a text that parts them by commas; anything else is left for pydantic to refuse."""
    return [entry for it in text.split(",") if (entry := " ".join(it.split()))] if isinstance(text, str) else text


class Review(Checked):
    """Who last approved the signs, and when."""

    date: date
    role: StrictStr = Field(min_length=3)


class Sign(Checked):
    """A warning sign."""

    id: StrictStr = Field(regex=r"^[a-z_]+$")
    name: StrictStr = Field(min_length=3)
    """How a reply names it: "You mention {name}." """
    tier: Tier
    kind: Optional[StrictStr] = None
    """What it counts as where signs add up."""
    text: Optional[StrictStr] = None
    """The response in the place of the tier's."""
    source: StrictStr = Field(min_length=3)
    ways: list[StrictStr] = Field(min_items=1)

    _list_ways = validator("ways", pre=True, allow_reuse=True)(listed)


class Circumstance(Checked):
    """Something about the person that gets a kind word of its own and is no warning sign."""

    id: StrictStr = Field(regex=r"^[a-z_]+$")
    name: StrictStr = Field(min_length=3)
    text: StrictStr
    """The response."""
    source: StrictStr = Field(min_length=3)
    ways: list[StrictStr] = Field(min_items=1)

    _list_ways = validator("ways", pre=True, allow_reuse=True)(listed)


class Together(Checked):
    """Signs that are more urgent together: one of each, by id or by kind."""

    signs: list[StrictStr] = Field(min_items=2)
    tier: Tier
    source: StrictStr = Field(min_length=3)


class CheckQuestion(Checked):
    """A question of the check that a person can ask for; a yes reports its sign."""

    sign: StrictStr
    name: StrictStr = Field(min_length=3)
    """How a reply names a yes."""
    text: StrictStr = Field(min_length=10)


class _File(Checked):
    reviewed: Review
    words: dict[StrictStr, conlist(StrictStr, min_items=1)]  # type: ignore[valid-type]  # pydantic reads it
    signs: list[Sign] = Field(min_items=1)
    together: list[Together]
    circumstances: list[Circumstance]
    check: list[CheckQuestion] = Field(min_items=1)

    @validator("words", pre=True)
    def _list_words(cls, words: object) -> object:
        return {name: listed(text) for name, text in words.items()} if isinstance(words, dict) else words


class RedFlags:
    """Every warning sign and circumstance by its id, and what follows from them."""

    def __init__(self, content: _File) -> None:
        """Takes a file that has been checked."""
        self.words: Mapping[str, list[str]] = content.words
        self.signs: dict[str, Sign] = {sign.id: sign for sign in content.signs}
        self.circumstances: dict[str, Circumstance] = {it.id: it for it in content.circumstances}
        self.check: list[CheckQuestion] = content.check
        self.reviewed: Review = content.reviewed
        self._together = content.together

    def tier(self, ids: Iterable[str]) -> Tier | None:
        """How urgent signs are together; None without any. Ids that are no sign's do not count."""
        signs = [self.signs[it] for it in ids if it in self.signs]
        tiers = [sign.tier for sign in signs]
        for rule in self._together:
            if all(any(side in (sign.id, sign.kind) for sign in signs) for side in rule.signs):
                tiers.append(rule.tier)
        return max(tiers, key=TIERS.index, default=None)

    def most_urgent_first(self, ids: Iterable[str]) -> list[str]:
        """The signs among the ids, each once, the most urgent first."""
        known = dict.fromkeys(it for it in ids if it in self.signs)
        return sorted(known, key=lambda it: -TIERS.index(self.signs[it].tier))


def load_red_flags(data: Path = DATA) -> RedFlags:
    """Reads the signs.

    Raises:
        KnowledgeError: naming the file, the sign and the field of everything that is wrong.
    """
    file = data / "safety" / "red_flags.yml"
    content: _File = read_checked(file, _File)
    problems = [f"{file}: {problem}" for problem in _problems(content, response_names(data))]
    if problems:
        raise KnowledgeError("\n".join(problems))
    return RedFlags(content)


def _problems(content: _File, responses: Collection[str]) -> Iterable[str]:
    for name, phrases in content.words.items():
        yield from (f"words: {name}: {problem}" for phrase in phrases if (problem := wrong_phrase(phrase)))
    seen: set[str] = set()
    named: list[Sign | Circumstance] = [*content.signs, *content.circumstances]
    for sign in named:
        if sign.id in seen:
            yield f"{sign.id}: id: stands there twice, choose another"
        seen.add(sign.id)
        if sign.text and sign.text not in responses:
            yield f"{sign.id}: text: {sign.text} is not a response, add it to data/safety/responses.yml"
        for way in sign.ways:
            if problem := wrong_way(way, content.words):
                yield f"{sign.id}: ways: {problem}"
    signs = {it.id for it in content.signs}
    sides = signs | {it.kind for it in content.signs if it.kind}
    for rule in content.together:
        yield from (f"together: {it} is neither a sign's id nor a kind" for it in rule.signs if it not in sides)
    for question in content.check:
        if question.sign not in signs:
            yield f"check: sign: {question.sign} is not a sign's id"

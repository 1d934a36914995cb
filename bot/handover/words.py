"""What a person can say while a request is taken, beside answering: stop, skip, back, change."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Literal, Optional

from pydantic import Field, StrictStr

from bot.wording import DATA, Checked, read_checked

# How alike a word and a slip of it are, from 0 to 1.
ALIKE = 0.8
# A longer message is an answer, not a command.
MOST_WORDS = 8
# The shortest word of which a slip can be told.
SHORTEST = 4

Kind = Literal["leave", "skip", "back", "change"]


@dataclass(frozen=True)
class Command:
    """What is to be done."""

    kind: Kind
    step: Optional[str] = None
    """What is to be changed, if it is said."""


class Words(Checked):
    """The words of ``data/handover/words.yml``."""

    fillers: list[StrictStr]
    agree: list[StrictStr] = Field(min_items=1)
    why: list[StrictStr] = Field(min_items=1)
    leave: list[StrictStr] = Field(min_items=1)
    skip: list[StrictStr] = Field(min_items=1)
    back: list[StrictStr] = Field(min_items=1)
    change: list[StrictStr] = Field(min_items=1)
    parts: dict[StrictStr, list[StrictStr]]
    """By the step that they name."""
    before_name: list[StrictStr]

    def command(self, text: str) -> Optional[Command]:
        """The command that a message gives; None if it gives none."""
        words = text.lower().replace("’", "'").strip(" .!,?").split()
        if not words or len(words) > MOST_WORDS:
            return None
        said = " ".join(it.strip(".,!?") for it in words)
        core = " ".join(it for it in said.split() if it not in self.fillers) or said
        kinds: tuple[tuple[Kind, list[str]], ...] = (("leave", self.leave), ("skip", self.skip), ("back", self.back))
        for kind, phrases in kinds:
            if said in phrases or core in phrases or _is_slip(core, phrases):
                return Command(kind)
        named = set(core.split())
        if named & set(self.change) or any(_is_slip(it, self.change) for it in named):
            step = next((step for step, parts in self.parts.items() if named & set(parts)), None)
            return Command("change", step) if step or named <= {*self.change, "something"} else None
        return None

    def agrees(self, text: str) -> bool:
        """Whether a message is nothing but an agreement."""
        return " ".join(text.lower().split()).strip(" .!,") in self.agree

    def asks_why(self, text: str) -> bool:
        """Whether a short message asks what an answer is needed for."""
        words = [it.strip(".,!?") for it in text.lower().split()]
        return len(words) <= MOST_WORDS and any(f"{' '.join(words)} ".startswith(f"{it} ") for it in self.why)

    def name_in(self, text: str) -> str:
        """A name without what people say before it; empty if nothing is left."""
        name = " ".join(text.replace("’", "'").split()).strip(" .!,;")
        opening = re.compile(rf"(?:{'|'.join(re.escape(it) for it in self._longest_first())})(?=\W|$)[\s,.:!]*", re.I)
        while found := opening.match(name):
            name = name[found.end() :]
        return name

    def _longest_first(self) -> list[str]:
        return sorted(self.before_name, key=len, reverse=True)


@lru_cache(maxsize=1)
def load_words(data: Path = DATA) -> Words:
    """Reads the words.

    Raises:
        KnowledgeError: naming the file and every wrong field.
    """
    words: Words = read_checked(data / "handover" / "words.yml", Words)
    return words


def _is_slip(word: str, phrases: list[str]) -> bool:
    """Whether a word is one of the phrases with a slip in it."""
    known = [it for it in phrases if len(it) >= SHORTEST]
    return len(word) >= SHORTEST and bool(get_close_matches(word, known, n=1, cutoff=ALIKE))

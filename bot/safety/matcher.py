"""The first detector: the ways of ``data/safety/`` that stand in a message, with what is said around them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from bot.safety.context import ContextFile, Cue, Scope, scopes, statements
from bot.safety.red_flags import Circumstance, RedFlags, Sign
from bot.safety.way_finder import WayFinder
from bot.safety.ways import SENTENCE_ENDS
from bot.safety.words import Word


@dataclass(frozen=True)
class Found:
    """A sign or a circumstance, and where it stands in the message, in characters."""

    id: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """What is told in one statement, without the words that a cue or a figure of speech takes the alarm from."""

    text: str
    start: int
    end: int


@dataclass
class _Roles:
    """What a way can be."""

    signs: list[Sign | Circumstance] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    is_never_cue: bool = False
    is_figure: bool = False
    is_break: bool = False


@dataclass(frozen=True)
class Matches:
    """What stands in a message."""

    found: list[Found]
    """Signs and circumstances that count."""
    statements: list[Statement]


class WarningSignMatcher:
    """Finds warning signs by the ways that people say them."""

    def __init__(self, red_flags: RedFlags, context: ContextFile, vocabulary: Collection[str]) -> None:
        """Compiles the ways of both files.

        Args:
            red_flags: the signs.
            context: the cues.
            vocabulary: the words that an asterisk can stand for an ending of.
        """
        self._context = context
        self._roles: dict[str, _Roles] = {}
        named: list[Sign | Circumstance] = [*red_flags.signs.values(), *red_flags.circumstances.values()]
        for sign in named:
            for way in sign.ways:
                self._role(way).signs.append(sign)
        for cue in context.cues:
            for way in cue.ways:
                self._role(way).cues.append(cue)
        for way in context.never_cues:
            self._role(way).is_never_cue = True
        for way in context.figures:
            self._role(way).is_figure = True
        for way in context.breaks:
            self._role(way).is_break = True
        self._finder = WayFinder(self._roles, red_flags.words, vocabulary)

    def match(self, words: Sequence[Word]) -> Matches:
        """Reads a message."""
        texts = [word.text for word in words]
        if not texts:
            return Matches([], [])
        hits = [(self._roles[way], hit) for way, hit in self._finder.find(texts)]
        parts = statements(texts, [hit for role, hit in hits if role.is_break], self._context)
        cues = [(cue, hit) for role, hit in hits for cue in role.cues]
        reached = scopes(texts, cues, [hit for role, hit in hits if role.is_never_cue], parts)
        figures = {place for role, hit in hits if role.is_figure for place in hit.places}
        found = {
            Found(sign.id, words[hit.start].start, words[hit.end - 1].end): None
            for role, hit in hits
            for sign in role.signs
            if figures.isdisjoint(hit.places) and not any(scope.takes(hit) for scope in reached)
        }
        return Matches(list(found), _told(words, parts, reached, figures))

    def _role(self, way: str) -> _Roles:
        return self._roles.setdefault(way, _Roles())


def _told(
    words: Sequence[Word], parts: Sequence[tuple[int, int]], reached: Sequence[Scope], figures: Collection[int]
) -> list[Statement]:
    taken = {place for scope in reached for place in range(scope.start, scope.end)} | set(figures)
    told = []
    for start, end in parts:
        left = [i for i in range(start, end) if i not in taken and words[i].text not in SENTENCE_ENDS]
        # Examples seldom end with a full stop; what follows in the message must not change how this reads.
        if text := " ".join(words[i].right for i in left if words[i].right).rstrip(".!?;… "):
            told.append(Statement(text, words[left[0]].start, words[left[-1]].end))
    return told

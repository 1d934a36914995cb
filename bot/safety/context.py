"""What is said around a sign: denied, only supposed, long past, another's, settled, or a figure of speech.

After ConText (Harkema, Dowling, Thornblade and Chapman 2009, doi 10.1016/j.jbi.2009.05.002): a cue takes the alarm from
the words that it reaches. Here a cue that is part of a sign ("cannot breathe"), or of a phrase that only looks like a
denial ("not sure if"), is none, and the cues of ``data/safety/context.yml`` are those of patients, not of clinicians.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, StrictStr, validator

from bot.safety.red_flags import listed
from bot.safety.ways import SENTENCE_ENDS, Hit, wrong_way
from bot.wording import DATA, Checked, KnowledgeError, read_checked

CONNECTORS = frozenset(", and so then because cos cuz coz plus & - – also or".split())
# What is said of "it" is said of what stands before.
POINTERS = frozenset("it its thats that they theyre them all everything both these".split())
# How far a statement is read for its verb.
LOOK_AHEAD = 6
# What is worse or back again was not settled for good.
RELAPSES = frozenset("worse again worsening returned returning relapsed".split())


class Cue(Checked):
    """Ways of saying that a sign does not count, and where they reach."""

    kind: Literal["denied", "supposed", "past", "another", "settled"]
    reach: Literal["forward", "back", "both"]
    ways: list[StrictStr] = Field(min_items=1)

    _list_ways = validator("ways", pre=True, allow_reuse=True)(listed)


class ContextFile(Checked):
    """``data/safety/context.yml``."""

    cues: list[Cue] = Field(min_items=1)
    never_cues: list[StrictStr]
    """Phrases that hold a cue and are none."""
    figures: list[StrictStr]
    """Figures of speech and products; the words in them report nothing."""
    breaks: list[StrictStr]
    """Phrases that end the reach of a cue."""
    subjects: list[StrictStr]
    """Words that begin a statement of its own after a connector."""
    verbs: list[StrictStr]
    """Words that make what stands after a connector a statement of its own."""

    _list = validator("never_cues", "figures", "breaks", "subjects", "verbs", pre=True, allow_reuse=True)(listed)


@dataclass(frozen=True)
class Scope:
    """The words that a cue reaches, as numbers; the cue's own words among them."""

    cue: frozenset[int]
    start: int
    end: int

    def takes(self, hit: Hit) -> bool:
        """Whether the cue takes the alarm from what was found."""
        return self.cue.isdisjoint(hit.places) and any(self.start <= it < self.end for it in hit.places)


def load_context(lists: Collection[str], data: Path = DATA) -> ContextFile:
    """Reads the file.

    Args:
        lists: the names of the lists of words that its ways may name.
        data: the folder of the clinic's content.

    Raises:
        KnowledgeError: naming the file and what is wrong.
    """
    file = data / "safety" / "context.yml"
    context: ContextFile = read_checked(file, ContextFile)
    ways = [way for cue in context.cues for way in cue.ways] + context.never_cues + context.figures + context.breaks
    problems = [f"{file}: {problem}" for way in ways if (problem := wrong_way(way, lists))]
    if problems:
        raise KnowledgeError("\n".join(problems))
    return context


def statements(words: Sequence[str], breaks: Iterable[Hit], context: ContextFile) -> list[tuple[int, int]]:
    """Where the statements begin and end: at sentence ends, after "but" and the like, and where a new one follows."""
    begins = {hit.start for hit in breaks}
    for i, word in enumerate(words):
        if word in SENTENCE_ENDS:
            begins.add(i + 1)
        elif i and words[i - 1] in CONNECTORS and _begins_statement(words, i, context):
            begins.add(i)
    edges = sorted(it for it in begins | {0, len(words)} if 0 <= it <= len(words))
    return [(start, end) for start, end in zip(edges, edges[1:], strict=False) if end > start]


def _begins_statement(words: Sequence[str], start: int, context: ContextFile) -> bool:
    if words[start] in context.subjects:
        return True
    for word in words[start : start + LOOK_AHEAD]:
        if word in SENTENCE_ENDS or word in CONNECTORS:
            return False
        if word in context.verbs:
            return True
    return False


def scopes(
    words: Sequence[str], cues: Iterable[tuple[Cue, Hit]], never: Iterable[Hit], parts: Sequence[tuple[int, int]]
) -> list[Scope]:
    """What each cue reaches.

    Args:
        words: of the message.
        cues: that were found.
        never: phrases that hold a cue and are none.
        parts: the statements.
    """
    void = {place for hit in never for place in hit.places}
    found = []
    for cue, hit in cues:
        if not void.isdisjoint(hit.places) or (cue.kind == "settled" and _relapses(words, hit.end)):
            continue
        start, end = _statement_of(hit, parts)
        if cue.reach == "forward":
            start = hit.start
        elif cue.reach == "back":
            # "Pus? no"; "it was hot but it went down"; but not "i cant breathe but the redness is gone".
            points_back = cue.kind == "denied" or not POINTERS.isdisjoint(words[start : hit.end])
            start, end = _sentence_start(words, hit.start) if points_back else start, hit.end
        found.append(Scope(frozenset(hit.places), start, end))
    return found


def _relapses(words: Sequence[str], start: int) -> bool:
    for word in words[start:]:
        if word in SENTENCE_ENDS:
            return False
        if word in RELAPSES:
            return True
    return False


def _statement_of(hit: Hit, parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """From the beginning of the statement that the hit begins in to the end of the one that it ends in."""
    start = max(first for first, _ in parts if first <= hit.start)
    end = min((last for _, last in parts if last >= hit.end), default=parts[-1][1])
    return start, end


def _sentence_start(words: Sequence[str], place: int) -> int:
    return max((i + 1 for i in range(place) if words[i] in SENTENCE_ENDS), default=0)

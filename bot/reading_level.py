"""How hard a text is to read: the school grade of Flesch and Kincaid (Kincaid et al. 1975)."""

from __future__ import annotations

import re

import textstat  # type: ignore[import-untyped]

# What a patient can read in passing; what a frightened one can.
MOST = 8.0
MOST_OF_WARNING = 6.0

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def grade(text: str) -> float:
    """The years at school that reading it takes; below 0 for the easiest."""
    return float(textstat.flesch_kincaid_grade(text))


def hard_sentences(text: str, most: float) -> list[str]:
    """The sentences that are harder than a grade, the hardest first; at least one."""
    sentences = sorted(_SENTENCE_END.split(text), key=grade, reverse=True)
    return [it for it in sentences if grade(it) > most] or sentences[:1]

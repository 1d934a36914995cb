"""Groups questions by what they mean, and proposes a name for each group."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from bot.wording import DATA

FloatArray = NDArray[np.float32]
Encode = Callable[[list[str]], FloatArray]
# How far questions of a group are from each other on average, at most: 1 minus the cosine. Chosen on the 2,300
# undocumented questions of data/ and tests/nlu/, by the products and activities that they name.
FARTHEST = 0.7
SMALLEST_GROUP = 3
# Wordings that are compared with each other, the most frequent first: memory grows with their square, 65 MB for these.
MOST_WORDINGS = 4000
WORDS_IN_NAME = 2
_WORD = re.compile(r"[a-z]{3,}")
# Words of every other message, shorthand among them, that name no subject.
_SAYING_LITTLE = ENGLISH_STOP_WORDS | set(
    (
        "microneedling microneedle needling needled needles treatment session clinic skin face please thanks "
        "hello okay dermapen skinpen derma pen needle just got get use using used day days week weeks hour hours "
        "tomorrow tonight today yesterday morning night want need know think does did don doesn didn isn cant "
        "wont dont ive its thats whats whens really still like safe allowed good bad idea yes way thing things "
        "lot bit soon start again back going had having been put take after before long many much time times "
        "right away let make sure tell ask asking said says"
    ).split()
)


@dataclass(frozen=True)
class Group:
    """Questions that mean about the same."""

    words: tuple[str, ...]
    """The most telling ones, the best first; none if nothing in Latin letters is used."""
    wordings: tuple[str, ...]
    """Each once; the most central first."""
    size: int
    """How often they were asked in all."""

    @property
    def central(self) -> str:
        """The question that is nearest to all others."""
        return self.wordings[0]

    @property
    def name(self) -> str:
        """What an editor may call it."""
        return " ".join(self.words[:WORDS_IN_NAME]) or "other"


@dataclass(frozen=True)
class Grouping:
    """All groups, the largest first, and how many questions belong to none."""

    groups: tuple[Group, ...]
    alone: int


class Grouper:
    """Groups questions with a sentence encoder."""

    def __init__(self, encode: Encode, field: Sequence[str]) -> None:
        """Takes the encoder and what questions of the field look like.

        Args:
            encode: from texts to vectors of unit length, one a row.
            field: some questions of many subjects. What all of them share, such as needles, tells no two apart, so
                their mean is taken off.
        """
        self._encode = encode
        self._middle = encode([_subject(it) for it in field]).mean(axis=0)

    def group(self, asked: Counter[str]) -> Grouping:
        """Groups questions.

        Args:
            asked: each wording, and how often it was used.
        """
        # The same wording in capitals or with another full stop is no other wording.
        chosen = _merged(asked).most_common(MOST_WORDINGS)
        members = [part for part in self._parts([text for text, _ in chosen]) if _count(chosen, part) >= SMALLEST_GROUP]
        words = _telling_words([[chosen[i][0] for i in part] for part in members])
        groups = [
            Group(telling, tuple(chosen[i][0] for i in part), _count(chosen, part))
            for telling, part in zip(words, members, strict=True)
        ]
        groups.sort(key=lambda it: (-it.size, it.central))
        return Grouping(tuple(groups), sum(asked.values()) - sum(it.size for it in groups))

    def _parts(self, texts: list[str]) -> list[list[int]]:
        """The numbers of the texts of each group, the most central first."""
        if not texts:
            return []
        vectors = self._vectors(texts)
        labels = _labels(vectors)
        return [_by_nearness(vectors, np.flatnonzero(labels == it)) for it in np.unique(labels)]

    def _vectors(self, texts: list[str]) -> FloatArray:
        # "Can I swim", "is it ok to swim tomorrow": what is left without the common words is encoded once.
        subjects = [_subject(it) for it in texts]
        each = list(dict.fromkeys(subjects))
        vectors = self._encode(each) - self._middle
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        number = {it: i for i, it in enumerate(each)}
        rows: FloatArray = vectors[[number[it] for it in subjects]]
        return rows


def field_questions() -> list[str]:
    """Some questions of many subjects, from the examples of what the guide leaves out."""
    lines = (DATA / "undocumented" / "nlu.yml").read_text(encoding="utf-8").splitlines()
    examples = [line.strip().removeprefix("- ") for line in lines if line.startswith("    - ")]
    return examples[:: max(1, len(examples) // 200)]


def _merged(asked: Counter[str]) -> Counter[str]:
    """Counts wordings that differ in nothing but capitals, spaces and marks as the one that is most used."""
    first: dict[str, str] = {}
    merged: Counter[str] = Counter()
    for text, count in asked.most_common():
        merged[first.setdefault(" ".join(re.findall(r"\w+", text.casefold())), text)] += count
    return merged


def _labels(vectors: FloatArray) -> NDArray[np.int32]:
    if len(vectors) < 2:
        return np.ones(len(vectors), dtype=np.int32)
    tree = linkage(vectors, method="average", metric="cosine")
    labels: NDArray[np.int32] = fcluster(tree, FARTHEST, criterion="distance")
    return labels


def _by_nearness(vectors: FloatArray, members: NDArray[np.int64]) -> list[int]:
    nearness = vectors[members] @ vectors[members].mean(axis=0)
    return [int(it) for it in members[np.argsort(-nearness, kind="stable")]]


def _count(chosen: list[tuple[str, int]], part: list[int]) -> int:
    return sum(chosen[i][1] for i in part)


def _telling_words(groups: list[list[str]]) -> list[tuple[str, ...]]:
    """The words of each group that are in many of its texts and in few other groups: TF-IDF of groups."""
    counts = [_word_counts(texts) for texts in groups]
    spread = Counter(word for count in counts for word in count)
    names = []
    for count in counts:
        weights = sorted((-n * np.log1p(len(groups) / spread[word]), word) for word, n in count.items())
        names.append(_without_endings(word for _, word in weights))
    return names


def _without_endings(words: Iterable[str]) -> tuple[str, ...]:
    """Leaves out a word that another one begins with, or the reverse: "scars" after "scar"."""
    kept: list[str] = []
    for word in words:
        if not any(it.startswith(word) or word.startswith(it) for it in kept):
            kept.append(word)
    return tuple(kept)


def _word_counts(texts: list[str]) -> Counter[str]:
    """In how many texts each word is: words of several, or else those of the central one."""
    counts = Counter(word for text in texts for word in set(_words(text)))
    shared = Counter({word: n for word, n in counts.items() if n > 1})
    return shared or Counter(set(_words(texts[0]) or _WORD.findall(texts[0].casefold())))


def _subject(text: str) -> str:
    """What a question is about: its words without those that any question may have."""
    return " ".join(it for it in re.findall(r"[\w']+", text.casefold()) if it not in _SAYING_LITTLE) or text


def _words(text: str) -> list[str]:
    return [it for it in _WORD.findall(text.casefold()) if it not in _SAYING_LITTLE]

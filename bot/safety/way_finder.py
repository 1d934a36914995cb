"""Finds the ways that stand in the words of a message, with spaCy's phrase matcher."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import permutations

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from bot.safety.ways import SENTENCE_ENDS, Hit, Way, is_number_pattern, names_in, parse_way, split_starred

MOST_BETWEEN = 4
# Between the parts of one statement that may stand in any order.
MOST_APART = 6


class WayFinder:
    """Finds ways in the words of a message; spaCy's phrase matcher finds the phrases they are made of."""

    def __init__(self, ways: Iterable[str], lists: Mapping[str, Iterable[str]], vocabulary: Collection[str]) -> None:
        """Compiles the ways.

        Args:
            ways: as they are written.
            lists: the phrases that each name stands for; one that begins with a backslash or a bracket is a pattern
                for numbers.
            vocabulary: every word that an asterisk can stand for an ending of.

        Raises:
            ValueError: if a way cannot be read or names a list that is not there.
        """
        self._ways = [parse_way(text) for text in dict.fromkeys(ways)]
        self._vocabulary = sorted(vocabulary)
        self._vocab = spacy.blank("en").vocab
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        self._numbers: dict[str, re.Pattern[str]] = {}
        units = {unit for way in self._ways for part in way.parts for run in part for unit in run}
        for unit in units:
            names = names_in(unit)
            if names and names[0] not in lists:
                raise ValueError(f"{unit} is not a list under 'words'")
            self._add(unit, lists[names[0]] if names else [unit])
        # A way can only be there if each of its phrases is: those of the rarest kind lead to it.
        self._by_unit: dict[str, list[Way]] = {}
        for way in self._ways:
            self._by_unit.setdefault(way.parts[0][0][0], []).append(way)

    def find(self, words: Sequence[str]) -> Iterator[tuple[str, Hit]]:
        """Each way that stands in the words, and where."""
        units = self._units_in(words)
        sentences = [i for i, word in enumerate(words) if word in SENTENCE_ENDS]
        for unit in units:
            for way in self._by_unit.get(unit, ()):
                if all(it in units for part in way.parts for run in part for it in run):
                    for hit in _hits(way, units, sentences):
                        yield way.text, hit

    def _add(self, unit: str, phrases: Iterable[str]) -> None:
        docs, numbers = [], []
        for phrase in phrases:
            if is_number_pattern(phrase):
                numbers.append(phrase)
                continue
            docs += [Doc(self._vocab, words=words) for words in self._expand(split_starred(phrase))]
        if docs:
            self._matcher.add(unit, docs)
        if numbers:
            self._numbers[unit] = re.compile("|".join(numbers))

    def _expand(self, words: list[str]) -> list[list[str]]:
        """The phrase with every ending that an asterisk stands for."""
        expanded: list[list[str]] = [[]]
        for word in words:
            endings = [word]
            if word.endswith("*"):
                stem = word[:-1]
                first = bisect_right(self._vocabulary, stem)
                endings = [stem]
                for known in self._vocabulary[first:]:
                    if not known.startswith(stem):
                        break
                    endings.append(known)
            expanded = [[*before, ending] for before in expanded for ending in endings]
        return expanded

    def _units_in(self, words: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
        found: dict[str, list[tuple[int, int]]] = {}
        if not words:
            return found
        doc = Doc(self._vocab, words=list(words))
        for key, start, end in self._matcher(doc):
            found.setdefault(self._vocab.strings[key], []).append((start, end))
        for i, word in enumerate(words):
            if word[0].isdigit():
                pair = f"{word} {words[i + 1]}" if i + 1 < len(words) else word
                for unit, pattern in self._numbers.items():
                    if pattern.fullmatch(word):
                        found.setdefault(unit, []).append((i, i + 1))
                    elif pattern.fullmatch(pair):
                        found.setdefault(unit, []).append((i, i + 2))
        return found


def _hits(way: Way, units: Mapping[str, list[tuple[int, int]]], sentences: list[int]) -> Iterator[Hit]:
    """Every place where the parts stand near enough, within one sentence, none of them on top of another."""
    found = [list(_in_order(part, units)) for part in way.parts]
    if len(found) == 1:
        for places in found[0]:
            hit = Hit(places[0], places[-1] + 1, places)
            if _in_one_sentence(hit, sentences):
                yield hit
        return
    for order in permutations(range(len(found))):
        for chain in _chains([found[i] for i in order]):
            places = tuple(place for part in chain for place in part)
            hit = Hit(places[0], places[-1] + 1, places)
            if _in_one_sentence(hit, sentences):
                yield hit


def _in_order(part: Sequence[Sequence[str]], units: Mapping[str, list[tuple[int, int]]]) -> Iterator[tuple[int, ...]]:
    """The places of a part's runs, one after the other with few words between."""
    yield from _follow([list(_run(run, units)) for run in part], MOST_BETWEEN)


def _run(run: Sequence[str], units: Mapping[str, list[tuple[int, int]]]) -> Iterator[tuple[int, ...]]:
    """The places of units that follow each other directly."""
    yield from _follow([[tuple(range(start, end)) for start, end in units[unit]] for unit in run], 0)


def _chains(parts: list[list[tuple[int, ...]]]) -> Iterator[list[tuple[int, ...]]]:
    head, *rest = parts
    for places in head:
        if not rest:
            yield [places]
            continue
        for chain in _chains(rest):
            if 0 <= chain[0][0] - places[-1] - 1 <= MOST_APART:
                yield [places, *chain]


def _follow(steps: list[list[tuple[int, ...]]], most_between: int) -> Iterator[tuple[int, ...]]:
    head, *rest = steps
    for places in head:
        if not rest:
            yield places
            continue
        for after in _follow(rest, most_between):
            if 0 <= after[0] - places[-1] - 1 <= most_between:
                yield places + after


def _in_one_sentence(hit: Hit, sentences: list[int]) -> bool:
    before = bisect_right(sentences, hit.start)
    return before == len(sentences) or sentences[before] >= hit.end - 1

"""Reads rough writing: puts the right spelling beside each word, as its norm, and leaves the text itself as it is.

Typed on a phone: "wyyy is my skn brekingout", "moistriser ok 4 me??". A spaCy component, so that the entity ruler can
match on norms and every offset still points into what the person wrote.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from math import inf, log
from pathlib import Path

from spacy.tokens import Doc, Span, Token
from symspellpy import SymSpell, Verbosity

# A word that is in no dictionary is taken for right once the examples use it this often: brand names, not slips.
TRUSTED = 3
# ... but "swolen" is a slip, however many make it.
FAR_MORE = 8
SHORTEST_SLIP = 5
# The noisy channel: the log of the count, weighed, less what the edits cost. Of 3,700 random slips in unseen messages
# these restore 91 %.
COUNT_WEIGHT = 0.7
EDIT_COST = 3.0
FIRST_LETTER_COST = 1.0
# Letters left out or swapped are the commonest slips.
COMMON_SLIP_GAIN = 2.0
SPACE_COST = 3.0
MOST_LETTERS = 40
MOST_PARTS = 8
# Of several parts; shorter ones are in every foreign word.
LETTERS_A_PART = 2.3

_REPEATED = re.compile(r"(.)\1{2,}")
_WORD = re.compile(r"[a-z']+")
_EMOJI_STYLE = "\ufe0f"
_INVISIBLE = ("So", "Sk", "Cf", "Cc", "Co", "Cn")

Token.set_extension("spelling", default=None, force=True)
Doc.set_extension("english_words", default=1.0, force=True)


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """The words of SymSpell's English frequency dictionary."""
    lines = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig")
    return frozenset(line.split()[0] for line in lines.splitlines())


class Spelling:
    """Corrects words that are in no dictionary to the words that people use here.

    The words of the training examples are what a misspelt one can be corrected to; any other English word is left as
    it is. Candidates come from symmetric deletes (SymSpell), the choice from a noisy channel: how often the word is
    used, less what the edits cost.
    """

    def __init__(self, counts: Mapping[str, int], shorthand: Mapping[str, str]) -> None:
        """Makes the dictionaries.

        Args:
            counts: how often the examples use each word.
            shorthand: what "u" or "pls" stands for.
        """
        self.set_words(counts, shorthand)

    def __call__(self, doc: Doc) -> Doc:
        """Sets the norm of each word that is misspelt, and the share of words that need no correction."""
        words, english = 0, 0.0
        for token in doc:
            # The tokenizer knows "cant" and "dont" as two words each and has set their norms.
            known = token.norm_ != token.lower_ or token.lower_ in self._known or token.lower_ in self._shorthand
            if token.norm_ == token.lower_ and (spelling := self.correct(token.lower_)):
                token.norm_ = spelling
                token._.spelling = spelling
            if token.is_alpha:
                words += 1
                # A misspelt word is as likely a foreign one.
                english += 1 if known else 0.5 if token._.spelling else 0
        doc._.english_words = english / words if words else 1.0
        return doc

    @lru_cache(maxsize=20_000)  # noqa: B019  # one instance lives as long as the process
    def correct(self, word: str) -> str | None:
        """The right spelling of a lower-case word; None where it is right, or nothing is near."""
        if word in self._shorthand:
            return self._shorthand[word]
        if word in self._known or not _WORD.fullmatch(word) or len(word) > MOST_LETTERS:
            return None
        for fewer in (r"\1\1", r"\1"):
            if (shorter := _REPEATED.sub(fewer, word)) != word:
                if shorter in self._known or shorter in self._shorthand:
                    return self._shorthand.get(shorter, shorter)
        word = _REPEATED.sub(r"\1\1", word)
        scored = [*self._near(word), *self._apart(word)]
        return max(scored)[1] if scored else None

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Writes the counts and the shorthand, as spaCy asks of a component."""
        path.mkdir(exist_ok=True)
        content = {"counts": self._counts, "shorthand": self._shorthand}
        (path / "words.json").write_text(json.dumps(content), encoding="utf-8")

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> Spelling:
        """Reads what ``to_disk`` wrote."""
        content = json.loads((path / "words.json").read_text(encoding="utf-8"))
        self.set_words(content["counts"], content["shorthand"])
        return self

    def set_words(self, counts: Mapping[str, int], shorthand: Mapping[str, str]) -> None:
        """Makes the dictionaries anew."""
        self._counts = dict(counts)
        self._shorthand = dict(shorthand)
        english = english_words()
        used = {word: count for word, count in self._counts.items() if word in english}
        self._near_words = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in used.items():
            self._near_words.create_dictionary_entry(word, count)
        names = {word: count for word, count in self._counts.items() if word not in english and count >= TRUSTED}
        names = {word: count for word, count in names.items() if not self._is_common_slip(word, count)}
        for word, count in names.items():
            self._near_words.create_dictionary_entry(word, count)
        used |= names
        self._known = english | set(used)
        self._total = sum(used.values())
        self._used = used
        type(self).correct.cache_clear()

    def _is_common_slip(self, word: str, count: int) -> bool:
        """Whether a word that is in no dictionary is one letter away from a word that is used far more often."""
        near = self._near_words.lookup(word, Verbosity.ALL, 1) if len(word) >= SHORTEST_SLIP else []
        return any(found.count >= FAR_MORE * count for found in near)

    def _near(self, word: str) -> Iterable[tuple[float, str]]:
        if len(word) < 3:
            return
        distance = 2 if len(word) >= 7 else 1
        for found in self._near_words.lookup(word, Verbosity.ALL, distance):
            cost = EDIT_COST * found.distance + FIRST_LETTER_COST * (found.term[0] != word[0])
            gain = COMMON_SLIP_GAIN * (_left_out(word, found.term) or sorted(word) == sorted(found.term))
            yield COUNT_WEIGHT * log(found.count) - cost + gain, found.term

    def _apart(self, word: str) -> Iterable[tuple[float, str]]:
        """Words without the spaces between, the likeliest cut: "ishtisnormal" is beyond it, "isthisnormal" is not."""
        best: list[tuple[float, list[str]]] = [(0.0, [])]
        for end in range(1, len(word) + 1):
            cuts = [
                (best[start][0] + log(self._used[word[start:end]] / self._total), [*best[start][1], word[start:end]])
                for start in range(end)
                if self._is_part(word[start:end])
            ]
            best.append(max(cuts, default=(-inf, [])))
        score, parts = best[-1]
        if 1 < len(parts) <= MOST_PARTS and (len(parts) == 2 or len(word) >= LETTERS_A_PART * len(parts)):
            yield COUNT_WEIGHT * (score + log(self._total)) - SPACE_COST, " ".join(parts)

    def _is_part(self, part: str) -> bool:
        return self._used.get(part, 0) >= TRUSTED and (len(part) > 1 or part in "ai")


def _left_out(word: str, term: str) -> bool:
    """Whether the term is the word with letters put in."""
    letters = iter(term)
    return all(letter in letters for letter in word)


def written_right(part: Doc | Span) -> str:
    """The text with its words spelt right, in lower case, without emoji and invisible characters."""
    words = "".join((token._.spelling or token.lower_) + token.whitespace_ for token in part)
    plain = "".join(
        " " if unicodedata.category(it) in _INVISIBLE or it == _EMOJI_STYLE else it
        for it in unicodedata.normalize("NFKC", words)
    )
    return " ".join(plain.replace("’", "'").split())


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word of letters stands in the texts."""
    return Counter(word for text in texts for word in re.findall(r"[a-z]+", text.lower().replace("’", "'")))

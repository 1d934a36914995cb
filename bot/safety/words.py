"""A message as plain words: spelt right, in lower case, without apostrophes; each keeps its place in the message."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from spacy.tokens import Doc

# A number with its decimals, a word, or a sign by itself.
_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[^\w\s]")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")


class Word(NamedTuple):
    """A word or a punctuation mark, and where it stands in the message."""

    text: str
    """As the ways of ``data/safety/`` write it."""
    right: str
    """As it is spelt right, with its apostrophe; of what is written together, the first word holds all."""
    start: int
    end: int


def split_words(text: str) -> list[str]:
    """The words and signs of a text that is spelt right: "can't" is "cant", "38.5c" is "38.5" and "c"."""
    plain = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).lower()
    return [piece.replace(",", ".") if piece[0].isdigit() else piece for piece in _PIECE.findall(plain)]


def read_words(doc: Doc) -> list[Word]:
    """The words of a message that the language pipeline has read."""
    words: list[Word] = []
    chunk, start = "", 0
    for token in doc:
        if token.is_space:
            if "\n" in token.text:
                words.append(Word("\n", "", token.idx, token.idx + len(token)))
            continue
        if not chunk:
            start = token.idx
        # What is written together is read together: the tokenizer parts "ca" from "nt".
        chunk += token._.spelling or token.lower_
        if token.whitespace_ or token.i + 1 == len(doc) or doc[token.i + 1].is_space:
            pieces = split_words(chunk)
            shown = [chunk, *[""] * len(pieces)] if pieces and pieces[0].isalnum() else pieces
            words += [Word(it, right, start, token.idx + len(token)) for it, right in zip(pieces, shown, strict=False)]
            chunk = ""
    return words

"""The one guard of all channels: what people send is plain words, of a length that can be read."""

from __future__ import annotations

import re
import unicodedata

# What a person can be expected to type; the web channel tells the browser.
MOST_CHARACTERS = 2000

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\u0085\v\f]")
_MOST_MARKS = re.compile(
    r"((?:(?!\s)[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]){2})"
    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
# Of one sign in a row; more of it says nothing more.
_RUNS = re.compile(r"(\S)\1{19,}")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n+")
_SPACES = re.compile(r"[^\S\n]+")
_JOINER = "\u200d"
# Letters and signs by their category, but blank.
_BLANKS = frozenset("\u034f\u115f\u1160\u2800\u3164\uffa0")
# Emoji newer than this Python count as not assigned.
_EMOJI = range(0x1F000, 0x1FB00)
# Rasa strips white space of every kind, and takes what then begins with a slash for a payload.
_NO_WORDS = re.compile(r"^[\s/]+")
# What a payload has around its words.
_MARKS = re.compile(r"[{}\[\]\":_/\s]+")


def cleaned(text: str) -> str:
    """A text without what cannot be seen.

    Control characters, overrides of the writing direction, zero-width characters and halves of characters go; heaps of
    accents become two, and long rows of one sign twenty; line ends become one kind. What joins an emoji's parts stays.
    """
    text = _LINE_ENDS.sub("\n", text)
    seen = "".join(it for place, it in enumerate(text) if _can_be_seen(text, place))
    return _SPACES.sub(" ", _RUNS.sub(_first_of_row, _MOST_MARKS.sub(r"\1", seen))).strip()


def as_words(text: str) -> str:
    """A cleaned text as the assistant may read it: never a payload, of which the words are left."""
    words = _NO_WORDS.sub("", text)
    return words if words == text else _MARKS.sub(" ", words).strip()


def pieces(text: str, most: int) -> list[str]:
    """A text that is too long, as pieces that can be read one by one.

    They end with a sentence or a line; a longer sentence is cut by length, and its pieces overlap by a quarter, so that
    nothing said in a few words is cut in two.
    """
    parts: list[str] = []
    for sentence in _SENTENCE_ENDS.split(text):
        if parts and len(parts[-1]) + len(sentence) < most:
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            parts += [sentence[at : at + most] for at in range(0, max(1, len(sentence) - most // 4), most - most // 4)]
    return parts


def _first_of_row(row: re.Match[str]) -> str:
    return row[0][:20]


def _can_be_seen(text: str, place: int) -> bool:
    character = text[place]
    category = unicodedata.category(character)
    if character == _JOINER:
        return 0 < place < len(text) - 1 and _is_symbol(text[place - 1]) and _is_symbol(text[place + 1])
    if character in "\n\t" or ord(character) in _EMOJI:
        return True
    return character not in _BLANKS and category not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _is_symbol(character: str) -> bool:
    return ord(character) in _EMOJI or unicodedata.category(character) in ("So", "Sk", "Mn")

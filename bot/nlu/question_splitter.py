"""Splits a message into its clauses, and tells which of them ask something.

There is no grammar parser. A clause ends with its sentence, or inside one where a word such as "and" or a comma is
followed by the way a question begins ("... and how long", "..., can i"), or where a second question runs on without
any sign ("is it normal can i pop it").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

WH_WORDS = frozenset("why what how when where who which whose whats hows whens wheres".split())
AUXILIARIES = frozenset(
    "is are am was were can could do does did should shall will would may might must has have ca isnt arent wont"
    " shouldnt".split()
)
# What an auxiliary must stand before to begin a question after a statement: "..., can i", not "... and is peeling".
SUBJECTS = frozenset(
    "i it its this that these those they them we you he she my the a an there your his her their some any anyone"
    " everyone everybody people skin microneedling".split()
)
POINTERS = frozenset("it this these they you".split())
CONNECTORS = frozenset("and also plus but or then so & + / , ; - – — : .. ... … ( )".split())
# What may stand between a connector and the question itself.
FILLERS = frozenset(
    "so also then again please like um uh ok okay well oh hey hi hello not lol secondly second two one three first"
    " firstly thirdly finally lastly actually really just maybe instead too btw wondering".split()
)
# After these a question word begins a clause of theirs: "do you know how long", "tell me what".
LEADS = frozenset(
    "know tell wonder wondering ask asking sure understand explain idea see find clear about me of on to say said told"
    " is was guess remember decide depends that".split()
)
FIND_OUT = (["find", "out"], ["figure", "out"], ["work", "out"])
REQUESTS = (
    "tell me", "let me know", "want to know", "need to know", "like to know", "wondering", "wonder", "explain",
    "advise", "recommend", "any tips", "any advice", "any idea", "any ideas", "not sure if", "not sure whether",
    "need help", "i ask", "advice", "suggestions", "yes or no", "is that", "was that", "and whether",
    "delete my", "delete this", "delete everything", "erase my", "erase this", "erase everything", "forget me",
    "forget everything", "remove my chat", "remove this chat", "remove my data", "wipe my",
)  # fmt: skip
AFTER_HOW = frozenset("long often soon much many come do does can should will to".split())
# Fewer words than these before it are no question that another could run on from.
FEWEST_BEFORE = 3
LONGEST_REQUEST = 4
SHORT_QUESTION = 3
# How many words around a place are looked at.
FARTHEST = 60

_FIRST_WORDS = WH_WORDS | AUXILIARIES


@dataclass(frozen=True)
class Clause:
    """A part of a message, and whether it asks something."""

    span: Span
    asks: bool


def clauses(doc: Doc) -> list[Clause]:
    """The clauses of a message in order; together they hold every word of it."""
    parts: list[Span] = []
    for sentence in _sentences(doc):
        for part in _parts(sentence):
            # A clause holds a word: lone signs belong to the one before.
            if parts and not any(letter.isalnum() for letter in part.text):
                parts[-1] = doc[parts[-1].start : part.end]
            else:
                parts.append(part)
    return [Clause(part, _asks(part)) for part in parts]


def _sentences(doc: Doc) -> Iterator[Span]:
    """The sentences; a line break ends one, and so does a question mark that the sentencizer runs over."""
    for sentence in doc.sents:
        start = sentence.start
        for token in sentence:
            if "\n" in token.text or "?" in token.text:
                yield doc[start : token.i + 1]
                start = token.i + 1
        if start < sentence.end:
            yield doc[start : sentence.end]


def _parts(sentence: Span) -> Iterator[Span]:
    doc, start = sentence.doc, sentence.start
    for i in range(sentence.start + 1, sentence.end):
        # What is farther away changes little, and reading all of it at every word would take seconds.
        if _begins_clause(doc[max(start, i - FARTHEST) : i], doc[i : min(sentence.end, i + FARTHEST)]):
            yield doc[start:i]
            start = i
    yield doc[start : sentence.end]


def _begins_clause(before: Span, rest: Span) -> bool:
    """Whether a clause of its own begins with the rest."""
    if _is_connector(before[-1]) and not all(_is_connector(token) for token in before):
        return _opens(rest, after_question=_asks(before))
    return _word(rest[0]) in _FIRST_WORDS and _runs_on(before, rest)


def _opens(rest: Span, after_question: bool) -> bool:
    """Whether the rest, after a connector, begins as questions do; after a question less is asked of it."""
    first, *following = _words(_without_fillers(rest)) or [""]
    if first in WH_WORDS:
        return _asks(rest) or after_question or first in ("why", "whose")
    if first in AUXILIARIES:
        return bool(following) and (after_question or following[0] in SUBJECTS)
    if not after_question and rest[-1].text.endswith("?") and len(following) < SHORT_QUESTION:
        return True  # "had it on friday, normal?"
    return first in ("if", "whether") or _requests([first, *following][:LONGEST_REQUEST])


def _runs_on(before: Span, rest: Span) -> bool:
    """Whether a second question begins with the rest though no sign stands between the two."""
    first = _words(_without_fillers(before))
    words = _words(rest)
    if len(first) < FEWEST_BEFORE or len(words) < 2 or first[-1] in LEADS or first[-2:] in FIND_OUT:
        return False
    if words[0] in WH_WORDS and _asks(before):
        return words[1] in AUXILIARIES or (words[0] == "how" and words[1] in AFTER_HOW)
    return first[0] in AUXILIARIES and words[0] in AUXILIARIES and words[1] in ("i", "it", "this", "they", "my")


def _asks(part: Span) -> bool:
    """Whether a part asks: by its sign, its first words, a question inside it, or in so many words."""
    if any("?" in token.text for token in part):
        return True
    words = _words(part)
    return _begins_as_question(_words(_without_fillers(part))) or _holds_question(words) or _requests(words)


def _begins_as_question(words: list[str]) -> bool:
    if len(words) < 2:
        return words == ["why"]
    # "When I wash it" tells; "why it itches" asks.
    return words[0] in AUXILIARIES | {"why", "how", "whose"} or (words[0] in WH_WORDS and words[1] not in SUBJECTS)


def _holds_question(words: list[str]) -> bool:
    for first, second in pairwise(words):
        if first in WH_WORDS and (second in AUXILIARIES or (first == "how" and second in AFTER_HOW)):
            return True
        if first in AUXILIARIES and second == "i":
            return True
        if first in ("is", "are", "will", "does", "do") and second in POINTERS:
            return True
    return False


def _requests(words: list[str]) -> bool:
    text = f" {' '.join(words)} "
    return any(f" {request} " in text for request in REQUESTS)


def _words(part: Span) -> list[str]:
    """The words that were meant, without punctuation; of "whats", which stands for two, the first."""
    return [_word(token) for token in part if not token.is_punct and not token.is_space]


def _word(token: Token) -> str:
    # A token without a spelling of its own keeps its default norm, which is cheaper to ask for.
    return str(token._.spelling or token.lower_).split()[0] if token.norm_ != token.lower_ else str(token.lower_)


def _without_fillers(part: Span) -> Span:
    for i, token in enumerate(part):
        if not (_is_connector(token) or token.is_punct or _word(token) in FILLERS):
            return part[i:]
    return part[len(part) :]


def _is_connector(token: Token) -> bool:
    return token.is_space or _word(token) in CONNECTORS or _is_sign(token)


def _is_sign(token: Token) -> bool:
    """Emoji and the like."""
    return not token.is_punct and not any(letter.isalnum() for letter in token.text)

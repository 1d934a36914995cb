"""Splits a message into its clauses, and tells which of them ask something.

There is no grammar parser: a clause begins at a sentence, or inside one where a word such as "and" or a comma is
followed by the way questions begin ("... and how long", "..., can i"), or where a second question runs on without
any sign ("is it normal can i pop it").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

WH = frozenset("why what how when where who which whose whats hows whens wheres".split())
AUXILIARIES = frozenset(
    "is are am was were can could do does did should shall will would may might must has have ca isnt arent wont".split()
)
SUBJECTS = frozenset(
    "i it its this that these those they them we you he she my the a an there your his her their some any anyone"
    " everyone everybody people skin microneedling".split()
)
CONNECTORS = frozenset(["and", "also", "plus", "but", "or", "then", "so", "&", "+", "/", ",", ";", "-", "–", "—", ":", "..", "...", "…", "(", ")"])  # fmt: skip
# What may stand between a connector and the question itself.
FILLERS = frozenset(
    "so also then again please like um uh ok okay well oh hey hi hello if not lol secondly second two one three first"
    " firstly thirdly finally lastly actually really just maybe instead too btw wondering".split()
)
# After these a question word begins a clause of theirs: "do you know how long", "tell me what".
LEADS = frozenset(
    "know tell wonder wondering ask asking sure understand explain idea see find clear about me of on to say said told"
    " is was guess out remember decide depends that".split()
)
REQUESTS = (
    ("tell", "me"), ("let", "me", "know"), ("want", "to", "know"), ("need", "to", "know"), ("like", "to", "know"),
    ("wondering",), ("wonder",), ("explain",), ("advise",), ("recommend",), ("any", "tips"), ("any", "advice"),
    ("any", "idea"), ("any", "ideas"), ("not", "sure", "if"), ("not", "sure", "whether"), ("need", "help"),
    ("i", "ask"), ("advice",), ("suggestions",), ("yes", "or", "no"), ("is", "that"), ("was", "that"), ("and", "whether"),
)  # fmt: skip
AFTER_HOW = frozenset("long often soon much many come do does can should will to".split())


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
            if parts and not any(letter.isalnum() for letter in part.text):
                parts[-1] = doc[parts[-1].start : part.end]
            else:
                parts.append(part)
    return [Clause(part, _asks(part)) for part in parts]


def _sentences(doc: Doc) -> Iterator[Span]:
    for sentence in doc.sents:
        start = sentence.start
        for token in sentence:
            if "\n" in token.text or token.text in ("?", "??", "???", "!?", "?!"):
                if token.i + 1 > start:
                    yield doc[start : token.i + 1]
                start = token.i + 1
        if start < sentence.end:
            yield doc[start : sentence.end]


def _parts(sentence: Span) -> Iterator[Span]:
    doc, start = sentence.doc, sentence.start
    i = start + 1
    while i < sentence.end:
        if _begins_part(doc, start, i, sentence.end):
            yield doc[start:i]
            start = i
        i += 1
    yield doc[start : sentence.end]


def _begins_part(doc: Doc, start: int, i: int, end: int) -> bool:
    if _is_connector(doc[i - 1]) and any(not _is_connector(token) for token in doc[start:i]):
        opener = _skip_fillers(doc, i, end)
        return _opens(doc, opener, end, loose=_asks(doc[start:i]))
    return _runs_on(doc, start, i, end)


def _runs_on(doc: Doc, start: int, i: int, end: int) -> bool:
    """A second question without any sign between."""
    first = _skip_fillers(doc, start, end)
    if i - first < 3 or _word(doc[i - 1]) in LEADS or i + 1 >= end:
        return False
    if _word(doc[i]) in WH and _asks(doc[start:i]):
        follows = _word(doc[i + 1])
        return follows in AUXILIARIES or (_word(doc[i]) == "how" and follows in AFTER_HOW)
    begins_with_auxiliary = _word(doc[first]) in AUXILIARIES
    return (
        begins_with_auxiliary
        and _word(doc[i]) in AUXILIARIES
        and _word(doc[i + 1]) in ("i", "it", "this", "they", "my")
    )


def _opens(doc: Doc, i: int, end: int, loose: bool) -> bool:
    """Whether a question begins here; loose: also without a subject that is known."""
    if i >= end:
        return False
    word = _word(doc[i])
    if word in WH or _word(doc[i]) in WH:
        return not (word in ("which", "when", "what", "where", "who", "how") and not loose) or _asks(doc[i:end])
    if word in AUXILIARIES:
        return i + 1 < end and (loose or _word(doc[i + 1]) in SUBJECTS)
    if word in ("if", "whether"):
        return True
    return _has_request(doc[i : min(i + 4, end)])


def _asks(part: Span) -> bool:
    if any("?" in token.text for token in part):
        return True
    words = [_word(token) for token in part if not token.is_punct]
    i = _skip_fillers(part.doc, part.start, part.end)
    if i < part.end and _word(part.doc[i]) in AUXILIARIES | WH and (i + 1 < part.end):
        if (
            _word(part.doc[i]) in WH - {"when", "which", "what", "where", "who"}
            or _word(part.doc[i + 1]) not in SUBJECTS
        ):
            return True
        if _word(part.doc[i]) in AUXILIARIES:
            return True
    for first, second in zip(words, words[1:]):
        if first in WH and (second in AUXILIARIES or (first == "how" and second in AFTER_HOW)):
            return True
        if (
            first in AUXILIARIES
            and second == "i"
            or (first in ("is", "are", "will", "does", "do") and second in ("it", "this", "these", "they", "you"))
        ):
            return True
    return _has_request(part)


def _has_request(part: Span) -> bool:
    words = [_word(token) for token in part]
    return any(tuple(words[i : i + len(request)]) == request for request in REQUESTS for i in range(len(words)))


def _word(token: Token) -> str:
    """The word that was meant; of "whats", which stands for two, the first."""
    return (token._.spelling or token.lower_).split()[0] if not token.is_space else ""


def _skip_fillers(doc: Doc, i: int, end: int) -> int:
    while i < end and (_is_connector(doc[i]) or _word(doc[i]) in FILLERS or doc[i].is_punct or doc[i].is_space):
        i += 1
    return i


def _is_connector(token: Token) -> bool:
    return token.norm_ in CONNECTORS or token.is_space or _is_symbol(token)


def _is_symbol(token: Token) -> bool:
    """Emoji and the like."""
    return not token.is_punct and not any(letter.isalnum() for letter in token.text)

"""Reads a message: what things it asks, in order, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from spacy.tokens import Doc, Span

from bot.nlu.intent_model import Evidence, FloatArray, IntentModel
from bot.nlu.question_splitter import CONNECTORS, Clause, clauses
from bot.nlu.spelling import written_right
from bot.terms import Term

FALLBACK = "nlu_fallback"
RED_FLAG = "red_flag"
UNDOCUMENTED = "undocumented"
# The kinds of terms that a question can be about: "can I use ...", "may I go to the ...".
ASKED_ABOUT = ("product", "activity", "device")
# What may stand between two of them that are asked about together: "wash my face and put my moisturiser on".
JOINING = frozenset("my the a an some any use using put wear do to go have it maybe even take on just only".split())
MOST_JOINING = 4


@dataclass(frozen=True)
class Reading:
    """How the reader weighs what it sees."""

    threshold: float = 0.37
    """Below this confidence nothing is answered."""
    context_weight: float = 0.6
    """How much the words around a question count for its intent, beside its own words."""
    covered: float = 1.3
    """The gain in confidence of what a named product or activity speaks for; the loss of its rivals is the inverse."""
    told: Collection[str] = ()
    """Intents of statements: never what a clause that asks means."""
    asides: Collection[str] = ()
    """Intents that are no question where something else is asked: greetings, thanks."""


@dataclass(frozen=True)
class Question:
    """One thing that a message asks."""

    text: str
    intent: str
    confidence: float
    confidences: FloatArray
    """Of every intent, in the model's order."""
    start: int
    """Where it begins in the message."""


@dataclass(frozen=True)
class Content:
    """What a message holds."""

    questions: list[Question]
    """In order; at least one. A message that asks nothing is one question as a whole."""
    asks: bool
    """Whether it asks at all, or only tells something."""


@dataclass(frozen=True)
class _Wording:
    """A question in words: alone, and within what was said around it."""

    text: str
    """As the person wrote it."""
    alone: str
    """Spelt right, as the model reads it."""
    within: str
    terms: tuple[Term, ...]
    start: int
    asks: bool


class QuestionReader:
    """Finds the questions of a message and their intents.

    Each question is read twice, by its own words and within the words around it that ask nothing: the probabilities
    are averaged, and the nearer of the two counts. Questions of the same intent are one.
    """

    def __init__(self, model: IntentModel, terms: Mapping[str, Term], reading: Reading) -> None:
        """Makes a reader.

        Args:
            model: a trained model.
            terms: what the language pipeline marks, by id.
            reading: the weights.
        """
        self._model = model
        self._terms = terms
        self._reading = reading
        self._number = {name: i for i, name in enumerate(model.intents)}
        covering = {term.covered_by for term in terms.values() if term.kind in ASKED_ABOUT and term.covered_by}
        self._reported = np.zeros(len(model.intents), dtype=np.float32)
        if RED_FLAG in self._number:
            self._reported[self._number[RED_FLAG]] = 1
        self._coverage = {name for name in covering | {UNDOCUMENTED} if name in self._number}

    def read(self, doc: Doc, reported: Sequence[tuple[int, int]] = ()) -> Content:
        """What the message asks and which of its clauses report a warning sign, in order.

        Args:
            doc: the message.
            reported: where the safety gate has found warning signs, in characters. Nothing else is taken for one.
        """
        parts = clauses(doc)
        reports = [_report(it, self._reported) for it in parts if _overlaps(it.span, reported)]
        asks = any(part.asks for part in parts)
        choices = [] if reports and not asks else list(self._choices(doc, parts))
        asked = [wording for one, several in choices for wording in [one, *several]]
        texts = list(dict.fromkeys(text for it in asked for text in (it.alone, it.within)))
        evidence = self._model.evidence(texts) if texts else None
        rows = {
            text: Evidence(evidence.probabilities[i], evidence.nearness[i]) for i, text in enumerate(texts) if evidence
        }
        questions = [question for one, several in choices for question in self._choose(one, several, rows)]
        in_order = sorted([*reports, *questions], key=lambda it: it.start)
        return Content(self._settle(in_order), asks)

    def _choices(self, doc: Doc, parts: list[Clause]) -> Iterator[tuple[_Wording, list[_Wording]]]:
        """Each question as one, and as several if it names things that the guide treats apart."""
        asking = [i for i, part in enumerate(parts) if part.asks]
        if not asking:
            yield self._one(doc[:], doc[:], asks=False), self._several(doc[:])
        start = 0
        for i in asking:
            # What is told before a question belongs to it; what is told after the last one to that.
            end = parts[-1].span.end if i == asking[-1] else parts[i].span.end
            yield self._one(parts[i].span, doc[start:end], asks=True), self._several(parts[i].span)
            start = parts[i].span.end

    def _one(self, alone: Span, within: Span, asks: bool) -> _Wording:
        terms = self._asked_about(alone)
        return _Wording(alone.text, written_right(alone), written_right(within), terms, alone.start_char, asks)

    def _several(self, span: Span) -> list[_Wording]:
        """A wording for each thing in "can I use retinol and moisturiser", where the guide treats them apart."""
        found = [it for it in span.ents if it.label_ in ASKED_ABOUT and it.ent_id_ in self._terms]
        cuts = [second.start for first, second in pairwise(found) if self._stand_apart(first, second)]
        if not cuts:
            return []
        head = span.doc[span.start : found[0].start]
        wordings = []
        for start, end in pairwise([span.start, *cuts, span.end]):
            piece = _without_joining(span.doc[start:end])
            parts = [piece] if start == span.start else [head, piece]
            alone = " ".join(map(written_right, parts)).strip()
            text = " ".join(part.text for part in parts).strip()
            wordings.append(_Wording(text, alone, alone, self._asked_about(piece), piece.start_char, asks=True))
        return wordings

    def _stand_apart(self, first: Span, second: Span) -> bool:
        between = [token.norm_ for token in first.doc[first.end : second.start]]
        joined = len(between) <= MOST_JOINING and all(it in CONNECTORS or it in JOINING for it in between)
        return joined and any(it in CONNECTORS for it in between) and self._target(first) != self._target(second)

    def _target(self, entity: Span) -> str:
        return self._terms[entity.ent_id_].covered_by or UNDOCUMENTED

    def _asked_about(self, span: Span) -> tuple[Term, ...]:
        ids = [it.ent_id_ for it in span.ents if it.label_ in ASKED_ABOUT]
        return tuple(self._terms[it] for it in ids if it in self._terms)

    def _choose(self, one: _Wording, several: list[_Wording], rows: Mapping[str, Evidence]) -> list[Question]:
        """Several only where that is what each of them asks: "my cleanser and cream as usual" asks for the routine."""
        as_one = self._question(one, rows)
        as_several = [self._question(wording, rows) for wording in several]
        targets = {term.covered_by or UNDOCUMENTED for term in one.terms}
        apart = {question.intent for question in as_several} <= targets and as_one.intent in targets
        return as_several if as_several and apart else [as_one]

    def _question(self, wording: _Wording, rows: Mapping[str, Evidence]) -> Question:
        alone, within, weight = rows[wording.alone], rows[wording.within], self._reading.context_weight
        joined = Evidence(
            (1 - weight) * alone.probabilities + weight * within.probabilities,
            np.maximum(alone.nearness, within.nearness),
        )
        confidences = self._with_coverage(self._model.confidences(joined), wording.terms)
        # Whether a sign is reported is for the gate to say.
        never = [RED_FLAG, *(self._reading.told if wording.asks else ())]
        confidences[[self._number[it] for it in never if it in self._number]] = 0
        best = int(confidences.argmax())
        confidence = float(confidences[best])
        intent = self._model.intents[best] if confidence >= self._reading.threshold else FALLBACK
        return Question(wording.text, intent, confidence, confidences, wording.start)

    def _with_coverage(self, confidences: FloatArray, terms: Iterable[Term]) -> FloatArray:
        """What covers the thing decides: "can I use retinol" and "can I use salicylic acid" are alike in words."""
        targets = {term.covered_by or UNDOCUMENTED for term in terms}
        if len(targets) != 1:
            return confidences
        weighed = confidences.copy()
        for name in self._coverage:
            weighed[self._number[name]] *= self._reading.covered if name in targets else 1 / self._reading.covered
        return np.minimum(weighed, 1)

    def _settle(self, questions: list[Question]) -> list[Question]:
        """Leaves out asides and what was not understood, where something was; joins what asks the same."""
        left_out = {FALLBACK, *self._reading.asides}
        kept = [it for it in questions if it.intent not in left_out] or [max(questions, key=lambda it: it.confidence)]
        settled: dict[str, Question] = {}
        for question in kept:
            before = settled.get(question.intent)
            settled[question.intent] = _joined(before, question) if before else question
        return list(settled.values())


def _overlaps(span: Span, places: Sequence[tuple[int, int]]) -> bool:
    return any(start < span.end_char and span.start_char < end for start, end in places)


def _report(clause: Clause, confidences: FloatArray) -> Question:
    return Question(clause.span.text, RED_FLAG, 1.0, confidences, clause.span.start_char)


def _without_joining(piece: Span) -> Span:
    end = len(piece)
    while end > 1 and piece[end - 1].norm_ in CONNECTORS | JOINING:
        end -= 1
    return piece[:end]


def _joined(first: Question, second: Question) -> Question:
    return replace(
        first,
        text=f"{first.text} {second.text}",
        confidence=max(first.confidence, second.confidence),
        confidences=np.maximum(first.confidences, second.confidences),
    )

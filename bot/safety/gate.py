"""The safety gate: which warning signs a message reports, found by known ways of saying them and by a classifier."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from spacy.tokens import Doc

from bot.nlu.spelling import written_right
from bot.safety.matcher import Found, Matches, Statement, WarningSignMatcher
from bot.safety.red_flags import RedFlags
from bot.safety.sign_model import Reading, SignModel
from bot.safety.words import read_words

# Shorter statements beside others say too little by themselves.
FEWEST_WORDS = 2
# What speaks for a report, in logits: what the classifier makes of the message as a whole and of its most alarming
# statement, by words and by meaning, and whether a known way of saying a sign was found. Fitted by logistic regression
# on tests/safety/tuning_*.jsonl and on the messages of tests/nlu that report nothing; no line of them is trained on.
WHOLE_BY_WORDS, TOLD_BY_WORDS = 0.93, 0.17
WHOLE_BY_MEANING, TOLD_BY_MEANING = 0.3, 0.17
WORDS = 2.11
BIAS = -1.17


@dataclass(frozen=True)
class Thresholds:
    """From which probabilities on something is done."""

    report: float = 0.35
    """A sign is reported."""
    urgent: float = 0.3
    """Of the emergencies together, among all signs: where the words found are less urgent, the likeliest of them counts
    as well; below it a single urgent word beside other signs does not count."""
    alone: float = 0.85
    """One statement with known words reports a sign whatever else the message says."""
    alone_urgent: float = 0.6
    """The same for known words of an emergency."""
    beside: float = 0.8
    """One statement by itself reports a sign, which then adds up with those of the others ..."""
    plain: float = 0.7
    """... if it is as likely as this which sign it is."""


@dataclass(frozen=True)
class Report:
    """What a message reports, each in the message's order."""

    signs: list[Found]
    circumstances: list[Found]


class SafetyGate:
    """Finds warning signs by the ways people say them and by the sentence classifier."""

    def __init__(
        self, red_flags: RedFlags, matcher: WarningSignMatcher, model: SignModel, thresholds: Thresholds
    ) -> None:
        """Puts the parts together."""
        self._red_flags = red_flags
        self._matcher = matcher
        self._model = model
        self._thresholds = thresholds
        self._urgent = {it.id for it in red_flags.signs.values() if it.tier == "emergency"}

    def read(self, doc: Doc) -> Report:
        """Reads a message that the language pipeline has read."""
        whole = written_right(doc)
        if not whole:
            return Report([], [])
        matches = self._matcher.match(read_words(doc))
        circumstances = [it for it in matches.found if it.id in self._red_flags.circumstances]
        return Report(self._signs(doc.text, whole, matches), circumstances)

    def told(self, doc: Doc) -> list[Statement]:
        """The statements of a message as the classifier reads them."""
        return _long_enough(self._matcher.match(read_words(doc)).statements)

    def _signs(self, text: str, whole: str, matches: Matches) -> list[Found]:
        by_words = [it for it in matches.found if it.id in self._red_flags.signs]
        told = _long_enough(matches.statements)
        texts = list(dict.fromkeys([whole, *(it.text for it in told)]))
        readings = dict(zip(texts, self._model.read(texts), strict=True))
        of_told = [readings[it.text] for it in told] or [readings[whole]]
        plain = any(self._is_plain(it, readings[it.text], by_words) for it in told)
        is_reported = plain or _probability(readings[whole], of_told, bool(by_words)) >= self._thresholds.report
        if not is_reported and not self._ends_urgently(text, told, by_words):
            return []
        strongest = max(told, key=lambda it: readings[it.text].by_words, default=Statement(whole, 0, len(whole)))
        likely = {it: (share + readings[strongest.text].signs[it]) / 2 for it, share in readings[whole].signs.items()}
        named = self._named(by_words, likely, strongest)
        beside = [found for it in told if (found := self._named_beside(it, readings[it.text]))]
        return sorted(dict.fromkeys([*named, *beside]), key=lambda it: it.start)

    def _is_plain(self, statement: Statement, reading: Reading, by_words: list[Found]) -> bool:
        """Whether a statement reports a sign by itself, in known words: what stands around it takes nothing from it."""
        known = {it.id for it in by_words if it.start < statement.end and statement.start < it.end}
        threshold = self._thresholds.alone_urgent if known & self._urgent else self._thresholds.alone
        return bool(known) and _probability(reading, [reading], by_words=True) >= threshold

    def _ends_urgently(self, text: str, told: list[Statement], by_words: list[Found]) -> bool:
        """Whether a statement, from its words of an emergency on, reports one: "which cleanser i cant breathe"."""
        ends = [
            text[it.start : statement.end]
            for it in by_words
            for statement in told
            if it.id in self._urgent and statement.start < it.start < statement.end
        ]
        readings = self._model.read(ends) if ends else []
        return any(_probability(it, [it], by_words=True) >= self._thresholds.alone_urgent for it in readings)

    def _named(self, by_words: list[Found], likely: dict[str, float], strongest: Statement) -> list[Found]:
        """The signs that the words name; the likeliest one where they name none, or none urgent and it is."""
        urgent = {it: share for it, share in likely.items() if it in self._urgent}
        is_urgent = sum(urgent.values()) >= self._thresholds.urgent
        named = [it for it in by_words if is_urgent or it.id not in self._urgent] or by_words
        if named and (not is_urgent or self._red_flags.tier(it.id for it in named) == "emergency"):
            return named
        among = urgent if is_urgent else likely
        return [*named, Found(max(among, key=among.__getitem__), strongest.start, strongest.end)]

    def _named_beside(self, statement: Statement, reading: Reading) -> Found | None:
        """The sign that a statement reports by itself, where that is plain: signs add up over a message."""
        sign = max(reading.signs, key=reading.signs.__getitem__)
        plain = reading.signs[sign] >= self._thresholds.plain
        if plain and _probability(reading, [reading], by_words=False) >= self._thresholds.beside:
            return Found(sign, statement.start, statement.end)
        return None


def _probability(whole: Reading, told: list[Reading], by_words: bool) -> float:
    logit = (
        WHOLE_BY_WORDS * whole.by_words
        + TOLD_BY_WORDS * max(it.by_words for it in told)
        + WHOLE_BY_MEANING * whole.by_meaning
        + TOLD_BY_MEANING * max(it.by_meaning for it in told)
        + WORDS * by_words
        + BIAS
    )
    return 1 / (1 + exp(-logit))


def _long_enough(statements: list[Statement]) -> list[Statement]:
    return [it for it in statements if len(it.text.split()) >= FEWEST_WORDS or len(statements) == 1]

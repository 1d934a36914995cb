"""The safety gate: which warning signs a message reports, found in two ways of which either is enough."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc

from bot.nlu.spelling import written_right
from bot.safety.matcher import Found, Matches, Statement, WarningSignMatcher
from bot.safety.red_flags import RedFlags
from bot.safety.sign_model import Reading, SignModel
from bot.safety.words import read_words

# Shorter statements beside others say too little by themselves.
FEWEST_WORDS = 2


@dataclass(frozen=True)
class Thresholds:
    """How likely a report must be, by the classifier."""

    alone: float = 0.5
    """To warn where no known way of saying a sign was found."""
    with_words: float = 0.12
    """To warn where one was found: below it the words are taken for something else, such as a figure of speech."""
    named: float = 0.4
    """For a sign to be named that only the classifier has found."""
    urgent: float = 0.3
    """For the emergencies together to make the tier, where only the classifier has found a sign."""


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

    def read(self, doc: Doc) -> Report:
        """Reads a message that the language pipeline has read."""
        whole = written_right(doc)
        if not whole:
            return Report([], [])
        matches = self._matcher.match(read_words(doc))
        circumstances = [it for it in matches.found if it.id in self._red_flags.circumstances]
        return Report(self._signs(whole, matches), circumstances)

    def told(self, doc: Doc) -> list[Statement]:
        """The statements of a message as the classifier reads them."""
        return _long_enough(self._matcher.match(read_words(doc)).statements)

    def _signs(self, whole: str, matches: Matches) -> list[Found]:
        told = _long_enough(matches.statements)
        texts = list(dict.fromkeys([whole, *(it.text for it in told)]))
        readings = dict(zip(texts, self._model.read(texts), strict=True))
        by_words = [it for it in matches.found if it.id in self._red_flags.signs]
        strongest = max(told, key=lambda it: readings[it.text].probability, default=None)
        # The whole and its likeliest statement, together: each alone is misled more often.
        likelihood = readings[whole].probability
        if strongest:
            likelihood = (likelihood + readings[strongest.text].probability) / 2
        if by_words and likelihood >= self._thresholds.with_words:
            return sorted(by_words, key=lambda it: it.start)
        if strongest and likelihood >= self._thresholds.alone:
            return [Found(self._likeliest(readings[strongest.text]), strongest.start, strongest.end)]
        return []

    def _likeliest(self, reading: Reading) -> str:
        """The likeliest sign; of the emergencies, where they are likely enough together."""
        signs = self._red_flags.signs
        urgent = {it: share for it, share in reading.signs.items() if signs[it].tier == "emergency"}
        likely = urgent if sum(urgent.values()) >= self._thresholds.urgent else reading.signs
        return max(likely, key=likely.__getitem__)


def _long_enough(statements: list[Statement]) -> list[Statement]:
    return [it for it in statements if len(it.text.split()) >= FEWEST_WORDS or len(statements) == 1]

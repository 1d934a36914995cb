"""Finds how long ago the treatment was, in the ways people write it: "3 days ago", "since tuesday", "day 5"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.nlu.amounts import AMOUNT, DAYS_PER_UNIT, ORDINALS, amount_in_days
from bot.nlu.calendar_dates import past_dates

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WEEKDAY = (
    r"(?P<weekday>mon(?:days?)?|tues?(?:days?)?|wed(?:nesdays?)?|thu(?:r|rs|rsdays?)?"
    r"|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?)\b"
)
_FILLER = (
    r"(?:about|abt|a?round|roughly|approx(?:\.|imately)?|maybe|like|nearly|almost|over|more\s+than"
    r"|under|less\s+than|only|just|at\s+least|now|today|ish|exactly|i\s+think)"
)

# Always a look back.
_AGO = re.compile(rf"\b(?:{AMOUNT}|(?P<one>week|fortnight|month))\s+(?:ago|back|earlier)\b")
_SO_FAR_AFTER = re.compile(
    rf"\b{AMOUNT}\s+(?:now|already|later|today|and\s+(?:\w+\W+){{0,3}}?(?:still|not|no|counting))\b"
)
_SO_FAR = re.compile(
    r"(?:\b(?:been|(?<!last )(?<!lasts )for|past|going\s+on|still\s+(?:\w+\s+){1,4}after|i'?m\s+at)|(?:^|\bthe\s+)last"
    rf"|\b(?:has|have)\s+(?:\w+\s+)?lasted)\s+(?:{_FILLER}\s+)*{AMOUNT}"
    rf"|\b(?:on|at)\s+(?:{_FILLER}\s+)*{AMOUNT.replace('P<', 'P<on_')}\s+(?:now|post|since)\b"
)
_DAY_NUMBER = re.compile(
    r"\b(?P<unit>day|week|wk|month)\s*(?:no\.?|number|#)?\s*(?P<number>\d{1,2}|one|two|three|four|five|six|seven|ten)\b"
)
_NTH_DAY = re.compile(
    rf"\b(?:my|is|it'?s|on|now)\s+(?:the\s+|my\s+)?(?P<number>\d{{1,2}}(?:st|nd|rd|th)|{'|'.join(ORDINALS)})\s+(?P<unit>day|week|month)\b"
)
_NAMED = re.compile(
    r"\b(?P<before_yesterday>(?:the\s+)?day\s+before\s+yesterday)\b|\b(?P<yesterday>yest[eu]r?day|yesterdya|yday|last\s+ni(?:ght|te))\b"
    r"|\b(?P<other_day>the\s+other\s+day)\b|\blast\s+(?P<last>week|month|year|weekend)\b"
)
_SINCE_WEEKDAY = re.compile(
    rf"\b(?:since|last|from)\s+(?:last\s+)?{_WEEKDAY}|\bsince\s+(?:the\s+)?(?P<weekend>weekend)\b"
)
# A look back only where the sentence tells of something that happened.
_AFTER_START = re.compile(
    rf"^\W*(?:{_FILLER}\s+)*{AMOUNT}\s+(?:(?:post|after|since)\b|(?:in|on|out)(?=\W*(?:$|and\b|but\b|there|i\b|my\b)))"
)
_AFTER = re.compile(rf"\b{AMOUNT}\s+(?:post|after|since|out|in|on(?!\s+(?:mon|tue|wed|thu|fri|sat|sun))|past)\b")
# "I'm sat here" names no day: the short forms need an "on".
_PLAIN_WEEKDAY = re.compile(
    rf"\bon\s+{_WEEKDAY}|\b(?P<full_weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
    r"|\b(?:done|treated)\s+(?P<short_weekday>mon|tues?|wed|thurs?|fri|sat|sun)\b"
    r"|\b(?:on|at|over)\s+the\s+(?P<weekend>weekend)\b"
)
_TODAY = re.compile(
    r"\b(?P<today>(?:earlier\s+)?today|this\s+(?:morning|afternoon|evening)|tonight|just\s+(?:now|had|got|did|came))\b"
)
_ALONE = re.compile(rf"^\W*(?:(?:it'?s|its|so|i'?m|im)\s+)?(?:{_FILLER}\s+)*{AMOUNT}(?:\s+{_FILLER})*\W*$")
# "It's been months" says no number: at least two.
_VAGUE = re.compile(r"\b(?:been|for)\s+(?:many\s+)?(?P<vague>week|month)s\b")

_PAST_TENSE = re.compile(
    r"\b(?:had|(?<!have )(?<!ive )(?<!i've )got(?!\s+an?\s+(?!\w*needl|derma|treatment|session|facial))"
    r"|did|done|was|were|went|started|treated|\w*needled|came|been)\b"
)
_HAPPENED = re.compile(
    r"\b(?:had|got|did|done|was|were|went|started|treated|came|been|since|today\s+is"
    r"|after\s+(?:my|(?:the\s+|a\s+)?(?:micro\s*needl|needl|derma|skin\s*pen|treatment|session)\w*)|i'?m|it'?s|i'?ve|still|now|post)\b"
)
_ASKS_FOR_LEAVE = re.compile(
    r"\b(?:can|could|may|should|shall|when|how\s+(?:long|soon|many)|is\s+it\s+(?:ok|okay|safe|fine)|allowed|wait|will|until|til+|by|next|before"
    r"|what\s+if|last\s+time)\b|^\W*(?:(?:and|but|so)\s+)?if\b"
)
_INSTRUCTS = re.compile(r"\b(?:avoid|told|said|say|no)\b")
_TREATMENT = re.compile(
    r"needl|derma|skinpen|treatment|session|procedure|appointment|facial|had\s+(?:it|mine|my)|(?:got|did)\s+(?:it|mine|my)|post\b|done"
)
_CLAUSE_BREAK = re.compile(r"[,.;!?\n]|\b(?:and|but|then|so)\b")
_SENTENCE_END = re.compile(r"[.!?;\n]+\s*")


@dataclass(frozen=True)
class Elapsed:
    """A mention of the time that has gone by: days, and where it stands in the text."""

    days: float
    start: int
    end: int


def find_elapsed(text: str, today: date) -> Elapsed | None:
    """The time since the treatment that a message tells of.

    Several mentions: the one whose sentence speaks of the treatment counts, else the longest.

    Args:
        text: the message as written.
        today: the day it was written, in the clinic's time zone; what weekdays are counted from.
    """
    lowered = text.lower().replace("’", "'")
    found = [it for it in _mentions(lowered, today) if 0 <= it.days <= 5 * 365]
    if not found:
        return None
    of_treatment = [it for it in found if _TREATMENT.search(_clause_around(lowered, it))]
    return max(of_treatment or found, key=lambda it: it.days)


def _mentions(text: str, today: date) -> Iterator[Elapsed]:
    if alone := _ALONE.match(text):
        yield _amount(alone)
    for sentence, offset in _sentences(text):
        for pattern, is_look_back in _LOOK_BACKS:
            for match in pattern.finditer(sentence):
                if is_look_back(match, sentence):
                    elapsed = _elapsed(match, today)
                    yield Elapsed(elapsed.days, elapsed.start + offset, elapsed.end + offset)
        for days, start, end in past_dates(sentence, today):
            bare = re.search(r"\w{3}", sentence[:start] + sentence[end:]) is None
            told = bool(_PAST_TENSE.search(sentence)) or sentence[start:end].startswith("since")
            if bare or (told and not _ASKS_FOR_LEAVE.search(sentence[:start])):
                yield Elapsed(days, start + offset, end + offset)


def _always(match: re.Match[str], sentence: str) -> bool:
    return True


def _not_asked_for(match: re.Match[str], sentence: str) -> bool:
    """Not "can I wear makeup on day 3", which looks ahead."""
    return not _ASKS_FOR_LEAVE.search(sentence[: match.start()])


def _has_happened(match: re.Match[str], sentence: str) -> bool:
    return bool(_HAPPENED.search(sentence)) and _not_asked_for(match, sentence)


def _names_a_past_day(match: re.Match[str], sentence: str) -> bool:
    return _stands_alone(match, sentence) or bool(_PAST_TENSE.search(sentence)) and _not_asked_for(match, sentence)


def _names_today(match: re.Match[str], sentence: str) -> bool:
    return _stands_alone(match, sentence) or _has_happened(match, sentence)


def _has_gone_on(match: re.Match[str], sentence: str) -> bool:
    """Not "will it go on for 3 weeks", "acne for 10 years" or "told no makeup for 24 hours"."""
    in_years = (match.group("unit") or match.group("on_unit")).startswith("y")
    clause = _CLAUSE_BREAK.split(sentence[: match.start()])[-1]
    instructed = match.group().startswith("for") and bool(_INSTRUCTS.search(clause))
    return not in_years and not instructed and _not_asked_for(match, sentence)


def _stands_alone(match: re.Match[str], sentence: str) -> bool:
    """The bare answer to "when was it?"."""
    return not re.search(r"\w", sentence[: match.start()] + sentence[match.end() :])


# What to look for, and when it looks back to the treatment.
_LOOK_BACKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], bool]], ...] = (
    (_AGO, _always),
    (_NAMED, _always),
    (_SINCE_WEEKDAY, _always),
    (_AFTER_START, _always),
    (_SO_FAR, _has_gone_on),
    (_SO_FAR_AFTER, _not_asked_for),
    (_VAGUE, _not_asked_for),
    (_DAY_NUMBER, _not_asked_for),
    (_NTH_DAY, _not_asked_for),
    (_AFTER, _has_happened),
    (_TODAY, _names_today),
    (_PLAIN_WEEKDAY, _names_a_past_day),
)


def _elapsed(match: re.Match[str], today: date) -> Elapsed:
    groups = {name: value for name, value in match.groupdict().items() if value}
    if weekday := groups.get("weekday") or groups.get("full_weekday") or groups.get("short_weekday"):
        days = (today.weekday() - WEEKDAYS.index(weekday[:3])) % 7
        if days == 0 and "last" in match.group():
            days = 7
        return Elapsed(days, match.start(), match.end())
    if "weekend" in groups or groups.get("last") == "weekend":
        return Elapsed((today.weekday() - WEEKDAYS.index("sat")) % 7, match.start(), match.end())
    if "vague" in groups:
        return Elapsed(2 * DAYS_PER_UNIT[groups["vague"]], match.start(), match.end())
    if "last" in groups:
        return Elapsed(DAYS_PER_UNIT[groups["last"]], match.start(), match.end())
    for name, fixed in (("today", 0), ("yesterday", 1), ("before_yesterday", 2), ("other_day", 3)):
        if name in groups:
            return Elapsed(fixed, match.start(), match.end())
    return _amount(match)


def _amount(match: re.Match[str]) -> Elapsed:
    return Elapsed(amount_in_days(match), match.start(), match.end())


def _sentences(text: str) -> Iterator[tuple[str, int]]:
    start = 0
    for end in [*_SENTENCE_END.finditer(text), None]:
        stop = end.start() if end else len(text)
        # "2.5 weeks": a dot between digits ends no sentence.
        if end and end.group() == "." and text[stop - 1 : stop].isdigit() and text[stop + 1 : stop + 2].isdigit():
            continue
        yield text[start:stop], start
        start = end.end() if end else stop


def _clause_around(text: str, mention: Elapsed) -> str:
    start = max((it.end() for it in _CLAUSE_BREAK.finditer(text, 0, mention.start)), default=0)
    end = _CLAUSE_BREAK.search(text, mention.end)
    return text[start : end.start() if end else len(text)]

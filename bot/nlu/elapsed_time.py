"""Finds how long ago the treatment was, in the ways people write it: "3 days ago", "since tuesday", "day 5"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.nlu.calendar_dates import past_dates

DAYS_PER_UNIT = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0}
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
    "couple": 2, "few": 3, "several": 4, "half": 0.5,
}  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_NUMBER = (
    r"(?:\d+(?:[.,]\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[\s-](?:one|two|three|four|five|six|seven|eight|nine)"
    rf"|{'|'.join(NUMBER_WORDS)})"
)
_UNIT = r"(?:h(?:ou)?rs?|days?|dayz|d|nights?|w(?:e{1,3})?ks?|w|fortnights?|mon?ths?|mths?|mos?|y(?:ea)?rs?)"
_AMOUNT = (
    rf"(?:(?:a|the)\s+)?(?P<number>{_NUMBER})(?:\s*(?:-|to|or)\s*(?P<upto>{_NUMBER}))?(?:\s+of)?"
    rf"(?P<and_half>\s+and\s+(?:a|1)\s+half|\s*1/2|\s*½)?(?:\s+a)?[\s-]*(?<![a-z])(?P<unit>{_UNIT})\b(?P<half_after>\s+and\s+(?:a|1)\s+half)?"
    r"(?:\s+(?:and\s+)?(?P<plus_days>\d)\s+days?\b)?"
)
_WEEKDAY = (
    r"(?P<weekday>mon(?:days?)?|tues?(?:days?)?|wed(?:nesdays?)?|thu(?:r|rs|rsdays?)?"
    r"|fri(?:days?)?|sat(?:urdays?)?|sun(?:days?)?)\b"
)
_FILLER = (
    r"(?:about|abt|a?round|roughly|approx(?:\.|imately)?|maybe|like|nearly|almost|over|more\s+than"
    r"|under|less\s+than|only|just|at\s+least|now|today|ish|exactly|i\s+think)"
)

# Always a look back.
_AGO = re.compile(rf"\b(?:{_AMOUNT}|(?P<one>week|fortnight|month))\s+(?:ago|back|earlier)\b")
_SO_FAR_AFTER = re.compile(
    rf"\b{_AMOUNT}\s+(?:now|already|later|today|and\s+(?:\w+\W+){{0,3}}?(?:still|not|no|counting))\b"
)
_SO_FAR = re.compile(
    r"(?:\b(?:been|(?<!last )(?<!lasts )for|past|going\s+on|still\s+(?:\w+\s+){1,4}after|i'?m\s+at)|(?:^|\bthe\s+)last"
    rf"|\b(?:has|have)\s+(?:\w+\s+)?lasted)\s+(?:{_FILLER}\s+)*{_AMOUNT}"
    rf"|\b(?:on|at)\s+(?:{_FILLER}\s+)*{_AMOUNT.replace('P<', 'P<on_')}\s+(?:now|post|since)\b"
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
    rf"^\W*(?:{_FILLER}\s+)*{_AMOUNT}\s+(?:(?:post|after|since)\b|(?:in|on|out)(?=\W*(?:$|and\b|but\b|there|i\b|my\b)))"
)
_AFTER = re.compile(rf"\b{_AMOUNT}\s+(?:post|after|since|out|in|on(?!\s+(?:mon|tue|wed|thu|fri|sat|sun))|past)\b")
# "I'm sat here" names no day: the short forms need an "on".
_PLAIN_WEEKDAY = re.compile(
    rf"\bon\s+{_WEEKDAY}|\b(?P<full_weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b"
    r"|\b(?:done|treated)\s+(?P<short_weekday>mon|tues?|wed|thurs?|fri|sat|sun)\b"
    r"|\b(?:on|at|over)\s+the\s+(?P<weekend>weekend)\b"
)
_TODAY = re.compile(
    r"\b(?P<today>(?:earlier\s+)?today|this\s+(?:morning|afternoon|evening)|tonight|just\s+(?:now|had|got|did|came))\b"
)
_ALONE = re.compile(
    rf"^\W*(?:(?:it'?s|its|so|i'?m|im)\s+)?(?:{_FILLER}\s+)*{_AMOUNT}(?:\s+and\s+\d+\s+days?)?(?:\s+{_FILLER})*\W*$"
)
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
        for pattern in (
            _AGO,
            _VAGUE,
            _SO_FAR,
            _SO_FAR_AFTER,
            _DAY_NUMBER,
            _NTH_DAY,
            _NAMED,
            _SINCE_WEEKDAY,
            _AFTER_START,
            _AFTER,
            _PLAIN_WEEKDAY,
            _TODAY,
        ):
            for match in pattern.finditer(sentence):
                if _is_look_back(pattern, match, sentence):
                    elapsed = _elapsed(match, today)
                    yield Elapsed(elapsed.days, elapsed.start + offset, elapsed.end + offset)
        for days, start, end in past_dates(sentence, today):
            bare = re.search(r"\w{3}", sentence[:start] + sentence[end:]) is None
            told = bool(_PAST_TENSE.search(sentence)) or sentence[start:end].startswith("since")
            if bare or (told and not _ASKS_FOR_LEAVE.search(sentence[:start])):
                yield Elapsed(days, start + offset, end + offset)


def _is_look_back(pattern: re.Pattern[str], match: re.Match[str], sentence: str) -> bool:
    before = sentence[: match.start()]
    if pattern in (_PLAIN_WEEKDAY, _TODAY) and not re.search(r"\w", before + sentence[match.end() :]):
        return True  # the bare answer to "when was it?"
    if pattern is _PLAIN_WEEKDAY:
        return bool(_PAST_TENSE.search(sentence)) and not _ASKS_FOR_LEAVE.search(before)
    if pattern in (_AFTER, _TODAY):
        return bool(_HAPPENED.search(sentence)) and not _ASKS_FOR_LEAVE.search(before)
    if pattern is _SO_FAR:  # "will it go on for 3 weeks", "acne for 10 years" are not
        unit = match.group("unit") or match.group("on_unit")
        if match.group().startswith("for") and _INSTRUCTS.search(_CLAUSE_BREAK.split(before)[-1]):
            return False
        return not unit.startswith("y") and not _ASKS_FOR_LEAVE.search(before)
    if pattern in (_SO_FAR_AFTER, _DAY_NUMBER, _NTH_DAY, _VAGUE):
        return not _ASKS_FOR_LEAVE.search(before)
    return True


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
    groups = {name.removeprefix("on_"): value for name, value in match.groupdict().items() if value}
    if one := groups.get("one"):
        return Elapsed(DAYS_PER_UNIT[one], match.start(), match.end())
    number = max(_number(groups["number"]), _number(groups.get("upto", "0")))
    if "and_half" in groups or "half_after" in groups:
        number += 0.5
    days = number * DAYS_PER_UNIT[_unit(groups["unit"])] + int(groups.get("plus_days", 0))
    return Elapsed(days, match.start(), match.end())


def _number(text: str) -> float:
    if text in NUMBER_WORDS:
        return float(NUMBER_WORDS[text])
    if text in ORDINALS:
        return float(ORDINALS[text])
    if text[0].isalpha():  # "twenty-one"
        return float(sum(NUMBER_WORDS[word] for word in re.split(r"[\s-]", text)))
    return float(re.sub(r"[^\d.]", "", text.replace(",", ".")))


def _unit(text: str) -> str:
    starts = {"h": "hour", "d": "day", "w": "week", "f": "fortnight", "m": "month", "n": "day", "y": "year"}
    return starts[text[0]]


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

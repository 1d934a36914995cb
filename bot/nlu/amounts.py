"""Amounts of time as people write them: "two and a half weeks", "3days", "5 weeks 2 days"."""

from __future__ import annotations

import re

DAYS_PER_UNIT = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0, "year": 365.0}
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
    "couple": 2, "few": 3, "several": 4, "half": 0.5,
}  # fmt: skip
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}

_NUMBER = (
    r"(?:\d+(?:[.,]\d+)?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[\s-](?:one|two|three|four|five|six|seven|eight|nine)"
    rf"|{'|'.join(NUMBER_WORDS)})"
)
_UNIT = r"(?:h(?:ou)?rs?|days?|dayz|d|nights?|w(?:e{1,3})?ks?|w|fortnights?|mon?ths?|mths?|mos?|y(?:ea)?rs?)"
# A pattern with named groups, read by amount_in_days.
AMOUNT = (
    rf"(?:(?:a|the)\s+)?(?P<number>{_NUMBER})(?:\s*(?:-|to|or)\s*(?P<upto>{_NUMBER}))?(?:\s+of)?"
    rf"(?P<and_half>\s+and\s+(?:a|1)\s+half|\s*1/2|\s*½)?(?:\s+a)?[\s-]*(?<![a-z])(?P<unit>{_UNIT})\b(?P<half_after>\s+and\s+(?:a|1)\s+half)?"
    r"(?:\s+(?:and\s+)?(?P<plus_days>\d)\s+days?\b)?"
)


def amount_in_days(match: re.Match[str]) -> float:
    """The days that a match of AMOUNT means; of "2 to 3 weeks" the longer.

    Groups may carry the prefix ``on_``, where a pattern holds AMOUNT twice. The group ``one`` holds a lone unit.
    """
    groups = {name.removeprefix("on_"): value for name, value in match.groupdict().items() if value}
    if one := groups.get("one"):
        return DAYS_PER_UNIT[one]
    number = max(_number(groups["number"]), _number(groups.get("upto", "0")))
    if "and_half" in groups or "half_after" in groups:
        number += 0.5
    return number * DAYS_PER_UNIT[_unit(groups["unit"])] + int(groups.get("plus_days", 0))


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

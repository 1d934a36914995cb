"""Random and hostile texts. Each holds a mark, by which it is found where it must not be."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

from bot.settings import ROOT
from bot.yaml_file import read_mapping

MARK = r"zq\d+qz"
"""What every mark looks like."""
NUMBER = 1357.25
"""A number that no message tells but a payload would set a slot to."""
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e"
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
SPACES = "\u00a0\u3000\u2003\u2028\u2029\u0085\t\n\r\v\f\x1c\x1d\x1e\x1f "
BEFORE_PAYLOADS = ("", "", "\x00", "/", "\\", "／", "EXTERNAL: /", "x\n", *UNSEEN, *BIDI, *SPACES)
# Payloads that mean something to Rasa itself, beside the intents of the domain.
OF_RASA = ("restart", "back", "session_start", "action_restart", "nlu_fallback", "user_silence", "action_listen")
PLAIN = (
    "how long does it last?", "can i use retinol", "why do i break out", "is it purging", "hello", "yes", "no", "/help",
    "/start", "more", "something else", "my throat is closing up", "i was treated 3 days ago", "thank you",
    "yellow pus is oozing out", "i dont want to live any more", "what about oil and what about picking?",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</textarea><svg/onload=alert(1)>", "&lt;b&gt;&#0;",
    "[x](javascript:alert(1))", "**bold** _it_ `code` ~~x~~", "```\nx\n```", "# head\n- [ ] do", "![i](http://x/y.png)",
    "<@U0000001> <!channel> <!here|x> <#C1|gen>", "<http://evil|click>", "*b* _i_ ~s~ <|>", "tg://user?id=1 @x_bot",
)  # fmt: skip
SQL = ("'; DROP TABLE events; --", "' OR '1'='1", '" UNION SELECT data FROM events --', "%' ESCAPE '", "\\'; SELECT 1")
TEMPLATES = (
    "{clinic_phone}", "{{7*7}}", "{0}", "{}", "{", "}", "{x.__class__.__mro__}", "{clinic_name!r:>99999}", "%s", "%n%n",
    "%(name)s", "%99999d", "${jndi:ldap://x/a}", "$(id)", "`id`", "<%= 7*7 %>", "#{7*7}", "{% for x in y %}", "$HOME",
)  # fmt: skip
NUMBERS = (
    "9" * 400, "1e999", "NaN", "-1", "0", "3.5", "٣", "²", "½", "Ⅷ", "99999999999999999999", "1,000,000", "0x10", "1/0",
    "a hundred million billion", "31 february", "99/99/9999", "0000-00-00", "2026-13-45", "1 january 0000", "last 32nd",
)  # fmt: skip
NAMES = ("ERROR", "bot.channels.turns", "Traceback (most recent call last):", "INFO root", "\x1b[31mCRITICAL\x1b[0m")
EMOJI = ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1ec\U0001f1e7", "\u2764\ufe0f", "\U0001f44d\U0001f3fd")


@lru_cache(maxsize=1)
def domain() -> dict[str, Any]:
    """What the assistant knows by name."""
    return read_mapping(ROOT / "domain.yml")


def value_for(slot: str, mark: str) -> object:
    """A value of the slot's type that cannot come from words."""
    kind = domain()["slots"][slot]["type"]
    return {"float": NUMBER, "bool": True, "list": [mark], "text": mark}[kind]


def payload(random: Random, mark: str) -> str:
    """A payload that was never offered: every intent, every slot, and what is nearly one."""
    intent = random.choice([*domain()["intents"], *OF_RASA, mark])
    slots = random.sample(sorted(domain()["slots"]), random.randint(1, 3))
    entities = json.dumps({it: value_for(it, mark) for it in slots})
    ways = (f"{entities}", f"@0.99{entities}", entities[:-1], f" {entities}", f"{entities} {mark}", f";{mark}", "")
    return f"{random.choice(BEFORE_PAYLOADS)}/{intent}{random.choice(ways)}"


def _any_unicode(random: Random) -> str:
    tops = random.choice((0x250, 0x3000, 0xFFFF, 0x10FFFF))
    points = (random.randint(1, tops) for _ in range(random.randint(1, 300)))
    return "".join(chr(it) for it in points if not 0xD800 <= it <= 0xDFFF)


def _sprinkled(characters: str) -> Callable[[Random], str]:
    def made(random: Random) -> str:
        return "".join(it + random.choice(characters) * random.randint(0, 3) for it in random.choice(PLAIN))

    return made


def _zalgo(random: Random) -> str:
    marks = [chr(it) for it in (*range(0x300, 0x370), *range(0x483, 0x48A), *range(0x20D0, 0x20F1))]
    return "".join(it + "".join(random.choices(marks, k=random.randint(0, 60))) for it in random.choice(PLAIN))


def _long(random: Random) -> str:
    unit = random.choice(
        ("a", "a ", "/", " ", "\n", "days ago ", "{", "\u0301", "é", "\u200d", "😀", "?! ", "1", "(", "no ")
    )
    return unit * random.choice((1_000, 1_990, 2_001, 5_000, 17_000, 40_000))


def _log_lines(random: Random) -> str:
    ends = random.choice(("\n", "\r\n", "\r", "\u2028", "\x85", "%0a", "\\n"))
    return f"ok{ends}2026-11-25 12:00:00 {random.choice(NAMES)}{ends}"


def _numbers(random: Random) -> str:
    shapes = (
        "i was treated {} days ago",
        "{} weeks",
        "on {}",
        "it has been {} and {} days",
        "{} {} {}",
        "since {} months",
    )
    return random.choice(shapes).replace("{}", "\0").replace("\0", random.choice(NUMBERS))


def _surrogates(random: Random) -> str:
    return "".join(random.choice(PLAIN)[:9] + chr(random.randint(0xD800, 0xDFFF)) for _ in range(random.randint(1, 9)))


KINDS: dict[str, Callable[[Random], str]] = {
    "plain": lambda random: random.choice(PLAIN),
    "unicode": _any_unicode,
    "control characters": _sprinkled("".join(map(chr, (*range(32), *range(0x7F, 0xA0))))),
    "writing direction": _sprinkled(BIDI),
    "zero width": _sprinkled(UNSEEN),
    "heaps of accents": _zalgo,
    "lone surrogates": _surrogates,
    "very long": _long,
    "markup": lambda random: random.choice(MARKUP),
    "SQL": lambda random: random.choice(SQL),
    "template": lambda random: random.choice(TEMPLATES) * random.choice((1, 1, 40)),
    "log lines": _log_lines,
    "numbers": _numbers,
    "emoji": lambda random: "".join(random.choices(EMOJI, k=random.randint(1, 60))),
    "blank": lambda random: "".join(random.choices(SPACES + UNSEEN, k=random.randint(0, 20))),
}


def text_of(kind: str, random: Random, mark: str) -> str:
    """A text of a kind, with its mark before or after it; blank ones, and half of the plain ones, have none."""
    if kind == "payload":
        return payload(random, mark)
    text = KINDS[kind](random)
    if kind == "blank" or (kind == "plain" and random.random() < 0.5):
        return text
    return f"{mark} {text}" if random.random() < 0.5 else f"{text} {mark}"

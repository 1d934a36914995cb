"""Ways in which people really write, made from a plain message and a seed (Ribeiro et al. 2020, CheckList)."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

from bot.nlu.language import load_shorthand

Variant = Callable[[str, random.Random], str]

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS = {
    key: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in ROWS for i, key in enumerate(row)
}  # fmt: skip
EMOJI = ("😭", "🙏", "😩", "😬", "🤔", "😅")
GREETINGS = ("hi! ", "hello there, ", "hey, thanks for earlier. ", "good morning. ", "sorry to bother you again. ")
STORIES = (
    "So I'm at work and just looked in the mirror again. ",
    "My sister gave me this as a birthday present, she has had it done as well. ",
    "I had it done at your place and the lady was really nice to me. ",
    "I'm 34 and a bit of a worrier, as my husband will tell you. ",
)
CLOSINGS = (" thanks so much", " thank you x", " cheers", " Sorry for the long message.")
SOUNDS_ALIKE = {
    "you": "u", "your": "you're", "to": "too", "too": "to", "there": "their", "their": "there", "its": "it's",
    "whether": "weather", "right": "write", "week": "weak", "know": "no", "break": "brake", "breaking": "braking",
    "for": "four", "wait": "weight", "see": "sea",
}  # fmt: skip


def one_typo(text: str, rng: random.Random) -> str:
    """A letter left out, doubled into another, put in or swapped, anywhere in the message."""
    letters = [i for i, letter in enumerate(text) if letter.isalpha()]
    i = rng.choice(letters)
    kind = rng.choice(("left out", "another", "put in", "swapped"))
    if kind == "left out":
        return text[:i] + text[i + 1 :]
    if kind == "another":
        return text[:i] + rng.choice(string.ascii_lowercase) + text[i + 1 :]
    if kind == "put in":
        return text[:i] + rng.choice(string.ascii_lowercase) + text[i:]
    return text[:i] + text[i + 1 : i + 2] + text[i] + text[i + 2 :]


def slip_on_the_keyboard(text: str, rng: random.Random) -> str:
    """A letter hit beside the right one."""
    i = rng.choice([i for i, letter in enumerate(text.lower()) if letter in NEIGHBOURS])
    return text[:i] + rng.choice(NEIGHBOURS[text[i].lower()]) + text[i + 1 :]


def missing_space(text: str, rng: random.Random) -> str:
    """Two words run into one."""
    spaces = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", text)]
    if not spaces:
        return text
    i = rng.choice(spaces)
    return text[:i] + text[i + 1 :]


def repeated_letters(text: str, rng: random.Random) -> str:
    """A drawn-out word: "sooooo", "whyyyy"."""
    ends = [match.end() for match in re.finditer(r"[a-z](?=\W|$)", text)]
    if not ends:
        return text
    i = rng.choice(ends)
    return text[:i] + text[i - 1] * rng.randint(2, 4) + text[i:]


def capitals(text: str, rng: random.Random) -> str:
    """All shouted."""
    return text.upper()


def no_punctuation(text: str, rng: random.Random) -> str:
    """Typed in one breath."""
    return re.sub(r"[.,!?;:]", "", text).lower()


def emoji(text: str, rng: random.Random) -> str:
    """Feelings at the end."""
    return text + " " + rng.choice(EMOJI) * rng.randint(1, 3)


def shorthand(text: str, rng: random.Random) -> str:
    """Every word that has a short form on the phone."""
    short = {long: it for it, long in load_shorthand().items() if long.isalpha() and it.isalpha()}
    return re.sub(r"[a-z]+", lambda match: short.get(match.group(), match.group()), text)


def sounds_alike(text: str, rng: random.Random) -> str:
    """Dictated: one word is written like another that sounds the same."""
    found = [match for match in re.finditer(r"[a-z']+", text) if match.group() in SOUNDS_ALIKE]
    if not found:
        return text
    match = rng.choice(found)
    return text[: match.start()] + SOUNDS_ALIKE[match.group()] + text[match.end() :]


def greeting(text: str, rng: random.Random) -> str:
    """An aside before it."""
    return rng.choice(GREETINGS) + text


def closing(text: str, rng: random.Random) -> str:
    """An aside after it."""
    return text + ("" if text[-1] in "?.!" else ".") + rng.choice(CLOSINGS)


def story(text: str, rng: random.Random) -> str:
    """A sentence of life before it."""
    return rng.choice(STORIES) + text


VARIANTS: tuple[Variant, ...] = (
    one_typo,
    slip_on_the_keyboard,
    missing_space,
    repeated_letters,
    capitals,
    no_punctuation,
    emoji,
    shorthand,
    sounds_alike,
    greeting,
    closing,
    story,
)

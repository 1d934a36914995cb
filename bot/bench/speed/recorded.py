"""The conversations that both sides are asked: patients' messages in a fixed order, no text twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.bench.dataset import read_lines
from bot.settings import ROOT

MESSAGES = (ROOT / "tests" / "nlu" / "unseen.jsonl", ROOT / "tests" / "nlu" / "questions.jsonl")
# After a warning sign the assistant answers less: both sides are to do their usual work.
LEFT_OUT = {"red_flag", "delete_data", "what_is_stored"}
SEED = 3


@dataclass(frozen=True)
class Conversation:
    """What one person says, in order."""

    sender: str
    messages: tuple[str, ...]


def patients_messages(files: tuple[Path, ...] = MESSAGES) -> list[str]:
    """The texts of labelled messages, without those that would change the rest of a conversation."""
    lines = [json.loads(line) for file in files for line in read_lines(file)]
    return list(dict.fromkeys(it["text"] for it in lines if not LEFT_OUT & set(it["labels"])))


def conversations(name: str, turns: int, texts: list[str], seed: int = SEED) -> Iterator[Conversation]:
    """Conversations without an end, the same ones for the same arguments.

    Args:
        name: begins the names of the senders.
        turns: how many messages each has.
        texts: what the messages are made of.
        seed: of the chance.
    """
    number = 0
    while True:
        # By the number, so that who takes which conversation first changes none.
        random = Random(f"{seed} {number}")
        said = tuple(with_slip(random.choice(texts), random) for _ in range(turns))
        yield Conversation(f"{name}-{number}", said)
        number += 1


def with_slip(text: str, random: Random) -> str:
    """The text with two neighbouring letters of a word swapped.

    People hardly send the same words twice; a benchmark that did would measure caches.
    """
    swappable = [at for at in range(len(text) - 1) if text[at : at + 2].isalpha() and text[at] != text[at + 1]]
    if not swappable:
        return text
    at = random.choice(swappable)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

"""The measurements that need both sides, in turns: whatever else the machine does disturbs both alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bot.bench.speed.driver import Load, drive
from bot.bench.speed.recorded import Conversation, conversations
from bot.bench.speed.sides import Side
from bot.processes import StartError

# The turns of which a conversation's 1st, 10th, 50th and 200th are told, with some before each for the later ones.
POSITIONS = {1: range(1, 2), 10: range(9, 11), 50: range(45, 51), 200: range(180, 201)}
SHORT, LONG = 10, 200
PEOPLE = (1, 8, 64)
# Of a side whose memory is looked at, at once.
MANY = 8
# Of the turns, before memory is compared: until then caches fill.
WARM_UP = 0.1


@dataclass
class Talker:
    """A side with what was measured of it."""

    side: Side
    texts: list[str]
    apology: str = ""
    turns_by_position: dict[int, list[float]] = field(default_factory=lambda: {it: [] for it in POSITIONS})
    rates: dict[int, list[float]] = field(default_factory=lambda: {it: [] for it in PEOPLE})
    failures: dict[int, list[str]] = field(default_factory=lambda: {it: [] for it in PEOPLE})
    other_failures: list[str] = field(default_factory=list)
    turns: int = 0
    memory: list[tuple[int, int]] = field(default_factory=list)
    """After how many turns how many bytes."""
    rounds: int = 0

    def one_by_one(self, count: int, length: int) -> None:
        """One person at a time holds so many conversations; the times of their turns are kept."""
        load = self._drive(islice(self._conversations(length), count), 1, None)
        self.other_failures += load.failures
        for position, turns in POSITIONS.items():
            # A short conversation tells of the first turns, a long one of those that only it has, and of the first.
            self.turns_by_position[position] += load.times(turns)

    def at_once(self, people: int, seconds: float) -> None:
        """So many people talk at once for some seconds; the rate is kept."""
        load = self._drive(self._conversations(SHORT), people, seconds)
        self.rates[people].append(load.rate)
        self.failures[people] += load.failures

    def until(self, turns: int) -> None:
        """People talk until so many turns were taken in all; memory is looked at after the warm-up, and then."""
        for wanted in (round(turns * WARM_UP), turns):
            missing = max(0, wanted - self.turns)
            whole = islice(self._conversations(SHORT), -(-missing // SHORT))
            self.other_failures += self._drive(whole, MANY, None).failures
            self.memory.append((self.turns, self.side.memory()))

    def _conversations(self, length: int) -> Iterator[Conversation]:
        # Each round has senders of its own, and both sides the same.
        self.rounds += 1
        return conversations(f"round-{self.rounds}", length, self.texts, seed=self.rounds)

    def _drive(self, said: Iterator[Conversation], people: int, seconds: float | None) -> Load:
        load = drive(self.side.address, said, people, seconds, self.apology)
        self.turns += len(load.turns)
        return load


def warm(talkers: list[Talker]) -> None:
    """A first conversation for each, which is not counted: libraries load their last parts.

    Raises:
        StartError: if a side answers nothing: silence is quick.
    """
    for talker in talkers:
        load = drive(talker.side.address, islice(conversations("warm", SHORT, talker.texts), 1))
        if len(load.failures) == len(load.turns):
            raise StartError(f"{talker.side.address} answers nothing: {load.failures[0]}")


def take_turns(talkers: list[Talker], rounds: int, short: int, long: int, seconds: float) -> None:
    """Measures turns and rates, every round on each side.

    Args:
        talkers: the sides.
        rounds: how many.
        short: conversations of ten messages in each.
        long: conversations of 200 messages in each.
        seconds: how long people talk at once, for each number of people.
    """
    for number in range(1, rounds + 1):
        print(f"Round {number} of {rounds} ...", flush=True)
        # The other side begins every second round.
        order = talkers if number % 2 else talkers[::-1]
        # One after the other in small steps: what the machine does beside changes from minute to minute.
        for length, count in ((SHORT, short), (LONG, long)):
            for _ in range(count):
                for talker in order:
                    talker.one_by_one(1, length)
        for people in PEOPLE:
            for talker in order:
                talker.at_once(people, seconds)

"""Whether every text that patients read is easy to read and short; warnings have to be easier still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.knowledge import MOST_WORDS, Knowledge
from bot.reading_level import MOST, MOST_OF_WARNING, grade, hard_sentences
from bot.safety.alert import UNNAMED
from bot.safety.red_flags import RedFlags
from bot.settings import Clinic
from bot.wording import placeholders, read_responses

WARNINGS = ("utter_lasting", "warning_signs")
MOST_NAMED = 2
# Of what a warning may name, the hardest to read.
MOST_MENTIONED = 5
# What stands in the place of what only a conversation can fill.
SAMPLES = {
    "duration": "about 2 weeks",
    "subject": "sunscreen and sun",
    "told": "spots on your chin",
    "question": "Do you have a fever?",
}


@dataclass(frozen=True)
class Text:
    """Something that patients read."""

    place: str
    """File, entry and field."""
    text: str
    is_warning: bool = False
    most_words: int | None = None


def texts(knowledge: Knowledge, red_flags: RedFlags, clinic: Clinic, data: Path) -> Iterator[Text]:
    """Every text, filled with the clinic's values."""
    for answer in knowledge.answers.values():
        place = f"{data}/{answer.id.removeprefix('ask_')}/answers.yml: answer {answer.id}"
        for field in ("text", "more", "image_alt"):
            if text := getattr(answer, field):
                yield Text(f"{place}: {field}", text, most_words=MOST_WORDS)
    for name, text in knowledge.phrases.items():
        yield Text(f"{data}/phrases.yml: phrase {name}", text, name in WARNINGS)
    values = clinic.variables() | knowledge.phrases
    hardest = sorted(mentions(red_flags), key=grade)[-MOST_MENTIONED:]
    for file, name, text in read_responses(data):
        is_warning = file.parent.name == "safety" or name in WARNINGS
        for mentioned in hardest if is_warning and "mentioned" in placeholders(text) else hardest[:1]:
            filled = _filled(text, values | {"mentioned": mentioned})
            yield Text(f"{file}: response {name}: text", filled, is_warning, MOST_WORDS)
    for question in red_flags.check:
        yield Text(f"{data}/safety/red_flags.yml: check {question.sign}: text", question.text, is_warning=True)


def mentions(red_flags: RedFlags) -> list[str]:
    """What a warning may name: each sign, the two longest together, and the answers to the check."""
    names = [it.name for it in red_flags.signs.values()]
    return [*names, *(it.name for it in red_flags.check), UNNAMED, " and ".join(sorted(names, key=len)[-2:])]


def problems_of_text(text: Text) -> list[str]:
    """What makes a text too hard or too long, with the sentences to begin with."""
    problems = []
    most = MOST_OF_WARNING if text.is_warning else MOST
    if (found := grade(text.text)) > most:
        sentences = " and ".join(f'"{it}"' for it in hard_sentences(text.text, most)[:MOST_NAMED])
        kind = "a warning" if text.is_warning else "a text"
        problems.append(
            f"{text.place}: reads at grade {found:.1f}, {kind} at {most:.0f} or lower:"
            f" use shorter words or two sentences for {sentences}"
        )
    if text.most_words and (words := len(text.text.split())) > text.most_words:
        problems.append(f"{text.place}: has {words} words, shorten it to {text.most_words}")
    return problems


def _filled(text: str, values: dict[str, str]) -> str:
    # A new action's value has no sample yet: its name is about as long.
    names = {it: SAMPLES.get(it, it.replace("_", " ")) for it in placeholders(text)}
    return text.format_map(names | values)

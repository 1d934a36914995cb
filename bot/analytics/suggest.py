"""``make suggest``: turns groups of questions that got no answer into drafts of topics, for an editor to complete."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timezone
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.analytics.groups import WORDS_IN_NAME, Group
from bot.analytics.report import FAILURES, figures_of, groupings, told
from bot.knowledge import load_knowledge
from bot.settings import ROOT, load_clinic, load_report_options, load_settings
from bot.wording import DATA
from bot.yaml_file import YamlFileError, read_mapping

SUGGESTIONS = ROOT / "var" / "suggestions"
# What a topic needs to be told from others; a test of the data holds it.
EXAMPLES_NEEDED = 40
MOST_EXAMPLES = 60
MOST_SUGGESTED = 20

_BRACKETS = str.maketrans("[]{}", "    ")
_NLU = """\
# A draft, made of what patients wrote: {count} messages. {more}
# Remove what is private, such as names, places, dates and numbers, and what belongs to another topic.
version: "3.1"
nlu:
- intent: ask_{name}
  examples: |
{examples}
"""
# Nothing of this passes 'make check' before an editor has written it.
_ANSWERS = """\
# A draft: replace each TODO, and only say what a fact of data/facts.yml supports.
answers:
  - id: ask_{name}
    title: "TODO: what a button shows, such as: Can I swim?"
    text: "{{TODO}} write the answer here, the direct answer first, at most 90 words"
    facts: []   # TODO: the ids in data/facts.yml that support every statement
    reviewed: {{date: TODO, role: TODO}}   # TODO: when, and the role of who approved it
    next: []   # TODO: one to four topics to offer next, such as ask_see_doctor
"""
_README = """\
Draft of the topic {name}, asked {size} times in the period that was looked at ("{central}").

Next: complete nlu.yml and answers.yml, move both into data/{name}/, add ask_{name} to domain.yml and to
data/answer/rules.yml, and run make check; the README of the assistant says the rest under "Add a question".
If the guide covers it already, add the messages to that topic's nlu.yml instead and delete this folder.
"""


def main() -> None:
    """Makes the drafts, and says what was made and what to do next."""
    try:
        clinic, options = load_clinic(), load_report_options()
        topics = [it.removeprefix("ask_") for it in load_knowledge(clinic).answers]
        figures = figures_of(load_settings().database_url, options, clinic, datetime.now(timezone.utc))
        groups = [group for grouping in groupings(figures) for group in grouping.groups]
        made, kept = suggest(groups, topics, SUGGESTIONS)
    except FAILURES as error:
        sys.exit(f"Please mend this first:\n{error}")
    except SQLAlchemyError as error:
        sys.exit(f"The database of DATABASE_URL cannot be read: {error}")
    except OSError as error:
        sys.exit(f"{SUGGESTIONS} cannot be written: {error.strerror}")
    print(told(figures))
    print("\n".join(summary(made, kept)))


def suggest(groups: Iterable[Group], topics: Iterable[str], folder: Path) -> tuple[list[Path], list[Path]]:
    """Makes a folder for each of the largest groups, at most 20; what is in the folder already is left as it is.

    Args:
        groups: of questions that got no answer.
        topics: the names that the guide has already.
        folder: where the drafts go.

    Returns:
        The folders that were made, and those left alone since most messages of a group stand in them.
    """
    largest = sorted(groups, key=lambda it: -it.size)[:MOST_SUGGESTED]
    drafts = {it.parent: _examples_in(it) for it in sorted(folder.glob("*/nlu.yml"))}
    # A folder that an editor has begun to fill holds its name, whatever is in it; so do the other folders of data/.
    taken = {*topics, *(it.name for place in (DATA, folder) if place.is_dir() for it in place.iterdir())}
    made, kept = [], []
    for group in largest:
        examples = _examples(group)
        if begun := next((draft for draft, held in drafts.items() if _holds(held, examples)), None):
            kept.append(begun)
            continue
        draft = folder / proposed_name(group.words, taken)
        taken.add(draft.name)
        _write(draft, group, examples)
        made.append(draft)
    return made, list(dict.fromkeys(kept))


def proposed_name(words: Sequence[str], taken: Collection[str]) -> str:
    """A name for a topic that is not taken: its most telling words, as many as it takes.

    Args:
        words: of small letters, the most telling first; if there are none the topic is called "other".
        taken: names of other topics.
    """
    for count in range(min(WORDS_IN_NAME, len(words)), len(words) + 1):
        name = "_".join(words[:count]) or "other"
        if name not in taken:
            return name
    while name in taken:
        name += "_again"
    return name


def summary(made: list[Path], kept: list[Path]) -> Iterator[str]:
    """What was made, and the next steps."""
    if not made and not kept:
        yield "There is no group of three or more questions that got no answer, so there is nothing to suggest."
    for draft in made:
        yield f"  made  {draft}"
    for draft in kept:
        yield f"  kept  {draft} (it was there already, and is left as it is)"
    if made:
        yield "Next: read each README.md, complete nlu.yml and answers.yml, and move the folder into data/."
        yield "Delete the folders that you do not need: they hold words of patients."


def _write(draft: Path, group: Group, examples: list[str]) -> None:
    draft.mkdir(parents=True, mode=0o700)
    missing = EXAMPLES_NEEDED - len(examples)
    more = (
        f"At least {missing} more are needed, worded as differently as people do." if missing > 0 else "That is enough."
    )
    lines = "\n".join(f"    - {it}" for it in examples)
    name = draft.name
    files = {
        "nlu.yml": _NLU.format(count=len(examples), more=more, name=name, examples=lines),
        "answers.yml": _ANSWERS.format(name=name),
        "README.md": _README.format(name=name, size=group.size, central=examples[0]),
    }
    for file, text in files.items():
        (draft / file).write_text(text, encoding="utf-8")


def _examples(group: Group) -> list[str]:
    """The wordings as examples to learn from: brackets would mark entities."""
    plain = (" ".join(it.translate(_BRACKETS).split()) for it in group.wordings)
    return [it for it in dict.fromkeys(plain) if it][:MOST_EXAMPLES]


def _examples_in(file: Path) -> set[str]:
    try:
        blocks = read_mapping(file).get("nlu") or []
    except YamlFileError:
        return set()  # an editor is at work; its name is taken all the same
    lines = "\n".join(str(block.get("examples", "")) for block in blocks if isinstance(block, dict)).splitlines()
    return {line.strip().removeprefix("- ") for line in lines}


def _holds(held: set[str], examples: list[str]) -> bool:
    return 2 * len(held.intersection(examples)) > len(examples)


if __name__ == "__main__":
    main()

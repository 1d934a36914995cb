"""``make check``: are settings, answers and warning signs fit to be used? Takes seconds, trains nothing.

``python -m bot.check [--strict] [FOLDER]`` ends with 1 if something is to be mended, with ``--strict`` also if a review
is overdue or a fact unused.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Optional, TypeVar

from bot.checks.drawn import problems_of_pictures
from bot.checks.reviews import overdue, problems_of_review, reviews
from bot.checks.texts import problems_of_text, texts
from bot.checks.topics import problems_of_topics
from bot.handover.notices import load_staff_texts
from bot.handover.words import load_words
from bot.knowledge import Knowledge, load_knowledge
from bot.privacy.masking import load_masks
from bot.safety.context import load_context
from bot.safety.examples import load_examples
from bot.safety.red_flags import RedFlags, load_red_flags
from bot.settings import ROOT, Clinic, SettingsError, load_clinic, load_settings
from bot.wording import KnowledgeError

Result = TypeVar("Result")


@dataclass
class Findings:
    """What was found, each with its place and its mend."""

    errors: list[str] = field(default_factory=list)
    """What must be mended before the assistant can be used."""
    warnings: list[str] = field(default_factory=list)
    """What should be looked at."""
    fine: list[str] = field(default_factory=list)
    """What is as it should be."""

    def of(self, load: Callable[[], Result]) -> Optional[Result]:
        """What is loaded; None, and errors, if it cannot be."""
        try:
            return load()
        except (SettingsError, KnowledgeError) as error:
            self.errors += str(error).splitlines()
            return None


def main() -> None:
    """Prints what was found: errors, warnings, and what is fine, apart from one another."""
    parser = argparse.ArgumentParser(prog="bot.check", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT, help="of clinic.yml, domain.yml, data and tests")
    parser.add_argument("--strict", action="store_true", help="warnings fail too")
    arguments = parser.parse_args()
    found = check(arguments.folder, date.today())
    for title, lines in (("Mend this first:", found.errors), ("Look at this too:", found.warnings)):
        if lines:
            print(title)
            print("\n".join(f"- {line}" for line in lines).replace(f"{arguments.folder}/", ""))
    print("\n".join(found.fine))
    sys.exit(1 if found.errors or (arguments.strict and found.warnings) else 0)


def check(root: Path, today: date) -> Findings:
    """Looks at everything; what cannot be read hides only what rests on it.

    Args:
        root: the folder of ``clinic.yml``, ``domain.yml``, ``data`` and ``tests``.
        today: by which reviews are overdue.
    """
    data, found = root / "data", Findings()
    found.of(load_settings)
    clinic = found.of(partial(load_clinic, root / "clinic.yml"))
    knowledge = found.of(partial(load_knowledge, clinic, data)) if clinic else None
    red_flags = found.of(partial(load_red_flags, data))
    if clinic:
        found.of(partial(load_masks, clinic, data))
    found.of(partial(load_words, data))
    found.of(partial(load_staff_texts, data))
    found.errors += problems_of_topics(root)
    found.errors += problems_of_pictures(data)
    if red_flags:
        _check_signs(red_flags, data, found)
    if clinic and knowledge and red_flags:
        _check_texts(clinic, knowledge, red_flags, data, today, found)
    # What several checks read is named once.
    found.errors = list(dict.fromkeys(found.errors))
    return found


def _check_signs(red_flags: RedFlags, data: Path, found: Findings) -> None:
    found.of(partial(load_context, red_flags.words, data))
    if examples := found.of(partial(load_examples, red_flags.signs, data)):
        found.fine.append(
            f"{len(red_flags.signs)} warning signs with {sum(map(len, examples.values()))} examples are read;"
            f" last reviewed {red_flags.reviewed.date} by: {red_flags.reviewed.role}."
        )


def _check_texts(
    clinic: Clinic, knowledge: Knowledge, red_flags: RedFlags, data: Path, today: date, found: Findings
) -> None:
    for text in texts(knowledge, red_flags, clinic, data):
        found.errors += problems_of_text(text)
    for place, reviewed in reviews(knowledge, red_flags, data):
        found.errors += problems_of_review(place, reviewed, today)
        found.warnings += overdue(place, reviewed, clinic.review_every_months, today)
    used = {fact for answer in knowledge.answers.values() for fact in answer.facts}
    found.warnings += [
        f"{data}/facts.yml: fact {fact}: no answer rests on it, put it into the facts of one that does"
        for fact in knowledge.fact_sources
        if fact not in used
    ]
    found.fine.append(
        f"{len(knowledge.answers)} answers are read; they rest on {len(used)} of {len(knowledge.fact_sources)} facts."
    )


if __name__ == "__main__":
    main()

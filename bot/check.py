"""``make check``: are the settings and the answers fit to be used? Takes a second, trains nothing."""

from __future__ import annotations

import sys

from bot.knowledge import load_knowledge
from bot.settings import SettingsError, load_clinic, load_settings
from bot.wording import KnowledgeError


def main() -> None:
    """Says what was found, or lists every mistake and exits with an error."""
    try:
        load_settings()
        knowledge = load_knowledge(load_clinic())
    except (SettingsError, KnowledgeError) as error:
        sys.exit(f"Please mend this first:\n{error}")
    used = {fact for answer in knowledge.answers.values() for fact in answer.facts}
    unused = [fact for fact in knowledge.fact_sources if fact not in used]
    print(
        f"{len(knowledge.answers)} answers are fine; they rest on {len(used)} of {len(knowledge.fact_sources)} facts."
    )
    if unused:
        print(f"Not used by any answer: {', '.join(unused)}")


if __name__ == "__main__":
    main()

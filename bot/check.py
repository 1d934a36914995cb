"""``make check``: are settings, answers and warning signs fit to be used? Takes a second, trains nothing."""

from __future__ import annotations

import sys

from bot.knowledge import load_knowledge
from bot.privacy.masking import load_masks
from bot.safety.context import load_context
from bot.safety.examples import load_examples
from bot.safety.red_flags import load_red_flags
from bot.settings import SettingsError, load_clinic, load_settings
from bot.wording import KnowledgeError


def main() -> None:
    """Says what was found, or lists every mistake and exits with an error."""
    try:
        load_settings()
        clinic = load_clinic()
        knowledge = load_knowledge(clinic)
        load_masks(clinic)
        red_flags = load_red_flags()
        load_context(red_flags.words)
        examples = load_examples(red_flags.signs)
    except (SettingsError, KnowledgeError) as error:
        sys.exit(f"Please mend this first:\n{error}")
    used = {fact for answer in knowledge.answers.values() for fact in answer.facts}
    unused = [fact for fact in knowledge.fact_sources if fact not in used]
    print(
        f"{len(knowledge.answers)} answers are fine; they rest on {len(used)} of {len(knowledge.fact_sources)} facts."
    )
    print(
        f"{len(red_flags.signs)} warning signs with {sum(map(len, examples.values()))} examples are fine;"
        f" last reviewed {red_flags.reviewed.date} by: {red_flags.reviewed.role}."
    )
    if unused:
        print(f"Not used by any answer: {', '.join(unused)}")


if __name__ == "__main__":
    main()

"""What the sentence classifier learns from: one example a line in ``data/safety/examples/``, a file for each sign."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.wording import DATA, KnowledgeError

HARMLESS_FILE = "harmless"


def load_examples(signs: Iterable[str], data: Path = DATA) -> dict[str, list[str]]:
    """The examples of each sign, and under ``harmless`` those that sound alarming and are not.

    Raises:
        KnowledgeError: if a file is missing, empty, no sign's, or holds a line that another holds too.
    """
    folder = data / "safety" / "examples"
    wanted = {*signs, HARMLESS_FILE}
    found = {file.stem: file for file in sorted(folder.glob("*.txt"))}
    missing = sorted(wanted - set(found))
    problems = [f"{folder}/{name}.txt: the file is missing, add it with examples" for name in missing]
    problems += [f"{found[name]}: no sign has this id, rename the file" for name in sorted(set(found) - wanted)]
    examples: dict[str, list[str]] = {}
    owners: dict[str, Path] = {}
    for name, file in found.items():
        examples[name] = [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if not examples[name]:
            problems.append(f"{file}: is empty, add examples, one a line")
        for line in examples[name]:
            if line.lower() in owners:
                problems.append(f"{file}: {line!r} stands in {owners[line.lower()].name} too, keep one")
            owners[line.lower()] = file
    if problems:
        raise KnowledgeError("\n".join(problems))
    return examples

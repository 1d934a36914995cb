"""The terms people use: products, activities, symptoms, body areas, devices and subjects, and which the guide covers.

One file a kind in ``data/entities/``; the file's name is the entity that the language pipeline marks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from pydantic import Field, StrictStr

from bot.wording import DATA, Checked, KnowledgeError, read_checked

KINDS = ("product", "activity", "symptom", "body_area", "device", "subject")


class Term(Checked):
    """Something people name, and the ways they write it."""

    id: StrictStr = Field(regex=r"^[a-z0-9_]+$")
    name: StrictStr = Field(min_length=2)
    """How a reply names it: "My guide does not cover {name}." """
    patterns: list[StrictStr] = Field(min_items=1)
    covered_by: Optional[StrictStr] = None
    """The documented topic that covers it; none where the guide leaves it out."""
    warns: bool = False
    """Whether it can be a warning sign, so that the warning signs are told with it."""
    kind: StrictStr = ""
    """The file it stands in."""


class _TermsFile(Checked):
    entities: list[Term] = Field(min_items=1)


def load_terms(data: Path = DATA) -> dict[str, Term]:
    """Every term by its id.

    Raises:
        KnowledgeError: if a file is missing or wrong, or an id or a pattern stands in it twice.
    """
    terms: dict[str, Term] = {}
    owners: dict[str, Term] = {}
    problems = []
    for kind in KINDS:
        file = data / "entities" / f"{kind}.yml"
        for term in read_checked(file, _TermsFile).entities:
            if term.id in terms:
                problems.append(f"{file}: {term.id}: id: already used in {terms[term.id].kind}.yml, choose another")
            terms[term.id] = term.copy(update={"kind": kind})
            for pattern in term.patterns:
                owner = owners.setdefault(pattern.lower(), terms[term.id])
                if owner.id != term.id:
                    problems.append(
                        f"{file}: {term.id}: pattern {pattern!r} also stands in {owner.kind}.yml under {owner.id}"
                    )
    if problems:
        raise KnowledgeError("\n".join(problems))
    return terms

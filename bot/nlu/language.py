"""Builds the spaCy pipeline: English tokens and sentences, and the names of subjects that the guide leaves out.

``python -m bot.nlu.language models/language`` is part of ``make setup`` and of ``make train``: the pipeline is made
from what stands in ``data/``, no pretrained spaCy model is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import spacy
from spacy.language import Language

from bot.knowledge import Subject, load_subjects
from bot.wording import KnowledgeError

SUBJECT_LABEL = "subject"


def build_language(subjects: Iterable[Subject]) -> Language:
    """A pipeline that marks the subjects' patterns, in any case of letters, as entities ``subject``."""
    language = spacy.blank("en")
    language.add_pipe("sentencizer")
    ruler = language.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns(  # type: ignore[attr-defined]  # add_pipe is typed as a plain callable
        [
            {"label": SUBJECT_LABEL, "pattern": pattern, "id": subject.id}
            for subject in subjects
            for pattern in subject.patterns
        ]
    )
    return language


def main() -> None:
    """Writes the pipeline into the folder named on the command line."""
    try:
        build_language(load_subjects()).to_disk(Path(sys.argv[1]))
    except KnowledgeError as error:
        sys.exit(f"The language pipeline could not be built: {error}")


if __name__ == "__main__":
    main()

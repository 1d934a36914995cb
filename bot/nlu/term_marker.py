"""Marks the terms that people name, as a spaCy component."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from bot.terms import Term

Marks = list[tuple[str, str, list[str]]]
"""Of each term: kind, id, and the ways to write it."""


class TermMarker:
    """Makes terms entities: label = kind, entity id = the term's id.

    Of terms that overlap the longest counts, then the one that is listed first. They are matched on norms, so that
    misspelt ones are found. spaCy's entity ruler does the same, but holds a document in memory for each
    way to write a term.
    """

    def __init__(self, language: Language, name: str) -> None:
        """Knows no term yet.

        Args:
            language: the pipeline, whose components before this one set the norms.
            name: of the component in it.
        """
        self._language = language
        self._name = name
        self._set_marks([])

    def set_terms(self, terms: Iterable[Term]) -> None:
        """Marks these terms from now on."""
        self._set_marks([(it.kind, it.id, list(it.patterns)) for it in terms])

    def __call__(self, doc: Doc) -> Doc:
        """Sets the entities."""
        found = sorted((int(doc.vocab.strings[key]), start, end) for key, start, end in self._matcher(doc))
        spans = [Span(doc, start, end, label=self._marks[i][0], span_id=self._marks[i][1]) for i, start, end in found]
        doc.set_ents(filter_spans(spans))  # the order among those of one length stays
        return doc

    def to_disk(self, path: Path, exclude: Iterable[str] = ()) -> None:
        """Writes the terms, as spaCy asks of a component."""
        path.mkdir(exist_ok=True)
        (path / "terms.json").write_text(json.dumps(self._marks), encoding="utf-8")

    def from_disk(self, path: Path, exclude: Iterable[str] = ()) -> TermMarker:
        """Reads what ``to_disk`` wrote."""
        self._set_marks(json.loads((path / "terms.json").read_text(encoding="utf-8")))
        return self

    def _set_marks(self, marks: Marks) -> None:
        names = self._language.pipe_names
        before = names[: names.index(self._name)] if self._name in names else names
        self._marks = marks
        self._matcher = PhraseMatcher(self._language.vocab, attr="NORM")
        with self._language.select_pipes(enable=before):
            for i, (_, _, ways) in enumerate(marks):
                self._matcher.add(str(i), list(self._language.pipe(ways)))

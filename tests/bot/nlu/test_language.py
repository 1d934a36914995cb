from __future__ import annotations

import sys
from pathlib import Path

import pytest
import spacy

from bot.knowledge import Subject, load_subjects
from bot.nlu import language
from bot.nlu.language import build_language

SUBJECTS = [
    Subject(id="makeup", name="makeup", patterns=["makeup", "make up"]),
    Subject(id="sun", name="sunscreen", patterns=["spf"]),
]


def marked(text: str) -> list[tuple[str, str, str]]:
    return [(it.text, it.label_, it.ent_id_) for it in build_language(SUBJECTS)(text).ents]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("can I wear makeup?", [("makeup", "subject", "makeup")]),
        ("Make Up and SPF", [("Make Up", "subject", "makeup"), ("SPF", "subject", "sun")]),
        ("makeups", []),
        ("why am I breaking out?", []),
    ],
)
def test_subjects_are_marked_as_whole_words_in_any_case(text: str, entities: list[tuple[str, str, str]]) -> None:
    assert marked(text) == entities


def test_sentences_are_told_apart() -> None:
    document = build_language(SUBJECTS)("I have spots. What can I do?")

    assert [it.text for it in document.sents] == ["I have spots.", "What can I do?"]


def test_every_pattern_of_the_data_is_found() -> None:
    subjects = load_subjects()
    pipeline = build_language(subjects)

    patterns = [pattern for subject in subjects for pattern in subject.patterns]
    assert [it for it in patterns if it not in [entity.text for entity in pipeline(it).ents]] == []


def test_the_written_pipeline_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["language", str(tmp_path / "language")])
    language.main()

    found = spacy.load(tmp_path / "language")("is makeup allowed?").ents
    assert [(it.text, it.label_) for it in found] == [("makeup", "subject")]

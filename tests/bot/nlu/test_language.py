from __future__ import annotations

import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

from bot.nlu import language as language_module
from bot.nlu.language import build_language, load_shorthand
from bot.nlu.spelling import written_right
from bot.terms import Term, load_terms
from bot.wording import KnowledgeError

TERMS = [
    Term(id="makeup", name="makeup", patterns=["makeup", "make up", "Zorblique"], kind="product"),
    Term(id="sun", name="sunscreen", patterns=["spf", "sun cream"], kind="product"),
    Term(id="itching", name="itching", patterns=["itchy"], kind="symptom"),
]


@pytest.fixture(scope="module")
def pipeline() -> Language:
    return build_language(TERMS, ["can I wear it"] * 3, {"cn": "can"})


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("can I wear makeup?", [("makeup", "product", "makeup")]),
        ("Make Up and SPF", [("Make Up", "product", "makeup"), ("SPF", "product", "sun")]),
        ("itchy from sun cream", [("itchy", "symptom", "itching"), ("sun cream", "product", "sun")]),
        ("makeups", []),
        ("why am I breaking out?", []),
        ("", []),
    ],
)
def test_terms_are_marked_as_whole_words_in_any_case(
    pipeline: Language, text: str, entities: list[tuple[str, str, str]]
) -> None:
    assert [(it.text, it.label_, it.ent_id_) for it in pipeline(text).ents] == entities


@pytest.mark.parametrize("text", ["makup", "maekup", "zorbliqe", "makeuppp", "sun craem"])
def test_a_misspelt_term_is_marked_where_it_stands(pipeline: Language, text: str) -> None:
    (found,) = pipeline(f"wear {text} 😭").ents

    assert (found.text, found.start_char) == (text, 5)


def test_a_rare_word_of_a_term_is_right_as_it_stands(pipeline: Language) -> None:
    assert written_right(pipeline("zorblique")) == "zorblique"


def test_shorthand_is_read(pipeline: Language) -> None:
    assert written_right(pipeline("cn I wear it")) == "can i wear it"


def test_sentences_are_told_apart(pipeline: Language) -> None:
    assert [it.text for it in pipeline("I have spots. What can I do?").sents] == ["I have spots.", "What can I do?"]


def test_without_terms_there_are_no_entities() -> None:
    assert build_language([], ["can I wear makeup"], {})("can I wear makeup").ents == ()


def test_every_pattern_of_the_data_is_found(language: Language) -> None:
    patterns = [(pattern, term.id) for term in load_terms().values() for pattern in term.patterns]

    found = [{it.ent_id_ for it in doc.ents} for doc in language.pipe(pattern for pattern, _ in patterns)]
    assert [it for it, ids in zip(patterns, found, strict=True) if it[1] not in ids] == []


def test_the_pipeline_read_from_disk_understands_the_same(pipeline: Language, tmp_path: Path) -> None:
    pipeline.to_disk(tmp_path / "language")
    read = spacy.load(tmp_path / "language")

    for text in ("cn I wera makup? Itchy", "weaarrr it 😭"):
        one, two = pipeline(text), read(text)
        assert written_right(one) == written_right(two)
        assert [(it.text, it.ent_id_) for it in one.ents] == [(it.text, it.ent_id_) for it in two.ents]
        assert one._.english_words == two._.english_words


def test_the_written_pipeline_loads_with_all_that_the_data_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["language", str(tmp_path / "language")])
    language_module.main()

    doc = spacy.load(tmp_path / "language")("is makup allowd b4 bed?")
    assert [(it.text, it.label_, it.ent_id_) for it in doc.ents] == [("makup", "product", "makeup")]
    assert written_right(doc).endswith("allowed before bed?")


def test_the_shorthand_of_the_data_is_in_lower_case_and_stands_for_something_else() -> None:
    shorthand = load_shorthand()

    assert shorthand["b4"] == "before"
    assert [short for short, long in shorthand.items() if short != short.lower() or short == long or not long] == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("shorthand:\n  2: to\n  for: 4\n", "shorthand.for: must be text, put it in quotes"),
        ("shorthnd: {}\n", "shorthnd: is not known here"),
        ("shorthand: {u: you, u: your}\n", 'found duplicate key "u"'),
    ],
)
def test_a_mistake_in_the_shorthand_is_named(data: Path, content: str, problem: str) -> None:
    (data / "shorthand.yml").write_text(content, encoding="utf-8")

    with pytest.raises(KnowledgeError) as raised:
        load_shorthand(data)
    assert f"{data / 'shorthand.yml'}: " in str(raised.value) and problem in str(raised.value)


def test_a_mistake_in_the_data_ends_with_a_plain_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["language", str(tmp_path / "language")])
    monkeypatch.setattr(language_module, "DATA", tmp_path)
    monkeypatch.setattr(language_module, "load_shorthand", lambda: load_shorthand(tmp_path))

    with pytest.raises(SystemExit, match="could not be built: .*shorthand.yml: the file is missing"):
        language_module.main()

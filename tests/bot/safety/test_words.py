from __future__ import annotations

import pytest
from spacy.language import Language

from bot.safety.words import read_words, split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Can't breathe!", ["cant", "breathe", "!"]),
        ("38,5C", ["38.5", "c"]),
        ("10/10 pain", ["10", "/", "10", "pain"]),
        ("it’s HOT", ["its", "hot"]),
    ],
)
def test_words_are_plain(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_slips_are_mended_and_places_kept(language: Language) -> None:
    text = "my throte is clsoing"
    word = read_words(language(text))[-1]
    assert (word.text, text[word.start : word.end]) == ("closing", "clsoing")


def test_a_word_that_the_tokenizer_parts_is_one(language: Language) -> None:
    words = read_words(language("i cant breathe"))
    assert [it.text for it in words] == ["i", "cant", "breathe"]


def test_what_is_shown_keeps_the_apostrophe(language: Language) -> None:
    assert [it.right for it in read_words(language("I can't"))] == ["i", "can't"]


def test_a_line_break_stays_a_word(language: Language) -> None:
    assert "\n" in [it.text for it in read_words(language("no pus\nhot face"))]

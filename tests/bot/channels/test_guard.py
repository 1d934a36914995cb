from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.guard import as_words, cleaned, pieces

JOINER = "\u200d"
# What makes trouble is rare among all characters.
TROUBLE = st.sampled_from(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u061c\u180e\u202a\u202e\u2066\u2069\ud800\udc00\ue000\x00\x07\x1b\x7f\x85"
    '\u2028\u2029\r\n\t\v\f \u00a0\u3000/{}[]":_a👩🏽❤🔥\ufe0f\u20e3\u0300\u0301\u0489\u0600🇬🇧'
)
TEXTS = st.lists(st.one_of(TROUBLE, TROUBLE, st.characters())).map("".join)


@given(TEXTS)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(TEXTS)
def test_nothing_that_cannot_be_seen_is_left(text: str) -> None:
    kinds = {unicodedata.category(it) for it in cleaned(text) if it not in ("\n", JOINER)}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(TEXTS)
def test_a_joiner_is_left_between_symbols_alone(text: str) -> None:
    left = cleaned(text)
    for place in (place for place, it in enumerate(left) if it == JOINER):
        around = left[place - 1 : place] + left[place + 1 : place + 2]
        assert [unicodedata.category(it) in ("So", "Sk", "Mn") for it in around] == [True, True]


@given(TEXTS)
def test_a_text_never_grows(text: str) -> None:
    assert len(cleaned(text)) <= len(text) and len(as_words(text)) <= len(text)


@given(TEXTS)
def test_words_are_never_a_payload(text: str) -> None:
    words = as_words(cleaned(text))
    assert not words[:1].isspace() and not words.startswith("/")
    assert as_words(words) == words


@given(TEXTS, st.integers(1, 50))
def test_every_short_word_of_a_long_text_is_whole_in_a_piece(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert all(len(it) <= most for it in parts)
    assert {it for it in text if not it.isspace()} <= set("".join(parts))
    assert all(any(word in it for it in parts) for word in text.split() if len(word) <= most // 4)


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧‍👦", "🧑🏿‍🦱", "❤️‍🔥", "🐻‍❄️", "👍🏽", "🇬🇧", "1️⃣"])
def test_an_emoji_stays_whole(emoji: str) -> None:
    assert cleaned(f"is it red {emoji}?") == f"is it red {emoji}?"


@pytest.mark.parametrize(
    "words", ["ça va, naïve café", "皮膚が赤い", "кожа", "جلدي أحمر", "नमस्ते", "it costs £5 & 3 < 4"]
)
def test_what_people_write_stays_as_it_is(words: str) -> None:
    assert cleaned(words) == as_words(words) == words


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("  why\tred \u00a0 skin  ", "why red skin"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("br\u200beak\u00adout\u202e", "breakout"),
        ("half \ud83d of it", "half of it"),
        ("\x00\x1b[31mred", "[31mred"),
        ("z\u0300\u0301\u0302\u0303\u0304a\u0300\u0301lgo", "z\u0300\u0301a\u0300\u0301lgo"),
        ("a\u200db", "ab"),
        (f"{JOINER}🔥{JOINER}", "🔥"),
        ("\u200b \ufeff", ""),
        ("ouch" + "!" * 500, "ouch" + "!" * 20),
        ("no" + "o" * 18, "no" + "o" * 18),
    ],
)
def test_a_text_is_cleaned(text: str, left: str) -> None:
    assert cleaned(text) == left


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/restart", "restart"),
        (" \n//restart", "restart"),
        ('/ask_how_long{"days": "3"}', "ask how long days 3"),
        ("/ask_why my tongue is swelling", "ask why my tongue is swelling"),
        ("yes/no", "yes/no"),
        ('{"a_b": [1]}', '{"a_b": [1]}'),
    ],
)
def test_a_payload_becomes_its_words(text: str, words: str) -> None:
    assert as_words(text) == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("short", ["short"]),
        ("", [""]),
        ("One. Two. Three is long", ["One. Two.", "Three is l", " long"]),
        ("One\ntwo three", ["One", "two three"]),
        ("abcdefghijklmnop", ["abcdefghij", "ijklmnop"]),
    ],
)
def test_a_long_text_is_cut_after_sentences_or_in_pieces_that_overlap(text: str, parts: list[str]) -> None:
    assert pieces(text, 10) == parts

from __future__ import annotations

import random
from pathlib import Path

import pytest
from spacy.language import Language

from bot.nlu.language import build_language
from bot.nlu.spelling import TRUSTED, Spelling, count_words, english_words, written_right

SENTENCES = [
    "why am i breaking out",
    "how long will this last",
    "is this normal or a reaction",
    "can i use my moisturiser",
    "what should i do before the treatment",
    "my forehead is red and itchy",
    "can i pop a pimple",
    "dermalogica and cerave are fine",
]
SHORTHAND = {"pls": "please", "b4": "before", "idk": "i do not know", "👍": "yes"}


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(count_words(SENTENCES * TRUSTED), SHORTHAND)


@pytest.fixture(scope="module")
def pipeline() -> Language:
    return build_language([], SENTENCES * TRUSTED, SHORTHAND)


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("moistriser", "moisturiser"),
        ("moisturizr", "moisturiser"),
        ("brekaing", "breaking"),
        ("breakng", "breaking"),
        ("pimlpe", "pimple"),
        ("normaal", "normal"),
        ("nornal", "normal"),
        ("forhaed", "forehead"),
        ("shuold", "should"),
    ],
)
def test_a_slip_is_put_right(spelling: Spelling, word: str, right: str) -> None:
    assert spelling.correct(word) == right


@pytest.mark.parametrize("seed", range(6))
def test_a_random_slip_in_a_long_word_is_put_right(spelling: Spelling, seed: int) -> None:
    chance = random.Random(seed)
    for word in ("moisturiser", "treatment", "reaction", "breaking", "dermalogica", "forehead"):
        place = chance.randrange(1, len(word) - 1)
        left_out = word[:place] + word[place + 1 :]
        swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        slips = {left_out, swapped} - {word} - english_words()
        assert {spelling.correct(slip) for slip in slips} == {word}


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("whyyyyy", "why"),
        ("itchyyyy", "itchy"),
        ("nooormal", "normal"),
        ("shoooould", "should"),
        ("plsssss", "please"),
        ("moooistriser", "moisturiser"),
    ],
)
def test_repeated_letters_are_taken_out(spelling: Spelling, word: str, right: str) -> None:
    assert spelling.correct(word) == right


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("isthisnormal", "is this normal"),
        ("canipop", "can i pop"),
        ("howlong", "how long"),
        ("mymoisturiser", "my moisturiser"),
        ("whatshouldido", "what should i do"),
    ],
)
def test_missing_spaces_are_put_in(spelling: Spelling, word: str, right: str) -> None:
    assert spelling.correct(word) == right


@pytest.mark.parametrize("short", list(SHORTHAND))
def test_shorthand_is_what_it_stands_for(spelling: Spelling, pipeline: Language, short: str) -> None:
    assert spelling.correct(short) == SHORTHAND[short]
    assert written_right(pipeline(f"red {short}")) == f"red {SHORTHAND[short]}"


@pytest.mark.parametrize("short", ["u", "wot"])
def test_shorthand_is_what_it_stands_for_also_where_examples_use_it(short: str) -> None:
    pipeline = build_language([], [f"{short} can pop it"] * TRUSTED, {short: "meant"})

    assert written_right(pipeline(f"{short} can pop")) == "meant can pop"


@pytest.mark.parametrize("word", ["elephant", "weather", "form", "moisturizer", "lasting", "pops"])
def test_an_english_word_is_left_alone(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) is None


def test_no_word_of_the_dictionary_is_corrected(spelling: Spelling) -> None:
    words = random.Random(1).sample(sorted(english_words()), 2000)

    assert [word for word in words if spelling.correct(word)] == []


@pytest.mark.parametrize("word", ["dermalogica", "cerave"])
def test_a_brand_name_that_the_examples_use_is_right(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) is None


def test_what_the_examples_misspell_once_is_not_taken_for_right() -> None:
    spelling = Spelling({"dermalogica": TRUSTED, "dermalogcia": TRUSTED - 1}, {})

    assert spelling.correct("dermalogcia") == "dermalogica"


@pytest.mark.parametrize(
    "word", ["xqzvbnt", "spf50", "10k", "3", "", "?!", "これは", "нормально", "normal" * 9, "x" * 9999]
)
def test_what_is_near_no_word_is_left_alone(spelling: Spelling, word: str) -> None:
    assert spelling.correct(word) is None


def test_the_commoner_of_two_words_as_near_is_chosen() -> None:
    assert Spelling({"pops": 3, "pots": 300}, {}).correct("poqs") == "pots"
    assert Spelling({"pops": 300, "pots": 3}, {}).correct("poqs") == "pops"


def test_two_dictionaries_do_not_mix() -> None:
    one, two = Spelling({"pimple": 5}, {}), Spelling({"dimple": 5}, {})

    assert [one.correct("pimlpe"), two.correct("dimlpe")] == ["pimple", "dimple"]
    assert [one.correct("xdimlpe"), two.correct("dimlpe"), one.correct("pimlpe")] == [None, "dimple", "pimple"]


def test_the_text_itself_stays_as_it_was_written(pipeline: Language) -> None:
    text = "Whyyy am I brekaing out 😭 pls??"
    doc = pipeline(text)

    assert doc.text == text
    assert [token.norm_ for token in doc][:5] == ["why", "am", "i", "breaking", "out"]
    assert [token._.spelling for token in doc][:5] == ["why", None, None, "breaking", None]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("why am I red", 1.0),
        ("I can't, don't and won't", 1.0),
        ("forhaed red", 0.75),
        ("xqzvbnt red", 0.5),
        ("pls pop", 1.0),
        ("xqzvbnt", 0.0),
        ("😭 3?!", 1.0),
        ("", 1.0),
        ("my boyfriend's forehead", 1.0),
    ],
)
def test_the_share_of_english_words(pipeline: Language, text: str, share: float) -> None:
    assert pipeline(text)._.english_words == share


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Whyyy AM i brekaing  out?", "why am i breaking out?"),
        ("red 😭😭 and itchy🔥", "red and itchy"),
        ("it’s red", "it's red"),
        ("my\nforehead\t is red", "my forehead is red"),
        ("\u200bred\ufeff", "red"),
        ("ｒｅｄ", "red"),
        ("🤖🤖", ""),
        ("", ""),
        ("👍🏽", "yes"),
        ("red ❤️", "red"),
    ],
)
def test_written_right_keeps_the_words_and_drops_the_rest(pipeline: Language, text: str, right: str) -> None:
    assert written_right(pipeline(text)) == right


@pytest.mark.parametrize("seed", range(5))
def test_written_right_keeps_every_right_word_in_order(pipeline: Language, seed: int) -> None:
    chance = random.Random(seed)
    words = chance.choices(" ".join(SENTENCES).split(), k=30)
    marks = [chance.choice(["", "", "?", " 😭", ",", "!!", " 🔥"]) for _ in words]

    written = written_right(pipeline(" ".join(word + mark for word, mark in zip(words, marks, strict=True))))
    assert [word for word in written.replace("?", "").replace(",", "").replace("!", "").split()] == words


def test_a_part_of_a_message_is_written_right_alone(pipeline: Language) -> None:
    assert written_right(pipeline("Whyyy am I brekaing out")[2:4]) == "i breaking"


def test_what_is_read_from_disk_corrects_the_same(spelling: Spelling, tmp_path: Path) -> None:
    words = ["moistriser", "isthisnormal", "pls", "whyyyyy", "cerave", "elephant", "xqzvbnt"]
    spelling.to_disk(tmp_path / "spelling")
    read = Spelling({}, {}).from_disk(tmp_path / "spelling")

    assert [read.correct(word) for word in words] == [spelling.correct(word) for word in words]


@pytest.mark.parametrize(
    ("texts", "counts"),
    [(["Can I pop, pop it?"], {"can": 1, "i": 1, "pop": 2, "it": 1}), (["It’s"], {"it": 1, "s": 1}), ([], {})],
)
def test_words_of_letters_are_counted(texts: list[str], counts: dict[str, int]) -> None:
    assert count_words(texts) == counts

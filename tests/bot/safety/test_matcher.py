"""The clinic's own signs and cues on plain messages."""

from __future__ import annotations

import pytest
from spacy.language import Language

from bot.safety.matcher import WarningSignMatcher
from bot.safety.words import read_words
from tests.bot.safety.conftest import Found


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("i cant breath", "breathing"),
        ("my throat is closing up", "throat"),
        ("lips are sweling up", "mouth_swelling"),
        ("passed out in the shower", "collapse"),
        ("my heart is racing", "heartbeat"),
        ("tight band round my chest", "chest_pain"),
        ("eye swolen shut", "sight"),
        ("skin is turning black", "dark_skin"),
        ("i want to end my life", "self_harm"),
        ("temp is 38.5 degrees", "fever"),
        ("oozing", "pus"),
        ("my cheek is hot and swollen", "hot_swollen"),
        ("the redness is spreading", "spreading"),
        ("blisters by my mouth", "blisters"),
        ("came out in hives", "hives"),
        ("tram lines on my cheek", "scars"),
        ("im pregnant", "pregnancy"),
        ("my son is 14", "child"),
    ],
)
def test_a_sign_is_found(found: Found, text: str, sign: str) -> None:
    assert sign in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "no pus",
        "no pus, fever or chills",
        "i dont have a fever",
        "fever? no",
        "what if i get a fever",
        "if it starts oozing who do i call",
        "i had a fever last year",
        "used to get cold sores as a kid",
        "my friend had blisters after hers",
        "people on reddit say their face swelled up",
        "the swelling on my eye has gone down",
        "it was oozing but it stopped",
        "i'm dying to know",
        "so confused about the aftercare",
        "is a hot shower ok",
        "i have blackheads",
        "im 14 weeks along",
    ],
)
def test_what_is_not_reported_does_not_count(found: Found, text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("no fever but there is pus", "pus"),
        ("no fever, my eye is swollen", "eye"),
        ("i dont know if this is pus", "pus"),
        ("the oozing hasnt stopped", "pus"),
        ("it went down, then it got hot and swollen again", "hot_swollen"),
        ("i had a fever last year and now my cheek is oozing", "pus"),
        ("i'm not only sore, i have a fever", "fever"),
    ],
)
def test_a_cue_reaches_no_further_than_its_statement(found: Found, text: str, sign: str) -> None:
    assert sign in found(text)


def test_statements_are_left_without_what_a_cue_reaches(matcher: WarningSignMatcher, language: Language) -> None:
    matches = matcher.match(read_words(language("no fever, but my face is boiling")))
    assert [it.text for it in matches.statements] == ["but my face is boiling"]


def test_a_sign_stands_where_it_was_written(matcher: WarningSignMatcher, language: Language) -> None:
    text = "hello, there is PUS here"
    (found,) = {(it.start, it.end) for it in matcher.match(read_words(language(text))).found}
    assert text[found[0] : found[1]] == "PUS"


def test_nothing_written_holds_nothing(matcher: WarningSignMatcher) -> None:
    assert (matcher.match([]).found, matcher.match([]).statements) == ([], [])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("i cant breathe but the redness is gone now", "breathing"),
        ("my throat is closing, the redness has cleared", "throat"),
        ("my lips have gone blue", "blue_lips"),
        ("i have pus since my last session", "pus"),
        ("hot and swollen since day one", "hot_swollen"),
    ],
)
def test_what_is_settled_or_past_beside_a_sign_takes_nothing_from_it(found: Found, text: str, sign: str) -> None:
    assert sign in found(text)


@pytest.mark.parametrize(
    "text", ["my temp is normal", "my sister had this done last month", "my mum said he had acne too"]
)
def test_what_only_looks_like_a_sign_or_a_child_is_none(found: Found, text: str) -> None:
    assert found(text) == []

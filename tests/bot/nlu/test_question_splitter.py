from __future__ import annotations

import random

import pytest
from spacy.language import Language

from bot.nlu.question_splitter import clauses
from bot.nlu.spelling import written_right
from tests.bot.nlu.examples import TEXTS


def split(language: Language, text: str) -> list[str]:
    return [clause.span.text.strip() for clause in clauses(language(text))]


def asking(language: Language, text: str) -> list[str]:
    return [clause.span.text.strip() for clause in clauses(language(text)) if clause.asks]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Why am I red? How long does it last?", ["Why am I red?", "How long does it last?"]),
        ("why am I red and how long will it last", ["why am I red and", "how long will it last"]),
        ("can I pop them or should I leave them", ["can I pop them or", "should I leave them"]),
        ("is this normal, and can I use retinol", ["is this normal,", "and can I use retinol"]),
        ("is that ok; should I worry", ["is that ok;", "should I worry"]),
        ("is that normal - how long will it last", ["is that normal -", "how long will it last"]),
        ("is it normal?\ncan i pop it", ["is it normal?", "can i pop it"]),
        ("is it normal can i pop it", ["is it normal", "can i pop it"]),
        ("can I pop it? how long? why me?", ["can I pop it?", "how long?", "why me?"]),
        (
            "what is microneedling and why does it cause spots and how long do they last",
            ["what is microneedling and", "why does it cause spots and", "how long do they last"],
        ),
        ("how many days till the gym & can I shower", ["how many days till the gym &", "can I shower"]),
        ("is it normal 😭 how long will it last 😭", ["is it normal 😭", "how long will it last 😭"]),
        ("is it normal and how lng will it last", ["is it normal and", "how lng will it last"]),
    ],
)
def test_questions_are_told_apart_and_each_asks(language: Language, text: str, parts: list[str]) -> None:
    assert asking(language, text) == split(language, text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "how long does it last",
        "can I use cerave and makeup",
        "what can I use for cleansing, moisturising and sun",
        "Is it purging or an infection?",
        "do you know how long it lasts",
        "can you tell me if I can swim",
        "tell me what to do",
        "which cleanser should I use when my skin is sore",
        "should I see a doctor if it lasts",
        "when can I wash my face",
        "wondering if I can use retinol",
        "any tips for oily skin",
        "spots?",
    ],
)
def test_one_question_stays_whole(language: Language, text: str) -> None:
    assert asking(language, text) == split(language, text) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "my skin is red and sore",
        "I don't know why I'm breaking out",
        "When I wash my face it stings",
        "hello",
        "ok thanks and bye",
        "5 days ago",
        "I picked it",
        "...",
    ],
)
def test_what_only_tells_does_not_ask(language: Language, text: str) -> None:
    assert (split(language, text), asking(language, text)) == ([text], [])


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I had it done on Monday. Is this normal?", "Is this normal?"),
        ("it's been a week; should I worry", "should I worry"),
        ("my face hurts and itches, what should I do", "what should I do"),
        ("thanks! is it ok to swim", "is it ok to swim"),
        ("Hi there, can I wash my face", "can I wash my face"),
        ("can I pop it? I hate it", "can I pop it?"),
        ("so I had it done and i want to know if it is normal", "i want to know if it is normal"),
        ("got spots, why??", "why??"),
    ],
)
def test_the_question_is_told_from_what_is_told(language: Language, text: str, question: str) -> None:
    assert asking(language, text) == [question]
    assert len(split(language, text)) == 2


@pytest.mark.parametrize("text", ["why", "ok but why", "so why tho"])
def test_a_bare_why_asks(language: Language, text: str) -> None:
    assert len(asking(language, text)) == 1


@pytest.mark.parametrize("text", ["why?!how long?", "why am I breaking out how long will it last"])
def test_two_questions_that_run_together_are_told_apart(language: Language, text: str) -> None:
    assert len(asking(language, text)) == 2


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_asks_nothing(language: Language, text: str) -> None:
    assert asking(language, text) == []


PIECES = [
    *TEXTS,
    *"? ?? . ... , ; : - – & + / ( ) 😭 👍🏽 ❤️ \n and or but also if whether why u w/ 3 1. it's Ünï".split(" "),
]


def random_message(seed: int) -> str:
    chance = random.Random(seed)
    return "".join(chance.choice(PIECES) + chance.choice([" ", " ", "  ", "", "\n"]) for _ in range(12))


@pytest.mark.parametrize("seed", range(200))
def test_no_word_is_lost_and_none_stands_twice(language: Language, seed: int) -> None:
    doc = language(random_message(seed))
    parts = [clause.span for clause in clauses(doc)]

    assert [parts[0].start, *(part.end for part in parts)] == [*(part.start for part in parts), len(doc)]
    assert parts[0].start == 0
    assert "".join("".join(written_right(part) for part in parts).split()) == "".join(written_right(doc).split())


@pytest.mark.parametrize("seed", range(50))
def test_no_clause_is_mere_marks(language: Language, seed: int) -> None:
    parts = split(language, "red " + random_message(seed))

    assert [part for part in parts if not any(letter.isalnum() for letter in part)] == []

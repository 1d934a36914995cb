"""Capabilities of understanding, each on many generated messages (Ribeiro et al. 2020, CheckList).

Minimum functionality: simple messages that must work. Invariance: rough writing must not change what is answered.
Direction: a change of meaning must change it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import pytest

from bot.bench.patients import Parse, is_topic
from bot.settings import ROOT
from tests.checklist.conftest import Record
from tests.checklist.variants import VARIANTS, Variant, one_typo, story
from tests.test_answers import QUESTIONS

Model = Callable[[str], dict[str, Any]]

SEEDS = range(2)
MESSAGES = 100

ONE_WORD = {
    "moisturizer?": "ask_moisturize", "hyaluronic acid?": "ask_moisturize", "normal?": "ask_is_normal",
    "purging?": "ask_purge", "infected?": "ask_infection", "allergy?": "ask_allergy", "oily": "ask_oil",
    "causes?": "ask_why_breakout", "picking?": "ask_picking", "squeeze?": "ask_picking", "cleanser?": "ask_cleanse",
    "scrub?": "ask_avoid_products", "toner?": "ask_avoid_products", "salicylic?": "ask_topical_treatment",
    "benzoyl peroxide": "ask_topical_treatment", "retinol?": "undocumented", "makeup?": "undocumented",
    "sunscreen?": "undocumented", "gym?": "undocumented", "price?": "undocumented", "swimming?": "undocumented",
}  # fmt: skip
OTHER_LANGUAGES = (
    "¿cuánto tiempo van a durar estos granos?", "tengo la cara llena de granos después de la sesión",
    "pourquoi ai-je des boutons depuis hier", "est-ce que je peux mettre de la crème", "wie lange bleiben die Pickel",
    "kann ich heute schon wieder Sport machen", "quanto tempo dura essa vermelhidão", "perché ho tutti questi brufoli",
    "czy to jest normalne po zabiegu", "är det normalt att få finnar efteråt", "waarom heb ik zoveel puistjes",
    "почему после процедуры лицо в прыщах", "هل هذا طبيعي بعد الجلسة", "这样正常吗，会持续多久", "이게 정상인가요",
)  # fmt: skip
ORDINARY_ENGLISH = (
    "my face is proper minging lol", "wtf is goin on wiv my skin", "pls help im freaking out", "is it gonna b ok",
    "ne1 else get this", "defo breaking out m8", "gr8 now i look like a pizza", "tbh idk what 2 do",
)  # fmt: skip
JOINERS = (" and ", "? also ", ", ", "?? ", " n ", ". oh and ", "? And ")
COVERED = {
    "salicylic acid": "ask_topical_treatment", "benzoyl peroxide": "ask_topical_treatment",
    "my hyaluronic acid serum": "ask_moisturize", "a moisturiser": "ask_moisturize",
    "a gentle cleanser": "ask_cleanse", "my face scrub": "ask_avoid_products", "glycolic acid": "ask_avoid_products",
}  # fmt: skip
UNCOVERED = ("retinol", "tretinoin", "vitamin c", "niacinamide", "vaseline", "sunscreen", "foundation", "tea tree oil")
FRAMES = ("can i use {}", "is {} ok now", "am i allowed to put {} on", "what about {}", "{} yes or no")
WARNING_SIGNS = (
    "yellow pus is coming out of them", "I have a fever and feel shivery", "my lips and eyes are swelling up",
    "it is hot and the redness is spreading fast", "I can hardly breathe",
)  # fmt: skip


@pytest.fixture(scope="module")
def understood(parse: Parse) -> list[tuple[str, str]]:
    """Held-out messages that ask one documented thing and are understood as they stand, with the topic."""
    lines = (ROOT / "tests" / "nlu" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines]
    single = [it for it in cases if len(it["labels"]) == 1 and is_topic(it["labels"][0])]
    right = [(it["text"], it["labels"][0]) for it in single if parse(it["text"])[0] == it["labels"][0]]
    return random.Random(0).sample(right, MESSAGES)


def share(outcomes: Iterable[bool]) -> tuple[float, int]:
    counted = list(outcomes)
    return sum(counted) / len(counted), len(counted)


# Minimum functionality


def test_plain_questions(parse: Parse, record: Record) -> None:
    rate, count = share(parse(text) == [topic] for topic, text in QUESTIONS.items())
    record("minimum functionality", "one plain question", rate, count)
    assert rate >= 0.95


def test_one_word(parse: Parse, record: Record) -> None:
    rate, count = share(parse(text) == [intent] for text, intent in ONE_WORD.items())
    record("minimum functionality", "one word", rate, count)
    assert rate >= 0.9


def test_other_languages_are_noticed(parse: Parse, record: Record) -> None:
    rate, count = share(parse(text) == ["out_of_scope"] for text in OTHER_LANGUAGES)
    record("minimum functionality", "another language", rate, count)
    assert rate >= 0.9


def test_rough_english_is_english(model: Model, record: Record) -> None:
    rate, count = share(
        not any(it["entity"] == "language" for it in model(text)["entities"]) for text in ORDINARY_ENGLISH
    )
    record("minimum functionality", "rough English is not another language", rate, count)
    assert rate == 1


def test_two_questions_are_both_found_in_order(parse: Parse, record: Record) -> None:
    rng = random.Random(1)
    pairs = rng.sample(list(permutations(QUESTIONS, 2)), 150)
    rate, count = share(
        parse(QUESTIONS[first] + rng.choice(JOINERS) + QUESTIONS[second]) == [first, second] for first, second in pairs
    )
    record("minimum functionality", "two questions, both, in order", rate, count)
    assert rate >= 0.85


def test_three_questions_are_all_found(parse: Parse, record: Record) -> None:
    rng = random.Random(2)
    triples = [rng.sample(list(QUESTIONS), 3) for _ in range(60)]
    rate, count = share(parse("? ".join(QUESTIONS[topic] for topic in topics)) == topics for topics in triples)
    record("minimum functionality", "three questions, all, in order", rate, count)
    assert rate >= 0.8


@pytest.mark.parametrize("frame", FRAMES)
def test_what_the_guide_covers_decides(parse: Parse, record: Record, frame: str) -> None:
    expected = {**COVERED, **dict.fromkeys(UNCOVERED, "undocumented")}
    rate, count = share(parse(frame.format(product)) == [intent] for product, intent in expected.items())
    record("minimum functionality", f"covered or not: {frame!r}", rate, count)
    assert rate >= 0.9


# Invariance


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda it: it.__name__)
def test_rough_writing_changes_nothing(
    parse: Parse, record: Record, understood: list[tuple[str, str]], variant: Variant
) -> None:
    rate, count = share(
        parse(variant(text, random.Random(f"{seed} {text}")))[0] == topic
        for seed in SEEDS
        for text, topic in understood
    )
    record("invariance", variant.__name__.replace("_", " "), rate, count)
    assert rate >= (0.85 if variant is story else 0.9)


def test_a_random_typo_changes_few_answers(parse: Parse, record: Record) -> None:
    """Over all messages, also those that are not understood: the topic that would be answered stays the same."""
    lines = (ROOT / "tests" / "nlu" / "unseen.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]

    def topic(text: str) -> str | None:
        first = parse(text)[0]
        return first if is_topic(first) else None

    before = {text: topic(text) for text in texts}
    rate, count = share(
        topic(one_typo(text, random.Random(f"{seed} {text}"))) == before[text] for seed in SEEDS for text in texts
    )
    record("invariance", "same topic answered with a random typo", rate, count)
    assert rate >= 0.96


# Direction


@pytest.mark.parametrize("sign", WARNING_SIGNS)
def test_a_warning_sign_comes_before_any_topic(
    parse: Parse, record: Record, understood: list[tuple[str, str]], sign: str
) -> None:
    rng = random.Random(3)
    texts = [text for text, _ in rng.sample(understood, 60)]
    rate, count = share("red_flag" in parse(f"{sign}. {text}") for text in texts)
    record("direction", f"warned: {sign!r}", rate, count)
    assert rate >= 0.85


def test_gibberish_lowers_the_confidence(model: Model, record: Record, understood: list[tuple[str, str]]) -> None:
    rng = random.Random(4)

    def garbled(text: str) -> str:
        words = text.split()
        for i in range(0, len(words), 2):
            words[i] = "".join(rng.choice("bcdfghjklmnpqrstvwxz") for _ in range(6))
        return " ".join(words)

    def confidence(text: str) -> float:
        ranking = model(text)["intent_ranking"]
        return float(ranking[0]["confidence"]) if ranking else 0.0

    rate, count = share(confidence(garbled(text)) <= confidence(text) for text, _ in understood)
    record("direction", "half the words are gibberish: less sure", rate, count)
    assert rate >= 0.95

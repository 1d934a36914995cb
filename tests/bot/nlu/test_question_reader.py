from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from spacy.language import Language

from bot.nlu.intent_model import IntentModel
from bot.nlu.question_reader import FALLBACK, Content, QuestionReader, Reading
from bot.terms import load_terms

ASIDES = ("greet", "thank")

Read = Callable[..., Content]


@pytest.fixture(scope="module")
def read(language: Language, model: IntentModel) -> Read:
    """Reads a text with the weights given; asides are greetings and thanks."""
    terms = load_terms()

    def content(text: str, **weights: float) -> Content:
        reading = Reading(asides=ASIDES, **weights)  # type: ignore[arg-type]
        return QuestionReader(model, terms, reading).read(language(text))

    return content


def intents(content: Content) -> list[str]:
    return [question.intent for question in content.questions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is this normal and how long will it last?", ["ask_is_normal", "ask_how_long"]),
        ("How long does it last? Can I pop them?", ["ask_how_long", "ask_picking"]),
        ("can I pop them? how long does it last?", ["ask_picking", "ask_how_long"]),
        ("cn I pop themm? how lng does it lasst?", ["ask_picking", "ask_how_long"]),
        (
            "can I use my moisturiser? is it normal? how do I wash my face?",
            ["ask_moisturize", "ask_is_normal", "ask_cleanse"],
        ),
        ("when can I wear makeup and how do I wash my face", ["undocumented", "ask_cleanse"]),
        ("how long does it last? what is the weather tomorrow?", ["ask_how_long", "out_of_scope"]),
    ],
)
def test_every_question_is_read_in_order(read: Read, text: str, expected: list[str]) -> None:
    assert intents(read(text)) == expected


def test_a_question_keeps_its_own_words_and_confidence(read: Read, model: IntentModel) -> None:
    first, second = read("Is this normal and how lng will it last?").questions

    assert (first.text, second.text) == ("Is this normal and", "how lng will it last?")
    for question in (first, second):
        assert question.confidence == question.confidences[model.intents.index(question.intent)]
        assert question.confidence == question.confidences.max() > 0.5


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("how long will it last? when will it clear up?", "ask_how_long"),
        ("can I pop it? can I pop it? can I squeeze it?", "ask_picking"),
    ],
)
def test_a_repeated_question_is_one(read: Read, text: str, intent: str) -> None:
    (question,) = read(text).questions

    assert (question.intent, question.text) == (intent, text)
    alone = [read(f"{it}?").questions[0].confidence for it in text.split("?") if it]
    assert question.confidence >= min(alone)


def test_a_repeated_question_stands_where_it_was_asked_first(read: Read) -> None:
    content = read("is it normal? how long does it last? is a breakout normal?")

    assert intents(content) == ["ask_is_normal", "ask_how_long"]
    assert content.questions[0].text == "is it normal? is a breakout normal?"


@pytest.mark.parametrize("text", ["hi, how long does it last?", "Hello there! How long will it last? Many thanks"])
def test_an_aside_is_no_question_beside_one(read: Read, text: str) -> None:
    assert intents(read(text)) == ["ask_how_long"]


@pytest.mark.parametrize(("text", "intent"), [("hi", "greet"), ("thank you so much", "thank")])
def test_an_aside_alone_is_read(read: Read, text: str, intent: str) -> None:
    content = read(text)

    assert (intents(content), content.asks) == ([intent], False)


@pytest.mark.parametrize("text", ["zorb the quux flibber", "the parliament voted on fishing quotas", "?", "🤖"])
def test_below_the_threshold_nothing_is_understood(read: Read, text: str) -> None:
    (question,) = read(text).questions

    assert question.intent == FALLBACK and question.confidence < Reading().threshold


@pytest.mark.parametrize("distance", [0.01, -0.01])
def test_the_threshold_decides(read: Read, distance: float) -> None:
    confidence = read("is a gel cleanser fine").questions[0].confidence

    (question,) = read("is a gel cleanser fine", threshold=confidence - distance).questions
    assert question.intent == ("ask_cleanse" if distance > 0 else FALLBACK)
    assert question.confidence == confidence


def test_what_is_not_understood_is_left_out_beside_what_is(read: Read) -> None:
    content = read("is this normal and did the parliament vote on fishing quotas")

    assert intents(content) == ["ask_is_normal"]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("how long does it last", True),
        ("I have a fever. how long does it last", True),
        ("my skin is red", False),
        ("I have spots. They itch.", False),
    ],
)
def test_a_message_that_asks_is_told_from_one_that_tells(read: Read, text: str, asks: bool) -> None:
    assert read(text).asks is asks


def test_a_message_that_tells_is_one_question_as_a_whole(read: Read) -> None:
    (question,) = read("I had it done. I want to pop them.").questions

    assert (question.text, question.intent) == ("I had it done. I want to pop them.", "ask_picking")


def places(text: str, *reports: str) -> list[tuple[int, int]]:
    """Where the gate has found signs."""
    return [(text.index(it), text.index(it) + len(it)) for it in reports]


@pytest.mark.parametrize(
    ("text", "report", "expected"),
    [
        ("I have a fever and pus. Can I use my moisturiser?", "fever", ["red_flag", "ask_moisturize"]),
        ("There is pus coming out. How long does it last?", "pus", ["red_flag", "ask_how_long"]),
        ("can I pop them? I have a fever", "fever", ["ask_picking", "red_flag"]),
        ("hello. how long does it last? I have fever and chils", "chils", ["ask_how_long", "red_flag"]),
        ("can I pop them with pus in", "pus", ["red_flag", "ask_picking"]),
        ("I have a fever", "fever", ["red_flag"]),
    ],
)
def test_a_warning_sign_stands_where_it_was_told_beside_what_is_asked(
    language: Language, model: IntentModel, text: str, report: str, expected: list[str]
) -> None:
    reader = QuestionReader(model, load_terms(), Reading(asides=["greet"]))
    assert intents(reader.read(language(text), places(text, report))) == expected


@pytest.mark.parametrize("text", ["I have a fever and pus", "There is pus coming out. How long does it last?"])
def test_what_the_gate_does_not_find_is_no_warning(read: Read, text: str) -> None:
    assert "red_flag" not in intents(read(text))


def test_a_report_is_sure(language: Language, model: IntentModel) -> None:
    text = "There is pus coming out."
    (report,) = QuestionReader(model, load_terms(), Reading()).read(language(text), places(text, "pus")).questions
    assert (report.text, report.confidence) == (text, 1.0)


def test_what_asks_is_no_statement(language: Language, model: IntentModel) -> None:
    def reader(*told: str) -> QuestionReader:
        return QuestionReader(model, load_terms(), Reading(told=told))

    number = model.intents.index("ask_picking")
    text = language("can I pop them?")
    before, after = (it.read(text).questions[0].confidences[number] for it in (reader(), reader("ask_picking")))
    assert before > 0 == after


def test_each_product_is_asked_about_in_the_persons_words(read: Read) -> None:
    questions = read("Can I use Retnol and my moistriser?").questions

    assert [it.text for it in questions] == ["Can I use Retnol", "Can I use moistriser?"]


def test_what_else_is_told_is_no_warning(read: Read) -> None:
    assert intents(read("I had it done on Monday. Is this normal?")) == ["ask_is_normal"]


def test_the_words_around_a_question_count(read: Read, model: IntentModel) -> None:
    text = "I want to squeeze my pimple. Is that ok?"
    number = model.intents.index("ask_picking")

    alone, within = (read(text, context_weight=weight).questions[-1].confidences[number] for weight in (0.0, 0.6))
    assert within > 2 * alone


@pytest.mark.parametrize(
    ("text", "intent"),
    [("can I use adapalene", "undocumented"), ("is clearasil ok", "ask_topical_treatment")],
)
def test_what_covers_a_product_decides(read: Read, text: str, intent: str) -> None:
    (question,) = read(text, covered=4.0, threshold=0.1).questions

    assert question.intent == intent


def test_without_coverage_words_decide(read: Read) -> None:
    assert intents(read("can I use adapalene", covered=1.0, threshold=0.1)) == ["ask_topical_treatment"]


def test_coverage_raises_what_is_spoken_for_and_lowers_its_rivals_only(read: Read, model: IntentModel) -> None:
    before, after = (read("can I use clearasil", covered=weight).questions[0].confidences for weight in (1.0, 2.0))

    factor = dict(zip(model.intents, (after / before).tolist(), strict=True))
    assert factor["ask_topical_treatment"] == pytest.approx(2)
    assert factor["undocumented"] == factor["ask_cleanse"] == pytest.approx(0.5)
    assert factor["ask_how_long"] == factor["greet"] == pytest.approx(1)


def test_coverage_never_makes_more_than_sure(read: Read) -> None:
    assert read("can I use salicylic acid", covered=9.0).questions[0].confidence == 1


def test_products_that_different_answers_cover_weigh_nothing_together(read: Read) -> None:
    text = "can I use salicylic acid after makeup"
    one, two = (read(text, covered=weight).questions[0].confidences for weight in (1.0, 3.0))

    assert np.array_equal(one, two)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("can I use retinol and moisturiser", ["undocumented", "ask_moisturize"]),
        ("can I use my cleanser and my moisturiser?", ["ask_cleanse", "ask_moisturize"]),
        ("can I use retinol or benzoyl peroxide", ["undocumented", "ask_topical_treatment"]),
        ("can I put salicylic acid and retinol on", ["ask_topical_treatment", "undocumented"]),
        ("can I use cleanser, moisturiser and makeup", ["ask_cleanse", "ask_moisturize", "undocumented"]),
    ],
)
def test_products_that_different_answers_cover_are_asked_about_apart(
    read: Read, text: str, expected: list[str]
) -> None:
    assert intents(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "intent"),
    [("can I use retinol and makeup", "undocumented"), ("can I use cleanser and soap", "ask_cleanse")],
)
def test_products_that_one_answer_covers_are_one_question(read: Read, text: str, intent: str) -> None:
    (question,) = read(text).questions

    assert (question.intent, question.text) == (intent, text)


def test_products_in_a_question_on_something_else_do_not_split_it(read: Read) -> None:
    assert intents(read("how much longer do I have to wait, cleanser and moisturiser aside")) == ["ask_how_long"]


def test_a_term_that_is_no_longer_known_is_passed_over(language: Language, model: IntentModel) -> None:
    content = QuestionReader(model, {}, Reading()).read(language("can I use retinol and moisturiser"))

    assert len(content.questions) == 1

from __future__ import annotations

import pytest

from actions.questions import asked, is_question, is_statement, named, pointed_at, ranking
from tests.actions.conftest import MakeTracker


def test_what_is_asked_is_every_question_in_order(make_tracker: MakeTracker) -> None:
    tracker = make_tracker("red_flag", questions=["ask_oil", "red_flag", "ask_purge"])
    assert asked(tracker) == ["ask_oil", "red_flag", "ask_purge"]


@pytest.mark.parametrize("questions", [None, []])
def test_a_button_asks_its_intent(make_tracker: MakeTracker, questions: list[str] | None) -> None:
    assert asked(make_tracker("ask_oil", questions=questions)) == ["ask_oil"]


@pytest.mark.parametrize(
    ("asks", "question", "statement"), [(True, True, False), (False, False, True), (None, False, False)]
)
def test_a_button_is_neither_question_nor_statement(
    make_tracker: MakeTracker, asks: bool | None, question: bool, statement: bool
) -> None:
    tracker = make_tracker("ask_oil", asks=asks)
    assert (is_question(tracker), is_statement(tracker)) == (question, statement)


def test_the_ranking_holds_documented_topics_only(make_tracker: MakeTracker) -> None:
    tracker = make_tracker("greet", ranking={"greet": 0.9, "ask_oil": 0.5, "undocumented": 0.4, "ask_purge": 0.1})
    assert ranking(tracker) == [("ask_oil", 0.5), ("ask_purge", 0.1)]


def test_terms_are_named_once_in_the_messages_order(make_tracker: MakeTracker) -> None:
    entities = [("activity", "gym"), ("product", "makeup"), ("activity", "gym"), ("symptom", "fever")]
    tracker = make_tracker("undocumented", entities)
    assert [term.id for term in named(tracker)] == ["gym", "makeup", "fever"]
    assert [term.id for term in named(tracker, ["product", "symptom"])] == ["makeup", "fever"]


def test_what_is_no_known_term_is_left_out(make_tracker: MakeTracker) -> None:
    entities = [("product", "moon dust"), ("days_since_treatment", 3.0), ("bare_why", "makeup")]
    assert named(make_tracker("undocumented", entities)) == []


@pytest.mark.parametrize("text", ["can I use it?", "Is THAT ok", "when may I use them again", "this one?"])
def test_a_word_that_points_stands_for_what_was_named(make_tracker: MakeTracker, text: str) -> None:
    assert [term.id for term in pointed_at(make_tracker("nlu_fallback", text=text, product="retinol"))] == ["retinol"]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("how long?", {"product": "retinol"}),
        ("with items", {"product": "retinol"}),
        ("", {"product": "retinol"}),
        ("can I use it", {}),
        ("can I use it", {"product": None, "activity": "moon walk"}),
        ("can I use it", {"symptom": "fever", "body_area": "chin"}),
    ],
)
def test_else_nothing_is_pointed_at(make_tracker: MakeTracker, text: str, slots: dict[str, str]) -> None:
    assert pointed_at(make_tracker("nlu_fallback", text=text, **slots)) == []

from __future__ import annotations

import pytest

from actions.questions import asked, is_question, is_statement, message_id, named, named_in, pointed_at, ranking
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


@pytest.mark.parametrize("text", ["can I use it?", "ok to WEAR that", "when may I use them again", "can i put it on"])
def test_it_stands_for_what_was_named_last(make_tracker: MakeTracker, text: str) -> None:
    before = [("product", "makeup"), ("product", "retinol")]
    term = pointed_at(make_tracker("nlu_fallback", text=text, asks=True, before=before))
    assert term is not None and term.id == "retinol"


@pytest.mark.parametrize(
    ("text", "asks", "before"),
    [
        ("how long?", True, [("product", "retinol")]),
        ("is it ok to go out", True, [("product", "retinol")]),
        ("", True, [("product", "retinol")]),
        ("I will use it", False, [("product", "retinol")]),
        ("can I use it", True, []),
        ("can I use it", True, [("activity", "moon walk")]),
        ("can I use it", True, [("symptom", "fever"), ("body_area", "chin")]),
    ],
)
def test_else_it_stands_for_nothing(
    make_tracker: MakeTracker, text: str, asks: bool, before: list[tuple[str, str]]
) -> None:
    assert pointed_at(make_tracker("nlu_fallback", text=text, asks=asks, before=before)) is None


def test_what_the_message_itself_names_is_not_it(make_tracker: MakeTracker) -> None:
    before = [("product", "retinol")]
    tracker = make_tracker("undocumented", [("product", "makeup")], text="can I use it", asks=True, before=before)
    assert pointed_at(tracker) is None


def test_what_is_not_understood_is_asked_as_such(make_tracker: MakeTracker) -> None:
    assert asked(make_tracker("nlu_fallback", ranking={"out_of_scope": 0.3})) == ["nlu_fallback"]


def test_a_message_has_its_id_and_so_have_those_before_it(make_tracker: MakeTracker) -> None:
    tracker = make_tracker("ask_oil", turns=3)
    tracker.events.extend([{"event": "action", "name": "action_listen"}, {"event": "bot", "text": "hi"}])
    assert [message_id(tracker, before) for before in (0, 1, 2, 3)] == ["message 3", "message 2", "message 1", None]


def test_it_is_looked_for_in_the_latest_message_that_names_something(make_tracker: MakeTracker) -> None:
    tracker = make_tracker("nlu_fallback", text="can I do it", asks=True, before=[("activity", "gym")])
    earlier = {"event": "user", "parse_data": {"entities": [{"entity": "product", "value": "retinol"}]}}
    others = [{"event": "user"}, {"event": "user", "parse_data": None}, {**earlier, "event": "bot"}]
    tracker.events[:] = [earlier, *tracker.events, *others]
    term = pointed_at(tracker)
    assert term is not None and term.id == "gym"


@pytest.mark.parametrize(
    ("intent", "expected"), [("undocumented", ["makeup", "gym"]), ("ask_cleanse", ["cleanser"]), ("ask_oil", [])]
)
def test_of_several_questions_only_those_of_the_intent_name_terms(
    make_tracker: MakeTracker, intent: str, expected: list[str]
) -> None:
    text = "Is makeup ok? Which cleanser? May I go to the gym?"
    tracker = make_tracker("undocumented", text=text)
    tracker.latest_message["questions"] = [
        {"text": "Is makeup ok? May I go to the gym?", "intent": "undocumented"},
        {"text": "Which cleanser?", "intent": "ask_cleanse"},
    ]
    tracker.latest_message["entities"] = [
        {"entity": kind, "value": it, "start": text.index(it), "end": text.index(it) + len(it)}
        for kind, it in (("product", "makeup"), ("product", "cleanser"), ("activity", "gym"))
    ]
    assert [term.id for term in named_in(tracker, intent, ["product", "activity"])] == expected


@pytest.mark.parametrize("intent", ["undocumented", "ask_oil"])
def test_of_one_question_every_term_is_named(make_tracker: MakeTracker, intent: str) -> None:
    tracker = make_tracker("undocumented", [("product", "makeup"), ("symptom", "fever")], questions=["undocumented"])
    assert [term.id for term in named_in(tracker, intent, ["product"])] == ["makeup"]

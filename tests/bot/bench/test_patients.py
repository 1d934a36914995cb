from __future__ import annotations

import json
import sys
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from bot.bench import patients
from bot.bench.patients import FALLBACK, Figures, Result, evaluate, figures, intents, is_topic, load_model

# A message, its labels, what is acceptable too, and what it was taken for.
CASES = [
    ("how long?", ["ask_how_long"], [], ["ask_how_long"]),
    ("pop?", ["ask_picking"], ["ask_manage"], ["ask_manage"]),
    ("oil?", ["ask_oil"], [], [FALLBACK]),
    ("purge?", ["ask_purge"], [], ["ask_how_long"]),
    ("normal? long?", ["ask_is_normal", "ask_how_long"], [], ["ask_is_normal", "ask_how_long"]),
    ("long? retinol?", ["ask_how_long", "undocumented"], [], ["ask_how_long"]),
    ("retinol?", ["undocumented"], [], ["ask_cleanse"]),
    ("weather?", ["out_of_scope"], [], [FALLBACK]),
    ("fever", ["red_flag"], [], ["red_flag"]),
    ("pus", ["red_flag"], [], ["ask_infection"]),
]
TAKEN = {text: predicted for text, _, _, predicted in CASES}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    cases = [{"text": text, "labels": labels, "also": also} for text, labels, also, _ in CASES]
    file.write_text("".join(f"{json.dumps(case)}\n" for case in cases), encoding="utf-8")
    return file


def result(labels: list[str], predicted: list[str], also: list[str] | None = None) -> Result:
    return Result("text", tuple(labels), frozenset(also or []), tuple(predicted))


def test_every_message_is_parsed_and_kept_with_its_labels(file: Path) -> None:
    results = evaluate(file, TAKEN.__getitem__)

    kept = [(it.text, list(it.labels), list(it.also), list(it.predicted)) for it in results]
    assert kept == CASES


def test_what_is_acceptable_too_need_not_be_given(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('{"text": "oil?", "labels": ["ask_oil"]}\n', encoding="utf-8")

    assert evaluate(tmp_path / "set.jsonl", lambda text: ["greet"]) == [
        Result("oil?", ("ask_oil",), frozenset(), ("greet",))
    ]


def test_a_separator_inside_a_text_does_not_end_the_line(tmp_path: Path) -> None:
    case = json.dumps({"text": "one\u2028two", "labels": ["ask_oil"]}, ensure_ascii=False)
    (tmp_path / "set.jsonl").write_text(f"{case}\n{case}\n", encoding="utf-8")

    assert [it.text for it in evaluate(tmp_path / "set.jsonl", lambda text: ["greet"])] == ["one\u2028two"] * 2


def test_the_figures_are_counted_by_what_the_messages_ask(file: Path) -> None:
    assert figures(evaluate(file, TAKEN.__getitem__)) == Figures(
        messages=10,
        documented_right=2 / 4,
        several_right=1 / 2,
        wrong_topic=3 / 10,
        boundaries_kept=1 / 2,
        warning_signs_found=1 / 2,
    )


def test_a_rate_over_no_message_is_no_number() -> None:
    counted = figures([result(["ask_oil"], ["ask_oil"])])

    assert (counted.messages, counted.documented_right, counted.wrong_topic) == (1, 1, 0)
    assert isnan(counted.several_right) and isnan(counted.boundaries_kept) and isnan(counted.warning_signs_found)


@pytest.mark.parametrize(
    ("labels", "also", "predicted", "right"),
    [
        (["ask_oil"], [], ["ask_oil"], True),
        (["ask_purge"], ["ask_oil"], ["ask_oil"], True),
        (["ask_purge"], [], ["ask_oil"], False),
        (["ask_oil"], [], ["ask_oil", "ask_purge"], False),
        (["ask_oil", "ask_purge"], [], ["ask_oil"], False),
        (["ask_oil", "ask_purge"], [], ["ask_oil", "ask_purge"], True),
        (["ask_oil", "ask_purge"], [], ["ask_purge", "ask_oil"], False),
        (["ask_oil"], [], [FALLBACK], False),
        (["out_of_scope"], [], [FALLBACK], True),
        (["undocumented"], [], [FALLBACK], False),
        (["undocumented"], ["out_of_scope"], [FALLBACK], True),
        (["chitchat"], [], ["greet"], True),
        (["chitchat"], [], ["tell_time"], True),
        (["ask_oil"], [], ["greet"], False),
        (["chitchat"], [], ["red_flag"], False),
        (["red_flag"], [], ["ask_oil", "red_flag"], True),
        (["red_flag"], [], ["ask_oil"], False),
    ],
)
def test_a_prediction_is_right_as_a_whole_and_in_order(
    labels: list[str], also: list[str], predicted: list[str], right: bool
) -> None:
    assert result(labels, predicted, also).right is right


@pytest.mark.parametrize(
    ("labels", "also", "predicted", "wrong"),
    [
        (["ask_oil"], [], ["ask_oil"], False),
        (["ask_oil"], [], ["ask_purge"], True),
        (["ask_oil"], ["ask_purge"], ["ask_purge"], False),
        (["ask_oil", "ask_purge"], [], ["ask_purge", "ask_oil"], False),
        (["ask_oil"], [], ["ask_oil", "ask_purge"], True),
        (["undocumented"], [], ["ask_oil"], True),
        (["ask_oil"], [], ["undocumented"], False),
        (["ask_oil"], [], [FALLBACK], False),
        (["ask_oil"], [], ["greet"], False),
        (["ask_oil"], [], ["red_flag", "ask_purge"], False),
    ],
)
def test_only_a_topics_answer_that_was_not_asked_for_is_wrong(
    labels: list[str], also: list[str], predicted: list[str], wrong: bool
) -> None:
    assert result(labels, predicted, also).wrong_topic is wrong


@pytest.mark.parametrize(("intent", "topic"), [("ask_oil", True), ("red_flag", False), ("bask_oil", False)])
def test_documented_topics_are_told_by_their_name(intent: str, topic: bool) -> None:
    assert is_topic(intent) is topic


def test_the_intents_of_a_parsed_message_are_those_of_its_questions_in_order() -> None:
    parsed = {"intent": {"name": "red_flag"}, "questions": [{"intent": "ask_oil"}, {"intent": "red_flag"}]}

    assert intents(parsed) == ["ask_oil", "red_flag"]


def test_a_missing_set_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        evaluate(tmp_path / "none.jsonl", TAKEN.__getitem__)


def test_a_missing_model_is_named_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no trained model; run 'make train'"):
        load_model(tmp_path / "none.tar.gz")


@pytest.fixture
def taken_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the trained model, what the cases were taken for."""

    def parse(text: str) -> dict[str, Any]:
        return {"questions": [{"intent": intent} for intent in TAKEN[text]]}

    monkeypatch.setattr(patients, "load_model", lambda: parse)


@pytest.mark.usefixtures("taken_model")
def test_figures_and_confusions_are_printed(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["patients", str(file)])
    patients.main()

    printed = " ".join(capsys.readouterr().out.split())
    assert f"{file} (10 messages)" in printed
    assert "several questions, all right 50.0%" in printed and "wrong topic's answer, of all 30.0%" in printed
    assert "1 ask_how_long + undocumented -> ask_how_long" in printed and "weather" not in printed


@pytest.mark.usefixtures("taken_model")
def test_a_set_that_is_missing_ends_with_a_plain_message(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["patients", str(tmp_path / "none.jsonl")])

    with pytest.raises(SystemExit, match=r"none\.jsonl: there is no such set"):
        patients.main()

"""The trained model on messages it has never seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench.patients import Figures, Parse, evaluate, figures
from bot.settings import ROOT

OWN = ROOT / "tests" / "nlu"


@pytest.fixture(scope="module", params=["patients", "unseen"])
def measured(request: pytest.FixtureRequest, parse: Parse, shared: Path) -> Figures:
    """The figures on the shared patients' set and on the set that was written after the training data."""
    file = OWN / "unseen.jsonl" if request.param == "unseen" else shared / "bench" / "patients" / "questions.jsonl"
    return figures(evaluate(file, parse))


def test_documented_topics_are_understood(measured: Figures) -> None:
    assert measured.documented_right >= 0.88


def test_several_questions_are_all_understood(measured: Figures) -> None:
    assert measured.several_right >= 0.85


def test_wrong_topics_are_rarely_answered(measured: Figures) -> None:
    assert measured.wrong_topic <= 0.04


def test_what_is_outside_is_not_answered(measured: Figures) -> None:
    assert measured.boundaries_kept >= 0.93


def test_most_warning_signs_are_found(measured: Figures) -> None:
    assert measured.warning_signs_found >= 0.9


def test_harder_messages_are_mostly_understood(parse: Parse) -> None:
    hard = figures(evaluate(OWN / "questions.jsonl", parse))
    assert hard.documented_right >= 0.82 and hard.several_right >= 0.8
    assert hard.wrong_topic <= 0.04 and hard.boundaries_kept >= 0.93


def test_undocumented_questions_are_rarely_answered(parse: Parse) -> None:
    assert figures(evaluate(OWN / "undocumented.jsonl", parse)).boundaries_kept >= 0.9


@pytest.mark.parametrize("text", ["why is my face breaking out???", "how long will these zits last", "can i pop it"])
def test_same_text_same_intent(parse: Parse, text: str) -> None:
    assert len({tuple(parse(text)) for _ in range(5)}) == 1


def test_what_people_ask_of_their_data_is_understood(parse: Parse) -> None:
    results = evaluate(OWN / "privacy.jsonl", parse)
    asked = [it for it in results if it.labels[0] in ("delete_data", "what_is_stored")]
    assert sum(it.predicted == it.labels for it in asked) >= 0.88 * len(asked)


def test_nothing_else_is_taken_for_a_request_about_data(parse: Parse) -> None:
    results = evaluate(OWN / "privacy.jsonl", parse)
    others = [it for it in results if it.labels[0] not in ("delete_data", "what_is_stored")]
    assert [it.text for it in others if "delete_data" in it.predicted] == []

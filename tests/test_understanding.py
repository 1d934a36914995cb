"""The trained model on messages it has never seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bench import Figures, Parse, evaluate, figures, load_parser
from bot.settings import ROOT


@pytest.fixture(scope="module")
def parse() -> Parse:
    return load_parser()


@pytest.fixture(scope="module", params=["patients", "own"])
def measured(request: pytest.FixtureRequest, parse: Parse, shared: Path) -> Figures:
    """The figures on the shared patients' set and on the project's own held-out set."""
    own = ROOT / "tests" / "nlu" / "questions.jsonl"
    file = own if request.param == "own" else shared / "bench" / "patients" / "questions.jsonl"
    return figures(evaluate(file, parse))


def test_documented_topics_are_understood(measured: Figures) -> None:
    assert measured.documented_right >= 0.85


def test_wrong_topics_are_rarely_answered(measured: Figures) -> None:
    assert measured.wrong_topic <= 0.08


def test_what_is_outside_is_not_answered(measured: Figures) -> None:
    assert measured.boundaries_kept >= 0.93


def test_most_warning_signs_are_found(measured: Figures) -> None:
    assert measured.warning_signs_found >= 0.85


@pytest.mark.parametrize("text", ["why is my face breaking out???", "how long will these zits last", "can i pop it"])
def test_same_text_same_intent(parse: Parse, text: str) -> None:
    assert len({parse(text) for _ in range(5)}) == 1

from __future__ import annotations

import pytest

from bot.safety.way_finder import WayFinder
from bot.safety.ways import names_in, parse_way, split_starred, wrong_phrase, wrong_way

LISTS = {"eye": ["eye", "eyes"], "swollen": ["swollen", "puff*"], "reading": [r"3[89](\.\d+)?c?"]}


def found(way: str, text: str) -> bool:
    return bool(list(WayFinder([way], LISTS, {"puffed", "puffy", "shivering"}).find(text.split())))


@pytest.mark.parametrize(
    ("way", "text", "there"),
    [
        ("short of breath", "i am short of breath", True),
        ("short of breath", "short breath of air", False),
        ("throat .. closing", "throat feels like closing", True),
        ("throat .. closing", "throat a b c d e closing", False),
        ("throat .. closing", "closing my throat", False),
        ("{eye} + {swollen}", "swollen in both eyes", True),
        ("{eye} + {swollen}", "my eye is all swollen", True),
        ("{eye} + {swollen}", "my eye . all swollen", False),
        ("shiver*", "im shivering", True),
        ("{eye} + {swollen}", "eyes puffy", True),
        ("{reading}", "it says 38.5", True),
        ("{reading}", "it says 36.5", False),
        ("cant feel my {eye}", "cant feel my eye", True),
    ],
)
def test_a_way_is_found_where_it_stands(way: str, text: str, there: bool) -> None:
    assert found(way, text) is there


def test_parts_runs_and_units_are_told_apart() -> None:
    assert parse_way("cant {a} .. b + c").parts == ((("cant", "{a}"), ("b",)), (("c",),))


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        ("{nose} red", "{nose} is not a list"),
        ("a .. ", "a part is empty"),
        ("a .. .. b", "a part is empty"),
        ("+ pus", "a part is empty"),
        ("pus +", "a part is empty"),
        ("{eye red", "'{' stands alone"),
        ("red *", "'*' stands alone"),
    ],
)
def test_what_is_wrong_with_a_way_is_said(way: str, problem: str) -> None:
    assert problem in (wrong_way(way, LISTS) or "")


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [("{eye} red", "'{' stands alone"), ("*", "'*' stands alone"), ("3[89", "is not a pattern for numbers")],
)
def test_what_is_wrong_with_a_phrase_of_a_list_is_said(phrase: str, problem: str) -> None:
    assert problem in (wrong_phrase(phrase) or "")


@pytest.mark.parametrize("phrase", ["puff*", "so sore", r"3[89](\.\d+)?c?"])
def test_a_right_phrase_has_nothing_wrong(phrase: str) -> None:
    assert wrong_phrase(phrase) is None


def test_a_right_way_has_nothing_wrong() -> None:
    assert wrong_way("{eye} .. shut", LISTS) is None


def test_names_and_stars_are_read() -> None:
    assert names_in("{a} of {b}") == ["a", "b"]
    assert split_starred("can't whistl*") == ["cant", "whistl*"]

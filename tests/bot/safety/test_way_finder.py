from __future__ import annotations

import pytest

from bot.safety.way_finder import MOST_APART, MOST_BETWEEN, WayFinder
from bot.safety.ways import Hit

LISTS = {
    "hot": ["hot", "very hot", "burn*"],
    "reading": [r"3[89](\.\d+)?c?"],
    "weeks": [r"\d+ ?(weeks|wks)", "a fortnight"],
}
VOCABULARY = {"burn", "burning", "burnt", "bur", "shiver", "shivers", "shiny"}


def hits(way: str, *words: str) -> list[Hit]:
    return [hit for _, hit in WayFinder([way], LISTS, VOCABULARY).find(words)]


def test_a_hit_names_the_words_of_the_way_and_not_those_between() -> None:
    assert hits("throat .. closing", "my", "throat", "is", "closing", "up") == [Hit(1, 4, (1, 3))]


@pytest.mark.parametrize(("between", "there"), [(0, True), (MOST_BETWEEN, True), (MOST_BETWEEN + 1, False)])
def test_between_two_runs_only_few_words_may_stand(between: int, there: bool) -> None:
    assert bool(hits("eye .. shut", "eye", *["so"] * between, "shut")) is there


@pytest.mark.parametrize("order", [("eye", "hot"), ("hot", "eye")])
@pytest.mark.parametrize(("between", "there"), [(0, True), (MOST_APART, True), (MOST_APART + 1, False)])
def test_parts_stand_in_any_order_but_not_far_apart(order: tuple[str, str], between: int, there: bool) -> None:
    first, last = order
    assert bool(hits("{hot} + eye", first, *["so"] * between, last)) is there


def test_three_parts_stand_in_any_order() -> None:
    assert hits("face + {hot} + fast", "fast", "my", "face", "got", "hot") == [Hit(0, 5, (0, 2, 4))]


@pytest.mark.parametrize("end", [".", "!", "?", ";", "\n", "…"])
def test_no_way_reaches_into_the_next_sentence(end: str) -> None:
    assert hits("eye .. shut", "eye", end, "shut") == []
    assert hits("eye + shut", "shut", end, "eye") == []


def test_a_sentence_before_or_after_takes_no_way() -> None:
    assert hits("eye .. shut", "help", "!", "eye", "shut", ".") == [Hit(2, 4, (2, 3))]


@pytest.mark.parametrize(("word", "there"), [("burning", True), ("burn", True), ("bur", False), ("burned", False)])
def test_an_asterisk_takes_the_endings_that_the_vocabulary_knows(word: str, there: bool) -> None:
    assert bool(hits("{hot} skin", word, "skin")) is there


def test_an_asterisk_inside_a_phrase_takes_endings_too() -> None:
    assert hits("shiver* all over", "shivers", "all", "over") == [Hit(0, 3, (0, 1, 2))]


def test_the_phrases_of_a_list_may_have_several_words() -> None:
    assert Hit(0, 3, (0, 1, 2)) in hits("{hot} skin", "very", "hot", "skin")


@pytest.mark.parametrize("number", ["38", "38.5", "39.2", "39"])
def test_a_number_is_found_by_its_pattern(number: str) -> None:
    assert hits("{reading} .. degrees", number, "degrees") == [Hit(0, 2, (0, 1))]


@pytest.mark.parametrize("number", ["36.5", "138", "385", "38.", "3"])
def test_a_number_that_only_holds_the_pattern_is_another(number: str) -> None:
    assert hits("{reading}", number, "degrees") == []


def test_a_pattern_may_span_a_number_and_its_unit() -> None:
    assert hits("red for {weeks}", "red", "for", "3", "weeks") == [Hit(0, 4, (0, 1, 2, 3))]
    assert hits("red for {weeks}", "red", "for", "3", "days") == []


def test_a_way_that_is_a_number_is_found() -> None:
    assert hits("aged 15", "aged", "15") == [Hit(0, 2, (0, 1))]


def test_every_way_is_found_and_each_place_of_it() -> None:
    finder = WayFinder(["pus", "yellow pus"], {}, ())
    found = list(finder.find(["yellow", "pus", "and", "pus"]))
    assert sorted(found) == [
        ("pus", Hit(1, 2, (1,))),
        ("pus", Hit(3, 4, (3,))),
        ("yellow pus", Hit(0, 2, (0, 1))),
    ]


def test_a_way_that_is_given_twice_is_found_once() -> None:
    assert len(list(WayFinder(["pus", "pus"], {}, ()).find(["pus"]))) == 1


def test_a_way_is_not_found_where_one_of_its_parts_is_missing() -> None:
    assert hits("{hot} + eye", "my", "eye") == []


def test_nothing_is_found_in_no_words() -> None:
    assert hits("pus") == []


def test_a_list_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\{nose\} is not a list under 'words'"):
        WayFinder(["{nose} red"], LISTS, VOCABULARY)


@pytest.mark.parametrize("way", ["pus ..", ".. pus", "pus + .. hot"])
def test_a_way_with_an_empty_part_is_refused(way: str) -> None:
    with pytest.raises(ValueError, match="a part is empty"):
        WayFinder([way], LISTS, VOCABULARY)

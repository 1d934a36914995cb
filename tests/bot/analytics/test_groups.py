"""Questions grouped by the real sentence encoder."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.analytics import groups
from bot.analytics.groups import SMALLEST_GROUP, Grouper, field_questions
from bot.analytics.report import ENCODER
from bot.nlu.encoder import load_encoder

SWIMMING = ("can i go swimming", "is the swimming pool ok", "when may i swim again", "Swimming in the sea tomorrow?")
MONEY = ("how much is it", "what does a session cost", "is there a price list", "can i pay the cost in parts")
TATTOO = ("can you needle over a tattoo", "will it fade my tattoo", "i have a tattoo there, is that a problem")


@pytest.fixture(scope="module")
def grouper() -> Grouper:
    return Grouper(load_encoder(ENCODER).encode, field_questions())


def test_questions_of_one_meaning_are_one_group_and_the_largest_comes_first(grouper: Grouper) -> None:
    asked = Counter(dict.fromkeys((*SWIMMING, *MONEY, *TATTOO), 1) | {"can i go swimming": 5})
    found = grouper.group(asked)
    assert [set(it.wordings) for it in found.groups] == [set(SWIMMING), set(MONEY), set(TATTOO)]
    assert [it.size for it in found.groups] == [8, 4, 3]
    assert found.alone == 0


def test_a_group_is_called_by_its_most_telling_words(grouper: Grouper) -> None:
    names = [it.name for it in grouper.group(Counter((*SWIMMING, *MONEY, *TATTOO))).groups]
    assert [name.split()[0] for name in names] == ["swimming", "cost", "tattoo"]


def test_one_word_in_two_forms_is_not_a_name_of_two_words(grouper: Grouper) -> None:
    (only,) = grouper.group(Counter(["my tattoo", "tattoos", "old tattoos", "a tattoo"])).groups
    assert len({it[:6] for it in only.words}) == len(only.words)


def test_too_few_questions_are_no_group(grouper: Grouper) -> None:
    assert SMALLEST_GROUP == 3
    found = grouper.group(Counter(["can i go swimming", "can i swim", "is there a price list"]))
    assert found.groups == () and found.alone == 3


def test_one_wording_that_was_asked_often_is_a_group(grouper: Grouper) -> None:
    (only,) = grouper.group(Counter({"sauna?": 3})).groups
    assert (only.central, only.size, only.name) == ("sauna?", 3, "sauna")


def test_wordings_that_differ_in_capitals_and_marks_alone_are_one(grouper: Grouper) -> None:
    (only,) = grouper.group(Counter({"Can I swim?": 2, "can i swim": 1, "CAN I SWIM!!": 1})).groups
    assert only.wordings == ("Can I swim?",) and only.size == 4


def test_nothing_asked_is_no_group(grouper: Grouper) -> None:
    found = grouper.group(Counter())
    assert found.groups == () and found.alone == 0


def test_words_of_other_letters_than_latin_are_grouped_without_a_name_of_their_own(grouper: Grouper) -> None:
    (only,) = grouper.group(Counter({"можно плавать": 3})).groups
    assert only.words == () and only.name == "other"


def test_above_the_bound_the_most_frequent_wordings_are_compared(
    grouper: Grouper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_WORDINGS", 4)
    found = grouper.group(Counter(dict.fromkeys(SWIMMING, 5) | dict.fromkeys(MONEY, 1)))
    assert [set(it.wordings) for it in found.groups] == [set(SWIMMING)]
    assert found.alone == len(MONEY)


def test_the_same_questions_make_the_same_groups(grouper: Grouper) -> None:
    asked = Counter((*SWIMMING, *MONEY, *TATTOO))
    assert grouper.group(asked) == grouper.group(asked)

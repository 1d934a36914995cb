from __future__ import annotations

from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.feedback_buttons import Choice, FeedbackButton, FeedbackButtons
from bot.channels.messenger import MOST_BYTES_OF_BUTTON
from bot.settings import Clinic
from bot.store.feedback import REASONS
from bot.wording import load_phrases

CHOICES = st.one_of(
    st.builds(Choice, st.integers(0, 10**18 - 1), st.booleans()),
    st.builds(Choice, st.integers(0, 10**18 - 1), st.just(False), st.sampled_from(REASONS)),
)


@pytest.fixture
def buttons(clinic: Clinic) -> FeedbackButtons:
    return FeedbackButtons(load_phrases(clinic))


def titles(below: list[list[FeedbackButton]]) -> list[list[str]]:
    return [[it.title for it in row] for row in below]


@given(CHOICES)
def test_a_button_is_read_back_and_fits(choice: Choice) -> None:
    assert Choice.of(choice.data) == choice
    assert len(choice.data.encode()) <= MOST_BYTES_OF_BUTTON


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "/ask_purge",
        "feedback:1:maybe",
        "feedback:1:yes ",
        "feedback:1:yes\n",
        " feedback:1:yes",
        "feedback:-1:yes",
        "feedback:x:yes",
        "feedback:١:yes",
        "feedback::no",
        f"feedback:{'9' * 19}:no",
        "feedback:1:unclear:no",
    ],
)
def test_other_buttons_say_nothing_about_an_answer(data: Optional[str]) -> None:
    assert Choice.of(data) is None


def test_two_thumbs_stand_in_one_row(buttons: FeedbackButtons) -> None:
    (row,) = buttons.below(7)
    assert titles([row]) == [["👍 Helped", "👎 Did not help"]]
    assert [(it.sign, it.label) for it in row] == [("👍", "Helped"), ("👎", "Did not help")]
    assert [Choice.of(it.data) for it in row] == [Choice(7, True), Choice(7, False)]


@pytest.mark.parametrize(
    ("chosen", "thumbs", "asks_why"),
    [
        (Choice(7, True), ["✓ 👍 Helped", "👎 Did not help"], False),
        (Choice(7, False), ["👍 Helped", "✓ 👎 Did not help"], True),
        (Choice(7, False, "unclear"), ["👍 Helped", "✓ 👎 Did not help"], False),
    ],
)
def test_what_was_chosen_is_marked_and_a_thumb_down_asks_why(
    buttons: FeedbackButtons, chosen: Choice, thumbs: list[str], asks_why: bool
) -> None:
    first, *reasons = buttons.below(7, chosen)
    assert titles([first]) == [thumbs]
    assert [it.label.startswith("You chose: ") for it in first] == [it.startswith("✓") for it in thumbs]
    assert [Choice.of(row[0].data) for row in reasons] == [Choice(7, False, it) for it in REASONS if asks_why]
    assert titles(reasons) == [["Not what I asked"], ["Hard to understand"], ["Something is missing"]][: len(reasons)]


def test_every_choice_is_thanked_for_and_only_a_thumb_down_is_asked_why(buttons: FeedbackButtons) -> None:
    thanks = [buttons.thanks(it) for it in (Choice(7, True), Choice(7, False, "unclear"), Choice(7, False))]
    assert all("Thank you" in it for it in thanks)
    assert ["why" in it for it in thanks] == [False, False, True]
    # What Telegram shows in passing has 200 characters at most.
    assert all(0 < len(it) <= 200 for it in (*thanks, buttons.not_kept()))

from __future__ import annotations

import pytest

from bot.safety.alert import UNNAMED, Alert
from bot.safety.red_flags import RedFlags


@pytest.mark.parametrize(
    ("signs", "response", "tier"),
    [
        (["fever"], "utter_warning_same_day", "same_day"),
        (["scars"], "utter_warning_clinic", "clinic"),
        (["throat", "fever"], "utter_warning_emergency", "emergency"),
        (["self_harm"], "utter_crisis", "crisis"),
        ([], "utter_warning_same_day", "same_day"),
    ],
)
def test_signs_get_their_text(red_flags: RedFlags, signs: list[str], response: str, tier: str) -> None:
    alert = Alert().with_signs(signs, red_flags)
    assert (alert.response, alert.tier) == (response, tier)


def test_what_was_told_earlier_counts(red_flags: RedFlags) -> None:
    alert = Alert.from_slots({"signs": ["hot_swollen"], "tier": "same_day"}).with_signs(["fever"], red_flags)
    assert (alert.tier, alert.mentioned) == ("emergency", red_flags.signs["fever"].name)


def test_a_crisis_told_earlier_gives_a_fever_its_own_text(red_flags: RedFlags) -> None:
    alert = Alert.from_slots({"signs": ["self_harm"], "tier": "crisis"}).with_signs(["fever"], red_flags)
    assert alert.response == "utter_warning_emergency"


def test_three_signs_at_most_are_named(red_flags: RedFlags) -> None:
    named = Alert().with_signs(["fever", "pus", "glands", "throat"], red_flags).mentioned
    assert named.startswith(red_flags.signs["throat"].name) and named.count(" and ") >= 1
    assert red_flags.signs["glands"].name not in named


def test_a_yes_names_what_was_asked(red_flags: RedFlags) -> None:
    question = red_flags.check[-1]
    alert = Alert().with_yes(question.sign, red_flags)
    assert (alert.mentioned, alert.signs) == (question.name, (question.sign,))


def test_a_yes_to_nothing_known_still_warns(red_flags: RedFlags) -> None:
    assert Alert().with_yes("nothing", red_flags).mentioned == UNNAMED


def test_an_emergency_ends_the_check(red_flags: RedFlags) -> None:
    assert Alert().with_signs(["throat"], red_flags).slots()["check"] is None
    assert "check" not in Alert().with_signs(["fever"], red_flags).slots()

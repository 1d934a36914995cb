"""Where the guide disagrees with itself, every answer and every pair of answers keeps to what was settled."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from actions.answer import gives_comfort, in_place_of
from bot.knowledge import Answer, load_knowledge
from bot.settings import Clinic, load_clinic

KNOWLEDGE = load_knowledge(load_clinic())
ONE_OR_TWO = [(it,) for it in KNOWLEDGE.answers] + list(permutations(KNOWLEDGE.answers, 2))
SERIOUS = {"ask_infection", "ask_allergy"}
CALMING = ("no cause for alarm", "nothing to worry", "don't worry", "it is normal", "harmless")
NEVER = ("good sign", "is working", "doing its work", "sign that the treatment", "trust the process")
# The answers that say that a breakout passes.
REASSURING = {"ask_is_normal", "ask_how_long", "ask_purge", "ask_oil", "ask_manage"}


class Lasting:
    """A conversation in which the breakout has gone on for longer than the clinic allows."""

    def get_slot(self, name: str) -> Any:
        return 60.0 if name == "days_since_treatment" else None


def told(topics: tuple[str, ...]) -> str:
    return " ".join(KNOWLEDGE.together([KNOWLEDGE.answers[it] for it in topics]))


def names(topics: tuple[str, ...]) -> str:
    return "+".join(topics)


@pytest.mark.parametrize("topics", ONE_OR_TWO, ids=names)
def test_a_breakout_is_never_called_a_sign_that_it_works(topics: tuple[str, ...]) -> None:
    assert not any(it in told(topics).lower() for it in NEVER)


@pytest.mark.parametrize("topics", [it for it in ONE_OR_TWO if SERIOUS & set(it)], ids=names)
def test_beside_infection_and_allergy_nothing_is_calmed_down(topics: tuple[str, ...]) -> None:
    assert not any(it in told(topics).lower() for it in CALMING)


@pytest.mark.parametrize("topics", [it for it in ONE_OR_TWO if "ask_infection" in it], ids=names)
def test_infection_always_comes_with_the_signs_and_what_chat_cannot_tell(topics: tuple[str, ...]) -> None:
    assert KNOWLEDGE.phrases["warning_signs"] in told(topics) and "can't tell" in told(topics)


@pytest.mark.parametrize("topics", [it for it in ONE_OR_TWO if REASSURING & set(it)], ids=names)
def test_reassurance_always_says_when_to_see_someone(topics: tuple[str, ...], clinic: Clinic) -> None:
    assert f"longer than {clinic.breakout_limit_weeks} weeks" in told(topics)


@pytest.mark.parametrize("topics", [it for it in ONE_OR_TWO if "ask_topical_treatment" in it], ids=names)
def test_active_ingredients_come_after_the_clinic(topics: tuple[str, ...]) -> None:
    assert "Ask your clinic first." in told(topics)


@pytest.mark.parametrize("topics", [it for it in ONE_OR_TWO if "ask_routine" in it], ids=names)
def test_the_clinics_plan_comes_before_the_routine(topics: tuple[str, ...]) -> None:
    assert "Follow the plan from your clinic first." in told(topics)


@pytest.mark.parametrize("answer", KNOWLEDGE.answers.values(), ids=lambda it: it.id)
def test_a_lasting_breakout_is_not_said_to_pass(answer: Answer) -> None:
    given = in_place_of(answer, Lasting())  # type: ignore[arg-type]  # only its slots are asked for
    assert not any(it in given.text.lower() for it in ("a few weeks", "it usually passes", "usually settles"))


def test_what_reassures_gives_way_to_a_warning() -> None:
    assert [it for it in REASSURING | SERIOUS if not gives_comfort(KNOWLEDGE.answers[it])] == []

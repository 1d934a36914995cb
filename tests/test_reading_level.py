"""Every text a patient can read is easy to read (Flesch-Kincaid grade, Kincaid et al. 1975)."""

from __future__ import annotations

import pytest
import textstat

from bot.knowledge import MOST_WORDS, load_knowledge
from bot.safety.alert import UNNAMED
from bot.safety.red_flags import load_red_flags
from bot.settings import load_clinic
from bot.wording import load_phrases
from tests.test_data import responses

CLINIC = load_clinic()
PHRASES = load_phrases(CLINIC)
ANSWERS = load_knowledge(CLINIC).answers
VARIABLES = (
    CLINIC.variables()
    | PHRASES
    | {"duration": "about 2 weeks", "subject": "sunscreen and sun", "told": "spots on your chin"}
    | {"mentioned": "a fever or chills", "question": "Do you have a fever?"}
)
RED_FLAGS = load_red_flags()
CHECK_TEXTS = {f"check, {it.sign}": it.text for it in RED_FLAGS.check}
ANSWER_TEXTS = {answer.id: answer.text for answer in ANSWERS.values()} | {
    f"{answer.id}, more": answer.more for answer in ANSWERS.values() if answer.more
}
RESPONSE_TEXTS = {
    name: variation["text"].format_map(VARIABLES) for name, _, variations in responses() for variation in variations
}
SAFETY_TEXTS = {name for name, file, _ in responses() if file.parent.name == "safety"}
WARNINGS = {"utter_lasting", "warning_signs", *SAFETY_TEXTS, *CHECK_TEXTS}
# What stands in the place of {mentioned}: each sign, the three longest together, and the answers to the check.
MENTIONED = [
    *(it.name for it in RED_FLAGS.signs.values()),
    *(it.name for it in RED_FLAGS.check),
    UNNAMED,
    " and ".join(sorted((it.name for it in RED_FLAGS.signs.values()), key=len)[-2:]),
]


@pytest.mark.parametrize("name", [*ANSWER_TEXTS, *RESPONSE_TEXTS, *PHRASES, *CHECK_TEXTS])
def test_grade(name: str) -> None:
    text = (ANSWER_TEXTS | RESPONSE_TEXTS | PHRASES | CHECK_TEXTS)[name]
    assert textstat.flesch_kincaid_grade(text) <= (6 if name in WARNINGS else 8), text


@pytest.mark.parametrize("mentioned", MENTIONED)
def test_a_warning_is_easy_to_read_whatever_it_names(mentioned: str) -> None:
    for name, file, variations in responses():
        for variation in variations:
            if file.parent.name == "safety" and "{mentioned}" in variation["text"]:
                text = variation["text"].format_map(VARIABLES | {"mentioned": mentioned})
                assert textstat.flesch_kincaid_grade(text) <= 6, f"{name}: {text}"


@pytest.mark.parametrize("name", [*ANSWER_TEXTS, *RESPONSE_TEXTS])
def test_length(name: str) -> None:
    assert len((ANSWER_TEXTS | RESPONSE_TEXTS)[name].split()) <= MOST_WORDS


@pytest.mark.parametrize("name", ["ask_infection", "ask_why_breakout", "ask_is_normal", "ask_see_doctor"])
def test_warning_signs_come_with_infection_and_reassurance(name: str) -> None:
    assert PHRASES["warning_signs"] in ANSWER_TEXTS[name]


@pytest.mark.parametrize("name", ["ask_is_normal", "ask_how_long", "ask_purge", "ask_oil", "ask_manage"])
def test_reassurance_says_when_to_see_someone(name: str) -> None:
    assert f"longer than {CLINIC.breakout_limit_weeks} weeks" in ANSWER_TEXTS[name]
    assert "dermatologist" in ANSWER_TEXTS[name]


@pytest.mark.parametrize(
    "name", ["ask_infection", "ask_allergy", "ask_see_doctor", "utter_lasting", *sorted(SAFETY_TEXTS)]
)
def test_no_comfort_where_something_may_be_wrong(name: str) -> None:
    text = (ANSWER_TEXTS | RESPONSE_TEXTS)[name].lower()
    for comfort in ("normal", "good sign", "don't worry", "no cause for alarm", "working", "nothing to worry"):
        assert comfort not in text


@pytest.mark.parametrize("name", ANSWER_TEXTS)
def test_it_is_never_called_a_sign_that_the_treatment_works(name: str) -> None:
    assert "good sign" not in ANSWER_TEXTS[name] and "is working" not in ANSWER_TEXTS[name]


def test_active_ingredients_only_after_asking_the_clinic() -> None:
    assert ANSWER_TEXTS["ask_topical_treatment"].startswith("Ask your clinic first.")

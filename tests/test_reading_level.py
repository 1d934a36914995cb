"""Every text a patient can read is easy to read, and says what it must."""

from __future__ import annotations

import pytest

from bot.checks.texts import WARNINGS, Text, mentions, problems_of_text, texts
from bot.knowledge import load_knowledge
from bot.reading_level import MOST_OF_WARNING, grade, hard_sentences
from bot.safety.red_flags import load_red_flags
from bot.settings import load_clinic
from bot.wording import DATA, read_responses

CLINIC = load_clinic()
KNOWLEDGE = load_knowledge(CLINIC)
RED_FLAGS = load_red_flags()
TEXTS = list(texts(KNOWLEDGE, RED_FLAGS, CLINIC, DATA))
ANSWER_TEXTS = {answer.id: answer.text for answer in KNOWLEDGE.answers.values()} | {
    f"{answer.id}, more": answer.more for answer in KNOWLEDGE.answers.values() if answer.more
}
SAFETY_TEXTS = {name: text for file, name, text in read_responses() if file.parent.name == "safety"}
RESPONSE_TEXTS = {
    name: " ".join(it.text for it in TEXTS if f"response {name}:" in it.place) for _, name, _ in read_responses()
}
VALUES = CLINIC.variables() | KNOWLEDGE.phrases | {"question": "Do you have a fever?"}


@pytest.mark.parametrize("text", TEXTS, ids=lambda it: it.place.removeprefix(f"{DATA}/"))
def test_a_text_is_easy_and_short(text: Text) -> None:
    assert problems_of_text(text) == []


def test_nothing_is_left_out() -> None:
    places = "\n".join(it.place for it in TEXTS)
    expected = [*KNOWLEDGE.answers, *KNOWLEDGE.phrases, *RESPONSE_TEXTS, *(it.sign for it in RED_FLAGS.check)]
    assert [it for it in expected if f" {it}:" not in f"{places}:".replace("\n", ":\n")] == []


def test_warnings_are_held_to_what_a_warning_must_be() -> None:
    held = {it.text for it in TEXTS if it.is_warning}
    assert KNOWLEDGE.phrases["warning_signs"] in held
    assert {it.text for it in RED_FLAGS.check} <= held
    assert {name for name in SAFETY_TEXTS if any(f"response {name}:" in it.place for it in TEXTS if it.is_warning)} == {
        *SAFETY_TEXTS
    }
    assert "utter_lasting" in WARNINGS


@pytest.mark.parametrize("mentioned", mentions(RED_FLAGS))
def test_a_warning_is_easy_to_read_whatever_it_names(mentioned: str) -> None:
    for name, text in SAFETY_TEXTS.items():
        if "{mentioned}" in text:
            filled = text.format_map(VALUES | {"mentioned": mentioned})
            assert grade(filled) <= MOST_OF_WARNING, f"{name}: {filled}"


def test_the_hardest_sentences_are_named_first() -> None:
    easy, hard = "It goes away.", "Inflammatory responses necessitate dermatological evaluation immediately."
    assert hard_sentences(f"{easy} {hard}", 8) == [hard]
    assert hard_sentences(easy, 8) == [easy]


@pytest.mark.parametrize("name", ["ask_infection", "ask_why_breakout", "ask_is_normal", "ask_see_doctor"])
def test_warning_signs_come_with_infection_and_reassurance(name: str) -> None:
    assert KNOWLEDGE.phrases["warning_signs"] in ANSWER_TEXTS[name]


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

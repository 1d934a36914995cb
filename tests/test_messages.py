"""What one message can hold, and what is made of unclear ones, with the running assistant."""

from __future__ import annotations

import pytest

from bot.knowledge import Knowledge
from bot.settings import Clinic
from tests.assistant import Assistant


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ("why am i breaking out and how long will it last??", ["ask_why_breakout", "ask_how_long"]),
        ("Is this normal? Can I use salicylic acid?", ["ask_is_normal", "ask_topical_treatment"]),
        ("can i wash my face and put moisturizer on", ["ask_cleanse", "ask_moisturize"]),
        ("hi! thanks for earlier. is it normal?", ["ask_is_normal"]),
        ("a few whiteheads on my chin since saturday, is that normal", ["ask_is_normal"]),
    ],
)
def test_everything_that_is_asked_is_answered_in_order(assistant: Assistant, message: str, topics: list[str]) -> None:
    person = assistant.conversation()
    person.say(message)
    assert [it["answer"] for it in person.answers()] == topics


def test_what_two_answers_share_is_said_once(assistant: Assistant, knowledge: Knowledge) -> None:
    text = assistant.conversation().text("why am i breaking out and how long will it last??")
    assert text.count(knowledge.phrases["warning_signs"]) == 1


def test_a_documented_and_an_undocumented_question(assistant: Assistant) -> None:
    person = assistant.conversation()
    text = person.text("what is microneedling, does it work, and can i wear makeup")
    assert [it["answer"] for it in person.answers()] == ["ask_what_is_microneedling", "ask_benefits"]
    assert text.index("fine needles") < text.index("scars") < text.index("does not cover makeup")


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("can I use retinol", "does not cover retinol"),
        ("can I use retnol", "does not cover retinol"),
        ("can I use salicylic acid", "names salicylic acid"),
        ("can I use salycilic acid", "names salicylic acid"),
    ],
)
def test_products_are_told_apart_by_what_the_guide_covers(assistant: Assistant, message: str, reply: str) -> None:
    assert reply in assistant.conversation().text(message)


def test_it_is_what_was_named_before(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("I put foundation on the day after")
    assert "does not cover makeup" in person.text("can I use it tonight")


@pytest.mark.parametrize(("words", "number"), [("the first one", 0), ("2", 1), ("the last one", -1)])
def test_a_choice_is_taken_from_words(assistant: Assistant, words: str, number: int) -> None:
    person = assistant.conversation()
    buttons = person.say("that stuff and so on")[-1]["buttons"]
    offered = [button["payload"] for button in buttons if "/ask_" in button["payload"]]
    person.say(words)
    assert f"/{person.last_answer()}" == offered[number]


def test_two_misses_in_a_row_bring_a_person_and_every_topic(
    assistant: Assistant, knowledge: Knowledge, clinic: Clinic
) -> None:
    person = assistant.conversation()
    person.say("and then there was the bit with the lamp")
    (reply,) = person.say("that stuff and so on")
    assert clinic.phone in reply["text"]
    topics = [f"/{topic}" for topic in knowledge.answers]
    assert [button["payload"] for button in reply["buttons"][:-1]] == ["/request_callback", *topics]


def test_an_answer_between_two_misses_starts_anew(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("and then there was the bit with the lamp")
    person.say("is it normal")
    assert "not sure" in person.text("and then there was the bit with the lamp")


@pytest.mark.parametrize("message", ["¿es normal que tenga granos después?", "wie lange dauert das denn noch"])
def test_another_language_is_told_to_call(assistant: Assistant, clinic: Clinic, message: str) -> None:
    text = assistant.conversation().text(message)
    assert "only speak English" in text and clinic.phone in text and clinic.emergency_number in text


def test_what_is_added_goes_on_with_the_topic(assistant: Assistant, knowledge: Knowledge) -> None:
    person = assistant.conversation()
    person.say("could it be a purge")
    assert person.text("they are all along my jaw") == knowledge.answers["ask_purge"].more


def test_after_a_warning_sign_the_warning_is_repeated(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("my lips are swelling up and i have hives")
    for message in ("should i take something for it", "can it wait till tomorrow", "when can I wear makeup"):
        assert "call 999 now" in person.text(message)
    assert person.answers() == []


def test_why_after_a_refusal_is_answered_with_its_reason(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("can I use retinol")
    assert "my guide says nothing about it" in person.text("why?")


@pytest.mark.parametrize(
    "message", ["can i use my moisturizer with spf", "im on accutane, can i use benzoyl peroxide?"]
)
def test_what_the_guide_leaves_out_is_not_passed_over(assistant: Assistant, message: str) -> None:
    assert "My guide does not cover" in assistant.conversation().text(message)

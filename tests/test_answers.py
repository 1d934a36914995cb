"""Every documented question, asked over REST, gets its documented answer, and the tracker keeps where it comes from."""

from __future__ import annotations

import pytest

from bot.knowledge import Knowledge
from tests.assistant import Assistant

# One plain question a topic; none of them stands in data/.
QUESTIONS = {
    "ask_why_breakout": "why am I breaking out after microneedling",
    "ask_purge": "do you think my skin is just purging",
    "ask_oil": "is more sebum the reason my face is so oily now",
    "ask_inflammation_bacteria": "do the micro channels let bacteria into my skin",
    "ask_infection": "could these bumps be an infection from dirty needles",
    "ask_allergy": "am i having an allergic reaction to the numbing cream",
    "ask_aftercare_mistake": "did I cause this by doing my aftercare wrong",
    "ask_is_normal": "is it normal to get spots after the treatment",
    "ask_how_long": "how long will it last",
    "ask_manage": "what should I do to get rid of the breakout",
    "ask_cleanse": "what should i wash my face with",
    "ask_moisturize": "which moisturizer can I put on",
    "ask_avoid_products": "which products do I need to avoid",
    "ask_topical_treatment": "can I put salicylic acid on the spots",
    "ask_routine": "should I go back to my usual skincare routine",
    "ask_picking": "is it bad if I squeeze the pimples",
    "ask_see_doctor": "when should I go and see a dermatologist",
    "ask_what_is_microneedling": "what is microneedling and how does it work",
    "ask_benefits": "what benefits does microneedling have",
}


def test_every_topic_is_asked_about(knowledge: Knowledge) -> None:
    assert set(QUESTIONS) == set(knowledge.answers)


@pytest.mark.parametrize("topic", QUESTIONS)
def test_answer_and_its_sources(assistant: Assistant, knowledge: Knowledge, topic: str) -> None:
    answer = knowledge.answers[topic]
    person = assistant.conversation()

    parts = person.say(QUESTIONS[topic])

    # Warning signs may come before an answer, and their check after it.
    given = next(part for part in parts if part["text"] == answer.text)
    assert [button["payload"] for button in given["buttons"]] == [f"/{it}" for it in answer.next]
    kept = person.answers()[-1]
    assert kept["answer"] == topic
    assert kept["facts"] == answer.facts
    assert kept["sources"] == knowledge.sources(answer) != []


@pytest.mark.parametrize("topic", QUESTIONS)
def test_button_gives_the_same_answer(assistant: Assistant, knowledge: Knowledge, topic: str) -> None:
    person = assistant.conversation()
    person.say("and then there was the bit with the lamp")
    (reply,) = person.say("that stuff and so on")  # the second in a row that is not understood: every topic is offered
    assert f"/{topic}" in [button["payload"] for button in reply["buttons"]]
    assert person.say(f"/{topic}")[0]["text"] == knowledge.answers[topic].text


def test_causes_are_named(assistant: Assistant) -> None:
    text = assistant.conversation().text("why am I breaking out after microneedling")
    for cause in ("oil", "purge", "needles", "reaction", "aftercare"):
        assert cause in text


def test_duration_and_what_it_depends_on(assistant: Assistant) -> None:
    text = assistant.conversation().text("how long will it last")
    for part in ("few weeks", "sensitive", "extensive"):
        assert part in text

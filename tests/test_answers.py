"""Every documented question, asked over REST, gets its documented answer, and the tracker keeps where it comes from."""

from __future__ import annotations

import re

import pytest

from bot.knowledge import Knowledge, load_knowledge
from bot.settings import ROOT, load_clinic
from bot.yaml_file import read_mapping
from tests.assistant import Assistant

STORIES = ROOT / "tests" / "stories"
MARKED = re.compile(r"\[([^]]*)\](?:\([^)]*\)|\{[^}]*\})")


def first_question(topic: str) -> str:
    """What the conversation of a topic begins with, without its marks."""
    name = topic.removeprefix("ask_")
    first = read_mapping(STORIES / name / f"test_{name}.yml")["stories"][0]["steps"][0]
    assert first["intent"] == topic
    return MARKED.sub(r"\1", str(first["user"]).strip())


# Where a conversation begins with two questions or with a statement, one plain question.
ALONE = {
    "ask_oil": "is more sebum the reason my face is so oily now",
    "ask_picking": "is it bad if I squeeze the pimples",
    "ask_purge": "do you think my skin is just purging",
    "ask_avoid_products": "which products do I need to avoid",
}
QUESTIONS = {topic: ALONE.get(topic) or first_question(topic) for topic in load_knowledge(load_clinic()).answers}


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

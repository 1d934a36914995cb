"""Warning signs with the running assistant: the fixed text first, in every state, and no comfort after it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from bot.knowledge import Knowledge
from bot.settings import Clinic
from tests.assistant import Assistant, Conversation

# What would let a person wait who should not.
COMFORT = (
    "normal", "good sign", "no cause for alarm", "nothing to worry", "don't worry", "usually", "common", "it passes",
    "goes away by itself", "temporary", "is working", "harmless", "give your skin time", "settles", "be patient",
)  # fmt: skip


@pytest.mark.parametrize(
    ("message", "named", "does"),
    [
        ("cant breath properly since the cream", "trouble breathing", "Call 999 now"),
        ("my eye is swolen shut", "your eye or your sight", "Call 999 now"),
        ("there is gunk coming out of my cheek", "pus", "look at this today"),
        ("i have a fever", "a fever", "look at this today"),
        ("my cheek is swollen and hot and i have a fever of 39", "fever", "Call 999 now"),
        ("there are scars in straight lines where the roller went", "scars", "next few days"),
        ("i want to kill myself", "", "the Samaritans on 116 123"),
        ("I THINK IM HAVING A STROKE my face is drooping 😭😭", "weak face", "Call 999 now"),
        ("crushing pain in my chest", "chest pain", "Call 999 now"),
    ],
)
def test_a_sign_gets_its_text_with_what_was_understood(
    assistant: Assistant, message: str, named: str, does: str
) -> None:
    first = assistant.conversation().say(message)[0]
    assert named in first["text"] and does in first["text"]
    assert "automated assistant" in first["text"]


@pytest.mark.parametrize("message", ["my throat is closing up", "i have a fever", "i want to end my life"])
def test_the_number_is_there_to_tap(assistant: Assistant, clinic: Clinic, message: str) -> None:
    buttons = assistant.conversation().say(message)[0]["buttons"]
    assert f"tel:{clinic.emergency_number}" in [button.get("url") for button in buttons]


@pytest.mark.parametrize(
    ("message", "topics"),
    [
        ("can i use my moisturizer tonight? i also have a fever", ["ask_moisturize"]),
        ("there is pus on my chin. what should i avoid", ["ask_avoid_products"]),
        ("is it normal that pus is coming out", []),
    ],
)
def test_the_rest_is_answered_after_the_warning(assistant: Assistant, message: str, topics: list[str]) -> None:
    person = assistant.conversation()
    parts = person.say(message)
    assert parts[0]["text"].startswith("You mention")
    assert [it["answer"] for it in person.answers()] == topics


@pytest.mark.parametrize(
    "message",
    [
        "no pus and no fever, just a few spots",
        "what would an infection look like?",
        "I had a fever last year",
        "I'm dying to know how long this lasts",
        "not hot, not swollen, not sore. is this normal?",
    ],
)
def test_what_is_not_reported_is_no_alarm(assistant: Assistant, message: str) -> None:
    assert not any("You mention" in part.get("text", "") for part in assistant.conversation().say(message))


@pytest.mark.parametrize("payload", ["/ask_how_long i cant breathe", '/tell_time{"x": "my throat is closing"}'])
def test_a_payload_hides_no_sign(assistant: Assistant, payload: str) -> None:
    assert "Call 999 now" in assistant.conversation().say(payload)[0]["text"]


def test_a_sign_wins_over_an_open_question_of_the_check(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("check my symptoms")
    assert "Call 999 now" in person.say("my tongue is swelling up")[0]["text"]


def test_signs_add_up_over_a_conversation(assistant: Assistant) -> None:
    person = assistant.conversation()
    assert "look at this today" in person.text("my cheek is hot and swollen")
    assert "Call 999 now" in person.text("and now i have a fever")


def test_later_answers_remind_until_it_is_settled(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("there is yellow pus coming out")
    assert person.say("how should i wash my face")[0]["text"].startswith("First: you told me of pus")
    assert "Thank you for telling me" in person.text("a doctor has seen it now")
    assert "you told me of" not in person.text("how should i wash my face")


@pytest.mark.parametrize("sign", ["i have a fever", "my lips are swelling up", "i want to kill myself"])
def test_no_reply_comforts_after_a_sign(assistant: Assistant, knowledge: Knowledge, sign: str) -> None:
    person = assistant.conversation()
    replies = [person.text(sign)]
    replies += [person.text(f"/{topic}") for topic in knowledge.answers]
    replies += [
        person.text(it) for it in ("is it normal?", "will it pass?", "is it a good sign?", "thanks", "yes", "bye")
    ]
    assert [(it, reply) for reply in replies for it in COMFORT if it in reply.lower()] == []


@pytest.mark.parametrize("message", ["is it normal? my face is hot and swollen", "i have hives, is that a good sign"])
def test_no_comfort_in_the_reply_that_warns(assistant: Assistant, message: str) -> None:
    text = assistant.conversation().text(message).lower()
    assert not any(it in text for it in COMFORT)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("im 20 weeks pregnant, can i use salicylic acid", "midwife"),
        ("my daughter is 13, what should she wash her face with", "parent"),
    ],
)
def test_a_circumstance_is_told_before_the_answer(assistant: Assistant, message: str, words: str) -> None:
    person = assistant.conversation()
    assert words in person.say(message)[0]["text"]
    assert len(person.answers()) == 1


def test_a_report_is_recorded_without_its_text(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("a marmalade coloured pus is oozing out of my chin and i have a fever")
    rows = recorded(assistant, person)
    assert [(row["tier"], "fever" in row["signs"]) for row in rows] == [("emergency", True)]
    assert "marmalade" not in json.dumps(rows)


# The check


def test_is_it_infected_gets_its_answer_and_the_check(assistant: Assistant) -> None:
    person = assistant.conversation()
    parts = person.say("is it infected?")
    assert person.last_answer() == "ask_infection"
    assert [button["payload"] for button in parts[-1]["buttons"]] == ["/affirm", "/deny"]


@pytest.mark.parametrize("message", ["should i worry?", "check my symptoms"])
def test_the_check_begins(assistant: Assistant, message: str) -> None:
    assert "hard to breathe" in assistant.conversation().say(message)[-1]["text"]


def test_all_no_leads_to_self_care_and_when_to_come_back(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("check my symptoms")
    texts = [person.text(answer) for answer in ("no", "nope", "/deny", "no", "no", "no")]
    assert "You said no to all of these" in texts[-1]
    assert person.last_answer() == "ask_manage"


@pytest.mark.parametrize("yes", ["/affirm", "yes", "not sure", "maybe"])
def test_a_yes_leads_to_its_text(assistant: Assistant, yes: str) -> None:
    person = assistant.conversation()
    person.say("check my symptoms")
    assert "Call 999 now" in person.text(yes)


def test_after_a_yes_it_asks_on_where_signs_add_up(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("check my symptoms")
    for _ in range(3):
        person.say("/deny")
    parts = person.say("/affirm")
    assert "look at this today" in parts[0]["text"] and "fever" in parts[-1]["text"]
    assert "Call 999 now" in person.text("/affirm")


def test_the_check_can_be_left_and_resumed(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("check my symptoms")
    question = person.say("no")[-1]["text"]
    parts = person.say("how should i wash my face")
    assert person.last_answer() == "ask_cleanse"
    assert parts[-1]["buttons"][-1]["payload"] == "/check_symptoms"
    assert person.say("/check_symptoms")[-1]["text"] == question


def test_neither_yes_nor_no_is_asked_again(assistant: Assistant) -> None:
    person = assistant.conversation()
    question = person.say("check my symptoms")[-1]["text"]
    parts = person.say("purple bananas on tuesday")
    assert "yes or no" in parts[0]["text"] and parts[-1]["text"] == question


def recorded(assistant: Assistant, person: Conversation) -> list[dict[str, Any]]:
    """The record of one conversation."""
    file = assistant.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("select * from warnings where conversation = ?", (person.sender,)).fetchall()
    return [dict(row) for row in rows]

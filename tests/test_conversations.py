"""Talks of several turns with the running assistant: context, time, boundaries."""

from __future__ import annotations

import pytest

from bot.knowledge import Knowledge
from bot.settings import Clinic
from tests.assistant import Assistant


def test_greeting_says_what_it_is(assistant: Assistant, clinic: Clinic) -> None:
    text = assistant.conversation().text("hello")
    assert "automated" in text
    assert "not for emergencies" in text
    assert clinic.emergency_number in text


def test_yes_takes_up_the_first_offer(assistant: Assistant, knowledge: Knowledge) -> None:
    person = assistant.conversation()
    person.say("why am I breaking out after microneedling")
    person.say("yes please")
    assert person.last_answer() == knowledge.answers["ask_why_breakout"].next[0]


@pytest.mark.parametrize("first", ["ask_why_breakout", "ask_picking", "ask_benefits", "ask_oil"])
@pytest.mark.parametrize(
    ("follow_up", "topic"),
    [
        ("and how long?", "ask_how_long"),
        ("what about moisturizer", "ask_moisturize"),
        ("is that normal", "ask_is_normal"),
    ],
)
def test_follow_ups_work_after_any_answer(assistant: Assistant, first: str, follow_up: str, topic: str) -> None:
    person = assistant.conversation()
    person.ask(first)
    person.say(follow_up)
    assert person.last_answer() == topic


@pytest.mark.parametrize("why", ["why?", "but why", "why not", "how come"])
def test_bare_why_gives_the_reasons_behind_the_last_answer(
    assistant: Assistant, knowledge: Knowledge, why: str
) -> None:
    person = assistant.conversation()
    person.ask("ask_avoid_products")
    assert person.text(why) == knowledge.answers["ask_avoid_products"].more


def test_bare_why_after_an_answer_without_more_gives_the_causes(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.ask("ask_how_long")
    person.say("why?")
    assert person.last_answer() == "ask_why_breakout"


def test_more_is_told_once(assistant: Assistant, knowledge: Knowledge, clinic: Clinic) -> None:
    person = assistant.conversation()
    person.ask("ask_purge")
    assert person.text("tell me more") == knowledge.answers["ask_purge"].more
    assert "all my guide says" in person.text("tell me more")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("it was 3 days ago", "3 days"),
        ("im on day 5", "5 days"),
        ("two and a half weeks post", "about 2 and a half weeks"),
        ("i had it yesterday", "1 day"),
    ],
)
@pytest.mark.parametrize("question", ["how long will it last", "is this normal", "when should I see a doctor"])
def test_time_is_kept_and_mentioned(assistant: Assistant, told: str, words: str, question: str) -> None:
    person = assistant.conversation()
    person.say(told)
    person.say("thanks")
    assert f"it has been {words}." in person.text(question)


@pytest.mark.parametrize("question", ["how long does it last", "is that normal", "am i purging"])
def test_lasting_breakout_leads_to_the_doctor(assistant: Assistant, question: str) -> None:
    person = assistant.conversation()
    person.say("my treatment was 8 weeks ago")
    text = person.text(question)
    assert person.last_answer() == "ask_see_doctor"
    assert "about 8 weeks" in text
    assert "usually" not in text.lower()


def test_lasting_breakout_is_warned_of_before_other_answers(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("my treatment was 8 weeks ago")
    assert "too long" in person.text("why am I breaking out")
    assert "too long" not in person.text("what is microneedling")


def test_time_told_after_an_answer_changes_it(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.ask("ask_purge")
    person.say("8 weeks ago")
    assert person.last_answer() == "ask_see_doctor"


def test_time_in_the_question_itself(assistant: Assistant) -> None:
    assert "2 days" in assistant.conversation().text("had it done 2 days ago, how long will the spots last")


def test_undocumented_subject_is_named(assistant: Assistant, clinic: Clinic) -> None:
    person = assistant.conversation()
    text = person.text("when can I wear makeup again")
    assert "does not cover makeup" in text
    assert clinic.phone in text
    assert person.answers() == []


@pytest.mark.parametrize("message", ["who will win the league this year", "jkshdf kjhsdf", "tell me a joke", "🦖🦖"])
def test_what_is_outside_is_not_answered(assistant: Assistant, message: str) -> None:
    person = assistant.conversation()
    parts = person.say(message)
    assert person.answers() == []
    payloads = [button["payload"] for button in parts[-1]["buttons"]]
    assert payloads[-1] == "/something_else"
    assert all(it.startswith("/ask_") for it in payloads[:-1]) and len(payloads) > 1


def test_yes_to_a_choice_of_topics_asks_which(assistant: Assistant) -> None:
    person = assistant.conversation()
    person.say("tell me a joke")
    assert "Which one" in person.text("yes")
    assert person.answers() == []


def test_warning_sign_gets_its_text_and_no_answer(assistant: Assistant, clinic: Clinic) -> None:
    person = assistant.conversation()
    person.ask("ask_purge")
    text = person.text("theres yellow pus coming out and i have a fever")
    assert f"Call {clinic.emergency_number} now" in text
    assert [answer["answer"] for answer in person.answers()] == ["ask_purge"]


@pytest.mark.parametrize(
    "next_message", ["yes", "is that normal", "how long will it last", "am i purging", "what do i do"]
)
def test_no_comfort_after_a_warning_sign(assistant: Assistant, next_message: str) -> None:
    person = assistant.conversation()
    person.ask("ask_purge")
    person.say("theres yellow pus coming out and i have a fever")
    text = person.text(next_message)
    assert not any(comfort in text.lower() for comfort in ("usually", "common", "give your skin time"))


@pytest.mark.parametrize("message", ["", "   ", "\n"])
def test_empty_message_gets_a_reply(assistant: Assistant, message: str) -> None:
    assert "not sure" in assistant.conversation().text(message)


def test_a_sign_named_in_a_question_brings_the_warning_signs(assistant: Assistant) -> None:
    assert "hard to breathe" in assistant.conversation().text("i have a bit of swelling, which moisturizer can i use")


def test_swelling_is_not_covered_but_warned_of(assistant: Assistant, knowledge: Knowledge) -> None:
    text = assistant.conversation().text("how long does swelling last")
    assert "does not cover" in text and "hard to breathe" in text


@pytest.mark.parametrize("message", ["are you a robot", "is this a real human"])
def test_it_says_that_it_is_automated(assistant: Assistant, message: str) -> None:
    assert "automated assistant" in assistant.conversation().text(message)


def test_a_person_is_at_the_clinic(assistant: Assistant, clinic: Clinic) -> None:
    text = assistant.conversation().text("let me speak to a person")
    assert clinic.phone in text and clinic.hours in text


def test_same_question_same_answer(assistant: Assistant) -> None:
    replies = {assistant.conversation().text("y is my skin so bumpy after the derma roller") for _ in range(5)}
    assert len(replies) == 1


def test_words_of_patients_are_not_logged(assistant: Assistant) -> None:
    assistant.conversation().say("my secret word is xylophonic marmalade")
    assert "marmalade" not in assistant.log.read_text(encoding="utf-8")

"""A request to be called, from the first word to the staff's desk, over REST."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.settings import Clinic
from bot.store.database import Database
from bot.store.handovers import Handover, HandoverStore
from tests.assistant import Assistant, Conversation
from tests.staff import Staff, new_name

PHONE = "07911 123456"
ASK_NAME, ASK_CONTACT, ASK_TIME, ASK_QUESTION, ASK_CONSENT = (
    "What is your name?",
    "What phone number or e-mail address",
    "When is a good time",
    "What would you like to ask them?",
    "May I send it",
)
SENT, LEFT = "Your request has the number", "nothing was sent"


@pytest.fixture
def person(assistant: Assistant) -> Conversation:
    return assistant.conversation()


@pytest.fixture
def asked(person: Conversation) -> Conversation:
    """Somebody who is asked for their name."""
    assert ASK_NAME in person.text("can someone call me back please")
    return person


def name() -> str:
    return new_name("Anna")


def filled(person: Conversation, *said: str) -> str:
    """The reply to the last of what is said."""
    return [person.text(it) for it in said][-1]


def titles(parts: list[dict[str, Any]]) -> list[str]:
    return [it["title"] for part in parts for it in part.get("buttons", ())]


def request_of(assistant: Assistant, name: str) -> Handover:
    (request,) = [it for it in open_requests(assistant) if it.name == name]
    return request


def open_requests(assistant: Assistant) -> list[Handover]:
    return HandoverStore(Database(assistant.settings.database_url)).open()


def wait_for_mail(team: Staff, words: str) -> str:
    deadline = time.monotonic() + 10
    while not (found := team.mails(words)):
        assert time.monotonic() < deadline, "no mail came within 10 seconds"
        time.sleep(0.05)
    (mail,) = found
    return mail


def test_from_the_first_word_to_the_desk(
    asked: Conversation, assistant: Assistant, team: Staff, clinic: Clinic
) -> None:
    who = name()
    assert ASK_CONTACT in asked.text(who)
    assert ASK_TIME in asked.text(f"you can ring me on {PHONE}")
    assert ASK_QUESTION in asked.text("tomorrow after 5")
    summary = asked.text("is it ok to go swimming at the weekend")
    assert ASK_CONSENT in summary
    assert all(it in summary for it in (who, "...3456", "tomorrow after 5", "go swimming"))
    done = asked.text("yes please")
    assert SENT in done and clinic.hours in done and "Expect to hear" in done
    request = request_of(assistant, who)
    assert (request.phone, request.best_time, request.channel) == (PHONE, "tomorrow after 5", "rest")
    assert f"number {request.id}." in done
    mail = wait_for_mail(team, who)
    assert PHONE in mail and "go swimming" in mail
    assert "yes" not in asked.text("how long will it last?").lower()[:3]
    assert asked.last_answer() == "ask_how_long"


def test_nothing_is_sent_before_the_yes(asked: Conversation, assistant: Assistant, team: Staff) -> None:
    who = name()
    filled(asked, who, PHONE, "mornings", "can i fly")
    assert LEFT in asked.text("no")
    assert all(it.name != who for it in open_requests(assistant))
    assert ASK_NAME in asked.text("please call me back")
    assert team.mails(who) == []


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize("word", ["stop", "cancel that please", "never mind"])
def test_it_can_be_left_at_every_step(asked: Conversation, step: int, word: str) -> None:
    for it in [name(), PHONE, "mornings", "can i fly"][:step]:
        asked.text(it)
    reply = asked.text(word)
    assert LEFT in reply
    asked.text("why am i breaking out?")
    assert asked.last_answer() == "ask_why_breakout"


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ([], ASK_NAME),
        ([name()], ASK_CONTACT),
        ([name(), PHONE], ASK_TIME),
        ([name(), PHONE, "mornings"], ASK_QUESTION),
        ([name(), PHONE, "mornings", "may i fly"], ASK_CONSENT),
    ],
)
def test_a_question_in_the_middle_is_answered_and_the_request_goes_on(
    asked: Conversation, said: list[str], question: str
) -> None:
    for it in said:
        asked.text(it)
    if question == ASK_QUESTION:
        reply = asked.text("are you a robot or a real person?")
        assert "automated" in reply
    else:
        reply = asked.text("how long will the breakout last?")
        assert asked.last_answer() == "ask_how_long"
    assert reply.index("Back to your request") < reply.index(question)


def test_what_may_be_skipped(asked: Conversation, assistant: Assistant) -> None:
    assert ASK_CONTACT in asked.text("skip")
    assert "can't reach you" in asked.text("id rather not say")
    assert ASK_TIME in asked.text("anna.b@example.com")
    assert ASK_QUESTION in asked.text("skip")
    summary = asked.text("skip")
    assert "Name: not given" in summary and "a...@example.com" in summary and "Question: not given" in summary
    assert SENT in asked.text("yes")
    assert any(it.email == "anna.b@example.com" for it in open_requests(assistant))


def test_each_answer_can_be_corrected(asked: Conversation, assistant: Assistant) -> None:
    who = name()
    filled(asked, "Ana", PHONE, "mornings", "may i fly")
    assert ASK_NAME in asked.text("my name is wrong")
    assert ASK_CONSENT in asked.text(who)
    assert ASK_CONTACT in asked.text("change my number")
    assert "...9999" in asked.text("07911 129999")
    assert ASK_TIME in asked.text("i want to change the time")
    assert "evenings" in asked.text("evenings")
    assert ASK_QUESTION in asked.text("edit my question")
    assert "may i run" in asked.text("may i run")
    assert SENT in asked.text("ok yes send it")
    request = request_of(assistant, who)
    assert (request.phone, request.best_time, request.question) == ("07911 129999", "evenings", "may i run")


def test_back_asks_the_question_before(asked: Conversation) -> None:
    asked.text("Anna")
    assert ASK_NAME in asked.text("go back")
    assert ASK_CONTACT in asked.text("Anne")


@pytest.mark.parametrize("wrong", ["12345", "0791", "anna@", "anna@nowhere", "+44 1", "my email is anna at example"])
def test_what_is_no_contact_is_said_and_asked_for_again(asked: Conversation, wrong: str) -> None:
    asked.text("Anna")
    reply = asked.text(wrong)
    assert "can't read that" in reply or "can't reach you" in reply
    assert ASK_CONTACT in reply
    assert ASK_TIME in asked.text(PHONE)


def test_an_unusual_number_counts_when_it_is_sent_again(asked: Conversation, assistant: Assistant) -> None:
    asked.text(who := name())
    assert "unusual" in asked.text("07700 900123")
    assert ASK_TIME in asked.text("07700 900123")
    filled(asked, "any time", "skip", "yes")
    assert request_of(assistant, who).phone == "07700 900123"


def test_what_was_told_at_once_is_not_asked_again(person: Conversation, assistant: Assistant) -> None:
    who = name()
    assert ASK_NAME in person.text(f"can you get someone to ring me on {PHONE}")
    assert ASK_TIME in person.text(f"hi its {who}")


def test_a_name_and_a_number_in_one_message(asked: Conversation) -> None:
    assert ASK_TIME in asked.text(f"Anna Berg, {PHONE}")
    summary = filled(asked, "mornings", "skip")
    assert "Name: Anna Berg" in summary and "...3456" in summary


def test_what_the_guide_does_not_cover_can_be_passed_on(person: Conversation, clinic: Clinic) -> None:
    parts = person.say("can i go swimming tomorrow")
    assert "Ask the clinic to contact me" in titles(parts)
    person.text("/request_callback")
    summary = filled(person, "Anna", PHONE, "any time")
    assert "Question: can i go swimming tomorrow" in summary


def test_talk_to_someone_offers_it_and_yes_takes_it(person: Conversation) -> None:
    assert "Ask the clinic to contact me" in titles(person.say("can i talk to a human"))
    assert ASK_NAME in person.text("yes please")


def test_two_misses_offer_it(person: Conversation) -> None:
    person.text("whats the capital of france")
    assert "Ask the clinic to contact me" in titles(person.say("tell me a joke then"))


def test_a_warning_sign_comes_first_and_the_request_can_go_on(
    asked: Conversation, assistant: Assistant, clinic: Clinic, team: Staff
) -> None:
    asked.text(who := name())
    parts = asked.say("also there is yellow pus coming out of my cheek")
    assert "Call" in parts[0]["text"] and clinic.phone in parts[0]["text"]
    assert "Ask the clinic to contact me" in titles(parts)
    assert ASK_CONTACT not in "\n".join(it["text"] for it in parts)
    assert ASK_CONTACT in asked.text("/request_callback")
    assert SENT in filled(asked, PHONE, "any time", "what should i do about it", "yes")
    assert request_of(assistant, who).tier == "same_day"
    assert "warning sign (same day)" in wait_for_mail(team, who)


def test_a_warning_sign_in_the_question_is_passed_on_too(asked: Conversation) -> None:
    filled(asked, "Anna", PHONE, "any time")
    assert "pus" in asked.text("there is yellow pus coming out of my cheek")
    assert "Question: there is yellow pus coming" in asked.text("/request_callback")


def test_an_emergency_offers_no_call_back(person: Conversation) -> None:
    parts = person.say("i cant breathe and my throat is closing")
    assert "999" in parts[0]["text"]
    assert "Ask the clinic to contact me" not in titles(parts)


def test_a_pregnancy_is_heard_and_the_question_is_taken(asked: Conversation) -> None:
    filled(asked, "Anna", PHONE, "any time")
    reply = asked.text("i am pregnant, can i have another session")
    assert "pregnancy" in reply
    assert "Question: i am pregnant" in reply


def test_contact_details_stand_with_the_request_alone(asked: Conversation, assistant: Assistant) -> None:
    filled(asked, who := name(), PHONE, "any time", "may i swim? my husband is on 07911 654321", "yes")
    assert request_of(assistant, who).question == "may i swim? my husband is on 07911 654321"
    told = [str(it) for kind in ("user", "bot", "slot") for it in asked.events(kind)]
    assert not any(number in it for number in (PHONE, "07911 654321") for it in told)
    slots = [it["value"] for it in asked.events("slot") if it["name"].startswith("handover")]
    assert "...3456" in slots
    assert slots[-5:] == [None] * 5


@pytest.mark.parametrize("number", ["7911 123456", "555-1234", "+44 7911-123-456"])
def test_a_number_in_any_writing_stands_with_the_request_alone(asked: Conversation, number: str) -> None:
    asked.text("Anna")
    if ASK_TIME not in asked.text(number):
        assert ASK_TIME in asked.text(number)
    assert not any(number in str(it) for kind in ("user", "bot", "slot") for it in asked.events(kind))


def test_a_request_beside_a_question_is_heard(person: Conversation) -> None:
    parts = person.say("how long will it last? and can someone call me back")
    assert person.answers()[-1]["answer"] == "ask_how_long"
    assert "Ask the clinic to contact me" in titles(parts[-1:])
    assert ASK_NAME in person.text("ok")


def test_an_emergency_is_named_again_before_a_request(person: Conversation) -> None:
    person.text("i cant breathe and my throat is closing")
    human = person.say("can i talk to a human")
    assert human[0]["text"].startswith("Call 999 first") and titles(human) == []
    assert person.text("can someone call me back please").startswith("First: you told me of")


def test_tapping_send_twice_sends_once(asked: Conversation, assistant: Assistant) -> None:
    who = name()
    filled(asked, who, PHONE, "any time", "skip")
    assert SENT in asked.text("/affirm")
    assert SENT not in asked.text("/affirm")
    request_of(assistant, who)

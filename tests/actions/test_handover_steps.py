from __future__ import annotations

from typing import Any, Optional

import pytest

from actions.handover_steps import CONSENT, CONTACT, NAME, QUESTION, TIME, Answered, begin, is_resumed, read
from tests.actions.conftest import MakeTracker

PHONE = "07911 123456"


def answered(make_tracker: MakeTracker, step: str, text: str, intent: str = "nlu_fallback", **more: Any) -> Answered:
    asks = more.pop("asks", False)
    return read(make_tracker(intent, text=text, questions=[intent], asks=asks, **more), step)


@pytest.mark.parametrize(
    ("step", "text", "value"),
    [
        (NAME, "hi im Anna", "Anna"),
        (NAME, "skip", ""),
        (TIME, "after 5 pm", "after 5 pm"),
        (TIME, "no", ""),
        (QUESTION, "can i swim?", "can i swim?"),
        (QUESTION, "none", ""),
    ],
)
def test_an_answer_fills_its_slot(make_tracker: MakeTracker, step: str, text: str, value: str) -> None:
    assert answered(make_tracker, step, text).slots == {step: value}


@pytest.mark.parametrize(
    ("step", "text", "response"),
    [
        (NAME, "12", "utter_handover_name_only"),
        (NAME, "x" * 61, "utter_handover_name_only"),
        (CONTACT, "0791", "utter_handover_contact_needed"),
        (CONTACT, "079112", "utter_handover_contact_wrong"),
        (CONTACT, "skip", "utter_handover_contact_needed"),
        (TIME, "x" * 121, "utter_handover_too_long"),
        (QUESTION, "x" * 1001, "utter_handover_too_long"),
        (CONSENT, "maybe", "utter_handover_yes_or_no"),
        (CONSENT, "skip", "utter_handover_yes_or_no"),
        (CONSENT, "change something", "utter_handover_yes_or_no"),
    ],
)
def test_what_cannot_be_taken_is_asked_for_again(
    make_tracker: MakeTracker, step: str, text: str, response: str
) -> None:
    taken = answered(make_tracker, step, text)
    assert (taken.slots, taken.response, taken.ends) == ({step: None}, response, False)


@pytest.mark.parametrize(("intent", "consent", "ends"), [("affirm", True, False), ("deny", False, True)])
def test_consent_is_a_yes_or_a_no(make_tracker: MakeTracker, intent: str, consent: bool, ends: bool) -> None:
    taken = answered(make_tracker, CONSENT, f"/{intent}", intent)
    assert (taken.slots, taken.ends) == ({CONSENT: consent}, ends)


@pytest.mark.parametrize(("text", "intent"), [("ok", "thank"), ("Sure.", "nlu_fallback"), ("go ahead", "affirm")])
def test_an_agreement_is_a_yes(make_tracker: MakeTracker, text: str, intent: str) -> None:
    assert answered(make_tracker, CONSENT, text, intent) == Answered({CONSENT: True})


@pytest.mark.parametrize("text", ["why", "why u need that", "What for?", "why do you want my number"])
def test_what_it_is_for_is_said(make_tracker: MakeTracker, text: str) -> None:
    for step in (NAME, CONTACT, TIME):
        asked_back = answered(make_tracker, step, text, "thank")
        assert (asked_back.slots, asked_back.response) == ({step: None}, "utter_handover_why")
    assert answered(make_tracker, QUESTION, "why did nobody call me").slots == {QUESTION: "why did nobody call me"}


@pytest.mark.parametrize("step", [NAME, CONTACT, TIME, QUESTION, CONSENT])
def test_stop_leaves_at_every_step(make_tracker: MakeTracker, step: str) -> None:
    assert answered(make_tracker, step, "stop please") == Answered({CONSENT: False}, ends=True)


@pytest.mark.parametrize(
    ("text", "slot"),
    [("back", QUESTION), ("change my name", NAME), ("wrong number", CONTACT), ("edit the question", QUESTION)],
)
def test_what_is_to_be_changed_is_asked_for(make_tracker: MakeTracker, text: str, slot: str) -> None:
    assert answered(make_tracker, CONSENT, text).slots == {slot: None}


@pytest.mark.parametrize("text", ["1400-1600", "0900-1700", "12.30 13.30"])
def test_hours_are_a_time_and_no_number(make_tracker: MakeTracker, text: str) -> None:
    assert answered(make_tracker, TIME, text) == Answered({TIME: text})


@pytest.mark.parametrize(("step", "text"), [(NAME, PHONE), (CONTACT, f"its {PHONE}"), (TIME, PHONE)])
def test_a_number_is_taken_wherever_it_is_told(make_tracker: MakeTracker, step: str, text: str) -> None:
    contact = answered(make_tracker, step, text).contact
    assert contact is not None and contact.phone == PHONE


@pytest.mark.parametrize(
    ("step", "text", "intent", "asks"),
    [
        (NAME, "how long will it last?", "ask_how_long", True),
        (NAME, "why am i breaking out", "ask_why_breakout", True),
        (CONTACT, "can i wear makeup?", "undocumented", True),
        (TIME, "is it normal?", "ask_is_normal", True),
        (CONTACT, "thanks so much", "thank", False),
        (NAME, "can someone call me back", "request_callback", False),
        (QUESTION, "are you a real person", "bot_challenge", True),
        (QUESTION, "please delete my data", "delete_data", False),
        (NAME, "/ask_how_long", "ask_how_long", False),
        (QUESTION, "/ask_oil", "ask_oil", False),
    ],
)
def test_what_is_meant_for_the_assistant_is_no_answer(
    make_tracker: MakeTracker, step: str, text: str, intent: str, asks: bool
) -> None:
    assert answered(make_tracker, step, text, intent, asks=asks) == Answered()


@pytest.mark.parametrize(
    ("step", "text", "intent"), [(NAME, "Grace Help", "help"), (QUESTION, "how long will it last", "ask_how_long")]
)
def test_an_answer_that_reads_like_something_else_is_one(
    make_tracker: MakeTracker, step: str, text: str, intent: str
) -> None:
    assert answered(make_tracker, step, text, intent).slots == {step: text}


@pytest.mark.parametrize(
    ("before", "question"),
    [("undocumented", "can i swim"), ("nlu_fallback", "can i swim"), ("ask_how_long", None), (None, None)],
)
def test_what_nobody_has_answered_is_the_question(
    make_tracker: MakeTracker, before: Optional[str], question: Optional[str]
) -> None:
    tracker = make_tracker("request_callback", text=f"call me on {PHONE}")
    if before:
        asked = {"event": "user", "text": "can i swim", "parse_data": {"intent": {"name": before}}}
        tracker.events = [asked, *tracker.events]
    begun = begin(tracker)
    assert begun.slots == ({QUESTION: question} if question else {})
    assert begun.contact is not None and begun.contact.phone == PHONE


@pytest.mark.parametrize(
    ("said", "resumed"),
    [([], False), (["utter_thank"], True), (["utter_pregnancy"], False), (["utter_pregnancy", "utter_thank"], True)],
)
def test_a_message_that_was_answered_is_no_answer(make_tracker: MakeTracker, said: list[str], resumed: bool) -> None:
    tracker = make_tracker("thank")
    tracker.events += [{"event": "bot", "metadata": {"utter_action": it}} for it in said]
    assert is_resumed(tracker) is resumed

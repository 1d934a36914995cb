"""The steps of a request to be called: what a message answers, given the step that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from rasa_sdk import Tracker

from actions.guide import CLINIC, KNOWLEDGE, RED_FLAGS
from actions.questions import asked, is_question
from actions.undocumented import UNDOCUMENTED
from bot.handover.contact import Contact, find_contact, looks_like_contact
from bot.handover.words import load_words

NAME, CONTACT, TIME, QUESTION, CONSENT = STEPS = (
    "handover_name",
    "handover_contact",
    "handover_time",
    "handover_question",
    "handover_consent",
)
LONGEST_NAME = 60
LONGEST_TIME = 120
LONGEST_QUESTION = 1000
# A message of so few words is rather an answer than about the assistant.
FEW_WORDS = 2
# What a person may want of the assistant itself at any step.
ABOUT_IT = frozenset(("privacy", "delete_data", "what_is_stored", "bot_challenge", "help", "check_symptoms"))
POLITE = frozenset(("thank", "goodbye"))
# What was asked just before, and nobody has answered.
NOT_ANSWERED = frozenset((UNDOCUMENTED, "nlu_fallback", "out_of_scope"))
_SPOKEN_FIRST = {circumstance.text for circumstance in RED_FLAGS.circumstances.values()}


@dataclass(frozen=True)
class Answered:
    """What a message fills in; nothing if it is no answer."""

    slots: dict[str, Any] = field(default_factory=dict)
    contact: Optional[Contact] = None
    """To be kept with the request, not in the conversation."""
    response: Optional[str] = None
    """What is to be said to it."""
    ends: bool = False

    def masked(self, mask: Callable[[str], str]) -> Answered:
        """The same as the conversation may keep it."""
        slots = {name: mask(value) if isinstance(value, str) else value for name, value in self.slots.items()}
        return replace(self, slots=slots)

    def with_slot(self, name: str, value: Any, response: Optional[str] = None) -> Answered:
        """The same with one slot more, and what is to be said."""
        return replace(self, slots={**self.slots, name: value}, response=response or self.response)


def begin(tracker: Tracker) -> Answered:
    """What was told before the first question: how to be reached, and what nobody has answered."""
    text = str(tracker.latest_message.get("text") or "")
    slots = {} if tracker.get_slot(QUESTION) else {QUESTION: _unanswered(tracker)}
    contact = None if tracker.get_slot(CONTACT) else find_contact(text, CLINIC.country)
    return Answered({name: value for name, value in slots.items() if value}, contact)


def is_resumed(tracker: Tracker) -> bool:
    """Whether the latest message has been answered already, so that it is no answer to the form."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") not in _SPOKEN_FIRST:
            return True
    return False


def read(tracker: Tracker, step: str) -> Answered:
    """What the latest message answers at a step."""
    text = str(tracker.latest_message.get("text") or "").strip()
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    if step == CONSENT and (intent in ("affirm", "deny") or load_words().agrees(text)):
        return Answered({CONSENT: intent != "deny"}, ends=intent == "deny")
    if text.startswith("/"):
        return Answered()  # a button that belongs to something else
    if command := load_words().command(text):
        return _commanded(command.kind, command.step, step)
    if (
        step in (NAME, CONTACT, TIME)
        and load_words().asks_why(text)
        and not KNOWLEDGE.answers.keys() & set(asked(tracker))
    ):
        return Answered({step: None}, response="utter_handover_why")
    if step != QUESTION and find_contact(text, CLINIC.country) is None and _is_aside(tracker, step):
        return Answered()
    if step == QUESTION and _is_about_it(tracker):
        return Answered()
    return _READERS[step](text)


def _commanded(kind: str, named: Optional[str], step: str) -> Answered:
    if kind == "leave":
        return Answered({CONSENT: False}, ends=True)
    if kind == "back":
        return Answered({STEPS[max(0, STEPS.index(step) - 1)]: None})
    if kind == "change":
        return Answered({named or step: None}, response=None if named else "utter_handover_yes_or_no")
    if step == CONTACT:
        return Answered({CONTACT: None}, response="utter_handover_contact_needed")
    if step == CONSENT:
        return Answered({CONSENT: None}, response="utter_handover_yes_or_no")
    return Answered({step: ""})


def _name(text: str) -> Answered:
    contact = find_contact(text, CLINIC.country)
    name = load_words().name_in(text.replace(contact.written, " ") if contact else text)
    if len(name) > LONGEST_NAME or not any(it.isalpha() for it in name):
        return Answered({NAME: None}, contact, None if contact else "utter_handover_name_only")
    return Answered({NAME: name}, contact)


def _contact(text: str) -> Answered:
    contact = find_contact(text, CLINIC.country)
    if contact:
        return Answered(contact=contact)
    meant = "utter_handover_contact_wrong" if looks_like_contact(text) else "utter_handover_contact_needed"
    return Answered({CONTACT: None}, response=meant)


def _time(text: str) -> Answered:
    contact = find_contact(text, CLINIC.country)
    if contact and contact.is_usual and contact.written == text:  # hours such as 1400-1600 are no usual number
        return Answered({TIME: None}, contact)
    return _short_of(TIME, text, LONGEST_TIME)


def _question(text: str) -> Answered:
    return _short_of(QUESTION, text, LONGEST_QUESTION)


def _consent(text: str) -> Answered:
    return Answered({CONSENT: None}, response="utter_handover_yes_or_no")


def _short_of(step: str, text: str, most: int) -> Answered:
    return Answered({step: text}) if len(text) <= most else Answered({step: None}, response="utter_handover_too_long")


_READERS = {NAME: _name, CONTACT: _contact, TIME: _time, QUESTION: _question, CONSENT: _consent}


def _is_aside(tracker: Tracker, step: str) -> bool:
    """Whether a message asks something else, or is only polite."""
    known = {*KNOWLEDGE.answers, UNDOCUMENTED, "request_human", "request_callback", *ABOUT_IT}
    asks_something = is_question(tracker) and bool(known & set(asked(tracker)))
    asks_again = len(_words(tracker)) > FEW_WORDS and "request_callback" in asked(tracker)
    is_polite = step != NAME and bool(POLITE & set(asked(tracker)))
    return asks_something or asks_again or is_polite or _is_about_it(tracker)


def _is_about_it(tracker: Tracker) -> bool:
    return len(_words(tracker)) > FEW_WORDS and bool(ABOUT_IT & set(asked(tracker)))


def _words(tracker: Tracker) -> list[str]:
    return str(tracker.latest_message.get("text") or "").split()


def _unanswered(tracker: Tracker) -> Optional[str]:
    """What was asked before the request, if it could not be answered."""
    users = [event for event in tracker.events if event.get("event") == "user"]
    for event in reversed(users[:-1]):
        text, intent = str(event.get("text") or ""), ((event.get("parse_data") or {}).get("intent") or {}).get("name")
        if not text.startswith("/") and intent not in ("affirm", "request_human"):
            return text if intent in NOT_ANSWERED else None
    return None

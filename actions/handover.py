"""A request to be called by a person: begun, asked for step by step, sent or left."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.guide import CLINIC, KNOWLEDGE
from actions.handover_steps import CONSENT, CONTACT, NAME, QUESTION, STEPS, TIME, Answered, begin, is_resumed, read
from bot.handover.notices import ways
from bot.opening_hours import moment_in_words
from bot.privacy.masking import load_masks
from bot.settings import load_settings
from bot.store.database import database
from bot.store.handovers import HandoverStore

logger = logging.getLogger(__name__)

REQUESTED = "requested_slot"
# Where the request keeps what a step asks for.
COLUMNS = {NAME: "name", TIME: "best_time", QUESTION: "question"}
MASKS = load_masks(CLINIC)
CONTACT_ME = {"title": KNOWLEDGE.phrases["contact_me"], "payload": "/request_callback"}


class ActionStartHandover(Action):
    """Says what a request is, before its first question."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_start_handover"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says so once; a request that was left for a warning goes on."""
        is_new = all(tracker.get_slot(step) is None for step in STEPS)
        if tracker.get_slot("warned"):  # nobody should wait for a call who should make one
            dispatcher.utter_message(response="utter_warned")
        dispatcher.utter_message(response="utter_handover_start" if is_new else "utter_handover_goes_on")
        if is_new:
            drop_draft(tracker)
        return []


class ValidateHandoverForm(Action):
    """Takes the answer to the question that the form has asked."""

    def name(self) -> str:
        """The action's name, as Rasa makes it from the form's."""
        return "validate_handover_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Fills slots; a message that is no answer fills none, so that the form lets go of it and it is answered."""
        step = tracker.get_slot(REQUESTED)
        if step is None:
            answered = begin(tracker)
        elif is_resumed(tracker):
            dispatcher.utter_message(response="utter_handover_back")
            return []
        else:
            answered = read(tracker, step)
        try:
            answered = keep(tracker, answered)
        except SQLAlchemyError as error:
            logger.error("A request cannot be kept: %s", type(error).__name__)
            return leave(dispatcher, "utter_handover_not_saved")
        if answered.response:
            dispatcher.utter_message(response=answered.response)
        events: list[EventType] = [SlotSet(name, value) for name, value in answered.slots.items()]
        return [*events, SlotSet(REQUESTED, None)] if answered.ends else events


class ActionAskConsent(Action):
    """Shows what would be sent, and asks whether it may be."""

    def name(self) -> str:
        """The action's name, as Rasa makes it from the form's and the slot's."""
        return "action_ask_handover_form_handover_consent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says "not given" for what was skipped."""
        shown = {name: tracker.get_slot(name) or KNOWLEDGE.phrases["not_given"] for name in STEPS}
        dispatcher.utter_message(
            response="utter_handover_summary",
            name=shown[NAME],
            contact=shown[CONTACT],
            best_time=shown[TIME],
            question=shown[QUESTION],
        )
        return []


class ActionEndHandover(Action):
    """Sends the request if the person agreed; else keeps nothing of it."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_end_handover"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says what has become of it; where it could only not be kept, that has been said."""
        store, consent = handovers(), tracker.get_slot(CONSENT)
        if consent is None:
            return []
        try:
            if consent:
                return send(dispatcher, tracker, store)
            store.drop(tracker.sender_id)
        except SQLAlchemyError as error:
            logger.error("A request cannot be sent or dropped: %s", type(error).__name__)
            return leave(dispatcher, "utter_handover_not_saved")
        dispatcher.utter_message(response="utter_handover_left")
        return cleared()


def drop_draft(tracker: Tracker) -> None:
    """Removes what was begun in an earlier session, of which this one knows nothing."""
    try:
        handovers().drop(tracker.sender_id)
    except SQLAlchemyError as error:
        logger.error("An older request is still there: %s", type(error).__name__)


def keep(tracker: Tracker, answered: Answered) -> Answered:
    """Keeps what was told with the request; the conversation holds the end of contact details, and masks for others.

    A number of a kind that is not given out, as far as is known, counts when it is sent a second time.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot take it.
    """
    contact, store = answered.contact, handovers()
    told = {COLUMNS[name]: value or None for name, value in answered.slots.items() if name in COLUMNS}
    before = store.draft(tracker.sender_id)
    if contact:
        told |= {"phone": contact.phone, "email": contact.email}
    if told:
        store.keep(tracker.sender_id, channel_of(tracker), **told)
    answered = answered.masked(MASKS.masked)
    if contact is None:
        return answered
    if not contact.is_usual and (before is None or before.phone != contact.phone):
        return answered.with_slot(CONTACT, None, "utter_handover_contact_unusual")
    return answered.with_slot(CONTACT, contact.shown)


def send(dispatcher: CollectingDispatcher, tracker: Tracker, store: HandoverStore) -> list[EventType]:
    """Hands the request over, and says by when to expect an answer.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: if the database cannot take it.
    """
    now = datetime.now(timezone.utc)
    due_at = CLINIC.times.due(now, CLINIC.call_back_hours).astimezone(timezone.utc).replace(tzinfo=None)
    draft, question = store.draft(tracker.sender_id), tracker.get_slot(QUESTION)
    if draft and question and not draft.question:  # it came with a warning sign, which is heard first
        store.keep(tracker.sender_id, draft.channel, question=question)
    tier = tracker.get_slot("tier") if tracker.get_slot("warned") else None
    sent = store.hand_over(tracker.sender_id, due_at, ways(load_settings()), tier)
    if sent is None or sent.due_at is None:  # the contact details are gone, so they have to be asked for again
        dispatcher.utter_message(response="utter_handover_not_saved")
        return [SlotSet(CONTACT, None), SlotSet(CONSENT, None)]
    due = sent.due_at.replace(tzinfo=timezone.utc).astimezone(CLINIC.times.time_zone)
    dispatcher.utter_message(response="utter_handover_sent", number=sent.id, due=moment_in_words(due, now))
    return cleared()


def leave(dispatcher: CollectingDispatcher, response: str) -> list[EventType]:
    """Lets go of the form for now; what was said before is kept, so that it can be gone on with."""
    dispatcher.utter_message(response=response)
    return [SlotSet(CONSENT, None), SlotSet(REQUESTED, None)]


def cleared() -> list[EventType]:
    """The events that empty the form."""
    return [SlotSet(step, None) for step in STEPS]


def channel_of(tracker: Tracker) -> str:
    """Where the latest message came from."""
    return tracker.get_latest_input_channel() or "unknown"


def handovers() -> HandoverStore:
    """The store of requests."""
    return HandoverStore(database(load_settings().database_url))

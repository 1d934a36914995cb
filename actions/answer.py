"""Answers what a message asks: each question in order, in one turn."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.check_questions import GO_ON_WITH_CHECK, ask_first
from actions.clarify import close_topics, offer
from actions.guide import CLINIC, KNOWLEDGE, buttons_for
from actions.privacy import tell_stored
from actions.questions import asked, is_statement, named, pointed_at
from actions.undocumented import UNDOCUMENTED, decline, listed, was_declined
from bot.durations import in_words
from bot.knowledge import SEE_DOCTOR, Answer
from bot.terms import Term

MOST_BUTTONS = 4
# What is said of a question beside others that has no documented answer.
RED_FLAG = "red_flag"
DELETE_DATA, WHAT_IS_STORED = "delete_data", "what_is_stored"
OTHER_RESPONSES = {
    DELETE_DATA: "utter_delete_data",
    "out_of_scope": "utter_other_part_out_of_scope",
    "privacy": "utter_privacy",
    "request_callback": "utter_clinic_contact",
    "request_human": "utter_clinic_contact",
}
# What a person may want of the clinic or of their data at any time.
ABOUT_ONESELF = (DELETE_DATA, WHAT_IS_STORED, "privacy", "request_callback", "request_human")
# A statement that is understood less surely than this goes on with the topic that was just answered.
SURE = 0.7
# Less likely than this, it is about something else.
ABOUT_THE_SKIN = 0.25

_ABOUT_PRODUCTS = {term.covered_by for term in KNOWLEDGE.terms.values() if term.kind == "product" and term.covered_by}
_WARNING_SIGNS = KNOWLEDGE.phrases["warning_signs"]


class ActionAnswer(Action):
    """Looks up the answer to each question of the message."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Answers; asks back where two topics are about as likely.

        A bare "why?" after an answer asks for the reasons behind that one, and what is told after an answer without
        asking anything goes on with it.
        """
        last = tracker.get_slot("last_answer")
        asks_why = next(tracker.get_latest_entity_values("bare_why"), None) is not None
        if last and asks_why:
            return give_reasons(dispatcher, tracker)
        if asks_why and was_declined(tracker):
            dispatcher.utter_message(response="utter_why_undocumented")
            return []
        if last and goes_on(tracker):
            return go_on(dispatcher, tracker)
        if (term := pointed_at(tracker)) and term.covered_by is None:
            return answer_all(dispatcher, tracker, [UNDOCUMENTED])
        if rivals := close_topics(tracker):
            return offer(dispatcher, rivals, "utter_which_of_these")
        return answer_all(dispatcher, tracker, asked(tracker))


class ActionAnswerRest(Action):
    """Answers what else the message asks, after a response that needs no action server."""

    def name(self) -> str:
        """The action's name in rules."""
        return "action_answer_rest"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utters nothing if the message asks nothing else; after a warning, comfort has to wait."""
        intent = str((tracker.latest_message.get("intent") or {}).get("name"))
        intents = asked(tracker)
        # Wherever it stands in the message, what is asked about one's data is answered by the policy.
        of_data = {DELETE_DATA, WHAT_IS_STORED} & set(intents) if intent != RED_FLAG else set()
        rest = [it for it in intents if it not in (of_data or {intent})]
        if not rest:
            return []
        answer = answer_after_warning if intent == RED_FLAG else answer_all
        return answer(dispatcher, tracker, rest)


class ActionAnswerAll(Action):
    """Answers everything that the message asks, after a response that needs no action server."""

    def name(self) -> str:
        """The action's name, as the policy predicts it."""
        return "action_answer_all"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Asks what it is to be where nothing is asked that can be answered."""
        answerable = {*KNOWLEDGE.answers, UNDOCUMENTED, WHAT_IS_STORED, *OTHER_RESPONSES}
        if intents := [it for it in asked(tracker) if it in answerable]:
            return answer_all(dispatcher, tracker, intents)
        dispatcher.utter_message(response="utter_what_to_know")
        return []


def answer_all(dispatcher: CollectingDispatcher, tracker: Tracker, intents: list[str]) -> list[EventType]:
    """Answers documented topics and says of the rest why it is not answered, in the order asked.

    After a warning sign that was reported before, only what gives no comfort is answered; for the rest the warning is
    repeated.

    Args:
        dispatcher: collects the utterances.
        tracker: the conversation so far.
        intents: ids of answers, and intents for which there is no documented answer.
    """
    if tracker.get_slot("warned"):
        safe = answerable_while_warned(intents)
        dispatcher.utter_message(response="utter_warned" if safe == intents else "utter_warned_instead")
        return give(dispatcher, tracker, safe)
    say_time(dispatcher, tracker, intents)
    return give(dispatcher, tracker, intents)


def answer_after_warning(dispatcher: CollectingDispatcher, tracker: Tracker, intents: list[str]) -> list[EventType]:
    """Answers the rest of a message that reports a sign; what gives comfort waits until the sign has been seen."""
    safe = answerable_while_warned(intents)
    if any((it in KNOWLEDGE.answers or it == UNDOCUMENTED) and it not in safe for it in intents):
        dispatcher.utter_message(response="utter_rest_waits")
    return give(dispatcher, tracker, safe) if safe else []


def answerable_while_warned(intents: list[str]) -> list[str]:
    """What can be answered after a warning sign: nothing that gives comfort, or offers to wait for a call."""
    return [it for it in intents if it in without_comfort(intents) or it in ABOUT_ONESELF]


def without_comfort(intents: list[str]) -> list[str]:
    """The documented topics whose answers could not make a person wait who should not."""
    return [it for it in intents if it in KNOWLEDGE.answers and not gives_comfort(KNOWLEDGE.answers[it])]


def give(dispatcher: CollectingDispatcher, tracker: Tracker, intents: list[str]) -> list[EventType]:
    """Utters the answers, and says of the rest why it is not answered, in the order asked."""
    given = {it.id: it for it in (in_place_of(answer, tracker) for answer in _documented(intents))}
    texts = dict(zip(given, KNOWLEDGE.together(list(given.values())), strict=True))
    offered = _offered(list(given.values()))
    if (
        names_a_warning(tracker)
        and not tracker.get_slot("warned")
        and not any(_WARNING_SIGNS in text for text in texts.values())
    ):
        dispatcher.utter_message(response="utter_warning_signs")
    for intent in intents:
        if intent in KNOWLEDGE.answers:
            answer = in_place_of(KNOWLEDGE.answers[intent], tracker)
            if text := texts.pop(answer.id, None):
                buttons = [] if texts else buttons_after(tracker, offered)
                _utter(dispatcher, answer, text, buttons, picture_of(answer, tracker))
        elif intent == UNDOCUMENTED:
            decline(dispatcher, tracker)
        elif intent == WHAT_IS_STORED:
            tell_stored(dispatcher, tracker)
        elif intent in OTHER_RESPONSES and intent != DELETE_DATA:
            dispatcher.utter_message(response=OTHER_RESPONSES[intent])
    if left_out := left_unsaid(tracker, intents):
        dispatcher.utter_message(response="utter_not_covered_either", subject=listed(left_out))
    last = list(given)[-1] if given else None
    if DELETE_DATA in intents:  # said last: the next "yes" is an answer to it
        dispatcher.utter_message(response=OTHER_RESPONSES[DELETE_DATA])
    elif begins_check(tracker, list(given.values())):
        return [*ask_first(dispatcher), SlotSet("told_more", False)]
    return [
        SlotSet("last_answer", last),
        SlotSet("offered", offered),
        SlotSet("told_more", False),
    ]


def begins_check(tracker: Tracker, given: list[Answer]) -> bool:
    """Whether the answers lead to the check of warning signs; one that was left before waits to be asked for."""
    if tracker.get_slot("warned") or tracker.get_slot("check") or len(given) != 1:
        return False
    worried = next(tracker.get_latest_entity_values("worry"), None) is not None
    return given[0].check == "always" or (given[0].check == "when_worried" and worried)


def _documented(intents: list[str]) -> list[Answer]:
    return [KNOWLEDGE.answers[intent] for intent in intents if intent in KNOWLEDGE.answers]


def _offered(answers: list[Answer]) -> list[str]:
    following = [topic for answer in answers for topic in answer.next]
    told = {answer.id for answer in answers}
    return [topic for topic in dict.fromkeys(following) if topic not in told][:MOST_BUTTONS]


def left_unsaid(tracker: Tracker, intents: list[str]) -> list[Term]:
    """What a question about products names beside what is answered, and the guide does not cover: silence is no yes."""
    if UNDOCUMENTED in intents or not set(intents) & _ABOUT_PRODUCTS:
        return []
    return [term for term in named(tracker, ("product", "subject")) if term.covered_by is None]


def gives_comfort(answer: Answer) -> bool:
    """Whether an answer could make a person wait who should not: it says that it passes, or weighs the signs."""
    return answer.when_lasting is not None or answer.check is not None


def in_place_of(answer: Answer, tracker: Tracker) -> Answer:
    """The see-a-doctor answer, where the time since the treatment leaves no room for comfort."""
    lasting = is_lasting(tracker.get_slot("days_since_treatment")) and answer.when_lasting == "see_doctor"
    return KNOWLEDGE.answers[SEE_DOCTOR] if lasting else answer


def say_time(dispatcher: CollectingDispatcher, tracker: Tracker, intents: list[str]) -> None:
    """Says first what the time since the treatment means for the answers."""
    days, answers = tracker.get_slot("days_since_treatment"), _documented(intents)
    if is_lasting(days) and any(gives_comfort(answer) for answer in answers):
        dispatcher.utter_message(response="utter_lasting", duration=in_words(days))
    elif days is not None and any(answer.mentions_time for answer in answers):
        dispatcher.utter_message(response="utter_time_so_far", duration=in_words(days))


def names_a_warning(tracker: Tracker) -> bool:
    """Whether the message names something that can be a warning sign, such as a fever, also if only to deny it."""
    return any(term.warns for term in named(tracker))


def is_lasting(days: float | None) -> bool:
    """Whether it has been longer than the clinic allows for a breakout."""
    return days is not None and days > CLINIC.breakout_limit_weeks * 7


def goes_on(tracker: Tracker) -> bool:
    """Whether the message adds to the last question: it asks nothing, is about the skin, and no case of its own."""
    questions = tracker.latest_message.get("questions") or []
    if not is_statement(tracker) or len(questions) != 1 or not questions[0]["confidence"] < SURE:
        return False
    ranked = tracker.latest_message.get("intent_ranking") or []
    return bool(ranked) and ranked[0]["name"] in KNOWLEDGE.answers and ranked[0]["confidence"] >= ABOUT_THE_SKIN


def go_on(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Gives the answer again in the light of what was added, or its longer part."""
    if can_tell_more(tracker):
        return tell_more(dispatcher, tracker)
    return answer_all(dispatcher, tracker, [tracker.get_slot("last_answer")])


def give_reasons(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """The reasons behind the last answer: the topic that it names for them, its longer part, or the causes."""
    why = KNOWLEDGE.answers[tracker.get_slot("last_answer")].why
    if why is None and can_tell_more(tracker):
        return tell_more(dispatcher, tracker)
    return answer_all(dispatcher, tracker, [why or asked(tracker)[0]])


def can_tell_more(tracker: Tracker) -> bool:
    """Whether the last answer has a longer part that was not told yet."""
    last = KNOWLEDGE.answers.get(tracker.get_slot("last_answer") or "")
    return last is not None and last.more is not None and not tracker.get_slot("told_more")


def tell_more(dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
    """Utters the longer part of the last answer."""
    answer = KNOWLEDGE.answers[tracker.get_slot("last_answer")]
    _utter(dispatcher, answer, answer.more or answer.text, buttons_after(tracker, answer.next), {})
    return [SlotSet("told_more", True)]


def buttons_after(tracker: Tracker, offered: list[str]) -> list[dict[str, str]]:
    """What an answer leads to; a check that was left can be gone on with."""
    buttons = buttons_for(offered)
    if tracker.get_slot("check"):
        buttons.append({"title": KNOWLEDGE.phrases["go_on_with_check"], "payload": GO_ON_WITH_CHECK})
    return buttons


def picture_of(answer: Answer, tracker: Tracker) -> dict[str, Any]:
    """The picture that is shown with an answer: its address, what it shows, its size; none while a warning stands."""
    picture = KNOWLEDGE.pictures.get(answer.id)
    if picture is None or tracker.get_slot("warned"):
        return {}
    size = {"image_width": picture.width, "image_height": picture.height}
    return {"image": picture.address, "image_alt": answer.image_alt, **size}


def _utter(
    dispatcher: CollectingDispatcher, answer: Answer, text: str, buttons: list[dict[str, str]], picture: dict[str, Any]
) -> None:
    # What is not text, buttons or image becomes the bot event's metadata: each answer can be traced in the tracker.
    dispatcher.utter_message(
        text=text,
        buttons=buttons,
        **picture,
        answer=answer.id,
        sources=KNOWLEDGE.sources(answer),
        facts=answer.facts,
    )

"""Says plainly that the guide does not cover something."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.questions import named_in, pointed_at
from bot.terms import Term

# Where it is, how it feels and how it was done say what a question is about; where on the body does not.
NAMED_KINDS = ("product", "activity", "symptom", "device", "subject")
MOST_NAMED = 4
UNDOCUMENTED = "undocumented"


def decline(dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Names what the guide leaves out, where it is known, and who can answer instead; says nothing about the thing."""
    terms = named_in(tracker, UNDOCUMENTED, NAMED_KINDS)
    pointed = pointed_at(tracker)
    uncovered = [term for term in terms or ([pointed] if pointed else []) if term.covered_by is None]
    if uncovered:
        dispatcher.utter_message(response="utter_undocumented_subject", subject=listed(uncovered))
    else:
        dispatcher.utter_message(response="utter_undocumented")


def listed(terms: list[Term]) -> str:
    """The names, as in "makeup, sunscreen or retinol"; at least one, and no more than can be read."""
    names = list(dict.fromkeys(term.name for term in terms))[:MOST_NAMED]
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def was_declined(tracker: Tracker) -> bool:
    """Whether the last thing said was that the guide does not cover something."""
    said = [event for event in tracker.events if event.get("event") == "bot"]
    return bool(said) and str((said[-1].get("metadata") or {}).get("utter_action")).startswith("utter_undocumented")

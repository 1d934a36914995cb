"""Masks what a person wrote wherever an event of Rasa's repeats it."""

from __future__ import annotations

from typing import Any

from bot.privacy.masking import Found, Masks

USER = "user"
# Made by programs; one made of digits alone must not be taken for a number of a person's.
_IDS = frozenset(("message_id", "model_id", "assistant_id", "input_channel"))


def masked_event(event: dict[str, Any], masks: Masks) -> dict[str, Any]:
    """An event as it may be stored: the same, unless a person wrote in it what is to be masked.

    Args:
        event: as ``Event.as_dict`` gives it.
        masks: what finds and masks it.
    """
    if event["event"] != USER:
        return event
    found = masks.find(event.get("text") or "")
    masked: dict[str, Any] = _masked(event, "", masks)
    if found:
        parsed = masked["parse_data"]
        parsed["entities"] = _outside(parsed.get("entities") or [], found, masks)
        parsed["text_tokens"] = []  # places in a text that is no longer the same
    return masked


def _masked(value: Any, name: str, masks: Masks) -> Any:
    if isinstance(value, str):
        return value if name in _IDS else masks.masked(value)
    if isinstance(value, dict):
        return {key: _masked(inner, key, masks) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, name, masks) for inner in value]
    return value


def _outside(entities: list[dict[str, Any]], found: list[Found], masks: Masks) -> list[dict[str, Any]]:
    """The entities that no mask covers, at their places in the masked text."""
    kept = []
    for entity in entities:
        start, end = entity.get("start"), entity.get("end")
        if start is None or end is None:
            kept.append(entity)
        elif all(end <= it.start or it.end <= start for it in found):
            kept.append({**entity, "start": masks.moved(start, found), "end": masks.moved(end, found)})
    return kept

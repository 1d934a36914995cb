"""What Slack and Telegram have in common: what a person there is told, beside the answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate, takewhile
from typing import Any, Optional

from bot.channels.rate import SenderLimit
from bot.channels.turns import Reply, Said, Turns
from bot.pictures import png_address
from bot.store.conversations import ALERTING
from bot.store.deliveries import Delivery

FIRST_CONTACT = "utter_first_contact"
FIRST_CONTACT_SHARED = "utter_first_contact_shared"
GREETING = "utter_greet"
TEXT_ONLY = "utter_text_only"
CAPTION_ONLY = "utter_caption_only"
BUTTON_GONE = "utter_button_gone"
CANNOT_LOOK_UP = "utter_cannot_look_up"
# A message that has ended the process so often is not read again.
MOST_ATTEMPTS = 3
MOST_BYTES_OF_BUTTON = 64


@dataclass(frozen=True)
class Incoming:
    """A message of a person, whatever the platform."""

    text: str = ""
    button: Optional[str] = None
    """What stands for the payload of the button that was tapped, see ``button_id``."""
    command: Optional[str] = None
    """The payload of a command that the platform offers, such as ``/help``."""
    has_more_than_text: bool = False
    is_shared: bool = False
    """Whether others can read it."""

    def as_dict(self) -> dict[str, Any]:
        """What is kept of it."""
        return asdict(self)


def button_id(payload: str) -> str:
    """What a platform keeps for a button, at most 64 bytes: the payload, or what it can be found by."""
    if len(payload.encode()) <= MOST_BYTES_OF_BUTTON:
        return payload
    return f"#{hashlib.sha256(payload.encode()).hexdigest()[:40]}"


def source_line(sources: Sequence[str]) -> str:
    """Where an answer comes from: each document once, with its sections in brackets."""
    documents: dict[str, list[str]] = {}
    for source in sources:
        document, _, section = source.partition(": ")
        documents.setdefault(document, []).extend([section] if section else [])
    named = (f"{it} ({', '.join(sections)})" if sections else it for it, sections in documents.items())
    return f"Source: {'; '.join(named)}"


def split(text: str, most: int, length: Callable[[str], int]) -> list[str]:
    """A text in parts that a platform takes, cut after a paragraph, a line, a sentence or a word.

    Args:
        text: of any length.
        most: the longest part, as the platform counts.
        length: how it counts; of one character after the other it counts the sum.
    """
    parts = []
    while length(text) > most:
        sums = accumulate(length(character) for character in text)
        end = sum(1 for _ in takewhile(lambda so_far: so_far <= most, sums))
        cut = next((at for mark in ("\n\n", "\n", ". ", " ") if (at := text.rfind(mark, end // 2, end) + 1) > 0), end)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def picture_address(image: Optional[str], public_url: Optional[str]) -> Optional[str]:
    """Where others find a picture, as PNG if it is one of ours; None if they can't reach it."""
    if not image or image.startswith("https://"):
        return image
    return f"{public_url}{png_address(image)}" if public_url and image.startswith("/") else None


async def replies(
    turns: Turns, limit: SenderLimit, delivery: Delivery, incoming: Incoming, payload: Optional[str] = None
) -> list[Reply]:
    """What a person is told; at first contact also what the assistant is and who can read along.

    Args:
        turns: of the channel.
        limit: of the channel; whoever is too fast is told so once.
        delivery: if it was begun before, its turn may have been taken already.
        incoming: what it says.
        payload: what it chooses, see ``chosen_payload``.
    """
    if not delivery.attempts:
        held_back = await turns.held_back(limit, delivery.conversation, incoming.text)
        if held_back is not None:
            return held_back
    if delivery.attempts >= MOST_ATTEMPTS:
        return [await turns.say(CANNOT_LOOK_UP)]
    if incoming.has_more_than_text and not incoming.text:
        return [await turns.say(TEXT_ONLY)]
    is_first = await turns.is_first(delivery.conversation, but=delivery.key)
    said = await _answers(turns, delivery, incoming, payload)
    if incoming.has_more_than_text:
        said = _with_first(await turns.say(CAPTION_ONLY), said)
    # A message that could not be read is no contact yet.
    is_first = is_first and not await turns.is_first(delivery.conversation)
    return await _with_notice(turns, said, incoming.is_shared) if is_first else said


async def chosen_payload(turns: Turns, conversation: str, incoming: Incoming) -> Optional[str]:
    """The payload of the button that was tapped; None if none with it was shown in this conversation.

    In a group others can tap it too, and a conversation may have been removed.
    """
    if incoming.button is None:
        return None
    return next((it for it in await turns.offered(conversation) if button_id(it) == incoming.button), None)


async def _answers(turns: Turns, delivery: Delivery, incoming: Incoming, payload: Optional[str]) -> list[Reply]:
    if delivery.attempts and (before := await turns.replies_to(delivery.conversation, delivery.key)):
        return before
    if incoming.button is not None:
        if payload is None:
            return [await turns.say(BUTTON_GONE)]
        return await turns.answer(Said(delivery.conversation, incoming.text or payload, delivery.key, payload))
    if incoming.command is not None:
        said = Said(delivery.conversation, incoming.text, delivery.key, incoming.command)
        return await turns.answer(said, [{"buttons": [{"payload": incoming.command}]}])
    return await turns.answer(Said(delivery.conversation, incoming.text, delivery.key))


async def _with_notice(turns: Turns, said: list[Reply], is_shared: bool) -> list[Reply]:
    """The notice comes first, in place of the greeting."""
    notice = await turns.say(FIRST_CONTACT_SHARED if is_shared else FIRST_CONTACT)
    if said[0].get("utter_action") == GREETING:
        return [{**said[0], "text": notice["text"]}, *said[1:]]
    return _with_first(notice, said)


def _with_first(reply: Reply, said: list[Reply]) -> list[Reply]:
    """Says something before the rest, but nothing before a warning."""
    is_alert = any(str(it.get("utter_action") or "").startswith(ALERTING) for it in said)
    return [*said, reply] if is_alert else [reply, *said]

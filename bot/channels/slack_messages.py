"""Slack's side of a conversation: its events read, and replies as requests to its Web API."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any, Optional

from pydantic import BaseModel, ConstrainedStr, Field, StrictStr

from bot.channels.feedback_buttons import Choice, FeedbackButton
from bot.channels.inbox import OPTIONAL
from bot.channels.messenger import Incoming, button_id, picture_address, source_line, split
from bot.channels.turns import Reply
from bot.store.deliveries import Call

# Of a section's text, of a context's, of a picture's words and of a button's title, by Block Kit's reference.
MOST_OF_SECTION = 3000
MOST_OF_CONTEXT = 3000
MOST_OF_ALT_TEXT = 2000
MOST_OF_TITLE = 75
MOST_BUTTONS = 25
# Kinds of messages that a person writes; the others are edits, deletions, joins and the like.
WRITTEN = (None, "file_share", "thread_broadcast", "me_message")
_ADDRESSED = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_SPECIAL = re.compile(r"<([#!])?([^>|]*)(?:\|([^>]*))?>")


class Id(ConstrainedStr):
    """An id of Slack's, of a user, channel or message; its timestamps are ids too."""

    strict = True
    regex = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class Event(BaseModel):
    """A message or a mention, as far as it matters here."""

    type: StrictStr
    channel: Id
    ts: Id
    user: Optional[Id] = None
    text: StrictStr = ""
    subtype: Optional[StrictStr] = None
    bot_id: Optional[StrictStr] = None
    channel_type: Optional[StrictStr] = None
    thread_ts: Optional[Id] = None
    client_msg_id: Optional[Id] = None
    files: list[dict[str, Any]] = []
    hidden: bool = False

    @property
    def is_mention(self) -> bool:
        """Whether it was written where others read along."""
        return self.type == "app_mention"

    @property
    def is_for_bot(self) -> bool:
        """Whether a person speaks to the bot: in a direct message, or by its name in a channel."""
        is_person = self.user is not None and self.bot_id is None and self.subtype in WRITTEN and not self.hidden
        return is_person and (self.is_mention or (self.type == "message" and self.channel_type == "im"))


class Wrapped(BaseModel):
    """An event as it is delivered; the same delivered again has the same id."""

    event_id: Id
    event: Event


class Named(BaseModel):
    """Something of Slack's that has an id."""

    id: Id


class Text(BaseModel):
    """A text of a block."""

    text: StrictStr = ""


class Action(BaseModel):
    """What was done with a block's element."""

    action_id: StrictStr = ""
    action_ts: Id
    value: StrictStr = ""
    text: Text = Text()


class Posted(BaseModel):
    """The message that holds the element."""

    ts: Id
    thread_ts: Optional[Id] = None
    text: StrictStr = ""
    blocks: list[dict[str, Any]] = []


class Interaction(BaseModel):
    """A tap on a button of a message."""

    type: StrictStr
    user: Named
    channel: Named
    message: Posted
    actions: list[Action] = Field(min_items=1)
    team: Optional[Named] = None


def conversation_of(channel: str, user: str, thread: Optional[str]) -> str:
    """The conversation: a direct message, or one person in a thread of a channel."""
    return f"slack-{channel}-{user}" + (f"-{thread}" if thread else "")


def incoming(event: Event) -> Incoming:
    """What a person says with a message."""
    text, has_files = plain(event.text), bool(event.files)
    return Incoming(text, has_more_than_text=has_files, is_shared=event.is_mention)


def plain(text: str) -> str:
    """A text of Slack's without its markup: names of people go, links and channels stay as words."""
    text = _SPECIAL.sub(_as_word, _ADDRESSED.sub("", text))
    return html.unescape(text).strip()


def escaped(text: str) -> str:
    """A text in which nothing is markup of Slack's: ``&``, ``<`` and ``>`` are what makes links and mentions."""
    return html.escape(text, quote=False)


def calls_for(said: Sequence[Reply], channel: str, thread: Optional[str], public_url: Optional[str]) -> list[Call]:
    """The requests that say it.

    Args:
        said: the replies of a turn.
        channel: where.
        thread: the thread's first message, in a channel.
        public_url: where Slack finds pictures that are named by a path.
    """
    where = {"channel": channel, **({"thread_ts": thread} if thread else {})}
    words = [_post(where, reply.get("text") or "", blocks_for(reply)) for reply in said]
    # Slack refuses a message whose picture it cannot fetch: a picture is one of its own, after all words.
    pictures = [
        {**_post(where, alt, [{"type": "image", "image_url": address, "alt_text": alt}]), OPTIONAL: True}
        for reply in said
        if (address := picture_address(reply.get("image"), public_url))
        for alt in [str(reply.get("image_alt") or "A drawing")[:MOST_OF_ALT_TEXT]]
    ]
    return [*words, *pictures]


def blocks_for(reply: Reply) -> list[dict[str, Any]]:
    """A reply in Block Kit: its text, buttons and sources, and what asks for feedback."""
    parts = split(reply.get("text") or "", MOST_OF_SECTION, _escaped_length)
    blocks = [_section(escaped(part)) for part in parts if part]
    buttons = reply.get("buttons") or ()
    if links := [f"<{it['url']}|{escaped(it['title'])}>" for it in buttons if it.get("url")]:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(links)}})
    if elements := [_button(number, it) for number, it in enumerate(buttons) if not it.get("url")]:
        blocks.append({"type": "actions", "elements": elements[:MOST_BUTTONS]})
    if sources := reply.get("sources"):
        text = escaped(source_line(sources))[:MOST_OF_CONTEXT]
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": text}]})
    return [*blocks, *_feedback_blocks(reply.get("feedback") or ())]


def shown(interaction: Interaction) -> dict[str, Any]:
    """The message that was tapped, as ``chat.update`` takes it."""
    message = interaction.message
    return {"channel": interaction.channel.id, "ts": message.ts, "text": message.text, "blocks": message.blocks}


def calls_after_tap(interaction: Interaction) -> list[Call]:
    """Puts what was chosen in the place of the buttons: each is tapped once. What asks for feedback stays."""
    chosen = f"You chose: {interaction.actions[0].text.text}"
    note = {
        "type": "context",
        "elements": [{"type": "plain_text", "text": chosen[: MOST_OF_TITLE * 2], "emoji": False}],
    }
    message = shown(interaction)
    blocks = [note if it.get("type") == "actions" and not _is_feedback(it) else it for it in message["blocks"]]
    return [_call_for_update({**message, "blocks": blocks})]


def calls_for_feedback(message: dict[str, Any], below: Sequence[Sequence[FeedbackButton]]) -> list[Call]:
    """Puts these buttons in the place of those that ask for feedback; all else stays as it was shown."""
    blocks = [it for it in message["blocks"] if not _is_feedback(it)]
    return [_call_for_update({**message, "blocks": [*blocks, *_feedback_blocks(below)]})]


def _call_for_update(message: dict[str, Any]) -> Call:
    return {"method": "chat.update", "parameters": message, OPTIONAL: True}


def _feedback_blocks(below: Sequence[Sequence[FeedbackButton]]) -> list[dict[str, Any]]:
    """One block: Slack puts its buttons side by side."""
    elements = [_feedback_button(number, it) for number, it in enumerate(it for row in below for it in row)]
    return [{"type": "actions", "elements": elements}] if elements else []


def _feedback_button(number: int, button: FeedbackButton) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"feedback-{number}",
        # Without ``emoji`` Slack shows the name of the sign.
        "text": {"type": "plain_text", "text": button.sign or button.words, "emoji": True},
        "accessibility_label": button.label[:MOST_OF_TITLE],
        "value": button.data,
    }


def _is_feedback(block: dict[str, Any]) -> bool:
    elements = block.get("elements")
    return isinstance(elements, list) and any(isinstance(it, dict) and _has_choice(it) for it in elements)


def _has_choice(element: dict[str, Any]) -> bool:
    value = element.get("value")
    return isinstance(value, str) and Choice.of(value) is not None


def _post(where: dict[str, str], text: str, blocks: list[dict[str, Any]]) -> Call:
    shown = {"text": escaped(text), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}
    return {"method": "chat.postMessage", "parameters": {**where, **shown}}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _escaped_length(text: str) -> int:
    return len(escaped(text))


def _button(number: int, button: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"button-{number}",
        "text": {"type": "plain_text", "text": button["title"][:MOST_OF_TITLE], "emoji": False},
        "value": button_id(button["payload"]),
    }


def _as_word(match: re.Match[str]) -> str:
    kind, target, label = match.groups()
    return f"{kind or ''}{label or target}" if kind == "#" else (label or target)

"""Telegram's side of a conversation: its updates read, and replies as requests to its API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Optional

from pydantic import BaseModel, ConstrainedInt, Field, StrictStr

from bot.channels.feedback_buttons import Choice, FeedbackButton
from bot.channels.inbox import OPTIONAL
from bot.channels.messenger import Incoming, button_id, picture_address, source_line, split
from bot.channels.turns import Reply
from bot.store.deliveries import Call

# Of a message and of a picture's caption; Telegram counts units of UTF-16.
MOST_UNITS = 4096
MOST_UNITS_OF_CAPTION = 1024
COMMANDS = {"start": "/greet", "help": "/help", "privacy": "/privacy"}
# What people send beside text; anything else without text is a notice of the chat itself: somebody joined, a pin.
OTHER_THAN_TEXT = frozenset(
    "animation audio contact dice document game location photo poll sticker story venue video video_note voice".split()
)
Keyboard = list[list[dict[str, str]]]
"""Buttons by rows, each with its ``text`` and ``callback_data``."""
_COMMAND = re.compile(r"/(\w{1,32})(?:@\w+)?\s*(.*)", re.DOTALL)
# Telegram gives bots names that end so.
_BOT = re.compile(r"@\w+bot\b", re.IGNORECASE)


class Id(ConstrainedInt):
    """An id of Telegram's, a number of 64 bits."""

    strict = True
    ge, lt = -(2**63), 2**63


class Chat(BaseModel):
    """Where a message was written."""

    id: Id
    type: StrictStr


class Sender(BaseModel):
    """Who wrote it."""

    id: Id
    is_bot: bool = False


class Replied(BaseModel):
    """A message that is replied to."""

    sender: Optional[Sender] = Field(None, alias="from")


class Message(BaseModel):
    """A message, as far as it matters here."""

    message_id: Id
    chat: Chat
    sender: Optional[Sender] = Field(None, alias="from")
    text: StrictStr = ""
    caption: StrictStr = ""
    media_group_id: Optional[StrictStr] = Field(None, regex=r"^[A-Za-z0-9_-]{1,64}\Z")
    reply_to_message: Optional[Replied] = None
    kinds: frozenset[str] = frozenset()
    """Which of ``OTHER_THAN_TEXT`` it has."""

    @classmethod
    def of(cls, given: dict[str, Any]) -> Message:
        """The message that Telegram sent.

        Raises:
            pydantic.ValidationError: if it is none.
        """
        return cls.parse_obj({**given, "kinds": OTHER_THAN_TEXT & given.keys()})


class Button(BaseModel):
    """A button under a message."""

    text: StrictStr
    callback_data: StrictStr = ""


class Markup(BaseModel):
    """What is under a message: buttons, by rows."""

    inline_keyboard: list[list[Button]] = []


class Tap(BaseModel):
    """A button that was tapped."""

    id: StrictStr
    sender: Sender = Field(alias="from")
    data: StrictStr = ""


def conversation_of(chat: Chat, sender: Optional[Sender]) -> str:
    """The conversation: a private chat, or one person in a group."""
    return f"telegram-{chat.id}" if chat.type == "private" or sender is None else f"telegram-{chat.id}-{sender.id}"


def is_for_bot(message: Message, bot: int) -> bool:
    """Whether a person speaks to the bot: in a private chat always, in a group by a command, its name or a reply."""
    if message.sender is None or message.sender.is_bot:
        return False
    if message.chat.type == "private":
        return bool(message.text or message.kinds)
    if message.chat.type not in ("group", "supergroup"):
        return False
    replied = message.reply_to_message.sender if message.reply_to_message else None
    text = message.text or message.caption
    command = _COMMAND.fullmatch(text)
    is_addressed = bool(command and command[1].lower() in COMMANDS) or bool(_BOT.search(text))
    return bool(text) and (is_addressed or (replied is not None and replied.id == bot))


def incoming(message: Message) -> Incoming:
    """What a person says with a message."""
    is_shared = message.chat.type != "private"
    text = message.text or message.caption
    if is_shared:
        text = _BOT.sub("", text).strip()
    command = _COMMAND.fullmatch(message.text)
    if command and command[1].lower() in COMMANDS:
        payload = COMMANDS[command[1].lower()]
        return Incoming(f"/{command[1]}", command=payload, is_shared=is_shared)
    return Incoming(text, has_more_than_text=bool(message.kinds), is_shared=is_shared)


def keyboard_of(message: dict[str, Any]) -> Keyboard:
    """The buttons under a message; none if it is too old to be shown.

    Raises:
        pydantic.ValidationError: if they are none of the bot's.
    """
    markup = Markup.parse_obj(message.get("reply_markup") or {})
    return [[it.dict() for it in row] for row in markup.inline_keyboard]


def title_of(keyboard: Keyboard, data: str) -> str:
    """What stood on the button that was tapped."""
    return next((it["text"] for row in keyboard for it in row if it["callback_data"] == data), "")


def calls_for(said: Sequence[Reply], chat: int, reply_to: Optional[int], public_url: Optional[str]) -> list[Call]:
    """The requests that say it.

    Args:
        said: the replies of a turn.
        chat: where.
        reply_to: in a group, the message that is answered.
        public_url: where Telegram finds pictures that are named by a path.
    """
    words = [call for reply in said for call in _words(reply, chat)]
    # A picture that Telegram cannot fetch must not keep any words back.
    calls = [*words, *(call for reply in said for call in _picture(reply, chat, public_url))]
    if reply_to is not None and calls:
        calls[0]["parameters"]["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
    return calls


def call_for_typing(chat: int) -> Call:
    """Shows that an answer is being written."""
    return {"method": "sendChatAction", "parameters": {"chat_id": chat, "action": "typing"}}


def calls_for_tap(tap: str) -> list[Call]:
    """Ends the waiting of a tapped button."""
    return [{"method": "answerCallbackQuery", "parameters": {"callback_query_id": tap}}]


def calls_for_choice(message: Message, keyboard: Keyboard) -> list[Call]:
    """Clears the buttons that a choice was made from: each is used once. What asks for feedback stays."""
    return [_call_for_keyboard(message.chat.id, message.message_id, [row for row in keyboard if _is_feedback(row)])]


def calls_for_feedback(
    chat: int, message: int, keyboard: Keyboard, below: Sequence[Sequence[FeedbackButton]]
) -> list[Call]:
    """Puts these buttons in the place of those that ask for feedback; the others stay.

    Nothing is done to a keyboard that is not known, or already is as it should be.
    """
    changed = [*(row for row in keyboard if not _is_feedback(row)), *_feedback_rows(below)]
    return [_call_for_keyboard(chat, message, changed)] if keyboard and changed != keyboard else []


def units(text: str) -> int:
    """A text's length in units of UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _picture(reply: Reply, chat: int, public_url: Optional[str]) -> Iterator[Call]:
    if address := picture_address(reply.get("image"), public_url):
        caption = split(reply.get("image_alt") or "", MOST_UNITS_OF_CAPTION, units)[0]
        photo = {"chat_id": chat, "photo": address, "caption": caption}
        yield {"method": "sendPhoto", "parameters": photo, OPTIONAL: True}


def _words(reply: Reply, chat: int) -> Iterator[Call]:
    # No parse_mode: nothing in a text is markup.
    parts = split(reply.get("text") or "", MOST_UNITS, units)
    messages: list[dict[str, Any]] = [
        {"chat_id": chat, "text": it, "link_preview_options": {"is_disabled": True}} for it in parts if it.strip()
    ]
    if messages and (sources := reply.get("sources")):
        _quote(messages[-1], split(source_line(sources), MOST_UNITS // 4, units)[0])
    # A button with a telephone number is left out: Telegram allows none, and the number is in the text.
    buttons = [it for it in reply.get("buttons") or () if not it.get("url")]
    rows = [[{"text": it["title"], "callback_data": button_id(it["payload"])}] for it in buttons]
    rows += _feedback_rows(reply.get("feedback") or ())
    if rows and messages:
        messages[-1]["reply_markup"] = {"inline_keyboard": rows}
    for message in messages:
        yield {"method": "sendMessage", "parameters": message}


def _feedback_rows(below: Sequence[Sequence[FeedbackButton]]) -> Keyboard:
    return [[{"text": it.title, "callback_data": it.data} for it in row] for row in below]


def _is_feedback(row: Sequence[dict[str, str]]) -> bool:
    return any(Choice.of(it["callback_data"]) for it in row)


def _call_for_keyboard(chat: int, message: int, keyboard: Keyboard) -> Call:
    parameters = {"chat_id": chat, "message_id": message, "reply_markup": {"inline_keyboard": keyboard}}
    return {"method": "editMessageReplyMarkup", "parameters": parameters, OPTIONAL: True}


def _quote(message: dict[str, Any], sources: str) -> None:
    """Adds the sources to a message, folded up, if there is room."""
    before = f"{message['text']}\n\n"
    if units(before) + units(sources) <= MOST_UNITS:
        message["text"] = before + sources
        message["entities"] = [{"type": "expandable_blockquote", "offset": units(before), "length": units(sources)}]

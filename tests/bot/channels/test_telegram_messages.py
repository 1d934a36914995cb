from __future__ import annotations

from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.feedback_buttons import FeedbackButton
from bot.channels.inbox import OPTIONAL
from bot.channels.messenger import Incoming, split
from bot.channels.telegram_messages import (
    MOST_UNITS,
    MOST_UNITS_OF_CAPTION,
    OTHER_THAN_TEXT,
    Keyboard,
    Message,
    calls_for,
    calls_for_choice,
    calls_for_feedback,
    calls_for_tap,
    conversation_of,
    incoming,
    is_for_bot,
    keyboard_of,
    title_of,
    units,
)
from bot.store.deliveries import Call
from tests.platforms import BOT_ID

PERSON = {"id": 7, "is_bot": False, "first_name": "Ada"}
BOT = {"id": BOT_ID, "is_bot": True}
PUBLIC_URL = "https://clinic.example"
CHARACTERS = st.one_of(st.sampled_from("a👋 \n."), st.characters(exclude_categories=("Cs",)))


def message(
    text: Optional[str] = None, chat: str = "private", sender: Optional[dict[str, Any]] = PERSON, **more: Any
) -> Message:
    where = {"message_id": 3, "from": sender, "chat": {"id": 5, "type": chat}, "date": 1}
    return Message.of({**where, **({} if text is None else {"text": text}), **more})


def reply_to(sender: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": 2, "chat": {"id": 5, "type": "group"}, "from": sender, "text": "before"}


def sent(reply: dict[str, Any], public_url: Optional[str] = PUBLIC_URL) -> list[dict[str, Any]]:
    return [it["parameters"] for it in calls_for([reply], 5, None, public_url)]


def quoted(sent: dict[str, Any]) -> str:
    """What an entity marks, as Telegram counts: in units of UTF-16."""
    (entity,) = sent["entities"]
    text = sent["text"].encode("utf-16-le")
    marked: bytes = text[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])]
    return marked.decode("utf-16-le")


@given(st.text(CHARACTERS, max_size=200), st.integers(2, 60))
def test_a_text_loses_nothing_but_white_space_in_parts(text: str, most: int) -> None:
    parts = split(text, most, units)
    assert all(units(it) <= most for it in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "count"), [("x" * 4096, 1), ("x" * 4097, 2), ("👋" * 2048, 1), ("👋" * 2049, 2), ("x" + "👋" * 2048, 2)]
)
def test_a_message_has_as_many_units_as_telegram_takes(text: str, count: int) -> None:
    parts = [it["text"] for it in sent({"text": text})]
    assert len(parts) == count and "".join(parts) == text
    assert all(len(it.encode("utf-16-le")) // 2 <= MOST_UNITS for it in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two\n\nthree four", ["One. Two", "three four"]),
        ("One. Two\nthree four", ["One. Two", "three four"]),
        ("One two. Three four", ["One two.", "Three four"]),
        ("One two three four", ["One two", "three four"]),
        ("A sentence. 👋👋👋👋👋", ["A sentence.", "👋👋👋👋👋"]),
        ("", [""]),
    ],
)
def test_a_text_is_cut_where_it_reads_well(text: str, parts: list[str]) -> None:
    assert split(text, 12, units) == parts


@pytest.mark.parametrize(
    ("chat", "sender", "conversation"),
    [("private", PERSON, "telegram-5"), ("private", None, "telegram-5"), ("group", PERSON, "telegram-5-7")],
)
def test_a_conversation_is_a_private_chat_or_a_person_in_a_group(
    chat: str, sender: Optional[dict[str, Any]], conversation: str
) -> None:
    written = message("hi", chat, sender)
    assert conversation_of(written.chat, written.sender) == conversation


@pytest.mark.parametrize(
    ("said", "is_answered"),
    [
        (message("why"), True),
        (message(photo=[{}]), True),
        (message("why", sender=BOT), False),
        (message("why", sender=None), False),
        (message(new_chat_members=[PERSON]), False),
        (message(), False),
        (message("why", "group"), False),
        (message("/help", "group"), True),
        (message("/ask_why", "group"), False),
        (message("@clinic_bot why", "group"), True),
        (message("why @ClinicBot?", "supergroup"), True),
        (message("mail me@botany.example", "group"), False),
        (message("why", "group", reply_to_message=reply_to(BOT)), True),
        (message("why", "group", reply_to_message=reply_to(PERSON)), False),
        (message("why", "group", reply_to_message=reply_to({"id": 8, "is_bot": True})), False),
        (message(None, "group", photo=[{}], reply_to_message=reply_to(BOT)), False),
        (message("/help", "channel"), False),
    ],
)
def test_only_who_speaks_to_the_bot_is_answered(said: Message, is_answered: bool) -> None:
    assert is_for_bot(said, BOT_ID) is is_answered


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (message("why"), Incoming("why")),
        (message("/start"), Incoming("/start", command="/greet")),
        (message("/start ref42"), Incoming("/start", command="/greet")),
        (message("/HELP@Clinic_bot"), Incoming("/HELP", command="/help")),
        (message("/help", "group"), Incoming("/help", command="/help", is_shared=True)),
        (message("/help@clinic_bot", "group"), Incoming("/help", command="/help", is_shared=True)),
        (message("/privacy"), Incoming("/privacy", command="/privacy")),
        (message("/restart"), Incoming("/restart")),
        (message("/ask_why{}"), Incoming("/ask_why{}")),
        (message("please /help"), Incoming("please /help")),
        (message("@Clinic_bot why?", "group"), Incoming("why?", is_shared=True)),
        (message("@clinic_bot why?"), Incoming("@clinic_bot why?")),
        (message(photo=[{}], caption="is it red"), Incoming("is it red", has_more_than_text=True)),
        (message(photo=[{}]), Incoming("", has_more_than_text=True)),
    ],
)
def test_what_a_person_says(said: Message, expected: Incoming) -> None:
    assert incoming(said) == expected


@pytest.mark.parametrize("kind", sorted(OTHER_THAN_TEXT))
def test_everything_beside_text_is_noticed(kind: str) -> None:
    more: dict[str, Any] = {kind: {}}
    said = message(**more)
    assert is_for_bot(said, BOT_ID) and incoming(said).has_more_than_text


@pytest.mark.parametrize(
    "given",
    [
        {"chat": {"id": 2**63, "type": "private"}},
        {"chat": {"id": "5", "type": "private"}},
        {"chat": {"id": 5}},
        {"message_id": 1.5},
        {"text": 5},
        {"from": {"id": True}},
        {"media_group_id": "x" * 65},
        {"media_group_id": "a b"},
        {"media_group_id": "x\n"},
    ],
)
def test_what_is_no_message_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        message(**given)


def test_a_text_is_sent_without_markup_or_a_preview_of_links() -> None:
    assert calls_for([{"text": "*a* <b> _c_ https://x.example"}], 5, None, None) == [
        {
            "method": "sendMessage",
            "parameters": {
                "chat_id": 5,
                "text": "*a* <b> _c_ https://x.example",
                "link_preview_options": {"is_disabled": True},
            },
        }
    ]


def test_a_group_sees_what_is_answered() -> None:
    first, second = (it["parameters"] for it in calls_for([{"text": "one"}, {"text": "two"}], 5, 3, None))
    assert first["reply_parameters"] == {"message_id": 3, "allow_sending_without_reply": True}
    assert "reply_parameters" not in second
    assert calls_for([], 5, 3, None) == []


def test_buttons_stand_under_the_last_part_in_rows_and_no_telephone_number_among_them() -> None:
    reply = {
        "text": "x" * (MOST_UNITS + 1),
        "buttons": [
            {"title": "Why?", "payload": "/ask_why"},
            {"title": "Call 999", "url": "tel:999"},
            {"title": "How long?", "payload": "/ask_how_long"},
        ],
    }
    first, last = sent(reply)
    assert "reply_markup" not in first
    assert last["reply_markup"]["inline_keyboard"] == [
        [{"text": "Why?", "callback_data": "/ask_why"}],
        [{"text": "How long?", "callback_data": "/ask_how_long"}],
    ]
    assert "reply_markup" not in sent({"text": "Call", "buttons": [{"title": "Call 999", "url": "tel:999"}]})[0]


def test_a_long_payload_is_within_what_telegram_keeps() -> None:
    payload = f'/ask_why{{"detail": "{"é" * 40}"}}'
    (button,) = sent({"text": "x", "buttons": [{"title": "Why?", "payload": payload}]})[0]["reply_markup"][
        "inline_keyboard"
    ][0]
    assert 0 < len(button["callback_data"].encode()) <= 64 and button["callback_data"] != payload


@given(
    st.text(CHARACTERS, min_size=1, max_size=50).filter(str.strip), st.lists(st.text("ab👋: ", min_size=1), min_size=1)
)
def test_the_sources_are_quoted_at_the_end(text: str, sources: list[str]) -> None:
    last = sent({"text": text, "sources": sources})[-1]
    assert quoted(last).startswith("Source: ") and last["text"] == f"{text}\n\n{quoted(last)}"
    assert last["entities"][0]["type"] == "expandable_blockquote"


@pytest.mark.parametrize(("emoji", "fits"), [(2000, True), (2040, False)])
def test_sources_are_left_out_where_there_is_no_room(emoji: int, fits: bool) -> None:
    (only,) = sent({"text": "👋" * emoji, "sources": ["Overview: Redness"]})
    assert ("entities" in only) is fits and units(only["text"]) <= MOST_UNITS


@pytest.mark.parametrize(
    ("image", "public_url", "photo"),
    [
        ("/chat/pictures/a.svg", PUBLIC_URL, f"{PUBLIC_URL}/chat/pictures/a.png"),
        ("https://cdn.example/a.png", None, "https://cdn.example/a.png"),
        ("/chat/pictures/a.svg", None, None),
        ("http://cdn.example/a.png", PUBLIC_URL, None),
        (None, PUBLIC_URL, None),
    ],
)
def test_a_picture_is_sent_after_the_words_where_it_can_be_reached(
    image: Optional[str], public_url: Optional[str], photo: Optional[str]
) -> None:
    calls = calls_for([{"text": "words", "image": image, "image_alt": "a drawing"}], 5, None, public_url)
    assert calls[0]["parameters"]["text"] == "words" and OPTIONAL not in calls[0]
    expected = {"chat_id": 5, "photo": photo, "caption": "a drawing"}
    assert calls[1:] == ([{"method": "sendPhoto", "parameters": expected, OPTIONAL: True}] if photo else [])


def test_pictures_come_after_all_words_and_quote_nothing() -> None:
    replies = [{"text": it, "image": "https://cdn.example/a.png"} for it in ("one", "two")]
    calls = calls_for(replies, 5, 7, None)
    assert [it["method"] for it in calls] == ["sendMessage", "sendMessage", "sendPhoto", "sendPhoto"]
    assert ["reply_parameters" in it["parameters"] for it in calls] == [True, False, False, False]


def test_a_caption_is_within_what_telegram_takes() -> None:
    caption = sent({"image": "https://cdn.example/a.png", "image_alt": "👋" * 1000})[0]["caption"]
    assert 0 < units(caption) <= MOST_UNITS_OF_CAPTION


def test_a_tap_ends_the_buttons_waiting() -> None:
    assert calls_for_tap("q1") == [{"method": "answerCallbackQuery", "parameters": {"callback_query_id": "q1"}}]


TOPICS = [[{"text": "A?", "callback_data": "/a"}], [{"text": "B?", "callback_data": "/b"}]]
THUMBS = [[{"text": "👍 Helped", "callback_data": "feedback:7:yes"}, {"text": "👎", "callback_data": "feedback:7:no"}]]
REASONS = [[{"text": "Unclear", "callback_data": "feedback:7:unclear"}]]


def call_for(keyboard: Keyboard) -> Call:
    parameters = {"chat_id": 5, "message_id": 3, "reply_markup": {"inline_keyboard": keyboard}}
    return {"method": "editMessageReplyMarkup", "parameters": parameters, OPTIONAL: True}


@pytest.mark.parametrize(
    ("keyboard", "left"),
    [([], []), (TOPICS, []), (TOPICS + THUMBS, THUMBS), (THUMBS + TOPICS + REASONS, THUMBS + REASONS)],
)
def test_a_choice_takes_its_buttons_away_and_no_thumbs(keyboard: Keyboard, left: Keyboard) -> None:
    assert calls_for_choice(message("Why?", sender=BOT), keyboard) == [call_for(left)]


def below(*rows: list[dict[str, str]]) -> list[list[FeedbackButton]]:
    return [[FeedbackButton("", it["text"], "", it["callback_data"]) for it in row] for row in rows]


@pytest.mark.parametrize(
    ("keyboard", "changed"),
    [
        (TOPICS + THUMBS, TOPICS + THUMBS + REASONS),
        (TOPICS + THUMBS + REASONS, TOPICS + THUMBS),
        (THUMBS, THUMBS + REASONS),
        (THUMBS + TOPICS, TOPICS + THUMBS),
    ],
)
def test_after_a_thumb_the_other_buttons_stay(keyboard: Keyboard, changed: Keyboard) -> None:
    rows = [row for row in changed if row not in TOPICS]
    assert calls_for_feedback(5, 3, keyboard, below(*rows)) == [call_for(changed)]


@pytest.mark.parametrize("keyboard", [TOPICS + THUMBS, []], ids=["as it should be", "not known"])
def test_a_keyboard_is_left_alone(keyboard: Keyboard) -> None:
    assert calls_for_feedback(5, 3, keyboard, below(*THUMBS)) == []


def test_thumbs_stand_below_the_other_buttons() -> None:
    buttons = [{"title": "A?", "payload": "/a"}, {"title": "B?", "payload": "/b"}]
    (parameters,) = sent({"text": "x", "buttons": buttons, "feedback": below(*THUMBS)})
    assert parameters["reply_markup"] == {"inline_keyboard": TOPICS + THUMBS}


@pytest.mark.parametrize(("data", "title"), [("/a", "A?"), ("/b", "B?"), ("/c", ""), ("", "")])
def test_what_stood_on_a_button(data: str, title: str) -> None:
    assert title_of(keyboard_of({"reply_markup": {"inline_keyboard": TOPICS}}), data) == title
    assert title_of(keyboard_of({}), data) == ""

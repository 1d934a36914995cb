from __future__ import annotations

import html
from typing import Any, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.feedback_buttons import Choice, FeedbackButton
from bot.channels.inbox import OPTIONAL
from bot.channels.messenger import Incoming
from bot.channels.slack_messages import (
    MOST_BUTTONS,
    MOST_OF_ALT_TEXT,
    MOST_OF_CONTEXT,
    MOST_OF_SECTION,
    MOST_OF_TITLE,
    Event,
    Interaction,
    blocks_for,
    calls_after_tap,
    calls_for,
    calls_for_feedback,
    conversation_of,
    escaped,
    incoming,
    plain,
    shown,
)

PUBLIC_URL = "https://clinic.example"
MARKUP = st.text(st.one_of(st.sampled_from("&<>|;#!@ \n.a"), st.characters(exclude_categories=("Cs",))))


def event(text: str = "why", **more: Any) -> Event:
    return Event.parse_obj(
        {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "ts": "1.2", "text": text, **more}
    )


def tap(**message: Any) -> Interaction:
    action = {"action_id": "button-0", "action_ts": "3.4", "value": "/ask_why", "text": {"text": "Why?"}}
    return Interaction.parse_obj(
        {
            "type": "block_actions",
            "user": {"id": "U1"},
            "channel": {"id": "D1"},
            "message": {"ts": "1.2", **message},
            "actions": [action],
        }
    )


def of_type(kind: str, reply: dict[str, Any]) -> list[dict[str, Any]]:
    return [it for it in blocks_for(reply) if it["type"] == kind]


def texts(reply: dict[str, Any]) -> list[str]:
    return [it["text"]["text"] for it in of_type("section", reply)]


@given(MARKUP)
def test_what_is_escaped_is_read_back_and_holds_no_markup(text: str) -> None:
    assert not {"<", ">"} & set(escaped(text))
    assert plain(escaped(text)) == html.unescape(escaped(text)).strip() == text.strip()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<@U02BOT> why is it red", "why is it red"),
        ("<@U02BOT|clinic> why", "why"),
        ("see <https://x.example/a?b=1&amp;c=2>", "see https://x.example/a?b=1&c=2"),
        ("see <https://x.example|this page>", "see this page"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:+441234|01234>", "01234"),
        ("in <#C012AB|skin>", "in #skin"),
        ("<!here> hello", "here hello"),
        ("<!subteam^S1|@nurses> hello", "@nurses hello"),
        ("3 &lt; 4 &amp;&amp; 5 &gt; 4", "3 < 4 && 5 > 4"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("<@U02BOT>", ""),
    ],
)
def test_a_text_without_its_markup(text: str, words: str) -> None:
    assert plain(text) == words


@pytest.mark.parametrize(
    ("written", "is_answered"),
    [
        (event(), True),
        (event(subtype="file_share"), True),
        (event(subtype="thread_broadcast"), True),
        (event(subtype="message_changed"), False),
        (event(subtype="message_deleted"), False),
        (event(subtype="channel_join"), False),
        (event(bot_id="B1"), False),
        (event(subtype="bot_message", bot_id="B1"), False),
        (event(user=None), False),
        (event(hidden=True), False),
        (event(channel="C1", channel_type="channel"), False),
        (event(channel="G1", channel_type="mpim"), False),
        (event(type="app_mention", channel="C1", channel_type=None), True),
        (event(type="app_mention", channel="C1", bot_id="B1"), False),
        (event(type="reaction_added"), False),
    ],
)
def test_only_who_speaks_to_the_app_is_answered(written: Event, is_answered: bool) -> None:
    assert written.is_for_bot is is_answered


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (event("3 &lt; 4?"), Incoming("3 < 4?")),
        (event("", files=[{"id": "F1"}]), Incoming("", has_more_than_text=True)),
        (event("red?", files=[{"id": "F1"}]), Incoming("red?", has_more_than_text=True)),
        (event("<@U2> why", type="app_mention", channel="C1"), Incoming("why", is_shared=True)),
        (event("/restart"), Incoming("/restart")),
    ],
)
def test_what_a_person_says(written: Event, expected: Incoming) -> None:
    assert incoming(written) == expected


@pytest.mark.parametrize("field", ["channel", "ts", "user", "thread_ts", "client_msg_id"])
@pytest.mark.parametrize("value", ["", "x" * 65, "C1\n", "C 1", 5, ["C1"]])
def test_what_is_no_id_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        event(**{field: value})


def test_a_conversation_is_a_direct_message_or_a_person_in_a_thread() -> None:
    assert conversation_of("D1", "U1", None) == "slack-D1-U1"
    assert conversation_of("C1", "U1", "1.2") == "slack-C1-U1-1.2"


def test_a_reply_is_posted_where_it_was_asked_for_without_unfurling() -> None:
    (call,) = calls_for([{"text": "3 < 4 & <!channel>"}], "C1", "1.2", None)
    assert call["method"] == "chat.postMessage" and OPTIONAL not in call
    parameters = call["parameters"]
    assert (parameters["channel"], parameters["thread_ts"]) == ("C1", "1.2")
    assert parameters["text"] == "3 &lt; 4 &amp; &lt;!channel&gt;"
    assert parameters["unfurl_links"] is parameters["unfurl_media"] is False
    assert "thread_ts" not in calls_for([{"text": "x"}], "D1", None, None)[0]["parameters"]


@given(MARKUP, st.integers(1, 2000))
def test_a_text_loses_nothing_but_white_space_in_sections(text: str, times: int) -> None:
    parts = texts({"text": text * times})
    assert all(0 < len(it) <= MOST_OF_SECTION for it in parts)
    assert "".join("".join(html.unescape(it) for it in parts).split()) == "".join((text * times).split())


@pytest.mark.parametrize(
    ("text", "count"), [("x" * 3000, 1), ("x" * 3001, 2), ("&" * 600, 1), ("&" * 601, 2), ("", 0), ("<" * 3000, 4)]
)
def test_a_section_holds_as_much_as_slack_takes(text: str, count: int) -> None:
    parts = texts({"text": text})
    assert len(parts) == count and html.unescape("".join(parts)) == text


@pytest.mark.parametrize("mark", ["\n", ". ", " "])
def test_a_long_text_is_cut_where_it_reads_well(mark: str) -> None:
    first, second = texts({"text": "x" * 2500 + mark + "y" * 2500})
    assert (first, second) == ("x" * 2500 + mark.strip(), "y" * 2500)


def test_buttons_keep_within_what_slack_takes() -> None:
    buttons = [{"title": f"{it} {'é' * 100}", "payload": f"/ask_{it} {'é' * 50}"} for it in range(MOST_BUTTONS + 5)]
    (actions,) = of_type("actions", {"text": "x", "buttons": buttons})
    elements = actions["elements"]
    assert len(elements) == MOST_BUTTONS == len({it["action_id"] for it in elements})
    assert len({it["value"] for it in elements}) == MOST_BUTTONS
    assert all(len(it["text"]["text"]) <= MOST_OF_TITLE and len(it["value"].encode()) <= 64 for it in elements)


def test_a_telephone_number_is_a_link_and_no_button() -> None:
    buttons = [{"title": "Call <999>", "url": "tel:999"}, {"title": "Why?", "payload": "/ask_why"}]
    reply = {"text": "Call now", "buttons": buttons}
    assert texts(reply) == ["Call now", "<tel:999|Call &lt;999&gt;>"]
    assert [it["value"] for it in of_type("actions", reply)[0]["elements"]] == ["/ask_why"]
    assert of_type("actions", {"text": "x", "buttons": buttons[:1]}) == []


@pytest.mark.parametrize(
    ("sources", "line"),
    [
        (["Overview: Redness", "Overview: Swelling"], "Source: Overview (Redness, Swelling)"),
        (["A & B"], "Source: A &amp; B"),
    ],
)
def test_the_sources_stand_below(sources: list[str], line: str) -> None:
    blocks = blocks_for({"text": "x", "sources": sources, "buttons": [{"title": "Why?", "payload": "/y"}]})
    assert blocks[-1] == {"type": "context", "elements": [{"type": "mrkdwn", "text": line}]}
    assert of_type("context", {"text": "x", "sources": []}) == []


def test_many_sources_keep_within_what_slack_takes() -> None:
    (context,) = of_type("context", {"text": "x", "sources": ["x" * 10_000]})
    assert len(context["elements"][0]["text"]) <= MOST_OF_CONTEXT


@pytest.mark.parametrize(
    ("image", "public_url", "address"),
    [
        ("/chat/pictures/a.svg", PUBLIC_URL, f"{PUBLIC_URL}/chat/pictures/a.png"),
        ("https://cdn.example/a.png", None, "https://cdn.example/a.png"),
        ("/chat/pictures/a.svg", None, None),
        (None, PUBLIC_URL, None),
    ],
)
def test_a_picture_is_a_message_of_its_own_where_it_can_be_reached(
    image: Optional[str], public_url: Optional[str], address: Optional[str]
) -> None:
    words, *pictures = calls_for([{"text": "x", "image": image, "image_alt": "Skin"}], "C1", "1.2", public_url)
    assert OPTIONAL not in words and [it["type"] for it in words["parameters"]["blocks"]] == ["section"]
    assert bool(pictures) is bool(address)
    for call in pictures:
        assert call["method"] == "chat.postMessage" and call[OPTIONAL]
        parameters = call["parameters"]
        assert (parameters["channel"], parameters["thread_ts"], parameters["text"]) == ("C1", "1.2", "Skin")
        assert parameters["blocks"] == [{"type": "image", "image_url": address, "alt_text": "Skin"}]


def test_pictures_come_after_all_words() -> None:
    replies = [{"text": it, "image": "https://cdn.example/a.png"} for it in ("one", "two")]
    calls = calls_for(replies, "C1", None, None)
    assert [it["parameters"]["text"] for it in calls[:2]] == ["one", "two"]
    assert [OPTIONAL in it for it in calls] == [False, False, True, True]


@pytest.mark.parametrize(("alt", "length"), [("", 9), ("x" * 3000, MOST_OF_ALT_TEXT)])
def test_a_pictures_words_are_as_slack_takes_them(alt: str, length: int) -> None:
    picture = calls_for([{"text": "x", "image": "https://cdn.example/a.png", "image_alt": alt}], "C1", None, None)[1]
    assert len(picture["parameters"]["blocks"][0]["alt_text"]) == length


def test_after_a_tap_the_choice_stands_in_the_buttons_place() -> None:
    reply = {"text": "Do you mean", "buttons": [{"title": "Why?", "payload": "/ask_why"}], "sources": ["Overview"]}
    blocks = blocks_for(reply)
    (call,) = calls_after_tap(tap(text="Do you mean", blocks=blocks))
    assert call["method"] == "chat.update" and call[OPTIONAL]
    parameters = call["parameters"]
    assert (parameters["channel"], parameters["ts"], parameters["text"]) == ("D1", "1.2", "Do you mean")
    first, choice, last = parameters["blocks"]
    assert (first, last) == (blocks[0], blocks[2])
    (note,) = choice["elements"]
    assert (choice["type"], note["type"], note["text"]) == ("context", "plain_text", "You chose: Why?")


THUMBS = [
    [FeedbackButton("👍", "Helped", "Helped", "feedback:7:yes"), FeedbackButton("👎", "No", "No", "feedback:7:no")]
]
ANSWER = {
    "text": "Words",
    "buttons": [{"title": "Why?", "payload": "/ask_why"}],
    "sources": ["Overview"],
    "feedback": THUMBS,
}


def test_thumbs_stand_last_in_a_row_of_their_own_with_words_for_who_cannot_see_them() -> None:
    blocks = blocks_for(ANSWER)
    assert [it["type"] for it in blocks] == ["section", "actions", "context", "actions"]
    elements = blocks[-1]["elements"]
    assert [(it["text"]["text"], it["accessibility_label"]) for it in elements] == [("👍", "Helped"), ("👎", "No")]
    assert [Choice.of(it["value"]) for it in elements] == [Choice(7, True), Choice(7, False)]
    ids = [it["action_id"] for block in (blocks[1], blocks[-1]) for it in block["elements"]]
    assert len(set(ids)) == len(ids)


def test_after_a_tap_on_a_topic_the_thumbs_stay() -> None:
    blocks = blocks_for(ANSWER)
    (call,) = calls_after_tap(tap(text="Words", blocks=blocks))
    changed = call["parameters"]["blocks"]
    assert [it["type"] for it in changed] == ["section", "context", "context", "actions"]
    assert changed[-1] == blocks[-1]


def test_after_a_thumb_the_rest_of_the_message_stays() -> None:
    blocks = blocks_for(ANSWER)
    reason = [FeedbackButton("", "Hard to read", "Hard to read", "feedback:7:unclear")]
    (call,) = calls_for_feedback(shown(tap(text="Words", blocks=blocks)), [*THUMBS, reason])
    assert (call["method"], call[OPTIONAL]) == ("chat.update", True)
    parameters = call["parameters"]
    assert (parameters["channel"], parameters["ts"], parameters["text"]) == ("D1", "1.2", "Words")
    assert parameters["blocks"][:-1] == blocks[:-1]
    assert [it["text"]["text"] for it in parameters["blocks"][-1]["elements"]] == ["👍", "👎", "Hard to read"]
    (again,) = calls_for_feedback(parameters, THUMBS)
    assert again["parameters"]["blocks"] == blocks


@pytest.mark.parametrize("elements", [None, "x", [], ["x", 5], [{}], [{"value": 5}], [{"value": "feedback:7:maybe"}]])
def test_blocks_of_any_kind_are_left_as_they_are(elements: Any) -> None:
    strange = [{"type": "x", "elements": elements}]
    (call,) = calls_for_feedback(shown(tap(blocks=strange)), THUMBS)
    assert call["parameters"]["blocks"][:-1] == strange

from __future__ import annotations

import copy
import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from slack_sdk.signature import SignatureVerifier

from bot.bench.hostile.attack import Memory, growth
from bot.bench.hostile.bodies import content, nested, spoil
from bot.bench.hostile.checks import Log, tracker_problems
from bot.bench.hostile.headers import forged_headers, true_headers
from bot.bench.hostile.messages import KINDS, MARK, NUMBER, domain, payload, text_of, value_for
from bot.bench.hostile.requests import CHANNELS, MESSAGES_OF_A_PERSON, PLACES, WAYS, Attack, Request
from bot.channels.errors import ChatError
from bot.channels.rate import OF_SENDER
from bot.channels.session_token import SessionTokens, TokenError
from bot.channels.slack import check
from bot.settings import Settings

SETTINGS = Settings(
    chat_secret="a-key-of-the-tests-with-32-characters",
    telegram_token="1:tests",
    telegram_secret="a-secret_of-the-tests",
    slack_token="xoxb-1-tests",
    slack_signing_secret="8f742231b10e8888abcd99yyyzzz85a5",
)


def requests(count: int, seed: int = 1) -> list[Request]:
    return list(Attack(SETTINGS, seed).requests(count))


def written(requests: list[Request]) -> list[tuple[str, str, bytes]]:
    return [(it.kind, it.text, it.body) for it in requests]


def test_the_same_seed_makes_the_same_messages() -> None:
    assert written(requests(300)) == written(requests(300))
    assert written(requests(300)) != written(requests(300, seed=2))


def test_every_kind_comes_over_every_channel() -> None:
    kinds = Counter(it.kind for it in requests(4000))
    wanted = {f"{channel}, {kind}" for channel in CHANNELS for kind in (*KINDS, *WAYS) if kind not in ("text", "path")}
    assert wanted | {"not served"} == set(kinds)


@pytest.mark.parametrize("kind", [it for it in KINDS if it not in ("blank", "plain")])
def test_a_text_has_its_mark_by_which_it_is_found(kind: str) -> None:
    random = Random(1)
    assert all("zq7qz" in text_of(kind, random, "zq7qz") for _ in range(200))
    assert re.fullmatch(MARK, "zq7qz")


def test_every_intent_and_every_slot_is_tried() -> None:
    random = Random(1)
    payloads = [payload(random, "zq7qz") for _ in range(4000)]
    for intent in domain()["intents"]:
        assert any(f"/{intent}{{" in it for it in payloads), intent
    for slot in domain()["slots"]:
        assert any(f'"{slot}": {json.dumps(value_for(slot, "zq7qz"))}' in it for it in payloads), slot


@pytest.mark.parametrize("before", ["\u200b", "\u00a0", "\ufeff", "\x1c", "\n"])
def test_payloads_hide_behind_what_cannot_be_seen(before: str) -> None:
    random = Random(1)
    assert any(payload(random, "x").startswith(f"{before}/") for _ in range(2000))


def test_some_people_are_hasty_and_the_others_stay_below_the_limit() -> None:
    said = Counter(str(json.loads(it.body)["sender"]) for it in requests(4000) if it.kind == "rest, unicode")
    hasty, *others = (times for _, times in said.most_common())
    assert hasty > max(others)
    assert MESSAGES_OF_A_PERSON < int(OF_SENDER["slack"].partition("/")[0])


@pytest.mark.parametrize("is_form", [False, True])
def test_the_signature_of_slack_is_right_or_nearly(is_form: bool) -> None:
    verifier = SignatureVerifier(str(SETTINGS.slack_signing_secret))
    body, random = b'{"type": "x"}', Random(1)
    check(verifier, body, lower(true_headers("slack", SETTINGS, 1, body, is_form)))
    for _ in range(50):
        headers = lower(forged_headers("slack", SETTINGS, 1, body, random))
        with pytest.raises((ChatError, OverflowError, ValueError)):
            check(verifier, body, headers)


def test_the_session_of_the_website_is_right_or_nearly() -> None:
    tokens, random = SessionTokens(str(SETTINGS.chat_secret)), Random(1)
    true = true_headers("web", SETTINGS, 7, b"", False)["Authorization"].removeprefix("Bearer ")
    assert tokens.conversation(true) == "web-7"
    for _ in range(50):
        scheme, _, token = forged_headers("web", SETTINGS, 7, b"", random).get("Authorization", "").partition(" ")
        if scheme == "Bearer":
            with pytest.raises((TokenError, UnicodeError)):
                tokens.conversation(token)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_spoilt_message_is_another(channel: str) -> None:
    random = Random(1)
    for number in range(1000, 1100):
        given = content(channel, number, 7, "hello", is_tap=number % 2 == 0)
        before = copy.deepcopy(given)
        spoil(random, given, "zq7qz")
        assert given != before


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_nested_message_is_deep_and_closed(channel: str) -> None:
    random = Random(1)
    bodies = [nested(channel, random, content(channel, 1, 1, "hello", is_tap=False)) for _ in range(50)]
    assert max(it.count(b"{") + it.count(b"[") for it in bodies) > 5000
    assert all(it.count(b"{") == it.count(b"}") and it.count(b"[") == it.count(b"]") for it in bodies)


def test_what_is_forged_or_not_served_must_be_refused() -> None:
    for it in islice(requests(3000), 3000):
        if it.kind == "not served" or it.kind.endswith("forged"):
            assert it.must_be_refused
        if it.kind.endswith("plain"):
            assert not it.must_be_refused and it.path in PLACES.values()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("2026 ERROR x - A turn failed: KeyError in x.py, line 3", "something broke"),
        ("Traceback (most recent call last):", "a traceback"),
        ("2026 ERROR x - cannot read 'zq12qz'", "repeats a message"),
        ("https://api/bot4242:secret/x", "holds a secret"),
    ],
)
def test_the_log_is_watched(tmp_path: Path, line: str, problem: str) -> None:
    file = tmp_path / "log"
    file.write_text("2026 INFO all is well\n", encoding="utf-8")
    log = Log(file, ["4242:secret"])
    assert log.problems() == []
    with file.open("a", encoding="utf-8") as more:
        more.write(f"{line}\nhalf a li")
    (found,) = log.problems()
    assert problem in found
    assert log.problems() == []


@pytest.mark.parametrize(
    ("kind", "event", "problem"),
    [
        ("user", {"text": "/ask_oil"}, "was taken"),
        ("user", {"text": " /ask_oil"}, "was taken"),
        ("user", {"text": "/offered"}, None),
        ("user", {"text": "ask oil zq1qz"}, None),
        ("slot", {"name": "tier", "value": "zq1qz"}, "has set a slot"),
        ("slot", {"name": "offered", "value": ["zq1qz"]}, "has set a slot"),
        ("slot", {"name": "days_since_treatment", "value": NUMBER}, "has set a slot"),
        ("slot", {"name": "days_since_treatment", "value": 3.0}, None),
        ("restart", {}, "has brought about"),
    ],
)
def test_the_tracker_is_watched(tmp_path: Path, kind: str, event: dict[str, Any], problem: str | None) -> None:
    events = [("bot", {"data": {"buttons": [{"title": "x", "payload": "/offered"}]}}), (kind, event)]
    with closing(sqlite3.connect(tmp_path / "x.db")) as database, database:
        database.execute("create table events (id integer primary key, sender_id, type_name, data)")
        for name, data in events:
            database.execute(
                "insert into events (sender_id, type_name, data) values ('a', ?, ?)", (name, json.dumps(data))
            )
    found = tracker_problems(tmp_path / "x.db", [])
    assert (len(found) == 1 and problem in found[0]) if problem else found == []


def test_a_button_counts_only_in_the_conversation_that_offered_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db")) as database, database:
        database.execute("create table events (id integer primary key, sender_id, type_name, data)")
        for sender in ("web-1", "telegram-1", "slack-1"):
            database.execute("insert into events values (null, ?, 'user', '{\"text\": \"/help\"}')", (sender,))
    assert len(tracker_problems(tmp_path / "x.db", [])) == 2
    assert len(tracker_problems(tmp_path / "x.db", ["/help"])) == 1


@pytest.mark.parametrize(("end", "is_too_much"), [(104.9, False), (105.1, True), (90, False)])
def test_memory_is_compared_after_the_warm_up(end: float, is_too_much: bool) -> None:
    sizes = {50: 10.0, 200: 100.0, 500: 120.0, 1000: end}
    assert bool(growth([Memory(sent, size, 60, 1) for sent, size in sizes.items()])) == is_too_much


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}

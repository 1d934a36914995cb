"""Hostile requests to all channels, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from bot.bench.hostile.bodies import PATHS, as_form, content, nested, spoil
from bot.bench.hostile.headers import forged_headers, true_headers
from bot.bench.hostile.messages import KINDS, payload, text_of
from bot.settings import Settings

CHANNELS = ("rest", "web", "telegram", "slack")
PLACES = {it: f"/webhooks/{it}/webhook" for it in CHANNELS} | {"web": "/chat/messages"}
# What is sent, and how often.
WAYS = {"text": 55, "payload": 20, "tap": 6, "wrong types": 5, "broken": 4, "nested": 2, "forged": 4, "path": 4}
# A person stays below every limit with so many messages; the hasty one of each channel does not.
MESSAGES_OF_A_PERSON = 12
HASTY, HASTY_SHARE = 1, 0.15


@dataclass(frozen=True)
class Request:
    """One request, and what may come of it."""

    number: int
    kind: str
    text: str
    """What a person wrote in it; it may stand in the conversation, and nowhere else."""
    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    must_be_refused: bool = False

    def __str__(self) -> str:
        shown = ascii(self.text)
        return f"no. {self.number}, {self.kind}, {self.method} {self.path}: {shown[:300]}{'...' if shown[300:] else ''}"


class Attack:
    """Makes the requests."""

    def __init__(self, settings: Settings, seed: int) -> None:
        """Takes the secrets of the assistant that is attacked."""
        self._settings = settings
        self._random = Random(seed)

    def requests(self, count: int) -> Iterator[Request]:
        """So many requests, each made when it is asked for: signatures are good for five minutes."""
        for number in range(1, count + 1):
            way = self._random.choices(list(WAYS), list(WAYS.values()))[0]
            yield self._to_a_path(number) if way == "path" else self._to_a_channel(number, way)

    def _to_a_path(self, number: int) -> Request:
        mark = f"zq{number}qz"
        method, path = self._random.choice(PATHS)
        text = payload(self._random, mark)
        body = json.dumps({"text": text, "sender": "user", "event": "slot", "name": "tier", "value": mark}).encode()
        return Request(number, "not served", text, method, path, body, {}, must_be_refused=True)

    def _to_a_channel(self, number: int, way: str) -> Request:
        random, mark = self._random, f"zq{number}qz"
        channel = random.choice(CHANNELS)
        kind = random.choice(list(KINDS)) if way == "text" else "payload"
        person = HASTY if random.random() < HASTY_SHARE else 2 + number // (len(CHANNELS) * MESSAGES_OF_A_PERSON)
        text = text_of(kind, random, mark)
        given = content(channel, number, person, text, is_tap=way == "tap" or random.random() < 0.05)
        if way == "wrong types":
            spoil(random, given, mark)
        body = nested(channel, random, given) if way == "nested" else json.dumps(given).encode()
        if way == "broken":
            body = random.choice((body[:-2], b"", b"\xff" + body, body + b"}", f'"{mark}"'.encode(), b"[]", b"NaN"))
        is_form = given.get("type") == "block_actions"
        body = as_form(body) if is_form else body
        if way == "forged":
            headers = forged_headers(channel, self._settings, person, body, random)
        else:
            headers = true_headers(channel, self._settings, person, body, is_form)
        is_refused = way == "forged" or (way == "broken" and not is_form)
        name = f"{channel}, {kind if way == 'text' else way}"
        return Request(number, name, text, "POST", PLACES[channel], body, headers, is_refused)

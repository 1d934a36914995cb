"""Writes plausible conversations into a database, with known counts: to try and to time what reads them.

The events have the form in which Rasa keeps them; the questions outside the guide are of known subjects.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from random import Random
from typing import Any, Optional
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.store.database import engine_of

CHANNELS = {"web": 60, "telegram": 25, "slack": 5, "rest": 10}
ANSWERS = {
    "ask_how_long": 8,
    "ask_is_normal": 7,
    "ask_why_breakout": 6,
    "ask_moisturize": 4,
    "ask_cleanse": 3,
    "ask_purge": 2,
}
SIGNS = {"fever": "same_day", "pus": "same_day", "breathing": "emergency", "scars": "clinic", "hives": "clinic"}
REASONS = ("not_asked", "hard_to_understand", "something_missing", None)
SUBJECTS = {
    "swimming": ("go swimming", "swim in the pool", "swim in the sea", "do laps in the swimming pool"),
    "sunscreen": ("put on sunscreen", "use spf 50 sunscreen", "wear sun cream", "use a mineral sunscreen"),
    "makeup": ("wear makeup", "put foundation on", "use concealer and makeup", "put my make up on"),
    "gym": ("go to the gym", "work out at the gym", "lift weights at the gym", "do a gym class"),
    "alcohol": ("drink alcohol", "have a glass of wine", "drink beer", "have alcoholic drinks"),
    "hair": ("dye my hair", "colour my hair", "have my hair dyed", "bleach my hair"),
    "flying": ("fly on a plane", "take a flight", "get on an airplane", "catch my flight"),
    "retinol": ("use retinol", "put retinol on", "use my retinol serum", "start a retinol cream"),
    "sauna": ("go to the sauna", "sit in a steam room", "use the sauna", "have a sauna"),
    "price": (
        "pay per session, what is the price",
        "get a discount price",
        "pay the price in parts",
        "pay the full price",
    ),
}
WAYS = ("can i {} {}", "is it ok to {} {}", "am i allowed to {} {}", "would it be bad to {} {}", "{} {}, yes or no")
TIMES = ("", "now", "tomorrow", "after two days", "this week", "tonight", "on day 3", "so soon", "already", "next week")
GIBBERISH = (
    "asdf",
    "hm the thing from",
    "blorp",
    "tuesday the other one maybe",
    "qwerty",
    "see above",
    "it it it",
    "xx",
)
HOSTILE = '<script>document.title="taken"</script> can i go swimming <img src=x onerror=alert(1)>'
MASKED = "can i go swimming, ring me on [phone number removed]"
SECRETS = ("Marigold Featherstone", "07700 900123", "marigold@example.org")
"""What patients tell of themselves; it must not be found in anything that is made of these conversations."""

_METADATA = sa.MetaData()
_TABLES = {
    "events": (
        sa.Column("sender_id", sa.String(255), index=True),
        *(sa.Column(name, sa.String(255)) for name in ("type_name", "intent_name", "action_name")),
        sa.Column("timestamp", sa.Float),
        sa.Column("data", sa.Text),
    ),
    "warnings": (
        sa.Column("reported_at", sa.DateTime, index=True),
        *(sa.Column(name, sa.String(1000)) for name in ("conversation", "channel", "tier", "signs")),
    ),
    "turns": (
        sa.Column("at", sa.DateTime, index=True),
        sa.Column("channel", sa.String(64)),
        sa.Column("seconds", sa.Float),
    ),
    "feedback": (
        sa.Column("given_at", sa.DateTime),
        *(sa.Column(name, sa.String(255)) for name in ("conversation", "channel", "message", "answer", "reason")),
        sa.Column("helpful", sa.Boolean),
    ),
    "handovers": (
        *(sa.Column(name, sa.DateTime) for name in ("asked_at", "done_at")),
        *(
            sa.Column(name, sa.String(255))
            for name in ("conversation", "channel", "name", "phone", "email", "best_time")
        ),
        sa.Column("question", sa.Text),
        sa.Column("status", sa.String(16)),
    ),
}
for _name, _columns in _TABLES.items():
    sa.Table(_name, _METADATA, sa.Column("id", sa.Integer, primary_key=True), *_columns)


@dataclass
class Truth:
    """What was written, within the period."""

    conversations: Counter[str] = field(default_factory=Counter)
    """By channel."""
    daily_conversations: Counter[tuple[date, str]] = field(default_factory=Counter)
    daily_messages: Counter[tuple[date, str]] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    undocumented: Counter[str] = field(default_factory=Counter)
    """By subject."""
    withheld: int = 0
    """Questions outside the guide, not among those above, that tell who wrote them."""
    not_understood: int = 0
    out_of_scope: int = 0
    helped: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """By answer, and whether it helped."""
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By answer and reason."""
    warnings: Counter[str] = field(default_factory=Counter)
    """By tier."""
    signs: Counter[str] = field(default_factory=Counter)
    waits: list[timedelta] = field(default_factory=list)
    open: int = 0
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Of replies, by channel."""


class Writer:
    """Makes conversations; the same seed makes the same ones."""

    def __init__(self, last: date, zone: ZoneInfo, days: int = 30, seed: int = 7, only: Optional[str] = None) -> None:
        """Begins.

        Args:
            last: the last day of the period.
            zone: in which days begin and end.
            days: of the period; some conversations are before it.
            seed: of the chance.
            only: the channel that the truth is about; all if None.
        """
        self.truth = Truth()
        self._first, self._last, self._zone, self._only = last - timedelta(days=days - 1), last, zone, only
        self._random = Random(seed)
        self._rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
        self._seen_on: set[tuple[date, str]] = set()
        self._is_counted = False
        self._conversation = self._channel = ""
        self._now = datetime.now(timezone.utc)

    def write(self, database_url: str, conversations: int) -> Truth:
        """Writes so many conversations, in the order of time, and tells what they are."""
        for number, start in enumerate(sorted(self._start() for _ in range(conversations))):
            self._talk(f"conversation-{number}", start)
        engine = engine_of(database_url)
        _METADATA.create_all(engine)
        with engine.begin() as connection:
            for name, rows in self._rows.items():
                if rows:
                    connection.execute(_METADATA.tables[name].insert(), rows)
        engine.dispose()
        return self.truth

    def _start(self) -> datetime:
        days = self._random.randrange(-3, (self._last - self._first).days + 1)
        midnight = datetime.combine(self._first, datetime.min.time(), self._zone)
        # Many late in the evening, so that talks go on past midnight.
        minute = self._random.choice((self._random.randrange(1440), self._random.randrange(1420, 1440)))
        return (midnight + timedelta(days=days, minutes=minute)).astimezone(timezone.utc)

    def _talk(self, conversation: str, start: datetime) -> None:
        self._conversation, self._now = conversation, start
        self._channel = self._random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        self._seen_on, self._is_counted = set(), False
        self._event("action", name="action_session_start")
        self._event("session_started")
        for _ in range(self._random.randint(4, 6)):
            self._now += timedelta(seconds=self._random.randint(15, 240))
            turn = self._random.choices(list(_TURNS), list(_TURNS.values()))[0]
            turn(self)
            self._replied()

    # What can happen in a turn.

    def _documented(self) -> None:
        answer = self._pick(ANSWERS)
        self._hear(f"a question about {answer}", [("a question about it", answer)], answer)
        self._answer(answer)

    def _button(self) -> None:
        answer = self._pick(ANSWERS)
        self._hear(f"/{answer}", [], answer)
        self._answer(answer)

    def _two_questions(self) -> None:
        answer, (subject, text) = self._pick(ANSWERS), self._undocumented_text()
        self._hear(f"how long is it and {text}", [("how long is it", answer), (text, "undocumented")], answer)
        self._answer(answer)
        self._say("utter_undocumented")
        self._counts().undocumented[subject] += 1

    def _undocumented(self) -> None:
        subject, text = self._undocumented_text()
        self._hear(text, [(text, "undocumented")], "undocumented")
        self._say("utter_undocumented")
        self._counts().undocumented[subject] += 1

    def _hostile(self) -> None:
        self._hear(HOSTILE, [(HOSTILE, "undocumented")], "undocumented")
        self._say("utter_undocumented")
        self._counts().undocumented["swimming"] += 1

    def _telling_who(self) -> None:
        name, phone, email = SECRETS
        text = self._random.choice((MASKED, f"my name is {name}, can i swim", f"can i swim? {phone}", f"swim? {email}"))
        # The part that is asked holds nothing private; the message does.
        self._hear(text, [("can i go swimming in secret", "undocumented")], "undocumented")
        self._say("utter_undocumented")
        self._counts().withheld += 1

    def _not_understood(self) -> None:
        text = f"{self._random.choice(GIBBERISH)} {self._random.choice(TIMES)}".strip()
        self._hear(text, [(text, "nlu_fallback")], "nlu_fallback")
        self._say("utter_not_understood")
        self._counts().not_understood += 1

    def _out_of_scope(self) -> None:
        self._hear("who won the match", [("who won the match", "out_of_scope")], "out_of_scope")
        self._say("utter_out_of_scope")
        self._counts().out_of_scope += 1

    def _thanks(self) -> None:
        self._hear("thanks", [("thanks", "thank")], "thank")
        self._say("utter_thank")

    def _warning(self) -> None:
        signs = self._random.sample(list(SIGNS), self._random.randint(1, 2))
        tier = SIGNS[signs[0]]
        self._hear("it is hot and weeps", [("it is hot and weeps", "red_flag")], "red_flag")
        self._say(f"utter_warning_{tier}")
        self._row("warnings", reported_at=self._utc(), tier=tier, signs=" ".join(signs))
        self._counts().warnings[tier] += 1
        self._counts().signs.update(signs)

    def _hand_over(self) -> None:
        name, phone, email = SECRETS
        asked_at, counts = self._utc(), self._counts()
        self._hear("i want to talk to a person", [("i want to talk to a person", "request_human")], "request_human")
        self._event("active_loop", name="handover_form")
        for told in (name, phone, f"can i swim? {name}"):
            self._now += timedelta(seconds=20)
            self._hear(told, [(told, self._random.choice(("undocumented", "nlu_fallback")))], "nlu_fallback")
            self._say("utter_not_understood")
        self._event("active_loop", name=None)
        status = self._random.choices(("done", "open", "draft"), (6, 2, 2))[0]
        wait = timedelta(minutes=self._random.randint(5, 3000))
        self._row(
            "handovers",
            asked_at=asked_at,
            done_at=asked_at + wait if status == "done" else None,
            name=name,
            phone=phone,
            email=email,
            best_time="mornings",
            question="can i swim",
            status=status,
        )
        counts.open += status == "open"
        counts.waits += [wait] if status == "done" else []

    # How it is kept.

    def _hear(self, text: str, questions: list[tuple[str, str]], intent: str) -> None:
        parsed = [{"text": said, "intent": it, "confidence": 0.8} for said, it in questions]
        ranking = [{"name": it, "confidence": 0.1} for it in (*ANSWERS, "undocumented", "out_of_scope", "thank")]
        parse_data = {
            "intent": {"name": intent, "confidence": 0.8},
            "entities": [],
            "text": text,
            "text_tokens": [[i, i + 4] for i in range(0, len(text), 5)],
            "intent_ranking": ranking,
            **({"questions": parsed} if parsed else {}),
        }
        self._event("user", intent, text=text, parse_data=parse_data, input_channel=self._channel)
        self._event("user_featurization", use_text_for_featurization=False)
        counts, day = self._counts(), self._day()
        counts.daily_messages[day, self._channel] += 1
        if counts is self.truth and not self._is_counted:
            self._is_counted = True
            counts.conversations[self._channel] += 1
        if (day, self._channel) not in self._seen_on:
            self._seen_on.add((day, self._channel))
            counts.daily_conversations[day, self._channel] += 1

    def _answer(self, answer: str) -> None:
        metadata = {"answer": answer, "sources": ["Overview"] * 4, "facts": ["A1", "B2"]}
        self._event("action", name="action_answer")
        self._event("bot", text="A documented answer. " * 18, metadata=metadata, data={"buttons": []})
        self._event("slot", name="last_answer", value=answer)
        self._counts().answers[answer] += 1
        if self._random.random() < 0.2:
            self._judge(answer)

    def _judge(self, answer: str) -> None:
        is_helpful = self._random.random() < 0.7
        reason = None if is_helpful else self._random.choice(REASONS)
        message = str(self._random.getrandbits(50))
        self._row("feedback", given_at=self._utc(), message=message, answer=answer, helpful=is_helpful, reason=reason)
        self._counts().helped[answer, is_helpful] += 1
        if reason:
            self._counts().reasons[answer, reason] += 1

    def _say(self, response: str) -> None:
        self._event("action", name=response)
        self._event("bot", text="A fixed text. " * 12, metadata={"utter_action": response}, data={"buttons": []})

    def _replied(self) -> None:
        self._event("action", name="action_listen")
        seconds = self._random.lognormvariate(-3, 0.8)
        self._row("turns", at=self._utc(), seconds=seconds)
        self._counts().seconds[self._channel].append(seconds)

    def _event(self, kind: str, intent: Optional[str] = None, **event: Any) -> None:
        self._now += timedelta(milliseconds=5)
        moment = self._now.timestamp()
        self._rows["events"].append(
            {
                "sender_id": self._conversation,
                "type_name": kind,
                "timestamp": moment,
                "intent_name": intent,
                "action_name": event.get("name"),
                "data": json.dumps({"event": kind, "timestamp": moment, "metadata": {}, **event}),
            }
        )

    def _row(self, table: str, **values: Any) -> None:
        if table != "turns":
            values["conversation"] = self._conversation
        self._rows[table].append({"channel": self._channel, **values})

    def _counts(self) -> Truth:
        is_in = self._first <= self._day() <= self._last and self._only in (None, self._channel)
        return self.truth if is_in else Truth()  # what is outside counts nowhere

    def _day(self) -> date:
        return self._now.astimezone(self._zone).date()

    def _utc(self) -> datetime:
        return self._now.replace(tzinfo=None)

    def _undocumented_text(self) -> tuple[str, str]:
        subject = self._random.choice(list(SUBJECTS))
        way, time = self._random.choice(WAYS), self._random.choice(TIMES)
        return subject, " ".join(way.format(self._random.choice(SUBJECTS[subject]), time).split())

    def _pick(self, weights: dict[str, int]) -> str:
        return self._random.choices(list(weights), list(weights.values()))[0]


_TURNS: dict[Callable[[Writer], None], int] = {
    Writer._documented: 45,
    Writer._button: 12,
    Writer._two_questions: 5,
    Writer._undocumented: 15,
    Writer._hostile: 1,
    Writer._telling_who: 1,
    Writer._not_understood: 7,
    Writer._out_of_scope: 4,
    Writer._thanks: 7,
    Writer._warning: 2,
    Writer._hand_over: 2,
}

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analytics.quoting import LONGEST, quotable, quotation


@pytest.mark.parametrize(
    "message",
    [
        "/ask_purge",
        "can i swim, ring me on [phone number removed]",
        "write to [e-mail address removed]",
        "i paid with [card number removed]",
        "ann@example.org: can i swim",
        "see www.example.org",
        "can i swim? 07700 900123",
        "+44 (0)20 7946-0018 call me after 5",
        "born 12.11.1986, am i too old",
        "my name is Ann, can i swim",
        "Hi I'm Ann Smith and I swim",
        "This is Ann. Can I swim?",
        "Dr Smith said no",
        "can i swim? kind regards ann",
    ],
)
def test_what_may_tell_who_wrote_is_not_quoted(message: str) -> None:
    assert not quotable(message)


@pytest.mark.parametrize(
    "message",
    [
        "can i swim",
        "spf 30 or 50 on day 2",
        "i'm 34 and pregnant",
        "Is it ok that I'm going to the gym",
        "[sic] it says on the bottle 10% aha, 2% bha",
    ],
)
def test_plain_questions_are(message: str) -> None:
    assert quotable(message)


def test_a_quotation_is_one_line_that_can_be_printed() -> None:
    assert quotation("can\u0000 i\n\tswim \u202e now\ud83d ?") == "can i swim now ?"
    assert quotation(" ?! \u200b 12") is None
    assert quotation("a" * 1000) == "a" * LONGEST + " ..."


@given(st.text())
def test_any_text_makes_a_quotation_or_none(text: str) -> None:
    line = quotation(text)
    assert line is None or (line.isprintable() and line == line.strip() and line.encode())

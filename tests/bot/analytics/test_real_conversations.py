"""The report over what the running assistant itself has kept."""

from __future__ import annotations

import time
from datetime import datetime, timezone

from bot.analytics.figures import Figures
from bot.analytics.report import figures_of, report
from bot.settings import Clinic, load_report_options
from tests.assistant import Assistant
from tests.bot.analytics.conftest import Page

SWIMMING = ("can i go swimming", "is the swimming pool ok", "when can i swim again")


def read(assistant: Assistant, clinic: Clinic) -> Figures:
    options = load_report_options({"CHANNEL": "rest"})
    return figures_of(assistant.settings.database_url, options, clinic, datetime.now(timezone.utc))


def test_what_was_asked_and_answered_is_counted(assistant: Assistant, clinic: Clinic) -> None:
    before = read(assistant, clinic)
    conversation = assistant.conversation()
    for text in ("how long will it last", *SWIMMING, "foo", "my throat is closing and i cannot breathe"):
        conversation.say(text)
    deadline = time.monotonic() + 5
    while (after := read(assistant, clinic)).reply_times["rest"].replies < 6 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert sum(after.all_conversations.values()) == sum(before.all_conversations.values()) + 1
    assert after.message_count == before.message_count + 6
    assert after.answers["ask_how_long"] == before.answers["ask_how_long"] + 1
    assert after.undocumented.total == before.undocumented.total + 3
    assert after.not_understood.total == before.not_understood.total + 1
    assert sum(it.reports for it in after.warnings.values()) == sum(it.reports for it in before.warnings.values()) + 1
    assert 0 < after.reply_times["rest"].median < 5
    html = report(after, clinic, datetime.now(timezone.utc))
    assert set(SWIMMING) & set(Page(html).texts)

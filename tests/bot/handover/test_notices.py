from __future__ import annotations

import logging
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

import pytest

from bot.handover.notices import EMAIL, WEBHOOK, StaffNotices, load_staff_texts, ways
from bot.settings import Clinic, Settings
from bot.store import handovers
from bot.store.database import Database
from bot.store.handovers import HandoverStore
from bot.wording import DATA, KnowledgeError
from tests.staff import ADDRESS, Staff

DUE = datetime(2026, 7, 26, 10)
FAILURE = (500, {"ok": False}, {})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
def store(file: Path) -> HandoverStore:
    return HandoverStore(Database(f"sqlite:///{file}"))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handovers, "FIRST_WAIT", 0)


def notices(store: HandoverStore, clinic: Clinic, **settings: Any) -> StaffNotices:
    return StaffNotices(store, Settings(**settings), clinic)


def ask(
    store: HandoverStore,
    *to: str,
    email: Optional[str] = None,
    question: str = "may I swim?",
    tier: Optional[str] = None,
) -> int:
    phone = None if email else "07911 123456"
    store.keep("anna", "telegram", phone=phone, email=email, name="Anna", question=question)
    request = store.hand_over("anna", DUE, to, tier)
    assert request is not None
    return request.id


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{number}: please", "{nummer}: please", "email: subject: {nummer} is not known, use one of "),
        ("Who it is", "{name} it is", "webhook: {name} is not known, use one of ['asked', 'channel', 'due',"),
        ("({tier})", "({sign})", "warning: {sign} is not known, use one of ['tier']"),
        ("not_given:", "notgiven:", "not_given: is missing, add it"),
    ],
)
def test_wrong_texts_are_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    file = tmp_path / "handover" / "staff.yml"
    file.parent.mkdir()
    file.write_text((DATA / "handover" / "staff.yml").read_text(encoding="utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(KnowledgeError) as raised:
        load_staff_texts(tmp_path)
    assert f"{file}: {problem}" in str(raised.value)


def test_the_ways_are_those_that_are_set_up(own_team: Staff) -> None:
    assert ways(Settings(**own_team.settings)) == [EMAIL, WEBHOOK]
    assert ways(Settings(staff_webhook=f"{own_team.webhook.base}/staff")) == [WEBHOOK]
    assert ways(Settings()) == []


def test_the_mail_tells_all(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    number = ask(store, EMAIL)
    notices(store, clinic, **own_team.settings).send_due()
    (mail,) = own_team.mailbox.mails
    # 10:00 in UTC is 11:00 in a London summer.
    assert mail["Subject"] == f"Call-back request {number}: please answer by Sunday 26 July 2026, 11:00"
    assert (mail["To"], mail["From"], mail["Reply-To"]) == (ADDRESS, ADDRESS, None)
    text = mail.get_content()
    for told in ("Anna", "07911 123456", "may I swim?", "not given", "telegram"):
        assert told in text
    assert "warning sign" not in text


def test_an_answer_to_the_mail_goes_to_the_person(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    ask(store, EMAIL, email="anna@example.com")
    notices(store, clinic, **own_team.settings).send_due()
    assert own_team.mailbox.mails[0]["Reply-To"] == "anna@example.com"


def test_a_warning_sign_is_told(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    ask(store, EMAIL, WEBHOOK, tier="same_day")
    notices(store, clinic, **own_team.settings).send_due()
    assert own_team.mails("warning sign (same day)") and own_team.posts("warning sign (same day)")


def test_the_webhook_learns_nothing_personal(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    number = ask(store, WEBHOOK)
    notices(store, clinic, **own_team.settings).send_due()
    (text,) = own_team.posts("")
    assert f"request {number}" in text and "Sunday 26 July" in text
    assert not any(it in text for it in ("Anna", "07911", "swim"))


@pytest.mark.parametrize("question", ["one\nPhone: 1", "{name} {0} %s", "a\r\nBcc: x@y.example\r\n\r\nz", "<b>&"])
def test_what_is_written_stays_what_it_is(own_team: Staff, store: HandoverStore, clinic: Clinic, question: str) -> None:
    ask(store, EMAIL, question=question)
    notices(store, clinic, **own_team.settings).send_due()
    (mail,) = own_team.mailbox.mails
    lines = [it for it in mail.get_content().splitlines() if it.startswith("Question:")]
    assert lines == [f"Question:   {' '.join(question.split())}"]
    assert mail["Bcc"] is None


def test_what_fails_comes_again_until_it_is_taken_and_then_never(
    own_team: Staff, store: HandoverStore, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    own_team.mailbox.refusals = ["451 try later", "554 no"]
    failures = [FAILURE, FAILURE]
    own_team.webhook.answer = lambda method, parameters: failures.pop() if failures else None
    ask(store, EMAIL, WEBHOOK)
    sender = notices(store, clinic, **own_team.settings)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            sender.send_due()
    assert len(own_team.mails("Anna")) == 1
    assert len(own_team.posts("")) == 3
    keys = {it["idempotency-key"] for it in own_team.webhook.headers}
    assert len(keys) == 1
    assert "the mail server says 451" in caplog.text and "HTTP 500" in caplog.text
    assert not any(it in caplog.text for it in ("Anna", "07911", "swim"))


def test_one_way_that_is_gone_does_not_hold_up_the_other(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    ask(store, EMAIL, WEBHOOK)
    gone = {**own_team.settings, "smtp_url": "smtp://127.0.0.1:9"}
    handovers.FIRST_WAIT = 60  # set back by the fixture
    notices(store, clinic, **gone).send_due()
    assert len(own_team.posts("")) == 1
    assert own_team.mails("") == []


def test_a_mail_server_without_a_trusted_certificate_gets_nothing(
    own_team: Staff, store: HandoverStore, clinic: Clinic
) -> None:
    ask(store, EMAIL)
    handovers.FIRST_WAIT = 60
    notices(store, clinic, **{**own_team.settings, "smtp_url": own_team.smtp_url.replace("smtp:", "smtps:")}).send_due()
    assert own_team.mails("") == []
    assert store.untold() == {1}


def test_a_password_that_mail_cannot_carry_ends_nothing(own_team: Staff, store: HandoverStore, clinic: Clinic) -> None:
    ask(store, EMAIL, WEBHOOK)
    handovers.FIRST_WAIT = 60
    url = own_team.smtp_url.replace("//", "//desk:p%C3%A4ss@")
    sender = notices(store, clinic, **own_team.settings)
    sender._settings = Settings(**own_team.settings).copy(update={"smtp_url": url})
    sender.send_due()
    assert own_team.mails("") == [] and len(own_team.posts("")) == 1


def test_what_was_taken_is_not_sent_again_because_the_database_was_away(
    own_team: Staff, clinic: Clinic, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handovers, "CLAIM", handovers.CLAIM * 0)
    store = HandoverStore(Database(f"sqlite:///{file}?timeout=0.1"))
    ask(store, WEBHOOK)
    lock = sqlite3.connect(file, check_same_thread=False, isolation_level=None)

    def lock_it(method: str, parameters: dict[str, Any]) -> None:
        lock.execute("begin immediate")

    own_team.webhook.answer = lock_it
    sender = notices(store, clinic, **own_team.settings)
    sender.send_due()
    assert len(own_team.posts("")) == 1
    lock.execute("rollback")
    sender.send_due()
    assert len(own_team.posts("")) == 1
    assert store.untold() == set()

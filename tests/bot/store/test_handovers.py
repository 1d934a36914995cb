from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.store import handovers
from bot.store.database import Database
from bot.store.handovers import HandoverStore

DUE = datetime(2026, 11, 26, 11)
TOLD = {"name": "Anna", "best_time": "mornings", "question": "may I swim?"}


@pytest.fixture
def store(tmp_path: Path) -> HandoverStore:
    return HandoverStore(Database(f"sqlite:///{tmp_path / 'test.db'}"))


def handed_over(
    store: HandoverStore, conversation: str = "anna", due: datetime = DUE, ways: tuple[str, ...] = ()
) -> int:
    store.keep(conversation, "web", phone="07911 123456", **TOLD)
    request = store.hand_over(conversation, due, ways)
    assert request is not None
    return request.id


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(handovers, "_now", clock)
    return clock


def test_what_was_begun_is_kept_and_replaced(store: HandoverStore) -> None:
    assert store.draft("anna") is None
    store.keep("anna", "web", phone="07911 123456")
    store.keep("anna", "web", phone=None, email="anna@example.com")
    draft = store.draft("anna")
    assert draft is not None
    assert (draft.phone, draft.email, draft.status) == (None, "anna@example.com", "draft")
    assert store.draft("bob") is None
    assert store.open() == []


def test_what_is_dropped_is_gone(store: HandoverStore) -> None:
    store.keep("anna", "web", phone="07911 123456")
    store.drop("anna")
    assert store.draft("anna") is None
    store.drop("anna")


def test_handed_over_once(store: HandoverStore) -> None:
    number = handed_over(store, ways=("email", "webhook"))
    (request,) = store.open()
    assert (request.id, request.name, request.phone, request.due_at) == (number, "Anna", "07911 123456", DUE)
    assert store.draft("anna") is None
    claimed = [store.claim(), store.claim(), store.claim()]
    assert [it and it.way for it in claimed] == ["email", "webhook", None]


def test_an_answer_that_was_lost_on_its_way_is_given_again(store: HandoverStore, clock: Clock) -> None:
    number = handed_over(store, ways=("email",))
    again = store.hand_over("anna", DUE + timedelta(days=1), ["email"])
    assert again is not None and (again.id, again.due_at) == (number, DUE)
    clock.now += handovers.JUST_NOW + timedelta(seconds=1)
    assert store.hand_over("anna", DUE, ["email"]) is None
    assert [it and it.way for it in (store.claim(), store.claim())] == ["email", None]


def test_no_number_is_given_twice(store: HandoverStore) -> None:
    first = handed_over(store)
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql("delete from handovers")
    assert handed_over(store, "bob") > first


def test_a_notice_whose_request_is_gone_holds_up_no_other(store: HandoverStore) -> None:
    first = handed_over(store, ways=("email",))
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql(f"delete from handovers where id = {first}")
    second = handed_over(store, "bob", ways=("email",))
    notice = store.claim()
    assert notice is not None and notice.handover.id == second


def test_nothing_is_handed_over_that_nobody_could_answer(store: HandoverStore) -> None:
    store.keep("anna", "web", name="Anna")
    assert store.hand_over("anna", DUE, ["email"]) is None
    assert store.draft("anna") is not None


def test_the_most_urgent_comes_first(store: HandoverStore) -> None:
    later, sooner = handed_over(store, "bob", DUE + timedelta(days=1)), handed_over(store, "anna", DUE)
    assert [it.id for it in store.open()] == [sooner, later]


def test_done(store: HandoverStore) -> None:
    number = handed_over(store, ways=("email",))
    assert store.done(number) is True
    assert store.open() == []
    assert store.done(number) is False
    assert store.done(4711) is False
    assert store.claim() is None  # nobody is told any more


def test_a_draft_cannot_be_done(store: HandoverStore) -> None:
    store.keep("anna", "web", phone="07911 123456")
    assert store.done(1) is False
    assert store.draft("anna") is not None


def test_a_claimed_notice_is_nobody_elses_until_the_claim_runs_out(store: HandoverStore, clock: Clock) -> None:
    handed_over(store, ways=("email",))
    first = store.claim()
    assert first is not None
    assert store.claim() is None
    clock.now += handovers.CLAIM + timedelta(seconds=1)
    again = store.claim()
    assert again is not None and again.key == first.key


def test_a_failed_notice_comes_again_later_and_later(store: HandoverStore, clock: Clock) -> None:
    handed_over(store, ways=("email",))
    waits = []
    for _ in range(12):
        notice = store.claim()
        assert notice is not None
        waits.append(store.failed(notice).total_seconds())
        assert store.claim() is None
        clock.now += timedelta(seconds=waits[-1])
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == handovers.MOST_WAIT


def test_a_sent_notice_never_comes_again(store: HandoverStore, clock: Clock) -> None:
    number = handed_over(store, ways=("email",))
    notice = store.claim()
    assert notice is not None
    assert store.untold() == {number}
    store.sent(notice)
    clock.now += timedelta(days=30)
    assert store.claim() is None
    assert store.untold() == set()

"""The stores on PostgreSQL, with several replicas that ask at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import TypeVar

import pytest
import sqlalchemy as sa

from bot.privacy.retention import purge
from bot.settings import Clinic
from bot.store import deliveries as deliveries_module
from bot.store.database import CONNECTIONS, MORE_CONNECTIONS, Database, engine_of, leave_no_trace
from bot.store.deliveries import CLAIM, Delivery, DeliveryStore, NotOurs
from bot.store.handovers import HandoverStore
from bot.store.records import erase
from bot.store.warnings import WarningStore

REPLICAS = 4

Result = TypeVar("Result")


@pytest.fixture
def replicas(postgres_url: str) -> list[Database]:
    return [Database(postgres_url) for _ in range(REPLICAS)]


def at_once(work: list[Callable[[], Result]]) -> list[Result]:
    """What each returns, all begun together."""
    with ThreadPoolExecutor(len(work)) as pool:
        return [it.result() for it in [pool.submit(one) for one in work]]


def delivery(key: str = "1", conversation: str = "telegram-5") -> Delivery:
    return Delivery(conversation, key, {"said": {"text": key}})


def test_replicas_that_start_together_make_their_tables_once(replicas: list[Database]) -> None:
    stores = [DeliveryStore(it, "telegram") for it in replicas]
    taken = at_once([lambda store=store, key=str(n): store.add(delivery(key)) for n, store in enumerate(stores)])
    assert taken == [True] * REPLICAS


def test_a_message_that_is_delivered_to_all_is_taken_by_one(replicas: list[Database]) -> None:
    stores = [DeliveryStore(it, "telegram") for it in replicas]
    for number in range(10):
        taken = at_once([partial(store.add, delivery(str(number)), [f"album-{number}"]) for store in stores])
        assert sorted(taken) == [False] * (REPLICAS - 1) + [True]


def test_what_a_killed_replica_left_is_taken_over_by_one(
    replicas: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = [DeliveryStore(it, "telegram") for it in replicas]
    for number in range(20):
        stores[0].add(delivery(str(number)))
    assert at_once([lambda store=store: store.claim(False) for store in stores[1:]]) == [[]] * (REPLICAS - 1)
    now = deliveries_module._now()
    monkeypatch.setattr(deliveries_module, "_now", lambda: now + 2 * CLAIM)
    taken = at_once([lambda store=store: store.claim(False) for store in stores[1:]])
    assert sorted(int(it.key) for some in taken for it in some) == list(range(20))
    (owner, first), *_ = [(store, some[0]) for store, some in zip(stores[1:], taken, strict=True) if some]
    with pytest.raises(NotOurs):
        stores[0].done(first)
    owner.done(first)


def test_a_table_of_an_earlier_version_gets_what_it_lacks(postgres_url: str) -> None:
    with engine_of(postgres_url).begin() as connection:
        connection.exec_driver_sql(
            "create table deliveries (id serial primary key, channel varchar(32) not null, key varchar(255) not null,"
            " conversation varchar(255) not null, received_at timestamp not null, message text, calls text,"
            " sent integer not null, attempts integer not null, is_done boolean not null, unique (channel, key))"
        )
        connection.exec_driver_sql(
            "insert into deliveries (channel, key, conversation, received_at, message, sent, attempts, is_done)"
            " values ('telegram', '0', 'telegram-5', now(), '{}', 0, 0, false)"
        )
    store = DeliveryStore(Database(postgres_url), "telegram")
    assert [it.key for it in store.claim(False)] == ["0"]
    assert store.add(delivery())


def test_each_notice_is_claimed_by_one_caretaker(replicas: list[Database]) -> None:
    stores = [HandoverStore(it) for it in replicas]
    for number in range(6):
        stores[0].keep(f"web-{number}", "web", phone="07911 123456")
        assert stores[0].hand_over(f"web-{number}", datetime(2026, 11, 26, 11), ["email", "webhook"])

    def claims(store: HandoverStore) -> list[int]:
        # Who was slower than another finds nothing, though more may be due: the caretaker looks again soon.
        return [notice.id for _ in range(40) if (notice := store.claim())]

    claimed = [it for some in at_once([lambda store=store: claims(store) for store in stores]) for it in some]
    assert len(claimed) == len(set(claimed)) == 12


def test_all_of_one_conversation_is_removed(replicas: list[Database], postgres_url: str) -> None:
    here, there = HandoverStore(replicas[0]), HandoverStore(replicas[1])
    for conversation in ("web-1", "web-2"):
        here.keep(conversation, "web", phone="07911 123456")
        here.hand_over(conversation, datetime(2026, 11, 26, 11), ["email"])
        WarningStore(postgres_url).add(conversation, "web", "emergency", ["breathing"])
    records = erase(replicas[0].engine, "web-1")
    leave_no_trace(replicas[0].engine)
    assert (records.open_requests, records.reports) == (1, 1)
    assert [it.channel for it in there.open()] == ["web"] and there.untold() == {it.id for it in there.open()}
    assert len(WarningStore(postgres_url).since(datetime(2000, 1, 1))) == 1


def test_several_may_remove_what_is_too_old(replicas: list[Database], postgres_url: str, clinic: Clinic) -> None:
    stores = WarningStore(postgres_url)
    for number in range(50):
        stores.add(f"web-{number}", "web", "emergency", ["breathing"])
    later = datetime.now(timezone.utc) + timedelta(days=clinic.retention_days + 1)
    removed = at_once([lambda: purge(postgres_url, clinic, later) for _ in range(REPLICAS)])
    assert sorted(it["warnings"] for it in removed) == [0] * (REPLICAS - 1) + [50]


def test_a_process_has_few_connections(postgres_url: str) -> None:
    engine = engine_of(postgres_url)
    held = [engine.connect() for _ in range(CONNECTIONS + MORE_CONNECTIONS)]
    with pytest.raises(sa.exc.TimeoutError):
        engine.connect()
    for it in held:
        it.close()
    engine.dispose()

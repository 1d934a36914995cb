"""What a platform delivers is answered once: kept before it is acknowledged, and gone on with after a stop."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Optional
from weakref import WeakValueDictionary

from bot.channels.platform_client import PlatformClient, PlatformRefused, PlatformUnavailable
from bot.store.database import SECONDS_OF_REST, Database, DatabaseUnavailable
from bot.store.deliveries import Call, Delivery, DeliveryStore

logger = logging.getLogger(__name__)

KEYS_REMEMBERED = 20_000
# While a platform is down its replies wait, in seconds; after a day nobody waits for an answer any more.
FIRST_WAIT, LONGEST_WAIT, LONGEST_PATIENCE = 1.0, 60.0, 24 * 3600.0
# The longest wait that a platform can ask for.
LONGEST_ASKED = 3600.0
# Does not keep a reply back when it fails.
OPTIONAL = "optional"

Reply = Callable[[Delivery], Awaitable[list[Call]]]


class Inbox:
    """The deliveries of one channel.

    A reply's requests count as sent from the moment they leave this machine, and as not sent when the platform says
    so: a stop at any moment between neither loses nor repeats them.
    """

    def __init__(self, channel: str, database: Database, client: PlatformClient, reply: Reply) -> None:
        """Puts the parts together.

        Args:
            channel: its name.
            database: where deliveries are kept.
            client: sends replies.
            reply: what is to be sent for a delivery; it does not fail.
        """
        self._channel = channel
        self._database = database
        self._store = DeliveryStore(database, channel)
        self._client = client
        self._reply = reply
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    async def take(self, delivery: Delivery, aliases: Sequence[str] = ()) -> bool:
        """Takes a delivery; it may be acknowledged once this returns.

        Without the database it is answered first, and remembered in memory.

        Returns:
            False if it came before.
        """
        keys = (delivery.key, *aliases)
        if any(key in self._seen for key in keys):
            return False
        try:
            is_new = await self._database.ask(partial(self._store.add, delivery, aliases))
        except DatabaseUnavailable:
            if any(key in self._seen for key in keys):  # it came again while the database was waited for
                return False
            self._remember(keys)
            answered = asyncio.Event()
            self._begin(delivery, answered)
            await answered.wait()
            return True
        self._remember(keys)
        if is_new:
            self._begin(delivery)
        return is_new

    async def resume(self) -> None:
        """Goes on with what was not done when the process ended; without the database, once it is back."""
        while True:
            try:
                waiting = await self._database.ask(self._store.open)
                break
            except DatabaseUnavailable:
                await asyncio.sleep(SECONDS_OF_REST)
        for delivery in waiting:
            if delivery.key not in self._seen:  # else it came and is worked on since the start
                self._remember([delivery.key])
                delivery.attempts += 1
                self._begin(delivery)

    def resume_soon(self) -> None:
        """Goes on with what was not done, beside what comes in now."""
        self._hold(self.resume())

    async def close(self) -> None:
        """Stops working; what is not done is gone on with after the next start."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()

    def _begin(self, delivery: Delivery, answered: Optional[asyncio.Event] = None) -> None:
        self._hold(self._work(delivery, answered or asyncio.Event()))

    def _hold(self, work: Awaitable[None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, delivery: Delivery, answered: asyncio.Event) -> None:
        async with self._lock(delivery.conversation):
            if delivery.calls is None:
                if delivery.attempts:
                    await self._keep(delivery)
                delivery.calls = await self._reply(delivery)
                await self._keep(delivery)
            answered.set()
            while delivery.sent < len(delivery.calls):
                await self._send(delivery, delivery.calls[delivery.sent])
        await self._finish(delivery)

    async def _finish(self, delivery: Delivery) -> None:
        """Marks a delivery as done, once the database takes it: else it would be answered again after a start."""
        while True:
            try:
                return await self._database.ask(partial(self._store.done, delivery))
            except DatabaseUnavailable:
                await asyncio.sleep(SECONDS_OF_REST)

    async def _send(self, delivery: Delivery, call: Call) -> None:
        """Sends the next request of a reply, as often as it takes."""
        number = delivery.sent

        async def written() -> None:
            delivery.sent = number + 1
            await self._keep(delivery)

        for wait in _waits():
            try:
                await self._client.call(call["method"], call["parameters"], written)
                return
            except PlatformRefused as error:
                logger.error("%s refuses %s: %s", self._channel, call["method"], error)
                break
            except PlatformUnavailable as error:
                if call.get(OPTIONAL):
                    break
                logger.warning("%s cannot do %s now: %s", self._channel, call["method"], error)
                if delivery.sent != number:
                    delivery.sent = number
                    await self._keep(delivery)
                await asyncio.sleep(min(error.retry_after or wait, LONGEST_ASKED))
        delivery.sent = number + 1

    async def _keep(self, delivery: Delivery) -> None:
        await self._note(partial(self._store.keep, delivery))

    async def _note(self, work: Callable[[], None]) -> None:
        try:
            await self._database.ask(work)
        except DatabaseUnavailable:
            pass  # the reply goes on; the database has logged it

    def _remember(self, keys: Sequence[str]) -> None:
        self._seen.update(dict.fromkeys(keys))
        while len(self._seen) > KEYS_REMEMBERED:
            self._seen.popitem(last=False)

    def _lock(self, conversation: str) -> asyncio.Lock:
        lock = self._locks.get(conversation)
        if lock is None:
            self._locks[conversation] = lock = asyncio.Lock()
        return lock


def _waits() -> Iterator[float]:
    """How long to wait before each further try, in seconds: doubled each time, up to a minute, for a day."""
    wait, waited = FIRST_WAIT, 0.0
    while waited < LONGEST_PATIENCE:
        yield wait
        waited += wait
        wait = min(2 * wait, LONGEST_WAIT)

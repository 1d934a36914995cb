"""What a platform delivers is answered once: kept before it is acknowledged, and gone on with after a stop."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Optional, TypeVar

from bot.channels.errors import where
from bot.channels.platform_client import PlatformClient, PlatformRefused, PlatformUnavailable
from bot.locks.conversations import conversation_locks
from bot.store.database import SECONDS_OF_REST, Database, DatabaseUnavailable
from bot.store.deliveries import CLAIM, Call, Delivery, DeliveryStore, NotOurs

logger = logging.getLogger(__name__)

KEYS_REMEMBERED = 20_000
# While a platform is down its replies wait, in seconds; after a day nobody waits for an answer any more.
FIRST_WAIT, LONGEST_WAIT, LONGEST_PATIENCE = 1.0, 60.0, 24 * 3600.0
# The longest wait that a platform can ask for.
LONGEST_ASKED = 3600.0
# With other replicas, in seconds: how often claims are renewed, and those that have lapsed looked for; how often an
# earlier message is looked at that another replica has yet to answer; how long a database that starts again is waited
# for, while the platform waits for the acknowledgement.
BETWEEN_LOOKS = CLAIM.total_seconds() / 3
BETWEEN_LOOKS_AT_ONE = 0.3
LONGEST_TAKE = 2.0
# Does not keep a reply back when it fails.
OPTIONAL = "optional"

Result = TypeVar("Result")
Reply = Callable[[Delivery], Awaitable[list[Call]]]


class Inbox:
    """The deliveries of one channel.

    A reply's requests count as sent from the moment they leave this machine, and as not sent again when the platform
    refuses them or does not confirm them in time: rather twice than never. So a stop of the process repeats nothing,
    and loses nothing but what was to leave in that very instant.
    """

    def __init__(
        self,
        channel: str,
        database: Database,
        client: PlatformClient,
        reply: Reply,
        redis_url: Optional[str] = None,
    ) -> None:
        """Puts the parts together.

        Args:
            channel: its name.
            database: where deliveries are kept.
            client: sends replies.
            reply: what is to be sent for a delivery.
            redis_url: by which replicas take turns; None if there are no others.
        """
        self._channel = channel
        self._database = database
        self._store = DeliveryStore(database, channel)
        self._client = client
        self._reply = reply
        # Of what has come, and of what is or was worked on here, the keys.
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._begun: OrderedDict[str, None] = OrderedDict()
        self._locks = conversation_locks(redis_url)
        self._is_alone = redis_url is None
        self._patience = 0.0 if self._is_alone else LONGEST_TAKE
        self._tasks: set[asyncio.Task[Any]] = set()
        # What is let finish when the process is told to stop.
        self._unbroken: set[asyncio.Task[Any]] = set()
        self._has_looked = asyncio.Event()
        self._has_looked.set()

    async def take(self, delivery: Delivery, aliases: Sequence[str] = ()) -> bool:
        """Takes a delivery; it may be acknowledged once this returns.

        Without the database it is answered first, and remembered in memory.

        Returns:
            False if it came before.
        """
        # It goes on if the platform hangs up: what is kept must be answered.
        return await asyncio.shield(self._hold(self._take(delivery, aliases)))

    async def resume(self) -> None:
        """Goes on with what was not done when the process ended; without the database, once it is back.

        With other replicas it is what nobody works on any more.
        """
        self._has_looked.clear()
        while True:
            try:
                waiting = await self._database.ask(partial(self._store.claim, self._is_alone))
                break
            except DatabaseUnavailable:
                self._has_looked.set()  # nobody waits for it
                await asyncio.sleep(SECONDS_OF_REST)
        self._go_on(waiting)
        self._has_looked.set()

    def resume_soon(self) -> None:
        """Goes on with what was not done; what comes in now waits until that is begun, to keep the order."""
        self._has_looked.clear()
        self._hold(self.resume())
        if not self._is_alone:
            self._hold(self.watch())

    async def watch(self) -> None:
        """Keeps what is worked on here from the other replicas, and goes on with what one of them has left."""
        while True:
            await asyncio.sleep(BETWEEN_LOOKS)
            with suppress(DatabaseUnavailable):
                self._go_on(await self._database.ask(partial(self._store.claim, False)))

    async def close(self) -> None:
        """Stops working; what is not done is gone on with after the next start, or by another replica at once."""
        await _end(self._tasks - self._unbroken)
        if self._unbroken:
            await asyncio.wait(self._unbroken, timeout=2 * SECONDS_OF_REST)
        await _end(self._tasks)
        if not self._is_alone:
            with suppress(DatabaseUnavailable):
                await self._database.ask(self._store.release)
        await self._client.close()

    async def _take(self, delivery: Delivery, aliases: Sequence[str]) -> bool:
        await self._has_looked.wait()
        keys = (delivery.key, *aliases)
        if any(key in self._seen for key in keys):
            return False
        try:
            is_new = await self._database.ask(partial(self._store.add, delivery, aliases), self._patience)
        except DatabaseUnavailable:
            if any(key in self._seen for key in keys):  # it came again while the database was waited for
                return False
            _remember(self._seen, keys)
            answered = asyncio.Event()
            self._begin(delivery, answered)
            await answered.wait()
            return True
        is_new = is_new and not any(key in self._seen for key in keys)
        _remember(self._seen, keys)
        if is_new:
            self._begin(delivery)
        return is_new

    def _go_on(self, waiting: Sequence[Delivery]) -> None:
        for delivery in waiting:
            if delivery.key not in self._begun:  # else it is worked on
                delivery.attempts += 1
                _remember(self._seen, [delivery.key])
                self._begin(delivery)

    def _begin(self, delivery: Delivery, answered: Optional[asyncio.Event] = None) -> None:
        answered = answered or asyncio.Event()
        if delivery.key in self._begun:  # what comes at the start may be found in the database as well
            answered.set()
            return
        _remember(self._begun, [delivery.key])
        self._hold(self._work(delivery, answered))

    def _hold(self, work: Coroutine[Any, Any, Result], unbroken: bool = False) -> asyncio.Task[Result]:
        task = asyncio.ensure_future(work)
        for tasks in (self._tasks, self._unbroken) if unbroken else (self._tasks,):
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return task

    async def _work(self, delivery: Delivery, answered: asyncio.Event) -> None:
        try:
            await self._answer(delivery, answered)
        except NotOurs:
            logger.warning("%s: another replica goes on with a message", self._channel)
            self._begun.pop(delivery.key, None)  # it may come back
        finally:
            answered.set()

    async def _answer(self, delivery: Delivery, answered: asyncio.Event) -> None:
        while True:
            async with self._locks.alone(delivery.conversation):
                if not await self._must_wait(delivery):
                    calls = await self._calls(delivery)
                    answered.set()
                    patience = asyncio.get_running_loop().time() + LONGEST_PATIENCE
                    await self._send_all(delivery, calls[: _needed(calls)], patience)
                    break
            await asyncio.sleep(BETWEEN_LOOKS_AT_ONE)
        # The answer to the next message does not wait for what may fail, such as a picture.
        await self._send_all(delivery, calls, patience)
        self._hold(self._finish(delivery), unbroken=True)

    async def _must_wait(self, delivery: Delivery) -> bool:
        """Whether an earlier message of the conversation was left by a replica that was killed, and comes first."""
        if self._is_alone:
            return False
        try:
            return await self._database.ask(partial(self._store.waits, delivery, _is_answered), self._patience)
        except DatabaseUnavailable:
            return False

    async def _calls(self, delivery: Delivery) -> list[Call]:
        """What is to be sent: known from before a stop, or the turn is taken now."""
        if delivery.calls is None:
            if delivery.attempts:
                await self._keep(delivery)
            try:
                delivery.calls = await self._reply(delivery)
            except Exception as error:  # one message must not keep back what follows in its conversation
                logger.error("%s: a message cannot be answered: %s", self._channel, where(error))
                delivery.calls = []
            await self._keep(delivery)
        return delivery.calls

    async def _finish(self, delivery: Delivery) -> None:
        """Marks a delivery as done, once the database takes it: else it would be answered again after a start."""
        while True:
            try:
                return await self._database.ask(partial(self._store.done, delivery))
            except DatabaseUnavailable:
                await asyncio.sleep(SECONDS_OF_REST)
            except NotOurs:
                return  # whoever has gone on with it marks it

    async def _send_all(self, delivery: Delivery, calls: Sequence[Call], patience: float) -> None:
        while delivery.sent < len(calls):
            await self._send(delivery, calls[delivery.sent], patience)

    async def _send(self, delivery: Delivery, call: Call, patience: float) -> None:
        """Sends the next request of a reply, as often as it takes until the patience ends, by the loop's clock."""
        number = delivery.sent
        for wait in _waits():
            try:
                # What is about to leave does leave, though the process is told to stop.
                await asyncio.shield(self._hold(self._try(delivery, call, number), unbroken=True))
                break
            except PlatformRefused as error:
                logger.error("%s refuses %s: %s", self._channel, call["method"], error)
                break
            except PlatformUnavailable as error:
                logger.warning("%s cannot do %s now: %s", self._channel, call["method"], error)
                wait = min(error.retry_after or wait, LONGEST_ASKED)
                if call.get(OPTIONAL) or asyncio.get_running_loop().time() + wait > patience:
                    break
                await asyncio.sleep(wait)
        delivery.sent = number + 1

    async def _try(self, delivery: Delivery, call: Call, number: int) -> None:
        async def written() -> None:
            delivery.sent = number + 1
            await self._keep(delivery)

        try:
            await self._client.call(call["method"], call["parameters"], written)
        except PlatformUnavailable:
            if delivery.sent != number:
                delivery.sent = number
                await self._keep(delivery)
            raise

    async def _keep(self, delivery: Delivery) -> None:
        try:
            await self._database.ask(partial(self._store.keep, delivery), self._patience)
        except DatabaseUnavailable:
            pass  # the reply goes on; the database has logged it


def _needed(calls: Sequence[Call]) -> int:
    """How many requests there are up to the last that must not fail."""
    return max((number for number, call in enumerate(calls, 1) if not call.get(OPTIONAL)), default=0)


def _is_answered(delivery: Delivery) -> bool:
    """Whether all is sent that the next message has to wait for."""
    return delivery.calls is not None and delivery.sent >= _needed(delivery.calls)


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancels tasks until they have ended: a library can lose a cancellation, as asyncio.wait_for does (bpo-37658)."""
    while waiting := {task for task in tasks if not task.done()}:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=0.1)


def _remember(known: OrderedDict[str, None], keys: Sequence[str]) -> None:
    known.update(dict.fromkeys(keys))
    while len(known) > KEYS_REMEMBERED:
        known.popitem(last=False)


def _waits() -> Iterator[float]:
    """How long to wait before each further try, in seconds: doubled each time, up to a minute."""
    wait = FIRST_WAIT
    while True:
        yield wait
        wait = min(2 * wait, LONGEST_WAIT)

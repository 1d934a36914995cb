"""One turn of a conversation, on every channel: a message in, its replies out, whatever breaks on the way."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any, Optional

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from bot.action_server import APOLOGY, ActionServer, begin_turn
from bot.broadcast import broadcast
from bot.channels.errors import where
from bot.channels.guard import MOST_CHARACTERS, as_words, cleaned, pieces
from bot.channels.outcome import note_turn
from bot.channels.rate import Pace, SenderLimit
from bot.graph_runner import run_without_dask
from bot.locks.conversations import conversation_locks
from bot.nlu.encoder import load_encoder
from bot.privacy.receipt import receipt_values
from bot.settings import load_clinic, load_settings
from bot.store.conversations import ERASED
from bot.store.database import DatabaseUnavailable
from bot.store.records import Records
from bot.store.turns import TurnStore
from bot.tracker_store import REMOVED

logger = logging.getLogger(__name__)

# With the actions' own limit and the database's waits, a turn ends before.
LONGEST_TURN = 4.5
TOO_LONG = "utter_too_long"
TOO_MANY = "utter_too_many"
# A warning sign stands out more among fewer characters.
PIECE = 400
# Slack's longest message.
MOST_READ = 40_000
MESSAGES_WITH_BUTTONS = 50
RED_FLAG = "red_flag"
# As the components of the model name it.
ENCODER = Path("models/encoder")
# Said in a turn that a person ends with a yes to the removal of all that is kept.
ERASE = "utter_erase"
HANDED_OVER = "utter_erased_handed_over"

OnNewMessage = Callable[[UserMessage], Awaitable[Any]]
Reply = dict[str, Any]
"""What is said in one go: text, buttons, image, and the metadata of an answer, side by side."""


@dataclass(frozen=True)
class Said:
    """What a person sent."""

    conversation: str
    text: str
    """As the person sees it: the words, or the title of the button."""
    id: Optional[str] = None
    """Of the message; the same when it is sent again."""
    payload: Optional[str] = None
    """Of the button that was tapped."""


class Collected(OutputChannel):
    """Keeps what is replied in a turn."""

    def __init__(self, channel: str) -> None:
        """Begins a turn on a channel."""
        self._channel = channel
        self.replies: list[Reply] = []

    def name(self) -> str:
        """The channel, by which responses of its own are chosen."""
        return self._channel

    async def send_response(self, recipient_id: str, message: Reply) -> None:
        """Takes one reply."""
        self.replies.append(message)


class Turns:
    """Takes the turns of one channel."""

    def __init__(self, channel: str, on_new_message: OnNewMessage) -> None:
        """Takes the channel's name and Rasa's handler of messages."""
        self._channel = channel
        self._on_new_message = on_new_message
        self._agent: Optional[Agent] = None
        redis_url = load_settings().redis_url
        self._locks = conversation_locks(redis_url)
        self._broadcast = broadcast(redis_url)
        # Measurements that are being written: the event loop itself does not hold on to a task.
        self._measuring: set[asyncio.Task[None]] = set()

    def begin(self, app: Sanic) -> None:
        """Takes over what Rasa has loaded; called once the server is up."""
        self._agent = agent = app.ctx.agent
        if not isinstance(agent.action_endpoint, ActionServer):
            agent.action_endpoint = agent.processor.action_endpoint = ActionServer(agent.action_endpoint.url)
        if isinstance(agent.processor.graph_runner, DaskGraphRunner):
            run_without_dask(agent.processor)
        if isinstance(agent.tracker_store, FailSafeTrackerStore):
            # Ours goes on without the database by itself, and forgets nothing.
            agent.tracker_store = agent.processor.tracker_store = agent.tracker_store._tracker_store
        self._broadcast.hear(REMOVED, lambda conversation, _: load_encoder(ENCODER).forget())
        self._broadcast.begin()

    def alone(self, conversation: str) -> AbstractAsyncContextManager[None]:
        """Held for the time of a turn: the messages of one person are answered one after the other, as they came."""
        return self._locks.alone(conversation)

    async def answer(self, said: Said, also_offered: Sequence[Reply] = ()) -> list[Reply]:
        """The replies to a message; never none, and within five seconds.

        A payload counts if a button with it was offered in this conversation; else what was sent is read as words.

        Args:
            said: the message.
            also_offered: what was shown to the person outside of the conversation, such as a greeting.
        """
        output = Collected(self._channel)
        began = time.monotonic()
        begin_turn()
        try:
            await asyncio.wait_for(self._answer(said, also_offered, output), LONGEST_TURN)
        except Exception as error:  # whatever it is, the person must hear that it failed
            logger.error("A turn failed: %s", where(error))
            output.replies.append(await self.say(APOLOGY))
        if any(it.get("utter_action") == ERASE for it in output.replies):
            return await self._with_receipt(said.conversation, output.replies)
        replies = output.replies or [await self.say(APOLOGY)]
        self._measure(time.monotonic() - began)
        note_turn(self._channel, time.monotonic() - began, replies)
        return replies

    async def was_offered(self, conversation: str, payload: str, also_offered: Sequence[Reply] = ()) -> bool:
        """Whether a button with this payload was shown in the conversation."""
        return any(payload == it for it in await self.offered(conversation, also_offered))

    async def offered(self, conversation: str, also_offered: Sequence[Reply] = ()) -> list[str]:
        """The payloads of the buttons that were shown in the conversation lately."""
        said = await self._loaded.tracker_store.latest(conversation, BotUttered.type_name, MESSAGES_WITH_BUTTONS)
        shown = [*also_offered, *(it.get("data") or {} for it in said)]
        buttons = [button for message in shown for button in message.get("buttons") or ()]
        return [button["payload"] for button in buttons if button.get("payload")]

    async def is_first(self, conversation: str, but: Optional[str] = None) -> bool:
        """Whether nothing was said yet in a conversation, as far as can be known now.

        Args:
            conversation: its id.
            but: the id of a message that does not count.
        """
        said = await self._loaded.tracker_store.latest(conversation, UserUttered.type_name, 2)
        return all(it["message_id"] == but for it in said)

    async def held_back(self, limit: SenderLimit, conversation: str, text: str) -> Optional[list[Reply]]:
        """What somebody who is too fast is told: so, once, then nothing; None if the message is to be answered.

        A message that reports a warning sign is answered however fast it came.
        """
        pace = limit.pace(conversation)
        if pace is Pace.FINE or await self.reports_sign(text):
            return None
        return [await self.say(TOO_MANY)] if pace is Pace.TOO_FAST else []

    async def reports_sign(self, text: str) -> bool:
        """Whether a text reports a warning sign."""
        parsed = await self._loaded.parse_message(as_words(cleaned(text)[:MOST_CHARACTERS]))
        return bool(parsed["intent"]["name"] == RED_FLAG)

    async def replies_to(self, conversation: str, message: str) -> list[Reply]:
        """What was replied to a message; nothing if its turn was never taken."""
        tracker = await self._loaded.tracker_store.retrieve_full_tracker(conversation)
        events = iter(tracker.events if tracker else ())
        if not any(isinstance(it, UserUttered) and it.message_id == message for it in events):
            return []
        following = takewhile(lambda it: not isinstance(it, UserUttered), events)  # any() has stopped at the message
        return [it.message() for it in following if isinstance(it, BotUttered)]

    async def say(self, response: str, **values: str) -> Reply:
        """A response of the domain, outside of any conversation, filled with the values."""
        nobody = DialogueStateTracker.from_events("nobody", [], self._loaded.domain.slots)
        reply = await self._loaded.processor.nlg.generate(response, nobody, self._channel, **values)
        return {"utter_action": response, "timestamp": time.time(), **(reply or {})}

    async def erase(self, conversation: str) -> Records:
        """Removes all that is kept of a conversation, in memory and in every table; called while it is ``alone``.

        Raises:
            DatabaseUnavailable: if the database is away.
        """
        records: Records = await self._loaded.tracker_store.erase(conversation)
        load_encoder(ENCODER).forget()  # it keeps the last sentences of everyone beside their vectors
        return records

    async def _with_receipt(self, conversation: str, said: list[Reply]) -> list[Reply]:
        """What a turn said, with the receipt in its place, once all is removed; as it is, if it cannot be removed.

        The receipt is said outside of the conversation: the turn leaves nothing behind.
        """
        try:
            records = await self.erase(conversation)
        except DatabaseUnavailable:
            return said
        receipt = await self.say(ERASED, **receipt_values(records, load_clinic()))
        more = [await self.say(HANDED_OVER)] if records.requests else []
        return [*(it for it in said if it.get("utter_action") != ERASE), receipt, *more]

    async def _answer(self, said: Said, also_offered: Sequence[Reply], output: Collected) -> None:
        text = cleaned(said.text)
        if said.payload is not None and await self.was_offered(said.conversation, said.payload, also_offered):
            await self._turn(said, said.payload, {"title": text}, output)
        elif len(text) > MOST_CHARACTERS:
            await self._answer_long(said, pieces(text[:MOST_READ], PIECE), output)
        else:
            await self._turn(said, as_words(text), {} if as_words(text) == text else {"title": text}, output)

    async def _answer_long(self, said: Said, parts: list[str], output: Collected) -> None:
        """Says that a message is too long; a warning sign in it is answered first."""
        for part in parts:
            await asyncio.sleep(0)  # others are answered in between
            if await self.reports_sign(part):
                await self._turn(said, as_words(part), {}, output)
                break
        output.replies.append(await self.say(TOO_LONG))

    async def _turn(self, said: Said, text: str, metadata: dict[str, Any], output: Collected) -> None:
        await self._on_new_message(UserMessage(text, output, said.conversation, None, self._channel, said.id, metadata))

    def _measure(self, seconds: float) -> None:
        """Has written down how long a reply took, beside the reply and after it."""
        task = asyncio.ensure_future(self._record(seconds))
        self._measuring.add(task)
        task.add_done_callback(self._measuring.discard)

    async def _record(self, seconds: float) -> None:
        database = self._loaded.tracker_store.kept_in
        try:
            await database.ask(partial(TurnStore(database).add, self._channel, seconds))
        except DatabaseUnavailable:
            logger.info("The time of a reply was not recorded")

    @property
    def _loaded(self) -> Agent:
        if self._agent is None:
            raise RuntimeError("a message came before the server had begun")
        return self._agent

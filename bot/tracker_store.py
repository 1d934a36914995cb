"""The tracker store: conversations go on while the database is away, and nothing said meanwhile is lost."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, Optional

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy.orm import Query, Session, sessionmaker

from bot.action_server import seconds_left
from bot.broadcast import broadcast
from bot.handover.contact import find_contact
from bot.privacy.events import masked_event
from bot.privacy.masking import load_masks
from bot.settings import load_clinic, load_settings
from bot.store.database import SECONDS_OF_REST, Database, DatabaseUnavailable, database, leave_no_trace
from bot.store.records import Records, erase

logger = logging.getLogger(__name__)

# The slot that a request to be called keeps the end of contact details in.
CONTACT = "handover_contact"
# Until when in a turn a database is waited for that starts again, in seconds.
LONGEST_READ, LONGEST_SAVE = 2.0, 3.0
# What waits to be stored is tried again then: another replica does not know of it before.
SOON = 0.3
# What other replicas are told: a conversation was removed.
REMOVED = "removed"
# Of conversations that go on from memory while the database is away, some 25 MB. Not yet stored ones are kept longest.
MOST_EVENTS = 10_000
MOST_EVENTS_NOT_STORED = 200_000
# In seconds; who has not written for so long starts anew if the database is away just then.
LONGEST_IN_MEMORY = 24 * 3600
# In messages of the person: a conversation that grows beyond the one is cut to the other in memory, because Rasa goes
# through all of a tracker several times a turn. What is looked for in what was said before, such as what "it" stands
# for, is found among the latest ten messages at least.
MOST_MESSAGES = 20
FEWEST_MESSAGES = 10


@dataclass
class Kept:
    """A conversation in memory, since its latest session began or less."""

    events: list[Event]
    stored: int
    """How many of the events, from the first on, are in the database, or stand for what is."""
    latest: Optional[tuple[int, int]] = None
    """How many events the database has, and the id of the latest, 0 if it has none: as long as that stays, nobody else
    has written or removed any. None where that is not known."""
    is_doubtful: bool = False
    """Whether those that are not stored may be in the database all the same: its answer was lost."""


# For the state of a conversation, which every turn reads.
sa.Index("ix_events_sender_id_id", SQLTrackerStore.SQLEvent.sender_id, SQLTrackerStore.SQLEvent.id)


class SteadyTrackerStore(SQLTrackerStore):
    """Rasa's table of events, with what it lacks: an end to waiting, and a memory.

    Rasa's own store blocks every conversation while the database is slow, and forgets the conversation while it is
    away. Here a turn goes on with what is kept in memory, and what could not be stored is stored later, in order.
    """

    def __init__(
        self,
        domain: Optional[Domain] = None,
        host: Optional[str] = None,
        event_broker: Optional[EventBroker] = None,
        **kwargs: Any,
    ) -> None:
        """Takes the database's address as ``host``, as ``endpoints.yml`` names it with ``url``."""
        TrackerStore.__init__(self, domain, event_broker, **kwargs)  # Rasa's waits for the database without an end
        self._database = database(str(host))
        self._session = sessionmaker(bind=self._database.engine)
        self._broadcast = broadcast(load_settings().redis_url)
        self._broadcast.hear(REMOVED, lambda conversation, _: self._forget(conversation))
        clinic = load_clinic()
        self._country = clinic.country
        self._masks = load_masks(clinic)
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        # Conversations that were read for a turn and are not saved yet: what is known of them must not go.
        self._in_turn: set[str] = set()
        self._mending: Optional[asyncio.Task[None]] = None
        self._clearing: Optional[asyncio.Task[None]] = None  # the event loop itself does not hold on to it

    @property
    def kept_in(self) -> Database:
        """The database of the conversations."""
        return self._database

    async def retrieve(self, sender_id: str) -> Optional[DialogueStateTracker]:
        """The conversation since its latest session began; from memory if the database is away."""
        return await self._recalled(sender_id, of_all_sessions=False)

    async def retrieve_full_tracker(self, conversation_id: str) -> Optional[DialogueStateTracker]:
        """The conversation with all its sessions; if the database is away, the part that is in memory."""
        return await self._recalled(conversation_id, of_all_sessions=True)

    async def keys(self) -> Iterable[str]:
        """The ids of all stored conversations.

        Raises:
            DatabaseUnavailable: if the database is away.
        """
        return await self._database.ask(self._read_keys)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores what is new in a conversation, at once or as soon as the database is back."""
        await self.stream_events(tracker)
        # The same object: work that the database has not answered yet counts what it stores there.
        kept = self._kept.setdefault(tracker.sender_id, Kept([], 0))
        # The turn is over: nobody needs contact details any more. What is stored already was masked then.
        events = list(tracker.events)
        masked = [self._masked(it, events[at + 1 :]) for at, it in enumerate(events) if at >= kept.stored]
        kept.events = events[: kept.stored] + masked
        self._kept.move_to_end(tracker.sender_id)
        self._in_turn.discard(tracker.sender_id)
        try:
            await self._database.ask(partial(self._store, tracker.sender_id, kept), self._patience(LONGEST_SAVE))
        except DatabaseUnavailable:
            self._mend_later()
        except asyncio.CancelledError:  # the turn took too long
            self._mend_later()
            raise
        self._let_go()

    async def erase(self, conversation: str) -> Records:
        """Removes a conversation, and all that is kept of it in any table; returns how much it was.

        Raises:
            DatabaseUnavailable: if the database is away. Nothing is removed then, or all of it a little later.
        """
        kept = self._kept.get(conversation)
        records = await self._database.ask(partial(self._erase, conversation, kept))
        self._forget(conversation)
        self._broadcast.tell(REMOVED, conversation)
        # The person need not wait for it: what they are told is true already.
        self._clearing = asyncio.ensure_future(self._clear())
        return records

    def _forget(self, conversation: str) -> None:
        if kept := self._kept.pop(conversation, None):  # it may be in the list of what is stored later
            kept.events, kept.stored, kept.latest = [], 0, None
        self._in_turn.discard(conversation)

    def _patience(self, seconds: float) -> float:
        """How long a turn waits for the database: the next one may be taken by a replica that has no memory of it."""
        return seconds_left(seconds) if self._broadcast.has_others else 0.0

    async def _clear(self) -> None:
        try:
            await self._database.ask(partial(leave_no_trace, self._database.engine))
        except DatabaseUnavailable:
            logger.warning("The database was not written anew after a removal; the next one, or the daily job, does so")

    async def latest(self, conversation: str, event: str, count: int) -> list[dict[str, Any]]:
        """The latest events of a kind, at most so many, oldest first; those in memory if the database is away."""
        kept = self._kept.get(conversation)
        if kept is None or kept.stored == len(kept.events):
            try:
                work = partial(self._read_latest, conversation, event, count)
                return await self._database.ask(work, self._patience(LONGEST_READ))
            except DatabaseUnavailable:
                pass
        return [it.as_dict() for it in kept.events if it.type_name == event][-count:] if kept else []

    async def _recalled(self, sender_id: str, of_all_sessions: bool) -> Optional[DialogueStateTracker]:
        kept, patience = self._kept.get(sender_id), self._patience(LONGEST_READ)
        if kept and kept.stored < len(kept.events) and self._broadcast.has_others:
            # Another replica may have gone on with the conversation since.
            with suppress(DatabaseUnavailable):
                await self._database.ask(partial(self._store, sender_id, kept), patience)
        if kept is None or kept.stored == len(kept.events):
            try:
                if of_all_sessions:
                    events = await self._database.ask(partial(self._read, sender_id, True), patience)
                    return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots) if events else None
                kept = await self._database.ask(partial(self._read_if_new, sender_id, kept), patience)
            except DatabaseUnavailable:
                pass
            else:
                self._kept[sender_id] = kept
                self._kept.move_to_end(sender_id)
                self._in_turn.add(sender_id)
                self._shorten(sender_id, kept)
                if not kept.events:
                    return None
        return DialogueStateTracker.from_events(sender_id, kept.events, self.domain.slots) if kept else None

    def _shorten(self, sender_id: str, kept: Kept) -> None:
        """Keeps the latest session, and of a long one the latest messages and what the earlier ones have left."""
        begun = max((it.timestamp for it in kept.events if isinstance(it, SessionStarted)), default=0.0)
        kept.events = [it for it in kept.events if it.timestamp >= begun]
        messages = [i for i, it in enumerate(kept.events) if isinstance(it, UserUttered)]
        if len(messages) > MOST_MESSAGES:
            first = messages[-FEWEST_MESSAGES]
            earlier = DialogueStateTracker.from_events(sender_id, kept.events[:first], self.domain.slots)
            kept.events = [*_left_by(earlier), *kept.events[first:]]
        kept.stored = len(kept.events)

    def _mend_later(self) -> None:
        if self._mending is None or self._mending.done():
            self._mending = asyncio.ensure_future(self._mend())

    async def _mend(self) -> None:
        """Stores what could not be stored, once the database is back."""
        while waiting := [(it, kept) for it, kept in self._kept.items() if kept.stored < len(kept.events)]:
            await asyncio.sleep(SOON if self._broadcast.has_others else SECONDS_OF_REST)
            try:
                for conversation, kept in waiting:
                    await self._database.ask(partial(self._store, conversation, kept))
            except DatabaseUnavailable:
                continue
        logger.warning("The database is back; all that was said meanwhile is stored")

    def _let_go(self) -> None:
        """Keeps memory bounded: stored conversations go, the oldest first; those of a day ago anyway."""
        too_many = sum(len(kept.events) for kept in self._kept.values()) - MOST_EVENTS
        for conversation, kept in list(self._kept.items())[:-1]:
            if too_many <= 0 and _is_recent(kept):
                return
            if kept.stored == len(kept.events) and conversation not in self._in_turn:
                too_many -= len(kept.events)
                del self._kept[conversation]
        if too_many > MOST_EVENTS_NOT_STORED:
            self._kept.popitem(last=False)
            logger.error("The database is away for too long: the oldest conversation in memory is lost")

    # What follows runs in the database's thread.

    def _read_keys(self) -> list[str]:
        self._database.make(self.Base.metadata)
        with self._session() as session:
            return [row[0] for row in session.query(self.SQLEvent.sender_id).distinct()]

    def _read_if_new(self, sender_id: str, kept: Optional[Kept]) -> Kept:
        """What is kept already, if it is what the database holds."""
        self._database.make(self.Base.metadata)
        with self._session() as session:
            latest = self._state(session, sender_id)
        if kept and kept.latest == latest:
            return kept
        events = self._read(sender_id, of_all_sessions=False)
        known = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots).events
        return Kept(list(known), len(known), latest)

    def _state(self, session: Session, sender_id: str) -> tuple[int, int]:
        # Not the latest id alone: what another process stores can get an earlier one, and be seen later.
        found = session.query(sa.func.count(self.SQLEvent.id), sa.func.max(self.SQLEvent.id))
        count, latest = found.filter_by(sender_id=sender_id).one()
        return int(count), int(latest or 0)

    def _event_query(self, session: Session, sender_id: str, fetch_events_from_all_sessions: bool) -> Query:
        """In the order in which things happened: what was stored later than what followed has a later id."""
        query = super()._event_query(session, sender_id, fetch_events_from_all_sessions)
        return query.order_by(None).order_by(self.SQLEvent.timestamp, self.SQLEvent.id)

    def _read(self, sender_id: str, of_all_sessions: bool) -> list[dict[str, Any]]:
        self._database.make(self.Base.metadata)
        with self._session() as session:
            return [json.loads(it.data) for it in self._event_query(session, sender_id, of_all_sessions)]

    def _read_latest(self, sender_id: str, event: str, count: int) -> list[dict[str, Any]]:
        self._database.make(self.Base.metadata)
        with self._session() as session:
            rows = session.query(self.SQLEvent.data).filter_by(sender_id=sender_id, type_name=event)
            newest_first = rows.order_by(self.SQLEvent.timestamp.desc(), self.SQLEvent.id.desc())
            return [json.loads(it.data) for it in newest_first.limit(count)][::-1]

    def _store(self, sender_id: str, kept: Kept) -> None:
        new = kept.events[kept.stored :]
        self._database.make(self.Base.metadata)
        rows = [self._row(sender_id, event.as_dict()) for event in new]
        with self._session() as session:
            before = self._state(session, sender_id)
            if kept.is_doubtful:
                known = self._known_since(session, sender_id, min((it.timestamp for it in rows), default=0.0))
                rows = [it for it in rows if it.data not in known]
            kept.is_doubtful = True
            count = len(rows)
            session.add_all(rows)
            session.flush()
            after = self._state(session, sender_id)
            session.commit()
        kept.is_doubtful = False
        is_alone = kept.latest == before and after[0] == before[0] + count
        kept.stored += len(new)
        kept.latest = after if is_alone else None

    def _known_since(self, session: Session, sender_id: str, moment: float) -> set[str]:
        """The events since a moment, as they are stored."""
        found = session.query(self.SQLEvent.data).filter_by(sender_id=sender_id)
        return {it.data for it in found.filter(self.SQLEvent.timestamp >= moment)}

    def _erase(self, conversation: str, kept: Optional[Kept]) -> Records:
        self._database.make(self.Base.metadata)
        records = erase(self._database.engine, conversation)
        if kept:  # it may be in the list of what is being stored just now
            kept.events, kept.stored, kept.latest = [], 0, None
        return records

    def _masked(self, event: Event, following: Iterable[Event]) -> Event:
        given = event.as_dict()
        told = find_contact(given["text"] or "", self._country) if _tells_contact(event, following) else None
        masked = masked_event(given, self._masks.beside(told.written) if told else self._masks)
        return event if masked == given else Event.from_parameters(masked)

    def _row(self, sender_id: str, event: dict[str, Any]) -> SQLTrackerStore.SQLEvent:
        return self.SQLEvent(
            sender_id=sender_id,
            type_name=event["event"],
            timestamp=event.get("timestamp"),
            intent_name=event.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
            action_name=event.get("name"),
            data=json.dumps(event),
        )


def _is_recent(kept: Kept) -> bool:
    return bool(kept.events) and time.time() - kept.events[-1].timestamp < LONGEST_IN_MEMORY


def _tells_contact(event: Event, following: Iterable[Event]) -> bool:
    """Whether a request to be called took contact details from a message, also those that look like no number."""
    turn = takewhile(lambda it: not isinstance(it, UserUttered), following)
    return isinstance(event, UserUttered) and any(isinstance(it, SlotSet) and it.key == CONTACT for it in turn)


def _left_by(tracker: DialogueStateTracker) -> list[Event]:
    """Events that bring a new tracker to where this one is: its slots, its form, and that it listens."""
    now = tracker.events[-1].timestamp
    slots = [SlotSet(it.name, it.value, now) for it in tracker.slots.values() if it.value != it.initial_value]
    form = [ActiveLoop(tracker.active_loop_name, now)] if tracker.active_loop_name else []
    return [*slots, *form, ActionExecuted(ACTION_LISTEN_NAME, timestamp=now)]

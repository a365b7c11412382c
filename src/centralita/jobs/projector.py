"""Follows the journal, folds its events into journeys, and saves those that are closed, in batches.

It may be killed at any instant: the place in the journal that is saved with each batch is the first event of the oldest
journey still open, so that a restart folds that one again, and saving a record twice changes nothing. While the
database is away nothing is read on; the journal waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from centralita.jobs.backoff import BackOff
from centralita.jobs.notices import Notices
from centralita.pbx.acd.facts import AcdFact, CallerFact, TenantFact
from centralita.pbx.events import JournalEvent
from centralita.pbx.journey import Journey, fold
from centralita.pbx.vocabulary import CallClosed, CallEnded, JourneyId, MessageLeft, Outcome, Party
from centralita.ports import StoreUnavailable

Place = tuple[int, int]
"""A place in the journal: segment and byte. Compared as tuples are."""


class EventSource(Protocol):
    """The journal as it is read."""

    @property
    def position(self) -> Place:
        """After the event last given."""

    @property
    def listing(self) -> tuple[Place, AbstractSet[JourneyId]] | None:
        """The beginning of the last segment that was begun, and the journeys that were open there."""

    def identity(self) -> str | None:
        """The journal's name; None while there is none."""

    def read(self, position: Place, /) -> Iterator[tuple[Place, JournalEvent]]:
        """The events from a place on, each with its own place, up to what is written now."""


class RecordSink(Protocol):
    """The records as they are saved. Both raise StoreUnavailable."""

    def position(self, journal: str) -> Place: ...

    def save(
        self, batch: Sequence[Journey], messages: Sequence[MessageLeft], journal: str, position: Place
    ) -> None: ...


class QueueSink(Protocol):
    """The facts of queues and agents as they are saved. Raises StoreUnavailable."""

    def save(self, events: Sequence[tuple[Place, AcdFact]], journal: str) -> None:
        """Saving one twice changes nothing: it is known by its place."""


@dataclass(frozen=True, slots=True)
class Pace:
    poll_seconds: float = 0.5
    """Between two looks at the journal when there is nothing new."""
    batch_journeys: int = 500
    """Closed journeys saved in one transaction at most."""
    batch_events: int = 20_000
    """Events read in one go at most, so that a long backlog does not grow in memory."""
    first_retry: float = 0.5
    """Seconds until the first new try after the database was away; doubles up to ``longest_retry``."""
    longest_retry: float = 15.0


@dataclass(slots=True)
class _Open:
    """A journey that is not closed yet, and where it began."""

    place: Place
    state: Journey


class Projector:
    """``step`` does what there is to do and says when to come back; the loop is the worker's."""

    def __init__(
        self,
        source: EventSource,
        sink: RecordSink,
        pace: Pace | None = None,
        *,
        queue_sink: QueueSink | None = None,
        notices: Notices | None = None,
        on_messages: Callable[[], None] = lambda: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """``notices``: for webhooks. ``on_messages`` is called when messages that ask for mail were saved."""
        self._source = source
        self._sink = sink
        self._queue_sink = queue_sink
        self._notices = notices
        self._pace = pace or Pace()
        self._on_messages = on_messages
        self._wall = wall
        self._journal: str | None = None
        self._next: Place = (0, 0)
        self._open: dict[JourneyId, _Open] = {}
        """In the order in which they began."""
        self._closed: list[Journey] = []
        self._messages: list[MessageLeft] = []
        self._queue_events: list[tuple[Place, AcdFact]] = []
        self._listed: Place | None = None
        self._back_off = BackOff(self._pace.first_retry, self._pace.longest_retry)
        self.saved = 0
        """Journeys saved since the start."""
        self.error = ""
        """Why the last save failed; empty when it went well."""
        self.error_since: float | None = None

    @property
    def open(self) -> int:
        """Journeys that have started and are not closed."""
        return len(self._open)

    @property
    def low_water_mark(self) -> Place:
        """The first event of the oldest open journey, or where to read on where none is open."""
        for known in self._open.values():
            return known.place
        return self._next

    def step(self) -> float:
        """Read, fold and save one batch. Seconds until there may be more to do; 0: there is more already."""
        try:
            if not self._find_journal():
                return self._pace.poll_seconds
            if self._notices is not None:
                self._notices.refresh()
            # A batch that waited for the database goes first; what came meanwhile is read the next time.
            waited = bool(self._closed or self._messages or self._queue_events)
            waited = waited or (self._notices is not None and self._notices.waiting)
            more = waited or self._read()
            self._save()
        except StoreUnavailable as error:
            self.error = str(error)
            self.error_since = self.error_since or self._wall()
            return self._back_off.failed()
        self._back_off.succeeded()
        self.error = ""
        self.error_since = None
        return 0.0 if more else self._pace.poll_seconds

    def _find_journal(self) -> bool:
        """Whether there is a journal; where it is a new one, begin where it was saved up to."""
        journal = self._source.identity()
        if journal is None:
            return False
        if journal != self._journal:
            self._next = self._sink.position(journal)
            self._journal = journal
            self._open.clear()
        return True

    def _read(self) -> bool:
        """Fold what is new. Whether there may be more."""
        more = False
        for count, (place, event) in enumerate(self._source.read(self._next), start=1):
            self._take(place, event)
            if count >= self._pace.batch_events or len(self._closed) >= self._pace.batch_journeys:
                more = True
                break
        self._next = self._source.position
        self._close_forgotten()
        return more

    def _take(self, place: Place, event: JournalEvent) -> None:
        if isinstance(event, MessageLeft):
            self._messages.append(event)
        elif isinstance(event, CallerFact | TenantFact) and self._queue_sink is not None:
            self._queue_events.append((place, event))
        known = self._open.get(event.journey)
        if known is None:
            state = fold(None, event)
            if (
                state is not None
            ):  # else it began before the low-water mark, so it was closed and saved before
                self._open[event.journey] = _Open(place, state)
            if self._notices is not None:
                self._notices.take(event, None, state)
            return
        before = known.state
        known.state = fold(before, event) or before
        if self._notices is not None:
            self._notices.take(event, before, known.state)
        if known.state.closed:
            del self._open[event.journey]
            self._close(known.state)

    def _close(self, state: Journey) -> None:
        self._closed.append(state)
        if self._notices is not None:
            self._notices.closed(state)

    def _close_forgotten(self) -> None:
        """Close the journeys whose end was lost in damage to the journal: a segment's header says they are not open."""
        listing = self._source.listing
        if listing is None or listing[0] == self._listed:
            return
        self._listed, still_open = listing
        forgotten = [
            journey
            for journey, known in self._open.items()
            if known.place < self._listed and journey not in still_open
        ]
        for journey in forgotten:
            state = self._open.pop(journey).state
            at = state.updated_at
            for event in (
                CallEnded(
                    journey=journey,
                    at=at,
                    by=Party.SYSTEM,
                    outcome=Outcome.LOST,
                    sip_status=500,
                    q850=41,
                    detail="the journal is damaged where the call ended",
                ),
                CallClosed(journey=journey, at=at),
            ):
                state = fold(state, event) or state
            self._close(state)

    def _save(self) -> None:
        if self._queue_events and self._journal is not None and self._queue_sink is not None:
            # Before the place in the journal moves past them; a kill in between has them saved again, which is nothing.
            self._queue_sink.save(self._queue_events, self._journal)
            self._queue_events = []
        if self._notices is not None:
            self._notices.save()  # the same
        if not (self._closed or self._messages) or self._journal is None:
            return
        self._sink.save(self._closed, self._messages, self._journal, self.low_water_mark)
        self.saved += len(self._closed)
        told = bool(self._messages)
        self._closed = []
        self._messages = []
        if told:
            self._on_messages()

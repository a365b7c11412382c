"""What webhooks are told, out of the events of the journal: one notice a happening, whatever is read again. Pure but for its sink."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import msgspec

from centralita.pbx.acd.news import Reason
from centralita.pbx.events import JournalEvent
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import Answered, CallStarted, Direction, MessageLeft, Outcome
from centralita.webhooks import HookEvent, Notice

MAX_PARTS = 50
"""Of each list within a message: a call that goes through a hundred queues is told in part."""
_TURNED_AWAY = frozenset((Outcome.REJECTED, Outcome.SERVICE, Outcome.ANSWERED, Outcome.LOST, None))
"""Ends of a call from outside that nobody missed: blocked, one too many, served by the exchange, unknown."""


class HookSink(Protocol):
    """Where notices go, and who wants them; fulfilled by :class:`centralita.store.hook_outbox.HookOutbox`.

    ``refresh`` and ``save`` raise StoreUnavailable.
    """

    def refresh(self) -> None: ...

    def wants(self, tenant: str, event: HookEvent) -> bool: ...

    def save(self, notices: Sequence[Notice]) -> None: ...


class Notices:
    """Gathers what is wanted while the journal is folded, and hands it on with the batch."""

    def __init__(self, sink: HookSink, on_saved: Callable[[], None] = lambda: None) -> None:
        self._sink = sink
        self._on_saved = on_saved
        self._gathered: list[Notice] = []

    def refresh(self) -> None:
        """See who wants to be told of what. Raises StoreUnavailable."""
        self._sink.refresh()

    def take(self, event: JournalEvent, before: Journey | None, after: Journey | None) -> None:
        """An event, and the record before and after it."""
        if isinstance(event, MessageLeft):
            self._message_left(event)
        elif after is None:
            return
        elif before is None:
            if isinstance(event, CallStarted):
                self._tell(HookEvent.CALL_STARTED, after, "started", after.started_at)
        elif isinstance(event, Answered) and before.answer is None and after.answered_at is not None:
            self._tell(HookEvent.CALL_ANSWERED, after, "answered", after.answered_at)

    def closed(self, journey: Journey) -> None:
        """A record is whole."""
        self._tell(HookEvent.CALL_ENDED, journey, "ended", journey.end)
        if (
            journey.direction is Direction.INBOUND
            and journey.answer is None
            and journey.outcome not in _TURNED_AWAY
        ):
            self._tell(HookEvent.CALL_MISSED, journey, "missed", journey.end)
        if self._sink.wants(journey.tenant, HookEvent.QUEUE_ABANDONED):
            for stay in journey.queues[:MAX_PARTS]:
                if stay.reason == Reason.ABANDONED:
                    more = {"queue": stay.queue, "waited": round(stay.waited, 3)}
                    key = f"abandoned/{stay.queue}/{stay.at}"
                    self._tell(HookEvent.QUEUE_ABANDONED, journey, key, stay.left_at or journey.end, more)
        if self._sink.wants(journey.tenant, HookEvent.RECORDING_READY):
            for number, kept in enumerate(_recordings(journey), start=1):
                self._tell(
                    HookEvent.RECORDING_READY,
                    journey,
                    f"recording/{number}",
                    journey.end,
                    {"recording": kept},
                )

    def save(self) -> None:
        """Hand on what was gathered. Raises StoreUnavailable, and keeps it."""
        if self._gathered:
            self._sink.save(self._gathered)
            self._gathered = []
            self._on_saved()

    @property
    def waiting(self) -> bool:
        return bool(self._gathered)

    def _tell(
        self, event: HookEvent, journey: Journey, key: str, at: float, more: dict[str, Any] | None = None
    ) -> None:
        if self._sink.wants(journey.tenant, event):
            data = {"call": call_data(journey), **(more or {})}
            self._gathered.append(_notice(event, journey.tenant, f"{journey.journey}/{key}", at, data))

    def _message_left(self, event: MessageLeft) -> None:
        if self._sink.wants(event.tenant, HookEvent.VOICEMAIL_LEFT):
            data = {
                "user": event.user,
                "message": event.message,
                "call": event.journey,
                "caller": event.caller,
                "caller_name": event.caller_name,
                "duration": round(event.duration, 3),
                "url": f"/api/v1/tenants/{event.tenant}/voicemail/{event.user}/{event.message}/audio",
            }
            key = f"voicemail/{event.user}/{event.message}"
            self._gathered.append(_notice(HookEvent.VOICEMAIL_LEFT, event.tenant, key, event.at, data))


def call_data(journey: Journey) -> dict[str, Any]:
    """A call as a message tells it: instants in UTC as ISO 8601 has them, durations in seconds. Of one that goes on, what is known."""
    answer = journey.answer
    ended = journey.ended_at is not None or journey.closed
    return {
        "id": journey.journey,
        "direction": journey.direction.value,
        "caller": journey.caller,
        "caller_name": journey.caller_name,
        "dialled": journey.dialled,
        "via": journey.via,
        "user": journey.user,
        "started_at": _instant(journey.started_at),
        "answered_at": _instant(journey.answered_at),
        "answered_by": "" if answer is None else answer.user or answer.target,
        "ended_at": _instant(journey.end) if ended else None,
        "outcome": None if journey.outcome is None else journey.outcome.value,
        "ended_by": None if journey.ended_by is None else journey.ended_by.value,
        "detail": journey.detail,
        "sip_status": journey.sip_status,
        "duration": round(journey.duration, 3),
        "waiting": round(journey.waiting, 3),
        "connected": round(journey.connected, 3),
        "held": round(journey.held, 3),
        "tags": list(journey.tags[:MAX_PARTS]),
        "queues": [
            {
                "queue": stay.queue,
                "agent": stay.agent,
                "waited": round(stay.waited, 3),
                "talk": round(stay.talk, 3),
                "reason": stay.reason,
            }
            for stay in journey.queues[:MAX_PARTS]
        ],
        "recordings": list(_recordings(journey)),
        "messages": [
            {"user": left.user, "message": left.message, "duration": round(left.duration, 3)}
            for left in journey.messages[:MAX_PARTS]
        ],
    }


def _recordings(journey: Journey) -> Iterator[dict[str, Any]]:
    for number, kept in enumerate(journey.recordings[:MAX_PARTS], start=1):
        url = f"/api/v1/tenants/{journey.tenant}/recordings/{journey.journey}/{number}"
        yield {"number": number, "duration": round(kept.duration, 3), "url": url}


def _notice(event: HookEvent, tenant: str, key: str, at: float, data: dict[str, Any]) -> Notice:
    return Notice(event, tenant, key, at, body_of(event, tenant, at, data))


def body_of(event: HookEvent, tenant: str, at: float, data: dict[str, Any]) -> str:
    """What is sent: type, timestamp, data, as Standard Webhooks has it."""
    message = {"type": event.value, "timestamp": _instant(at), "tenant": tenant, "data": data}
    return msgspec.json.encode(message).decode()


def _instant(at: float | None) -> str | None:
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

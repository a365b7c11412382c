"""What the queue engine tells a caller's coroutine (or, of callbacks, the switch), and how a wait in a queue ended.

A :class:`Place` hands these over one by one through ``news()``. Commands that take ``until`` a place only look whether there
are any: they never take one away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from centralita.pbx.model.queue import Queue


class Reason(StrEnum):
    """Why a caller is no longer in a queue."""

    ANSWERED = "answered"
    """Talked to an agent; the conversation is over."""
    ABANDONED = "abandoned"
    KEY = "key"
    """Took an exit by a digit."""
    CALLBACK = "callback"
    """Hung up, or goes on, and is called when it is their turn."""
    WAIT = "wait"
    """Waited as long as the queue lets callers wait."""
    SIZE = "size"
    """Too many were waiting already."""
    ESTIMATED_WAIT = "estimated-wait"
    NO_AGENTS = "no-agents"
    REMOVED = "queue-removed"
    """The queue is not in the new configuration."""
    MOVED = "moved"
    """To another queue, by a supervisor."""
    CALLBACK_FAILED = "callback-failed"
    """The customer did not answer any attempt."""
    CALLBACK_EXPIRED = "callback-expired"
    CANCELLED = "cancelled"
    """A callback that is wanted no more."""


class AnnounceKind(StrEnum):
    POSITION = "position"
    PERIODIC = "periodic"
    CALLBACK = "callback"
    """Tell the caller that they may be called back."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Ring these agents, all at once, for so long; the first to answer has the call. They are reserved for it."""

    call: str
    queue: str
    agents: tuple[str, ...]
    """User ids."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The offer stands no more: stop ringing."""

    call: str


@dataclass(frozen=True, slots=True)
class Announce:
    call: str
    kind: AnnounceKind
    position: int = 0
    """1: next."""
    estimated: float | None = None
    """Seconds; None: no estimate, or not to be told."""
    prompt: str = ""
    """The id of the prompt, of the kind periodic."""


@dataclass(frozen=True, slots=True)
class Release:
    """The caller is out of the queue. ``target``: where to, or empty: the flow's own branch for the reason."""

    call: str
    reason: Reason
    target: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The caller waits in another queue now, with their place in time."""

    call: str
    queue: Queue
    reason: Reason
    """MOVED, or the overflow that led here."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """The caller pressed a digit while nothing was played. Comes from the switch, not from the engine."""

    digit: str


@dataclass(frozen=True, slots=True)
class CallBack:
    """To the switch: ring these agents, then the customer.

    Answered by ``accepted`` or ``declined`` of the agents, then ``callback_connected`` or ``callback_failed``.
    """

    call: str
    """The journey of the call in which it was asked for."""
    queue: str
    number: str
    agents: tuple[str, ...]
    seconds: float
    """For the agents."""
    customer_seconds: float
    attempt: int
    """1: the first call to the customer."""


News = Offer | Withdrawn | Announce | Release | Moved | Pressed
"""What a caller's place may say."""
FloorNews = Offer | Withdrawn | Announce | Release | Moved | CallBack
"""What the engine has to say. Of a callback, only CallBack and Withdrawn come."""


@dataclass(frozen=True, slots=True)
class QueueExit:
    """How a wait ended, for the flow to go on."""

    reason: Reason
    target: str = ""
    """A destination (``queue:ID``, ``voicemail:USER`` …); of KEY the name of the exit, of ANSWERED who it was; else empty."""
    queue: str = ""
    """The queue in which it ended: callers may have been moved."""
    talk: float = 0.0
    """Seconds of conversation, of ANSWERED."""

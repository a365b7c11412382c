"""What the engine knows of each agent and each caller: plain records, changed only by the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from centralita.pbx.acd.news import Reason
from centralita.pbx.acd.views import Told
from centralita.pbx.model.queue import QueueAgent

if TYPE_CHECKING:
    from centralita.pbx.acd.desk import Desk

PlaceKey = tuple[int, float, int]
"""Smaller is served first: −priority, since when the place counts, order of arrival."""
Wishes = tuple[tuple[str, int], ...]
"""Skills asked for with their least levels, sorted."""

EVERYWHERE = ""
"""In the place of a queue's name: a pause in all of them."""


class FloorError(Exception):
    """What was asked for is not possible now; the text says why, for whoever asked."""


@dataclass(frozen=True, slots=True)
class Pause:
    reason: str
    since: float


@dataclass(frozen=True, slots=True)
class WrapUp:
    queue: str
    since: float
    until: float
    talk: float
    """Seconds of the conversation before."""


@dataclass(slots=True)
class Agent:
    id: str
    max_calls: int = 1
    reachable: bool = False
    occupied: int = 0
    """Calls that no queue gave them."""
    memberships: dict[str, QueueAgent] = field(default_factory=dict)
    """By queue."""
    logged_in: set[str] = field(default_factory=set)
    """Queues that they logged in to themselves."""
    pauses: dict[str, Pause] = field(default_factory=dict)
    """By queue, or EVERYWHERE."""
    reserved: str = ""
    """The call that they are being offered."""
    talking: dict[str, float] = field(default_factory=dict)
    """Queue calls they are in, with when each was answered."""
    wrap_up: WrapUp | None = None
    resting: bool = False
    """Left in peace for a moment after an offer that they missed."""
    misses: int = 0
    """Offers missed in a row."""
    calls: int = 0
    """Queue calls answered today."""
    talk: float = 0.0
    """Seconds in queue calls today."""
    last_end: float | None = None
    shift_before: float = 0.0
    """Seconds at work today, without the stretch since ``shift_since``."""
    shift_since: float | None = None
    """None: not at work now."""

    def in_queue(self, queue: str) -> bool:
        """Logged in to it, and there to be reached."""
        membership = self.memberships.get(queue)
        return membership is not None and self.reachable and (membership.always or queue in self.logged_in)

    def paused_in(self, queue: str) -> bool:
        return EVERYWHERE in self.pauses or queue in self.pauses

    def at_work(self) -> bool:
        """Logged in somewhere, and not paused everywhere."""
        if EVERYWHERE in self.pauses:
            return False
        return bool(self.logged_in) or (
            self.reachable and any(each.always for each in self.memberships.values())
        )

    def idle(self) -> bool:
        """May be offered a call, as far as their calls and not their queues say."""
        return (
            self.reachable
            and not self.reserved
            and self.wrap_up is None
            and not self.resting
            and len(self.talking) + self.occupied < self.max_calls
        )

    def on_shift(self, now: float) -> float:
        """Seconds at work today."""
        since = self.shift_since
        return self.shift_before + (max(0.0, now - since) if since is not None else 0.0)


class Phase(Enum):
    WAITING = "waiting"
    HELD = "held"
    """Kept for the agent they talked to last."""
    OFFERED = "offered"
    TALKING = "talking"
    RETRYING = "retrying"
    """A callback between two calls to the customer."""


@dataclass(slots=True)
class Entry:
    """A caller, or the place that one left behind to be called back."""

    call: str
    desk: Desk
    key: PlaceKey
    entered: float
    """This queue."""
    number: str
    asked: dict[str, int]
    """Skills that the call itself asks for; empty: those of the queue."""
    last_agent: str = ""
    wishes: Wishes = ()
    phase: Phase = Phase.WAITING
    is_ready: bool = False
    """Kept by the line."""
    joined_position: int = 0
    agents: tuple[str, ...] = ()
    """OFFERED: those being rung. TALKING: the one they talk to."""
    phase_since: float = 0.0
    """When the offer or the conversation began."""
    tried: set[str] = field(default_factory=set)
    """Agents who have missed this caller since everybody free had been tried."""
    overdue: tuple[Reason, str] | None = None
    """Is to leave, with reason and target, should the offer that stands come to nothing."""
    visited: set[str] = field(default_factory=set)
    """Queues that an overflow has led out of: none leads back."""
    waited: float = 0.0
    """Until answered."""
    prompt: int = 0
    """Index of the next periodic prompt."""
    told: Told | None = None
    """What they were last told of their place and wait."""
    callback: str = ""
    """The number to call; empty: the caller is on the line."""
    attempt: int = 1
    expires: float = 0.0
    """When a callback is given up."""

    @property
    def priority(self) -> int:
        return -self.key[0]

    @property
    def since(self) -> float:
        return self.key[1]

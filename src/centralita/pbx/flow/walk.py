"""What one call carries with it from node to node and from flow to flow: variables, marks, limits, and its clock.

A walk begins with the call's first destination and ends with the call. Nothing in it is shared with other calls.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from centralita.pbx.vocabulary import StepEnd

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from centralita.pbx.callcontrol import CallControl, RingResult
    from centralita.pbx.flow.node import Node
    from centralita.pbx.plan import Plan
    from centralita.pbx.state import Seen

MAX_NODES = 500
"""Nodes that a call may visit: a flow that goes in a circle is not a circle for us."""
MAX_DEPTH = 16
"""Flows within flows."""


class Walk:
    __slots__ = (
        "_now",
        "_writings",
        "call",
        "hops",
        "last_agent",
        "plan",
        "pressed",
        "priority",
        "shares",
        "skills",
        "stack",
        "tags",
        "variables",
        "visited",
    )

    def __init__(self, call: CallControl) -> None:
        self.call = call
        self.plan: Plan = call.snapshot.plan
        self.visited = 0
        self.hops = 0
        """Destinations after the first."""
        self.stack: list[Node | None] = []
        """Where to go on when the flows that were called come to their end, the latest last."""
        self.variables: dict[str, str] = {}
        self.tags: set[str] = set()
        self.priority: int | None = None
        self.skills: dict[str, int] = {}
        self.last_agent = ""
        """The user who spoke with this caller last, where a node asked for it and found them."""
        self.pressed = ""
        """A digit pressed during an announcement, for the menu that follows."""
        self.shares: list[tuple[str, str]] = []
        """Share nodes passed, and the target that each of them chose."""
        self._now: datetime | None = None
        self._writings: tuple[str, ...] | None = None

    def now(self) -> datetime:
        """The instant; it stands still while nothing is awaited."""
        if self._now is None:
            self._now = self.call.now()
        return self._now

    def time_passed(self) -> None:
        """Something was awaited."""
        self._now = None

    @property
    def today(self) -> str:
        """ISO date in the zone of the tenant's first site: one day for all, wherever a caller of ours sits."""
        return self.day_of(self.now())

    def day_of(self, now: datetime) -> str:
        zone = self.plan.zone
        return (now if now.tzinfo is zone else now.astimezone(zone)).date().isoformat()

    @property
    def writings(self) -> tuple[str, ...]:
        """The caller's number in all the ways in which it may stand in a list."""
        if self._writings is None:
            self._writings = self.plan.contacts.writings(self.call.caller.number)
        return self._writings

    def seen(self, days: int | None = None) -> Seen | None:
        """What is remembered of the caller, if they called within so many days."""
        seen = self.call.state.callers.get(self.call.caller.number)
        if seen is None or days is None:
            return seen
        return seen if seen.last >= (self.now() - timedelta(days=days)).timestamp() else None

    def last_agent_within(self, time: timedelta | None = None) -> str:
        """Who of those still here spoke with this caller last; empty where nobody did, or not within that time."""
        seen = self.seen()
        if seen is None or not seen.agent or seen.agent not in self.call.snapshot.users:
            return ""
        if time is not None and seen.agent_at < (self.now() - time).timestamp():
            return ""
        return seen.agent

    def talked(self, seconds: float) -> None:
        """A conversation is over: it counts for every share that led to it."""
        today = self.day_of(self.call.now())
        for node, target in self.shares:
            self.call.state.shares.talked(node, target, seconds, day=today)

    def leave_shares(self) -> None:
        """The call is over, or goes another way: it is no load on where it was sent."""
        going = self.call.state.going
        for share in self.shares:
            going[share] -= 1
            if going[share] <= 0:
                del going[share]
        self.shares.clear()


async def converse(
    walk: Walk, result: RingResult, talk_to_its_end: Callable[[], Awaitable[None]] | None = None
) -> float:
    """Wait for the end of a conversation that has just begun, and remember it. Seconds of talk.

    ``talk_to_its_end``: what waits for it, where it is not :meth:`CallControl.talk`.
    """
    if result.end is not StepEnd.ANSWERED:
        raise AssertionError(f"nobody talks after {result.end}")
    call = walk.call
    begun = call.now()
    try:
        await (talk_to_its_end or call.talk)()
    finally:
        # Also where the wait was cut short: what was said was said.
        talk = max(0.0, (call.now() - begun).total_seconds())
        walk.talked(talk)
    walk.time_passed()
    return talk

"""What the calls of a tenant have in common besides the configuration: switches turned by hand, who called before, whose turn it is.

One object per tenant, in the switch that owns the tenant; the simulator makes its own. All of it is plain data that can be
written down and taken up again after a restart. Instants are seconds since the epoch, UTC, and always passed in.
"""

from __future__ import annotations

import random
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from centralita.pbx.acd.floor import Floor
from centralita.pbx.distribution import Tally
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.outbound.pins import WrongPins
from centralita.pbx.shares import ShareCounters
from centralita.pbx.vocabulary import TenantId

MAX_CALLERS = 200_000
"""Callers who are remembered, the latest ones."""


@dataclass(frozen=True, slots=True)
class Turned:
    """An override that is on."""

    since: float
    until: float | None
    """None: until somebody turns it off."""
    by: str
    """``user:ID``, ``command`` …"""


def _nobody_asks() -> None:
    """Where the state is written down by nobody: a simulation."""


class Overrides:
    """Which overrides are on."""

    __slots__ = ("_on", "on_change")

    def __init__(self) -> None:
        self._on: dict[str, Turned] = {}
        self.on_change: Callable[[], None] = _nobody_asks
        """Called after each change: whoever writes the state down does so before the change is confirmed."""

    def turn_on(self, override: str, now: float, *, until: float | None = None, by: str = "") -> None:
        self._on[override] = Turned(now, until, by)
        self.on_change()

    def turn_off(self, override: str) -> None:
        self._on.pop(override, None)
        self.on_change()

    def turned(self, override: str, now: float) -> Turned | None:
        """How and since when it is on; None while it is off."""
        turned = self._on.get(override)
        if turned is None or (turned.until is not None and turned.until <= now):
            return None
        return turned

    def to_state(self) -> dict[str, Any]:
        return {name: [turned.since, turned.until, turned.by] for name, turned in self._on.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._on = {name: Turned(*fields) for name, fields in state.items()}


@dataclass(slots=True)
class Seen:
    """What is remembered of a caller."""

    last: float
    calls: int = 0
    agent: str = ""
    """The user who spoke with them last."""
    agent_at: float = 0.0
    shares: dict[str, tuple[str, float]] = field(default_factory=dict)
    """``FLOW/NODE`` of a share → the target they went to, and when."""


class Callers:
    """Who called before, by number in E.164. Bounded: those who have not called for longest are forgotten."""

    __slots__ = ("_changed", "_limit", "_seen")

    def __init__(self, limit: int = MAX_CALLERS) -> None:
        self._limit = limit
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._changed: set[str] = set()

    def get(self, number: str) -> Seen | None:
        return self._seen.get(number)

    def called(self, number: str, now: float) -> None:
        """A call of theirs (or to them) has ended."""
        seen = self._of(number, now)
        if seen is not None:
            seen.last = max(seen.last, now)
            seen.calls += 1

    def spoke(self, number: str, user: str, now: float) -> None:
        """A user of the tenant spoke with them."""
        seen = self._of(number, now)
        if seen is not None:
            seen.agent, seen.agent_at = user, now

    def went(self, number: str, share: str, target: str, now: float) -> None:
        """A share node sent them there."""
        seen = self._of(number, now)
        if seen is not None:
            seen.shares[share] = (target, now)

    def _of(self, number: str, now: float) -> Seen | None:
        if not number.startswith("+"):
            return None  # withheld, or one of our own
        seen = self._seen.get(number)
        if seen is None:
            seen = self._seen[number] = Seen(now)
            if len(self._seen) > self._limit:
                self._changed.add(self._seen.popitem(last=False)[0])
        self._seen.move_to_end(number)
        self._changed.add(number)
        return seen

    def changes(self) -> dict[str, list[Any] | None]:
        """What :meth:`to_state` has to say of those that changed since the last time; None: forgotten."""
        changed, self._changed = self._changed, set()
        return {
            number: _written(seen) if (seen := self._seen.get(number)) is not None else None
            for number in changed
        }

    def changed(self, numbers: Iterable[str]) -> None:
        """These count as changed again: what was told of them has not been kept."""
        self._changed.update(numbers)

    def to_state(self) -> dict[str, Any]:
        return {number: _written(seen) for number, seen in self._seen.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._seen = OrderedDict()
        for number, (last, calls, agent, agent_at, shares) in sorted(
            state.items(), key=lambda item: item[1][0]
        ):
            ways = {share: (target, at) for share, (target, at) in shares.items()}
            self._seen[number] = Seen(last, calls, agent, agent_at, ways)


def _written(seen: Seen) -> list[Any]:
    return [seen.last, seen.calls, seen.agent, seen.agent_at, dict(seen.shares)]


@dataclass(slots=True)
class Spent:
    """What a user has spent of their day's allowance."""

    day: str
    """ISO date in the zone of the user's site."""
    calls: int = 0
    seconds: float = 0.0


class Usage:
    """Calls to the outside of each user: going on now, and today."""

    __slots__ = ("_live", "_today")

    def __init__(self) -> None:
        self._live: dict[str, int] = {}
        self._today: dict[str, Spent] = {}

    def live(self, user: str) -> int:
        return self._live.get(user, 0)

    def today(self, user: str, day: str) -> Spent:
        spent = self._today.get(user)
        return spent if spent is not None and spent.day == day else Spent(day)

    def begin(self, user: str) -> None:
        self._live[user] = self._live.get(user, 0) + 1

    def end(self, user: str, day: str, seconds: float) -> None:
        """A call is over, ``seconds`` after it was answered; 0 where it was not, which costs nothing and counts nothing."""
        left = self._live.get(user, 0) - 1
        if left > 0:
            self._live[user] = left
        else:
            self._live.pop(user, None)
        if seconds > 0:
            spent = self._today[user] = self.today(user, day)
            spent.calls += 1
            spent.seconds += seconds

    def to_state(self) -> dict[str, Any]:
        return {user: [spent.day, spent.calls, spent.seconds] for user, spent in self._today.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._today = {user: Spent(*fields) for user, fields in state.items()}


class TenantState:
    """Everything of one tenant."""

    __slots__ = (
        "callers",
        "floor",
        "going",
        "groups",
        "outward",
        "overrides",
        "pins",
        "random",
        "shares",
        "usage",
    )

    def __init__(self, rng: random.Random, tenant: TenantId = TenantId("")) -> None:  # noqa: B008 - a name for a type
        self.random = rng
        self.floor = Floor(rng, tenant)
        """The tenant's queues and agents."""
        self.overrides = Overrides()
        self.callers = Callers()
        self.usage = Usage()
        self.pins = WrongPins()
        """Of calls that need one. Not written down: a restart forgives."""
        self.shares = ShareCounters()
        """What each share node has given to each of its targets."""
        self.going: Counter[tuple[str, str]] = Counter()
        """Share node and target → calls that went there and are not over. Not written down: no call outlives its flow."""
        self.outward: Counter[tuple[str, str]] = Counter()
        """Caller outside and number outside → calls from the one on their way to the other that nobody has answered yet. Not
        written down."""
        self.groups: dict[str, Tally] = {}
        """Whose turn it is, by ring group (``group:ID``) or by ring node (``FLOW/NODE``)."""

    def tally(self, name: str) -> Tally:
        found = self.groups.get(name)
        if found is None:
            found = self.groups[name] = Tally()
        return found

    def to_state(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "floor": self.floor.to_state(),
            "overrides": self.overrides.to_state(),
            "callers": self.callers.to_state(),
            "usage": self.usage.to_state(),
            "shares": self.shares.to_state(),
            "groups": {name: tally.to_state() for name, tally in self.groups.items()},
        }

    def restore(
        self,
        state: Mapping[str, Any],
        queues: Mapping[str, Queue] | None = None,
        now: float = 0.0,
        *,
        tenant: TenantId = TenantId(""),  # noqa: B008 - a name for a type
        profiles: Mapping[str, AgentProfile] | None = None,
    ) -> None:
        """Take up what :meth:`to_state` gave; parts that are missing begin anew. ``queues``: as configured now."""
        if "floor" in state:
            self.floor = Floor.from_state(
                self.random, state["floor"], queues or {}, now, tenant=tenant, profiles=profiles
            )
        self.overrides.restore(state.get("overrides", {}))
        self.callers.restore(state.get("callers", {}))
        self.usage.restore(state.get("usage", {}))
        self.shares = ShareCounters.from_state(state.get("shares", {}))
        self.groups = {name: Tally.from_state(each) for name, each in state.get("groups", {}).items()}


def note_call(state: TenantState, number: str, user: str, now: float) -> None:
    """Remember a journey that is over, once. ``number``: of the party outside, E.164; ``user``: who spoke with them, if anybody."""
    state.callers.called(number, now)
    if user:
        state.callers.spoke(number, user, now)

"""Which route a call to the outside takes, and how its trunks are given the number: a table compiled from one version.

Pure look-ups: whether a trunk is up is not known here, nor who may call (:mod:`centralita.pbx.outbound.permissions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING

from centralita.pbx import numbering
from centralita.pbx.outbound.permissions import Permissions

if TYPE_CHECKING:
    from centralita.pbx.model.outbound_route import OutboundRoute, RouteTrunk
    from centralita.pbx.model.snapshot import Snapshot
    from centralita.pbx.model.trunk import Trunk
    from centralita.pbx.model.user import User
    from centralita.pbx.outbound.classes import Classified

MAX_PASSED = 20
"""Routes named in a trace because they do not match; the others are counted."""
FAIL_OVER = frozenset({408, 480, 500, 502, 503, 504, 580})
"""SIP statuses after which the next trunk is tried where no route says it."""

IsOpen = Callable[[str], tuple[bool, str]]
"""A schedule → whether it is open now, and why."""


@dataclass(frozen=True, slots=True)
class Way:
    """One trunk of a route, with the number as it will be sent there."""

    trunk: Trunk
    before: str
    """As the trunk's format writes it."""
    written: str
    """After ``strip`` and ``prepend``."""
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The route that was taken. Without ways the call cannot leave, and ``reason`` says why."""

    route: OutboundRoute | None
    """None: no route decides, every trunk is tried; or none matched."""
    ways: tuple[Way, ...]
    reason: str
    passed: tuple[str, ...] = ()
    """Routes that did not match and trunks that were left out, each with its reason."""
    fail_over: frozenset[int] = FAIL_OVER

    @property
    def name(self) -> str:
        return f"outbound-route:{self.route.id}" if self.route is not None else "trunks"


class _Compiled:
    """A route with everything about it made ready to be looked at."""

    __slots__ = (
        "_lengths",
        "classes",
        "everybody",
        "exact",
        "fail_over",
        "other",
        "prefixes",
        "route",
        "sites",
        "users",
    )

    def __init__(self, route: OutboundRoute, snapshot: Snapshot) -> None:
        self.route = route
        patterns = route.patterns or ("*",)
        self.exact = frozenset(each for each in patterns if each and not each.endswith("*"))
        self.prefixes = frozenset(each.rstrip("*") for each in patterns if not each or each.endswith("*"))
        self._lengths = sorted({len(prefix) for prefix in self.prefixes}, reverse=True)
        self.classes = frozenset(route.classes)
        self.everybody = not (route.users or route.groups or route.sites)
        self.users = frozenset(route.users).union(
            *(
                (member.user for member in snapshot.groups[group].members)
                for group in route.groups
                if group in snapshot.groups
            )
        )
        self.sites = frozenset(route.sites)
        self.fail_over = frozenset(route.fail_over)
        self.other = f"route {route.id}: none of its patterns matches"

    def pattern(self, number: str) -> str:
        """The longest of its patterns that a number matches; empty where none does."""
        if number in self.exact:
            return number
        size = len(number)
        for length in self._lengths:
            if length <= size and number[:length] in self.prefixes:
                return f"{number[:length]}*"
        return ""


class OutboundTable:
    """All routes and permissions of a tenant, and the numbers that it may show."""

    __slots__ = (
        "_emergency",
        "_exact",
        "_lengths",
        "_named",
        "_prefixes",
        "_routes",
        "_snapshot",
        "owned",
        "permissions",
    )

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.permissions = Permissions(snapshot)
        self.owned = frozenset(_owned(snapshot))
        """Numbers in E.164 that belong to the tenant: its own in the network, and those set for sites and users."""
        routes = [
            _Compiled(route, snapshot)
            for route in sorted(snapshot.outbound_routes.values(), key=lambda each: (each.order, each.id))
        ]
        self._emergency = [each for each in routes if each.route.emergency]
        self._routes = [each for each in routes if not each.route.emergency]
        self._exact: dict[str, list[int]] = {}
        self._prefixes: dict[str, list[int]] = {}
        for index, each in enumerate(self._routes):
            for number in each.exact:
                self._exact.setdefault(number, []).append(index)
            for prefix in each.prefixes:
                self._prefixes.setdefault(prefix, []).append(index)
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})
        self._named = tuple(each.other for each in self._routes[:MAX_PASSED])

    # --- which route ----------------------------------------------------------------------------------------------

    def choose(self, number: str, classified: Classified, user: User | None, is_open: IsOpen) -> Chosen:
        """The first route that matches in everything. ``user``: who calls, or whose forwarding it is; None: no user's call."""
        if not self._routes:
            ways = self._every_trunk(number)
            reason = "no outbound routes are configured: every trunk in turn" if ways else "there is no trunk"
            return Chosen(None, ways, reason)
        passed: list[str] = []
        looked_at: set[int] = set()
        for index in self._candidates(number):
            compiled = self._routes[index]
            looked_at.add(index)
            mismatch = self._mismatch(compiled, classified, user, is_open)
            if mismatch:
                if len(passed) < MAX_PASSED:
                    passed.append(f"route {compiled.route.id}: {mismatch}")
                continue
            ways, left_out = self._ways(compiled.route, number)
            reason = f"route {compiled.route.id} matches {compiled.pattern(number)} for {classified} calls"
            if not ways:
                reason += ", and has no trunk that may take it"
            passed += [*self._others(index, looked_at), *left_out]
            return Chosen(compiled.route, ways, reason, tuple(passed), compiled.fail_over)
        passed += self._others(len(self._routes), looked_at)
        return Chosen(None, (), f"no outbound route matches {number}", tuple(passed))

    def _candidates(self, number: str) -> Iterator[int]:
        """Routes of which a pattern matches, in their order."""
        found = [self._exact[number]] if number in self._exact else []
        size = len(number)
        for length in self._lengths:
            if length > size:
                break
            if (indices := self._prefixes.get(number[:length])) is not None:
                found.append(indices)
        if len(found) == 1:
            yield from found[0]
            return
        last = -1
        for index in merge(*found):
            if index != last:
                yield index
            last = index

    def _others(self, end: int, looked_at: set[int]) -> tuple[str, ...]:
        """Routes before ``end`` of which no pattern matches: the first by name, the others by their count."""
        named = self._named[:end]
        seen = sum(index < end for index in looked_at)
        if seen and min(looked_at) < len(named):
            named = tuple(each for index, each in enumerate(named) if index not in looked_at)
        more = end - len(named) - seen
        return (*named, f"{more} more routes: none of their patterns matches") if more > 0 else named

    @staticmethod
    def _mismatch(compiled: _Compiled, classified: Classified, user: User | None, is_open: IsOpen) -> str:
        if compiled.classes and classified.kind not in compiled.classes:
            return f"it is for {', '.join(compiled.route.classes)} calls, and this is {classified}"
        if not compiled.everybody and (
            user is None or (user.id not in compiled.users and user.site not in compiled.sites)
        ):
            return "it is for other callers"
        if compiled.route.schedule is not None:
            opened, why = is_open(compiled.route.schedule)
            if not opened:
                return f"schedule {compiled.route.schedule} is closed: {why}"
        return ""

    # --- emergencies ----------------------------------------------------------------------------------------------

    def emergency(self, number: str, user: User | None) -> Chosen:
        """Every way there is for an emergency number: the emergency routes that match, the other ones, then every trunk.

        Neither schedules nor costs nor callers leave a way out; they only say which comes first.
        """
        fitting = [each for each in self._emergency if _fits(each, number, user)]
        others = [each for each in self._emergency if each not in fitting]
        ways: dict[str, Way] = {}
        for compiled in (*fitting, *others):
            for each in _in_order(compiled.route):
                if (trunk := self._snapshot.trunks.get(each.trunk)) is not None and trunk.id not in ways:
                    written = _manipulated(number, each) or number
                    ways[trunk.id] = Way(trunk, number, written, each.cost)
        for way in self._every_trunk(number, emergency=True):
            ways.setdefault(way.trunk.id, way)
        if not ways:
            return Chosen(None, (), "there is no trunk")
        if not fitting:
            return Chosen(
                None, tuple(ways.values()), f"{number} is an emergency number: every trunk is tried in turn"
            )
        route = fitting[0].route
        reason = f"{number} is an emergency number: route {route.id} first, then every other trunk"
        return Chosen(route, tuple(ways.values()), reason)

    # --- trunks ---------------------------------------------------------------------------------------------------

    def _every_trunk(self, number: str, *, emergency: bool = False) -> tuple[Way, ...]:
        ways: list[Way] = []
        for ident in sorted(self._snapshot.trunks):
            trunk = self._snapshot.trunks[ident]
            before = number if emergency else self._formatted(trunk, number)
            ways.append(Way(trunk, before, before))
        return tuple(ways)

    def _ways(self, route: OutboundRoute, number: str) -> tuple[tuple[Way, ...], list[str]]:
        ways: list[Way] = []
        left_out: list[str] = []
        for each in _in_order(route):
            trunk = self._snapshot.trunks.get(each.trunk)
            if trunk is None:
                left_out.append(f"trunk {each.trunk}: there is none of this name")
                continue
            if route.max_cost is not None and each.cost > route.max_cost:
                left_out.append(
                    f"trunk {each.trunk}: it costs {each.cost} a minute, and the route allows {route.max_cost}"
                )
                continue
            before = self._formatted(trunk, number)
            written = _manipulated(before, each)
            if not written:
                left_out.append(f"trunk {each.trunk}: strip {each.strip} leaves nothing of {before}")
                continue
            ways.append(Way(trunk, before, written, each.cost))
        return tuple(ways), left_out

    def _formatted(self, trunk: Trunk, number: str) -> str:
        country = trunk.country or self._snapshot.first_site.country
        return numbering.present(number, trunk.number_format, country)


def _fits(compiled: _Compiled, number: str, user: User | None) -> bool:
    named = user is not None and (user.id in compiled.users or user.site in compiled.sites)
    return bool(compiled.pattern(number)) and (compiled.everybody or named)


def _in_order(route: OutboundRoute) -> Iterable[RouteTrunk]:
    return sorted(route.trunks, key=lambda each: each.cost) if route.choose == "cost" else route.trunks


def _manipulated(number: str, way: RouteTrunk) -> str:
    """Strip digits from the beginning, then put others before it. What is changed loses its plus sign, unless one is put there."""
    if not way.strip and not way.prepend:
        return number
    rest = number.removeprefix("+")[way.strip :]
    return way.prepend + rest if rest else ""


def _owned(snapshot: Snapshot) -> Iterator[str]:
    yield from snapshot.numbers_by_e164
    for site in snapshot.sites.values():
        yield from filter(None, (site.number, site.emergency_callback))
    yield from (user.number for user in snapshot.users.values() if user.number)

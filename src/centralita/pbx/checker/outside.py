"""The way out: routes that never match, permissions that never apply, and help that cannot be called."""

from __future__ import annotations

from collections.abc import Iterable

from centralita.pbx.checker import words
from centralita.pbx.checker.work import Work
from centralita.pbx.model.outbound_route import OutboundRoute
from centralita.pbx.model.permission import Permission


def check(work: Work) -> None:
    _emergency(work)
    _routes(work)
    _permissions(work)
    _shown(work)


# --- emergencies ---------------------------------------------------------------------------------------------------


def _emergency(work: Work) -> None:
    snapshot = work.snapshot
    inhabited = {user.site for user in snapshot.users.values()}
    routes = [route for route in snapshot.outbound_routes.values() if route.emergency]
    for site in snapshot.sites.values():
        if site.id not in inhabited:
            continue
        if not snapshot.trunks:
            message = "cannot call for help: there is no trunk, so emergency numbers lead nowhere"
            work.warn("emergency-unreachable", "site", site.id, message, "Add a trunk")
            continue
        if routes and not any(_may_use(work, route, site.id) for route in routes):
            message = (
                f"cannot call for help: no emergency route is for it ({words.listed([r.id for r in routes])})"
            )
            mend = "Give it an emergency route, or let one be for everybody"
            work.error("emergency-unreachable", "site", site.id, message, mend)
        if not site.location:
            message = "is missing: whoever answers an emergency call does not know where help is needed"
            mend = "Write the postal address"
            work.warn("emergency-location", "site", site.id, message, mend, path=("location",))
        if not site.emergency_callback and not site.number:
            message = "is missing, and the site has no number: emergency services cannot call back"
            work.warn("emergency-callback", "site", site.id, message, path=("emergency_callback",))
    own = set(snapshot.numbers_by_e164)
    for site in snapshot.sites.values():
        callback = site.emergency_callback
        if callback and callback not in own and snapshot.numbers:
            message = f"{callback} is no number of this tenant: a call back would not come here"
            work.warn("emergency-callback", "site", site.id, message, path=("emergency_callback",))
    for route in routes:
        if route.schedule:
            message = "limits emergency calls to its hours"
            mend = "Take it out: help is needed at any hour"
            work.error("emergency-hours", "outbound-route", route.id, message, mend, path=("schedule",))


def _may_use(work: Work, route: OutboundRoute, site: str) -> bool:
    """Whether everybody of a site may use a route."""
    if not (route.users or route.groups or route.sites) or site in route.sites:
        return True
    covered = set(route.users)
    for group in route.groups:
        if group in work.snapshot.groups:
            covered |= {member.user for member in work.snapshot.groups[group].members}
    return all(user.id in covered for user in work.snapshot.users.values() if user.site == site)


# --- routes --------------------------------------------------------------------------------------------------------


def _routes(work: Work) -> None:
    routes = sorted(
        (route for route in work.snapshot.outbound_routes.values() if not route.emergency),
        key=lambda route: (route.order, route.id),
    )
    matching: list[OutboundRoute] = []
    for route in routes:
        never = _never(work, route)
        if never:
            work.warn("route-never-matches", "outbound-route", route.id, f"can never match: {never}")
            continue
        for before in matching:
            if _covers(before, route):
                message = (
                    f"can never match: {before.id} (order {before.order}) takes every call that it would take"
                )
                mend = f"Give it an order below {before.order}, or take it out"
                work.warn("route-shadowed", "outbound-route", route.id, message, mend)
                break
        matching.append(route)
    if routes and not any(_is_open(route) for route in routes):
        message = "there is no outbound route for everything else: numbers that match none cannot be called"
        work.hint("no-default-route", "outbound-route", routes[-1].id, message)


def _never(work: Work, route: OutboundRoute) -> str:
    """Why a route by itself never matches; empty where it may."""
    if route.schedule and (schedule := work.snapshot.schedules.get(route.schedule)) is not None:
        weeks = [schedule.weekly, *(season.weekly for season in schedule.seasons)]
        exceptions = any(exception.spans for exception in schedule.exceptions)
        forced = any(
            override.forces == "open" and schedule.id in override.schedules
            for override in work.snapshot.overrides.values()
        )
        if not exceptions and not forced and not any(any(week.values()) for week in weeks):
            return f"schedule {schedule.id} is never open"
    if route.max_cost is not None and all(trunk.cost > route.max_cost for trunk in route.trunks):
        return f"every trunk costs more than max_cost, {route.max_cost}"
    if not route.users and not route.sites and route.groups:
        groups = [work.snapshot.groups[group] for group in route.groups if group in work.snapshot.groups]
        if not any(group.members for group in groups):
            return f"nobody is in {words.listed(route.groups)}"
    if route.sites and not route.users and not route.groups:
        inhabited = {user.site for user in work.snapshot.users.values()}
        if inhabited.isdisjoint(route.sites):
            return f"no user is at {words.listed(route.sites)}"
    return ""


def _is_open(route: OutboundRoute) -> bool:
    """Whether a route takes every number."""
    return (
        not route.classes
        and not route.schedule
        and (not route.patterns or "*" in route.patterns or "+*" in route.patterns)
    )


def _covers(first: OutboundRoute, second: OutboundRoute) -> bool:
    """Whether the first, which is tried before, takes every call that the second would match."""
    if first.schedule and first.schedule != second.schedule:
        return False
    if first.classes and not (second.classes and set(second.classes) <= set(first.classes)):
        return False
    if (first.users or first.groups or first.sites) and not (
        (second.users or second.groups or second.sites)
        and set(second.users) <= set(first.users)
        and set(second.groups) <= set(first.groups)
        and set(second.sites) <= set(first.sites)
    ):
        return False
    if not first.patterns:
        return True
    return bool(second.patterns) and all(
        any(_within(pattern, other) for other in first.patterns) for pattern in second.patterns
    )


def _within(pattern: str, other: str) -> bool:
    """Whether every number of a pattern is one of the other."""
    if other.endswith("*"):
        return pattern.rstrip("*").startswith(other[:-1])
    return pattern == other


# --- permissions ---------------------------------------------------------------------------------------------------


def _permissions(work: Work) -> None:
    """The one that fits best decides, alone, the first by id among equals."""
    snapshot = work.snapshot
    in_order = sorted(snapshot.permissions.values(), key=lambda one: one.id)
    first = _FirstBy(in_order)
    deciding = {
        first.for_user(user.id, snapshot.groups_of.get(user.id, ()), user.site)
        for user in snapshot.users.values()
    }
    for permission in in_order:
        if permission.id not in deciding and snapshot.users:
            message = "never applies: for each user it is for, another permission fits better or comes first"
            mend = "Name users in it, or take it out"
            work.warn("permission-never-applies", "permission", permission.id, message, mend)
        both = [one for one in permission.pin_for if one in permission.allow]
        if both:
            message = f"asks no PIN for {words.listed(both)}: allow already holds it"
            work.hint("permission-pin", "permission", permission.id, message, path=("pin_for",))


class _FirstBy:
    """The first permission by id for each user, group, site, and for all."""

    def __init__(self, permissions: list[Permission]) -> None:
        self._users: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._sites: dict[str, str] = {}
        self._all = ""
        for one in permissions:
            for table, named in (
                (self._users, one.users),
                (self._groups, one.groups),
                (self._sites, one.sites),
            ):
                for ident in named:
                    table.setdefault(ident, one.id)
            if not (one.users or one.groups or one.sites):
                self._all = self._all or one.id

    def for_user(self, user: str, groups: Iterable[str], site: str) -> str:
        """Its id; empty where there is none."""
        if user in self._users:
            return self._users[user]
        of_groups = [self._groups[group] for group in groups if group in self._groups]
        return min(of_groups, default="") or self._sites.get(site, self._all)


def _shown(work: Work) -> None:
    """Numbers that are shown outside and are not known to be the tenant's."""
    own = set(work.snapshot.numbers_by_e164)
    if not own:
        return
    for kind, table in (("site", work.snapshot.sites), ("user", work.snapshot.users)):
        for item in table.values():
            if item.number and item.number not in own:
                message = f"{item.number} is shown to those called, and is no number of this tenant"
                mend = "Add it as a number, so that calls back arrive"
                work.warn("foreign-number", kind, item.id, message, mend, path=("number",))

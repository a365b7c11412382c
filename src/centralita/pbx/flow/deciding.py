"""The nodes that decide by what is known of a call, its caller and the time: no word is spoken and nothing is awaited.

What a decision says is put together from pieces made when the flow is compiled: it is in the way of every call.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from centralita.pbx import geography
from centralita.pbx.flow.branches import conditions, described
from centralita.pbx.flow.node import Deciding, Node, name_of
from centralita.pbx.geography.codes import union_of

if TYPE_CHECKING:
    from centralita.pbx.calendars.holidays import Holidays
    from centralita.pbx.flow.branches import Condition
    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.geography import Origin
    from centralita.pbx.model import flow as model
    from centralita.pbx.model.override import Override as OverrideModel
    from centralita.pbx.plan import Plan
    from centralita.pbx.schedule import Hours as CompiledHours
    from centralita.pbx.state import Turned


class Hours(Deciding):
    __slots__ = ("_closed", "_holiday", "_hours", "_label", "_model", "_open", "_overrides", "_plan")

    def __init__(self, plan: Plan, key: str, node: model.HoursNode) -> None:
        super().__init__(key)
        self._plan = plan
        self._model = node
        schedule = plan.snapshot.schedules[node.schedule]
        self._label = f"schedule {schedule.name or schedule.id}"
        self._hours: CompiledHours | None = None
        self._overrides = tuple(
            (override, f"override {override.name or override.id}: it is off")
            for override in plan.overrides_of.get(node.schedule, ())
        )

    def link(self, find: Find) -> None:
        self._open, self._closed = find(self._model.open), find(self._model.closed)
        self._holiday = self._closed if self._model.holiday is None else find(self._model.holiday)

    def decide(self, walk: Walk) -> Node | None:
        now = walk.now()
        passed: tuple[str, ...] = ()
        if self._overrides:
            forced, turned, passed = self._forced(walk, now.timestamp())
            if forced is not None and turned is not None:
                way = self._open if forced.forces == "open" else self._closed
                reason = f"{turned_on(forced, turned, now.tzinfo)}: {self._label} counts as {forced.forces}"
                walk.call.decide("override", name_of(way), reason, node=self.key, passed=passed)
                return way
        hours = self._hours
        if hours is None:
            hours = self._hours = self._plan.hours(self._model.schedule)
        opened, rule, reason = hours.at(now)
        if opened:
            way = self._open
            reason = f"{self._label} is open: {reason}"
        elif rule.startswith("holiday:"):
            way = self._holiday
            reason = f"{self._label} is closed for a holiday: {reason}"
            passed += ("open: it is a holiday",)
        else:
            way = self._closed
            reason = f"{self._label} is closed: {reason}"
            passed += ("open: it is outside the opening hours",)
        walk.call.decide("hours", way.key if way is not None else "end", reason, node=self.key, passed=passed)
        return way

    def _forced(self, walk: Walk, now: float) -> tuple[OverrideModel | None, Turned | None, tuple[str, ...]]:
        """The override that holds: of several that are on, the one that was turned last."""
        found: OverrideModel | None = None
        latest: Turned | None = None
        off: list[str] = []
        for override, is_off in self._overrides:
            turned = walk.call.state.overrides.turned(override.id, now)
            if turned is None:
                off.append(is_off)
            elif latest is None or turned.since > latest.since:
                found, latest = override, turned
        return found, latest, tuple(off)


def turned_on(override: OverrideModel, turned: Turned, zone: tzinfo | None) -> str:
    """``override Night mode is on since 2026-03-02 12:05 until 18:00, turned by user:ana``; times on the clock of ``zone``."""

    def local(instant: float) -> datetime:
        return datetime.fromtimestamp(instant, UTC).astimezone(zone)

    since = local(turned.since)
    until = ""
    if turned.until is not None:
        end = local(turned.until)
        until = f" until {end:%H:%M}" if end.date() == since.date() else f" until {end:%Y-%m-%d %H:%M}"
    by = f", turned by {turned.by}" if turned.by else ""
    return f"override {override.name or override.id} is on since {since:%Y-%m-%d %H:%M}{until}{by}"


class Holiday(Deciding):
    __slots__ = ("_calendars", "_holiday", "_model", "_none", "_otherwise", "_plan")

    def __init__(self, plan: Plan, key: str, node: model.HolidayNode) -> None:
        super().__init__(key)
        self._plan = plan
        self._model = node
        for calendar in node.calendars:
            plan.snapshot.calendars[calendar]
        self._calendars: tuple[Holidays, ...] = ()
        self._none: tuple[str, ...] = ()
        """That it is no holiday in each of the calendars, in words."""

    def link(self, find: Find) -> None:
        self._holiday, self._otherwise = find(self._model.holiday), find(self._model.otherwise)

    def decide(self, walk: Walk) -> Node | None:
        calendars = self._calendars
        if not calendars:
            calendars = self._calendars = tuple(self._plan.holidays(each) for each in self._model.calendars)
            self._none = tuple(f"{holidays.name}: today is no holiday there" for holidays in calendars)
        now = walk.now()
        for index, holidays in enumerate(calendars):
            local = now if now.tzinfo is holidays.zone else now.astimezone(holidays.zone)
            day = local.date()
            name = holidays.name_on(day)
            if name is None and holidays.spans(day):
                name = holidays.name_at(now)
            if name is not None:
                way = self._holiday
                reason = f"{day} is the holiday {name} in {holidays.name}"
                walk.call.decide("holiday", name_of(way), reason, node=self.key, passed=self._none[:index])
                return way
        way = self._otherwise
        walk.call.decide(
            "holiday", name_of(way), "it is no holiday in any calendar", node=self.key, passed=self._none
        )
        return way


class Override(Deciding):
    __slots__ = ("_is_off", "_model", "_off", "_on", "_override")

    def __init__(self, plan: Plan, key: str, node: model.OverrideNode) -> None:
        super().__init__(key)
        self._model = node
        self._override = plan.snapshot.overrides[node.override]
        self._is_off = f"override {self._override.name or self._override.id} is off"

    def link(self, find: Find) -> None:
        self._on, self._off = find(self._model.on), find(self._model.off)

    def decide(self, walk: Walk) -> Node | None:
        now = walk.now()
        turned = walk.call.state.overrides.turned(self._override.id, now.timestamp())
        if turned is None:
            way = self._off
            walk.call.decide("override", name_of(way), self._is_off, node=self.key)
        else:
            way = self._on
            walk.call.decide(
                "override", name_of(way), turned_on(self._override, turned, now.tzinfo), node=self.key
            )
        return way


class Geography(Deciding):
    __slots__ = ("_branches", "_model", "_otherwise", "_unknown")

    def __init__(self, plan: Plan, key: str, node: model.GeographyNode) -> None:
        super().__init__(key)
        self._model = node
        self._branches: tuple[tuple[tuple[str, ...], str, Node | None], ...] = ()

    def link(self, find: Find) -> None:
        self._branches = tuple(
            (branch.areas, ", ".join(branch.areas), find(branch.to)) for branch in self._model.branches
        )
        self._unknown, self._otherwise = find(self._model.unknown), find(self._model.otherwise)

    def decide(self, walk: Walk) -> Node | None:
        origin, who = whereabouts(walk)
        passed: list[str] = []
        unknown = False
        for areas, text, way in self._branches:
            for area in areas:
                if origin.is_in(area):
                    reason = f"{who} is from {_place(origin)}, which is in {area}"
                    walk.call.decide("geography", name_of(way), reason, node=self.key, passed=tuple(passed))
                    return way
            if any(cannot_tell(origin, area) for area in areas):
                unknown = True
                passed.append(f"{text}: it cannot be told whether {who} is there")
            else:
                passed.append(f"{text}: {who} is elsewhere")
        if unknown:
            way = self._unknown
            reason = f"{who} is from {_place(origin)}: that does not tell enough"
        else:
            way = self._otherwise
            reason = f"{who} is from {_place(origin)}, in none of the areas"
        walk.call.decide("geography", name_of(way), reason, node=self.key, passed=tuple(passed))
        return way


def cannot_tell(origin: Origin, area: str) -> bool:
    """Whether it is not known if somebody from there, who is not known to be in the area, is in it all the same."""
    if not origin.country:
        return True
    return not origin.region and area[:2] == origin.country and area[2:3] == "-"


@lru_cache(maxsize=4096)
def _place(origin: Origin) -> str:
    return origin.name("en") if origin.country else "an unknown place"


@lru_cache(maxsize=512)
def _in_country(country: str) -> Origin:
    union = union_of(country)
    return geography.Origin(country=country, codes=frozenset((country, union) if union else (country,)))


def whereabouts(walk: Walk) -> tuple[Origin, str]:
    """Where the caller is, and how a trace calls them."""
    caller = walk.call.caller
    if caller.user is not None and not caller.ip_country:
        site = walk.call.snapshot.site_of(caller.user)
        number = caller.user.number or site.number
        return geography.locate(number) if number else _in_country(site.country), caller.user.name
    if caller.number and caller.user is None:
        origin = geography.locate(caller.number)
        if origin.country or not caller.ip_country:
            return origin, caller.number
    if caller.ip_country:
        return _in_country(caller.ip_country), "the caller's address"
    return geography.UNKNOWN, "a caller without a number"


class Caller(Deciding):
    __slots__ = ("_branches", "_model", "_otherwise", "_tests")

    def __init__(self, plan: Plan, key: str, node: model.CallerNode) -> None:
        super().__init__(key)
        self._model = node
        self._tests = tuple(conditions(plan, branch) for branch in node.branches)
        self._branches: tuple[tuple[tuple[Condition, ...], str, Node | None], ...] = ()

    def link(self, find: Find) -> None:
        self._branches = tuple(
            (tests, described(branch), find(branch.to))
            for tests, branch in zip(self._tests, self._model.branches, strict=True)
        )
        self._otherwise = find(self._model.otherwise)

    def decide(self, walk: Walk) -> Node | None:
        passed: list[str] = []
        for tests, text, way in self._branches:
            reasons: list[str] = []
            for test in tests:
                true, reason = test(walk)
                if not true:
                    passed.append(f"{text}: {reason}")
                    break
                reasons.append(reason)
            else:
                walk.call.decide(
                    "caller", name_of(way), "; ".join(reasons), node=self.key, passed=tuple(passed)
                )
                return way
        way = self._otherwise
        walk.call.decide(
            "caller", name_of(way), "no branch holds for this caller", node=self.key, passed=tuple(passed)
        )
        return way


class Set(Deciding):
    """Marks the call; what comes after may look at the marks."""

    __slots__ = ("_adjusts", "_model", "_next", "_reason")

    def __init__(self, plan: Plan, key: str, node: model.SetNode) -> None:
        super().__init__(key)
        self._model = node
        self._adjusts = node.name_prefix is not None or node.tag is not None or node.record is not None
        marks = [
            f"{name.replace('_', ' ')} {value}"
            for name in ("name_prefix", "language", "priority", "tag")
            if (value := getattr(node, name)) is not None
        ]
        if node.record is not None:
            marks.append("recording on" if node.record else "recording off")
        marks += [f"skill {skill} of at least {level}" for skill, level in node.skills.items()]
        self._reason = f"sets {', '.join(marks)}" if marks else "sets nothing"

    def link(self, find: Find) -> None:
        self._next = find(self._model.next)

    def decide(self, walk: Walk) -> Node | None:
        node = self._model
        call = walk.call
        call.decide("set", name_of(self._next), self._reason, node=self.key)
        if self._adjusts:
            call.adjust(name_prefix=node.name_prefix, tag=node.tag, record=node.record)
        if node.language is not None:
            call.language = node.language
        if node.priority is not None:
            walk.priority = node.priority
        if node.tag:
            walk.tags.add(node.tag)
        if node.skills:
            walk.skills.update(node.skills)
        return self._next

"""Whether a place is open at an instant, by which rule, and why; and when that changes next.

**The clock on the wall decides.** A span is open at an instant if and only if the local time of the site then lies in it.
So a span in an hour that the clock leaves out never happens, and one in an hour that comes twice happens twice.

**Which rule speaks for a day**: an exception of the schedule, else a holiday, else a season, else the week. Of several
exceptions or seasons the one of the fewest days does, a dated one before a yearly one, then the one written first.

**A span over midnight belongs to the day on which it begins.** What of it reaches into the next day holds there, unless that
day has a stronger rule: the night before a holiday ends at midnight where it is the week's, and goes on where an exception
was made for it.

**Hours that an event of a calendar closes** are closed for the season and the week, not for exceptions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from centralita.pbx.calendars.holidays import Closure, Holidays
from centralita.pbx.model.days import Day, parse_day
from centralita.pbx.model.schedule import (
    MINUTES_A_DAY,
    Schedule,
    Weekly,
    format_span,
    parse_days,
    parse_span,
)

DAYS_AHEAD = 400
"""How far :meth:`Hours.next_change` looks."""

_KEPT_DAYS = 512
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CLOCK = tuple(f" {minute // 60:02}:{minute % 60:02}" for minute in range(MINUTES_A_DAY))
#: Ranks of the rules that a day may have: what is stronger cuts a weaker night at midnight.
_ORDINARY, _HOLIDAY, _EXCEPTION = range(3)

_Span = tuple[int, int]
_Week = tuple[tuple[_Span, ...], ...]


class Verdict(NamedTuple):
    """``rule`` is ``weekly``, ``season:NAME``, ``exception:NAME`` or ``holiday:NAME``; ``reason`` one English sentence."""

    open: bool
    rule: str
    reason: str


class _Range(NamedTuple):
    """Days from ``first`` to ``last``, both with a year or both without."""

    first: Day
    last: Day

    def holds(self, day: date) -> bool:
        if self.first.year:
            return self.first <= (day.year, day.month, day.day) <= self.last
        key = (0, day.month, day.day)
        if self.first <= self.last:
            return self.first <= key <= self.last
        return key >= self.first or key <= self.last

    @property
    def narrowness(self) -> tuple[int, int]:
        """How few days, then whether of one year only; less is stronger."""
        yearly = not self.first.year
        # 2000 has a 29 February.
        first = date(self.first.year or 2000, self.first.month, self.first.day)
        last = date(self.last.year or 2000, self.last.month, self.last.day)
        days = (last - first).days
        return days if days >= 0 else days + 366, yearly


class _Season(NamedTuple):
    name: str
    days: _Range
    week: _Week


class _Exception(NamedTuple):
    name: str
    days: _Range
    spans: tuple[_Span, ...]


class _Rule(NamedTuple):
    """What speaks for a day."""

    rank: int
    rule: str
    spans: tuple[_Span, ...]
    """Minutes of the day, in order; the end is beyond 1440 where it is over midnight."""
    source: str
    """How a reason ends: `` of the season verano``."""


class _Piece(NamedTuple):
    open: bool
    rule: str
    tail: str
    """What follows the local time in the reason."""


class _Day(NamedTuple):
    """A day, cut where something changes. ``starts`` are minutes, the first 0."""

    starts: tuple[int, ...]
    pieces: tuple[_Piece, ...]
    weekday: str
    closures: tuple[Closure, ...]
    """Of the pieces of week and season, those hours are closed."""


class Hours:
    """A schedule in its zone, with its holidays. Asking changes nothing but what is remembered of days."""

    def __init__(self, schedule: Schedule, zone: ZoneInfo, holidays: Sequence[Holidays]) -> None:
        self.id = schedule.id
        self.zone = zone
        self._holidays = tuple(holidays)
        self._week = _week(schedule.weekly)
        self._seasons = sorted(
            (
                _Season(
                    season.name, _Range(parse_day(season.from_), parse_day(season.to)), _week(season.weekly)
                )
                for season in schedule.seasons
            ),
            key=lambda season: season.days.narrowness,
        )
        self._exceptions = sorted(
            (
                _Exception(
                    entry.label,
                    _Range(parse_day(entry.from_ or entry.date), parse_day(entry.to or entry.date)),
                    _in_order(parse_span(span) for span in entry.spans),
                )
                for entry in schedule.exceptions
            ),
            key=lambda entry: entry.days.narrowness,
        )
        self._place = f" in {zone.key}"
        self._days: dict[int, _Day] = {}

    def at(self, instant: datetime) -> Verdict:
        """Open or closed at an aware instant. Raises ValueError for one without a zone: it would be the machine's."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        local = instant.astimezone(self.zone)
        ordinal = local.toordinal()
        day = self._days.get(ordinal)
        if day is None:
            day = self._remember(ordinal)
        minute = local.hour * 60 + local.minute
        starts, pieces, weekday, closures = day
        opened, rule, tail = pieces[bisect_right(starts, minute) - 1]
        if closures and not rule.startswith("exception:"):
            for start, end, name in closures:
                if start <= instant < end:
                    return Verdict(
                        False,
                        f"holiday:{name}",
                        f"{weekday}{_CLOCK[minute]}{self._place} is within {self._between(start, end)} of the event {name}",
                    )
        return Verdict(opened, rule, f"{weekday}{_CLOCK[minute]}{self._place}{tail}")

    def next_change(self, instant: datetime) -> datetime | None:
        """The next instant, in UTC, from which it is open if it is closed now, or closed if open.

        None where nothing changes within :data:`DAYS_AHEAD` days. Not in the site's zone: a time there in an hour that
        comes twice is equal to no instant elsewhere (PEP 495).
        """
        now = instant.astimezone(UTC)
        opened = self.at(now).open
        first = instant.astimezone(self.zone).toordinal()
        begin = self._midnight(first)
        for ordinal in range(first, first + DAYS_AHEAD):
            end = self._midnight(ordinal + 1)
            change = clock_change(self.zone, begin, end)
            day = self._days.get(ordinal) or self._remember(ordinal)
            if change or day.closures or any(piece.open is not opened for piece in day.pieces):
                for moment in self._moments(ordinal, begin, end, change):
                    if moment > now and self.at(moment).open is not opened:
                        return moment
            begin = end
        return None

    def rule_on(self, day: date) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The rule that speaks for a day, and the spans that begin on it in minutes; over midnight they end beyond 1440."""
        rule = self._rule(day.toordinal())
        return rule.rule, rule.spans

    def spans_on(self, day: date) -> tuple[str, tuple[str, ...]]:
        """The rule that speaks for a day and the spans that begin on it, as they are written."""
        rule = self._rule(day.toordinal())
        return rule.rule, tuple(format_span(start, end) for start, end in rule.spans)

    def holiday_at(self, instant: datetime) -> str | None:
        """The holiday of the site's day, or the event that closes this hour, whatever the exceptions say."""
        day = instant.astimezone(self.zone).date()
        for holidays in self._holidays:
            if (name := holidays.whole_day(day)) is not None:
                return name
        for closure in self._closures(day.toordinal()):
            if closure.start <= instant < closure.end:
                return closure.name
        return None

    # --- days ----------------------------------------------------------------------------------------------------

    def _remember(self, ordinal: int) -> _Day:
        if len(self._days) >= _KEPT_DAYS:
            self._days.clear()
        day = self._days[ordinal] = self._day(ordinal)
        return day

    def _rule(self, ordinal: int) -> _Rule:
        day = date.fromordinal(ordinal)
        for entry in self._exceptions:
            if entry.days.holds(day):
                return _Rule(
                    _EXCEPTION, f"exception:{entry.name}", entry.spans, f" of the exception {entry.name}"
                )
        for holidays in self._holidays:
            if (name := holidays.whole_day(day)) is not None:
                return _Rule(_HOLIDAY, f"holiday:{name}", (), f" ({name}, {holidays.name})")
        for season in self._seasons:
            if season.days.holds(day):
                return _Rule(
                    _ORDINARY,
                    f"season:{season.name}",
                    season.week[day.weekday()],
                    f" of the season {season.name}",
                )
        return _Rule(_ORDINARY, "weekly", self._week[day.weekday()], "")

    def _day(self, ordinal: int) -> _Day:
        rule, before = self._rule(ordinal), self._rule(ordinal - 1)
        weekday, day_before = _DAY_NAMES[(ordinal - 1) % 7], _DAY_NAMES[(ordinal - 2) % 7]
        closed = _Piece(False, rule.rule, _outside(rule, weekday, date.fromordinal(ordinal)))
        # What reaches over from the day before comes first: where both are open, it was open already.
        found: list[tuple[int, int, _Piece]] = []
        if before.rank >= rule.rank:
            found += [
                (
                    0,
                    end - MINUTES_A_DAY,
                    _Piece(
                        True,
                        before.rule,
                        f" is within {format_span(start, end)} of {day_before}{before.source}",
                    ),
                )
                for start, end in before.spans
                if end > MINUTES_A_DAY
            ]
        found += [
            (
                start,
                min(end, MINUTES_A_DAY),
                _Piece(True, rule.rule, f" is within {format_span(start, end)}{rule.source}"),
            )
            for start, end in rule.spans
        ]
        starts: list[int] = []
        pieces: list[_Piece] = []
        reached = 0
        for start, end, piece in found:
            if end <= reached:
                continue
            if start > reached:
                starts.append(reached)
                pieces.append(closed)
            starts.append(max(start, reached))
            pieces.append(piece)
            reached = end
        if reached < MINUTES_A_DAY:
            starts.append(reached)
            pieces.append(closed)
        return _Day(tuple(starts), tuple(pieces), weekday, self._closures(ordinal))

    def _closures(self, ordinal: int) -> tuple[Closure, ...]:
        """Of the site's day, which may be two of the calendar's where that has a zone of its own."""
        begin, end = self._midnight(ordinal), self._midnight(ordinal + 1)
        found = {
            closure
            for holidays in self._holidays
            for near in (ordinal - 1, ordinal, ordinal + 1)
            for closure in holidays.spans(date.fromordinal(near))
            if closure.start < end and begin < closure.end
        }
        return tuple(sorted(found))

    def _between(self, start: datetime, end: datetime) -> str:
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        if last - first <= timedelta(days=1):
            return f"{first:%H:%M}-{last:%H:%M}"
        return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"

    def _midnight(self, ordinal: int) -> datetime:
        """The first instant of a day, in UTC; where its first hour is left out, that at which the clock is put on."""
        return datetime.combine(date.fromordinal(ordinal), time(), self.zone).astimezone(UTC)

    def _moments(
        self, ordinal: int, begin: datetime, end: datetime, change: datetime | None
    ) -> list[datetime]:
        """Every instant between two midnights at which anything might change, in order, in UTC."""
        found = {begin}
        if change is not None:
            found.add(change)
        # Where the clock is put back over midnight, the days before and after come into this one.
        near = (ordinal - 1, ordinal, ordinal + 1) if change is not None else (ordinal,)
        for number in near:
            day = self._days.get(number) or self._remember(number)
            midnight = datetime.combine(date.fromordinal(number), time())
            for start in day.starts:
                wall = midnight + timedelta(minutes=start)
                # In an hour that comes twice both are meant.
                for fold in (0, 1):
                    found.add(wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC))
            for closure in day.closures:
                found.update((closure.start, closure.end))
        return sorted(moment for moment in found if begin <= moment < end)


def clock_change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime | None:
    """The instant between two others (UTC) at which the zone's clock is put on or back; None where it is not.

    Of two changes that undo each other it sees none, so the two instants are to be less than some days apart.
    """
    offset = begin.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == offset:
        return None
    while end - begin > timedelta(seconds=1):
        middle = begin + (end - begin) / 2
        middle = middle.replace(microsecond=0)
        if middle <= begin:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            begin = middle
        else:
            end = middle
    return end


def _outside(rule: _Rule, weekday: str, day: date) -> str:
    if rule.rank == _HOLIDAY:
        return f", {day.isoformat()}, is a holiday{rule.source}"
    if rule.spans:
        return f" is outside {', '.join(format_span(start, end) for start, end in rule.spans)}{rule.source}"
    if rule.rank == _EXCEPTION:
        return f" is closed by the exception {rule.rule.partition(':')[2]}"
    season = f" in the season {rule.rule.partition(':')[2]}" if rule.source else ""
    return f" is closed: there are no hours on {weekday}s{season}"


def _week(weekly: Weekly) -> _Week:
    days: list[tuple[_Span, ...]] = [()] * 7
    for names, spans in weekly.items():
        for day in parse_days(names):
            days[day] = _in_order(parse_span(span) for span in spans)
    return tuple(days)


def _in_order(spans: Iterable[_Span]) -> tuple[_Span, ...]:
    """In order; what another one holds already is left out."""
    found: list[_Span] = []
    for start, end in sorted(spans):
        if not found or end > found[-1][1]:
            found.append((start, end))
    return tuple(found)


def compile_schedule(schedule: Schedule, zone: ZoneInfo, holidays: Sequence[Holidays] = ()) -> Hours:
    """A schedule ready to be asked. ``holidays`` are those of ``schedule.calendars``."""
    return Hours(schedule, zone, holidays)

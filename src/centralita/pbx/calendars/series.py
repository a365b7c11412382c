"""When an event is: once, or again and again, with the occurrences that were left out, added or moved.

Works in the event's own local time; a length is one of the clock on the wall, as the programs that write calendars show it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from centralita.pbx.calendars.recurrence import Rule
from centralita.pbx.model.days import LAST_YEAR


class Moved(NamedTuple):
    """From an occurrence on all are moved (RECURRENCE-ID with RANGE=THISANDFUTURE)."""

    begins: datetime
    by: timedelta | None
    """None: there are none any more."""
    name: str
    length: timedelta


class Occurrence(NamedTuple):
    start: datetime
    """Local time of the event, without tzinfo; midnight where it is of whole days."""
    length: timedelta
    name: str


@dataclass(frozen=True, slots=True)
class Series:
    """An event. ``zone`` None: of whole days, which are days wherever one is."""

    name: str
    start: datetime
    zone: ZoneInfo | None
    length: timedelta
    rules: tuple[tuple[Rule, datetime | None], ...] = ()
    """With the last local time at which an occurrence may begin."""
    without: tuple[tuple[Rule, datetime | None], ...] = ()
    added: tuple[tuple[datetime, timedelta], ...] = ()
    excluded: frozenset[datetime | date] = frozenset()
    """By local time, or by the whole date."""
    onward: tuple[Moved, ...] = ()
    where: str = ""
    _counted: dict[Rule, list[date]] = field(default_factory=dict)

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.added)

    @property
    def most_a_year(self) -> int:
        """Days that this may close in a year, at most, before anything is worked out."""
        days = self.length.days + 2
        return days * (
            1 + len(self.added) + sum(rule.most_a_year for rule, _ in (*self.rules, *self.without))
        )

    def count(self) -> int:
        """Work out the rules that end after a number of times; the years that were looked at."""
        years = 0
        for rule, _ in (*self.rules, *self.without):
            if rule.count is not None and rule not in self._counted:
                dates = list(rule.all_dates(self.start.date()))
                self._counted[rule] = dates
                complete = len(dates) == rule.count
                years += (dates[-1].year if complete else LAST_YEAR) - self.start.year + 1
        return years

    def occurrences(self, year: int) -> Iterator[Occurrence]:
        """Those that begin in a year of the event's own clock; the order is not promised."""
        years = range(year - 1, year + 2) if self.onward else (year,)
        for near in years:
            for occurrence in self._unmoved(near):
                placed = self._placed(occurrence)
                if placed is not None and placed.start.year == year:
                    yield placed

    def _placed(self, occurrence: Occurrence) -> Occurrence | None:
        placed: Occurrence | None = occurrence
        for change in self.onward:
            if occurrence.start < change.begins:
                break
            placed = (
                None
                if change.by is None
                else Occurrence(occurrence.start + change.by, change.length, change.name)
            )
        return placed

    def _unmoved(self, year: int) -> Iterator[Occurrence]:
        starts = {start: length for start, length in self.added if start.year == year}
        if self.start.year == year:
            # The beginning is an occurrence even where the rule does not lead to it (RFC 5545 §3.8.5.3).
            starts.setdefault(self.start, self.length)
        for start in self._ruled(self.rules, year):
            starts.setdefault(start, self.length)
        if self.without:
            for start in self._ruled(self.without, year):
                starts.pop(start, None)
        for start, length in starts.items():
            if start not in self.excluded and start.date() not in self.excluded:
                yield Occurrence(start, length, self.name)

    def _ruled(self, rules: tuple[tuple[Rule, datetime | None], ...], year: int) -> Iterator[datetime]:
        at = self.start.time()
        for rule, until in rules:
            if rule.count is None:
                dates = rule.dates(self.start.date(), year)
            else:
                self.count()
                dates = [day for day in self._counted[rule] if day.year == year]
            for day in dates:
                start = datetime.combine(day, at)
                if until is None or start <= until:
                    yield start

    def last_day(self, horizon: int) -> date | None:
        """The last day that this closes; None where it goes on in the year ``horizon``; ``date.min`` where it never is."""
        first = min(start.year for start in (self.start, *(start for start, _ in self.added)))
        last = max(start.year for start in (self.start, *(start for start, _ in self.added)))
        if self.rules:
            if any(True for _ in self.occurrences(horizon)):
                return None
            last = max(last, horizon - 1)
        for year in range(last + 1, first - 2, -1):
            ends = [occurrence.start + occurrence.length for occurrence in self.occurrences(year)]
            if ends:
                return (max(ends) - timedelta(microseconds=1)).date()
        return date.min

    def instants(self, occurrence: Occurrence) -> tuple[datetime, datetime]:
        """Beginning and end in UTC. Only of events with a time."""
        if self.zone is None:
            raise ValueError("an event of whole days has no instants")
        start = occurrence.start.replace(tzinfo=self.zone).astimezone(UTC)
        end = (occurrence.start + occurrence.length).replace(tzinfo=self.zone).astimezone(UTC)
        return start, max(start, end)

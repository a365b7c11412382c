"""What looks wrong in opening hours, though each field is written as it should be. For the checker: none of it stops a call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from centralita.pbx.model.days import parse_day
from centralita.pbx.model.schedule import (
    MINUTES_A_DAY,
    WEEKDAYS,
    Schedule,
    ScheduleException,
    Weekly,
    format_span,
    parse_days,
    parse_span,
)
from centralita.pbx.schedule.hours import Hours, clock_change

Path = tuple[str | int, ...]


class Finding(NamedTuple):
    path: Path
    """The field, as in the document."""
    message: str
    """Reads on from the field's name."""


class Trap(NamedTuple):
    """An edge of a span on a wall-clock time that is left out, or comes twice, when the clock is put on or back."""

    day: date
    edge: str
    """``02:30``."""
    kind: Literal["gap", "overlap"]
    rule: str
    message: str


def findings(schedule: Schedule, today: date | None = None) -> list[Finding]:
    """Hours that overlap or leave a minute, rules that never hold, and with ``today`` those that are over."""
    found: list[Finding] = []
    found += _week_findings(("weekly",), schedule.weekly)
    for index, season in enumerate(schedule.seasons):
        found += _week_findings(("seasons", index, "weekly"), season.weekly)
    for index, entry in enumerate(schedule.exceptions):
        found += _span_findings(("exceptions", index, "spans"), [parse_span(span) for span in entry.spans])
    found += _hidden(schedule)
    if today is not None:
        found += _over(schedule, today)
    weeks = [schedule.weekly, *(season.weekly for season in schedule.seasons)]
    if not any(any(week.values()) for week in weeks) and not any(
        entry.spans for entry in schedule.exceptions
    ):
        found.append(Finding(("weekly",), "has no hours at all: it is never open"))
    return found


def _week_findings(path: Path, weekly: Weekly) -> Iterator[Finding]:
    by_day: dict[int, tuple[str, tuple[str, ...]]] = {}
    for key, spans in weekly.items():
        yield from _span_findings((*path, key), [parse_span(span) for span in spans])
        for day in parse_days(key):
            by_day[day] = (key, spans)
    told: set[tuple[str, str]] = set()
    for day, (key, spans) in sorted(by_day.items()):
        next_key, next_spans = by_day.get((day + 1) % 7, ("", ()))
        nights = [parse_span(span) for span in spans if parse_span(span)[1] > MINUTES_A_DAY]
        for night in nights:
            for following in next_spans:
                if parse_span(following)[0] < night[1] - MINUTES_A_DAY and (key, next_key) not in told:
                    told.add((key, next_key))
                    after = WEEKDAYS[(day + 1) % 7]
                    message = f"{format_span(*night)} goes on into {following} of {after}: the two overlap"
                    yield Finding((*path, key), message)


def _span_findings(path: Path, spans: list[tuple[int, int]]) -> Iterator[Finding]:
    for (start, end), (next_start, next_end) in pairwise(sorted(spans)):
        first, second = format_span(start, end), format_span(next_start, next_end)
        if next_start < end:
            yield Finding(path, f"{first} and {second} overlap")
        elif next_start == end + 1:
            yield Finding(
                path, f"{first} and {second} leave a minute between them: an end does not belong to a span"
            )
    for start, end in spans:
        if end == MINUTES_A_DAY - 1:
            message = f"{format_span(start, end)} leaves the last minute of the day closed; midnight is 24:00"
            yield Finding(path, message)


def _days_of(entry: ScheduleException) -> tuple[str, str]:
    return entry.from_ or entry.date, entry.to or entry.date


def _hidden(schedule: Schedule) -> Iterator[Finding]:
    """Rules that another one always comes before."""
    exceptions: dict[tuple[str, str], str] = {}
    for index, entry in enumerate(schedule.exceptions):
        days = _days_of(entry)
        if days in exceptions:
            message = f"never holds: {exceptions[days]}, written before it, is for the same days"
            yield Finding(("exceptions", index), message)
        exceptions.setdefault(days, entry.label)
    seasons: dict[tuple[str, str], str] = {}
    for index, season in enumerate(schedule.seasons):
        days = (season.from_, season.to)
        if days in seasons:
            message = f"never holds: {seasons[days]}, written before it, is for the same days"
            yield Finding(("seasons", index), message)
        seasons.setdefault(days, season.name)


def _over(schedule: Schedule, today: date) -> Iterator[Finding]:
    for index, entry in enumerate(schedule.exceptions):
        if (last := _last(_days_of(entry)[1])) is not None and last < today:
            yield Finding(("exceptions", index), f"{entry.label} is over since {last.isoformat()}")
    for index, season in enumerate(schedule.seasons):
        if (last := _last(season.to)) is not None and last < today:
            yield Finding(("seasons", index), f"{season.name} is over since {last.isoformat()}")


def _last(text: str) -> date | None:
    day = parse_day(text)
    return date(day.year, day.month, day.day) if day.year else None


def dst_traps(hours: Hours, year: int) -> list[Trap]:
    """Edges of spans that a change of the clock leaves out or repeats in a year, in the order of the days."""
    traps: list[Trap] = []
    begin, end = (datetime(number, 1, 1, tzinfo=UTC) for number in (year, year + 1))
    while begin < end:
        # Shorter than the time between two changes anywhere, Ramadan in Morocco included.
        following = min(begin + timedelta(days=7), end)
        change = clock_change(hours.zone, begin, following)
        if change is not None:
            traps += _traps_at(hours, change)
        begin = following
    return traps


def _traps_at(hours: Hours, change: datetime) -> Iterator[Trap]:
    before = (change - timedelta(seconds=1)).astimezone(hours.zone).utcoffset() or timedelta(0)
    after = change.astimezone(hours.zone).utcoffset() or timedelta(0)
    old, new = ((change + offset).replace(tzinfo=None) for offset in (before, after))
    kind: Literal["gap", "overlap"] = "gap" if new > old else "overlap"
    first, last = min(old, new), max(old, new)
    seen: set[tuple[datetime, str]] = set()
    day = first.date() - timedelta(days=1)
    while day <= last.date():
        rule, spans = hours.rule_on(day)
        for span in spans:
            for minute in span:
                edge = datetime.combine(day, time()) + timedelta(minutes=minute)
                if first < edge < last and (edge, rule) not in seen:
                    seen.add((edge, rule))
                    yield _trap(edge, kind, rule, format_span(*span), hours, opens=minute == span[0])
        day += timedelta(days=1)


def _trap(
    edge: datetime, kind: Literal["gap", "overlap"], rule: str, span: str, hours: Hours, *, opens: bool
) -> Trap:
    clock = f"{edge:%H:%M}"
    what = "opens" if opens else "closes"
    if kind == "gap":
        how = f"there is no {clock} on {edge.date().isoformat()} in {hours.zone.key}: {span} {what} when the clock is put on"
    else:
        how = (
            f"{clock} comes twice on {edge.date().isoformat()} in {hours.zone.key}: {span} {what} both times"
        )
    return Trap(edge.date(), clock, kind, rule, how)

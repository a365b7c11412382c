"""iCalendar texts (RFC 5545) as events that close days or hours. Reads the text; :mod:`.series` works out when events are.

The text may be a stranger's: sizes are limited, and only events are handed to the library, since a hostile definition of a
time zone would keep that busy for hours. Zones are known by their names, IANA's or those of Windows. STATUS:CANCELLED is
as if not there; TRANSP is not looked at, because public calendars of holidays are marked as free time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from centralita.pbx.calendars.recurrence import Rule
from centralita.pbx.calendars.series import Moved, Series
from centralita.pbx.model.calendar import MAX_TEXT
from centralita.pbx.model.days import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from icalendar.cal.component import Component

MAX_EVENTS = 2000
MAX_DATES = 5000
"""RDATE and EXDATE of one event."""
MAX_DAYS_A_YEAR = 100_000
"""Days that all events may close in a year, counted event by event."""
MAX_YEARS_COUNTED = 20_000
"""Years to be looked at for rules that end after a number of times, all events together."""
MAX_REPEATED = timedelta(days=366)
MAX_LENGTH = timedelta(days=3660)

MAX_LINES_AN_EVENT = 1000
MAX_RULES_AN_EVENT = 10
MAX_RULE = 1000
"""Characters."""
MAX_PAIRS = 50_000
"""Events with one UID times those that replace occurrences of it: a careless writer has few of one or of the other."""

_FOLD = re.compile(r"\r?\n[ \t]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
#: What the library raises on texts that it was not written for; OSError where the name of a zone is no name of a file.
_BROKEN = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    OSError,
)
_UNREADABLE = (
    "DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "STATUS",
)  # fmt: skip
#: All that the library is given of an event.
_LOOKED_AT = re.compile(rf"({'|'.join(_UNREADABLE)}|UID|SEQUENCE|SUMMARY)[:;]", re.IGNORECASE)


@lru_cache(maxsize=32)
def read(text: str, zone: ZoneInfo) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    """The events of a text, and remarks about those that close nothing. ``zone`` is that of times without a zone.

    Raises ValueError that names the event. Remembered, since the same text is read when it is fetched, checked and used.
    """
    try:
        return _read(text, zone)
    except ValueError:
        raise
    except _BROKEN as error:
        # What the library took, and cannot say what it is: a rule that has no end, a property that is another kind of value.
        raise ValueError(f"the iCalendar text cannot be read: {_said(error)}") from None


def _read(text: str, zone: ZoneInfo) -> tuple[tuple[Series, ...], tuple[str, ...]]:
    if len(text) > MAX_TEXT:
        raise ValueError(f"the iCalendar text is longer than {MAX_TEXT} characters")
    if not text.lstrip("\ufeff \t\r\n").upper().startswith("BEGIN:VCALENDAR"):
        raise ValueError("this is no iCalendar text: it does not begin with BEGIN:VCALENDAR")
    events = [_Event(index, block, zone) for index, block in enumerate(_blocks(text), 1)]
    remarks: list[str] = []
    if not events:
        remarks.append("holds no events")
    series: list[Series] = []
    for group in _by_uid(events):
        series += _series_of(group, remarks)
    _limit(series)
    return tuple(series), tuple(remarks)


def _limit(series: list[Series]) -> None:
    if sum(each.most_a_year for each in series) > MAX_DAYS_A_YEAR:
        raise ValueError("the iCalendar text repeats too much: its events close too many days a year")
    years = 0
    for each in series:
        years += each.count()
        if years > MAX_YEARS_COUNTED:
            raise ValueError("the iCalendar text repeats too much: its rules count too many times")


def _blocks(text: str) -> Iterator[str]:
    """The events of a text, each as lines of its own, without what is nested in them (alarms)."""
    inside: list[str] = []
    lines: list[str] = []
    found = 0
    for line in _FOLD.sub("", text).splitlines():
        upper = line[:80].strip().upper()
        if upper.startswith("BEGIN:"):
            inside.append(upper[6:])
            if upper[6:] == "VEVENT":
                found += 1
                if found > MAX_EVENTS:
                    raise ValueError(f"the iCalendar text holds more than {MAX_EVENTS} events")
                lines = []
        elif upper.startswith("END:"):
            if not inside or inside.pop() != upper[4:]:
                raise ValueError(f"the iCalendar text has an {upper} that nothing before it begins")
            if upper[4:] == "VEVENT":
                yield "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])
        elif inside and inside[-1] == "VEVENT" and _LOOKED_AT.match(line):
            lines.append(line)
            if len(lines) > MAX_LINES_AN_EVENT:
                raise ValueError(
                    f"event {found} of the iCalendar text has more than {MAX_LINES_AN_EVENT} lines"
                )
            if len(line) > MAX_RULE and upper[:6] in ("RRULE:", "RRULE;", "EXRULE"):
                raise ValueError(
                    f"event {found} of the iCalendar text has a rule longer than {MAX_RULE} characters"
                )
    if inside:
        raise ValueError(f"the iCalendar text breaks off within {inside[-1]}")


class _Event:
    """One VEVENT, its times read: local in ``zone``, or dates (``zone`` None)."""

    def __init__(self, index: int, block: str, floating: ZoneInfo) -> None:
        import icalendar

        self.where = f"event {index}"
        try:
            self._event: Component = icalendar.Event.from_ical(block)
        except _BROKEN as error:
            raise ValueError(f"{self.where} of the iCalendar text cannot be read: {_said(error)}") from None
        summary = self._event.get("SUMMARY")
        summary = summary[0] if isinstance(summary, list) else summary
        self.name = _CONTROL.sub(" ", str(summary or "")).strip()[:80]
        if self.name:
            self.where = f"event {index} ({self.name})"
        self._refuse_unreadable()
        self.uid = str(self._event.get("UID") or "")
        self.cancelled = str(self._event.get("STATUS") or "").upper() == "CANCELLED"
        self.sequence = self._sequence()
        start = self._single("DTSTART")
        if start is None:
            raise self.error("has no DTSTART")
        self.zone: ZoneInfo | None = None
        self._floating = floating
        if isinstance(start.dt, datetime):
            self.zone = self._zone_of(start)
        elif not isinstance(start.dt, date):
            raise self.error("has a DTSTART that is no date")
        self.start = self.local(start.dt)
        self.length = self._length()
        recurrence_id = self._single("RECURRENCE-ID")
        self.replaces: Any = recurrence_id
        self.onward = (
            recurrence_id is not None
            and str(recurrence_id.params.get("RANGE", "")).upper() == "THISANDFUTURE"
        )

    def _refuse_unreadable(self) -> None:
        for name, reason in self._event.errors:
            if str(name).upper() in _UNREADABLE:
                raise self.error(f"has a {name} that cannot be read: {str(reason)[:120]}")

    def error(self, message: str) -> ValueError:
        return ValueError(f"{self.where} of the iCalendar text {message}")

    def _single(self, name: str) -> Any:
        value = self._event.get(name)
        if isinstance(value, list):
            raise self.error(f"has {name} more than once")
        return value

    def _sequence(self) -> int:
        try:
            return int(self._event.get("SEQUENCE") or 0)
        except (TypeError, ValueError):
            return 0

    def _zone_of(self, prop: Any) -> ZoneInfo:
        """The zone of a time: by its name, UTC, or that of times without one."""
        known = getattr(prop.dt.tzinfo, "key", None)
        if known is not None:
            return ZoneInfo(known)
        if prop.dt.tzinfo is not None:
            return ZoneInfo("UTC")
        name = str(prop.params.get("TZID") or "")
        if not name:
            return self._floating
        parts = name.strip("/").split("/")
        for index in range(len(parts)):
            # Names with the maker's before them: /citadel.org/20070227_1/Europe/Madrid.
            try:
                return ZoneInfo("/".join(parts[index:]))
            except (KeyError, ValueError, OSError):
                continue
        raise self.error(f"is in the time zone {name!r}, which is not known; use a name like Europe/Madrid")

    def local(self, value: Any, zone: ZoneInfo | None = None) -> datetime:
        """A date or time as local time of the event (or of ``zone``), without tzinfo."""
        zone = zone or self.zone
        if not isinstance(value, datetime):
            if not isinstance(value, date):
                raise self.error(f"holds {str(value)[:40]!r} where a date is meant")
            value = datetime.combine(value, time())
        elif value.tzinfo is not None and zone is not None:
            try:
                value = value.astimezone(zone)
            except OverflowError:
                raise self.error(f"is in the year {value.year}") from None
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise self.error(f"is in the year {value.year}; only {FIRST_YEAR} to {LAST_YEAR} are looked at")
        local: datetime = value.replace(tzinfo=None, fold=0)
        return local

    def _length(self) -> timedelta:
        end, duration = self._single("DTEND"), self._single("DURATION")
        if end is not None:
            value = end.dt
            if isinstance(value, datetime) and value.tzinfo is None and end.params.get("TZID"):
                value = value.replace(tzinfo=self._zone_of(end))
            length = self.local(value) - self.start
        elif duration is not None:
            length = duration.dt
            if not isinstance(length, timedelta):
                raise self.error("has a DURATION that is no length of time")
        else:
            length = timedelta(0)
        if length < timedelta(0):
            raise self.error("ends before it begins")
        if length > MAX_LENGTH:
            raise self.error("is longer than ten years")
        if self.zone is None:
            # RFC 5545 §3.6.1: without an end it is one day. So it is where it ends on the day of its beginning,
            # which programs write that take the end as belonging to it.
            return timedelta(days=max(1, length.days))
        return length

    def rules(self, name: str) -> list[Rule]:
        value = self._event.get(name)
        rules = []
        if isinstance(value, list) and len(value) > MAX_RULES_AN_EVENT:
            raise self.error(f"has more than {MAX_RULES_AN_EVENT} rules")
        for part in value if isinstance(value, list) else [] if value is None else [value]:
            try:
                rules.append(Rule.parse(part.to_ical().decode()))
            except ValueError as error:
                raise self.error(f"repeats in a way that is not understood: {error}") from None
        if rules and self.length > MAX_REPEATED:
            raise self.error("repeats and is longer than a year")
        return rules

    def until(self, rule: Rule) -> datetime | None:
        """The last local time at which an occurrence may begin."""
        if not rule.until:
            return None
        try:
            if "T" not in rule.until:
                return datetime.combine(datetime.strptime(rule.until, "%Y%m%d"), time.max)
            value = datetime.strptime(rule.until.rstrip("Z"), "%Y%m%dT%H%M%S")
        except ValueError:
            raise self.error(f"repeats until {rule.until[:40]!r}, which is no date") from None
        if self.zone is None:
            return datetime.combine(value, time.max)
        if rule.until.endswith("Z") and FIRST_YEAR <= value.year <= LAST_YEAR:
            return value.replace(tzinfo=UTC).astimezone(self.zone).replace(tzinfo=None)
        return value

    def listed(self, name: str) -> list[tuple[Any, Any]]:
        """The values of RDATE or EXDATE; each a date or a time, with its end or length where it is a period."""
        value = self._event.get(name)
        found: list[tuple[Any, Any]] = []
        for part in value if isinstance(value, list) else [] if value is None else [value]:
            found += [item.dt if isinstance(item.dt, tuple) else (item.dt, None) for item in part.dts]
        if len(found) > MAX_DATES:
            raise self.error(f"has more than {MAX_DATES} dates in {name}")
        return found

    def key(self, value: Any) -> datetime | date:
        """What an occurrence is called by in EXDATE and RECURRENCE-ID: its local time, or only its date."""
        if isinstance(value, datetime) and self.zone is not None:
            return self.local(value)
        local = self.local(value)
        return local if self.zone is None else local.date()


def _said(error: BaseException) -> str:
    return _CONTROL.sub(" ", str(error))[:120] or type(error).__name__


def _by_uid(events: Iterable[_Event]) -> Iterator[list[_Event]]:
    """Events that belong together: one, or more of a careless writer, and the occurrences that were moved.

    Of several states of one event the latest counts (SEQUENCE).
    """
    groups: dict[str, list[_Event]] = {}
    for index, event in enumerate(events):
        groups.setdefault(event.uid or f"\0{index}", []).append(event)
    for group in groups.values():
        latest: dict[object, int] = {}
        for event in group:
            name = None if event.replaces is None else event.replaces.to_ical()
            latest[name] = max(latest.get(name, 0), event.sequence)
        yield [
            event
            for event in group
            if event.sequence == latest[None if event.replaces is None else event.replaces.to_ical()]
        ]


def _series_of(group: list[_Event], remarks: list[str]) -> Iterator[Series]:
    bases = [event for event in group if event.replaces is None]
    moved = [event for event in group if event.replaces is not None]
    if len(bases) * len(moved) > MAX_PAIRS:
        raise ValueError(f"the iCalendar text has too many events with one UID, {group[0].uid[:60]!r}")
    remarks += [
        f"{event.where} has a time but no length: it closes nothing"
        for event in group
        if not event.cancelled and not event.length
    ]
    for base in bases:
        if not base.cancelled:
            yield _series(base, moved)
    for event in moved:
        if not event.cancelled and not (event.onward and bases):
            yield Series(event.name, event.start, event.zone, event.length)


def _series(base: _Event, moved: list[_Event]) -> Series:
    excluded = {base.key(value) for value, _ in base.listed("EXDATE")}
    onward: list[Moved] = []
    for event in moved:
        key = base.key(event.replaces.dt)
        if not event.onward:
            excluded.add(key)
            continue
        begins = key if isinstance(key, datetime) else datetime.combine(key, time())
        if event.cancelled:
            onward.append(Moved(begins, None, event.name, event.length))
        else:
            # Moved in the base's own terms: from a time to a time of its zone, or from a day to a day.
            start = event.start
            if event.zone is not None and base.zone is not None:
                start = start.replace(tzinfo=event.zone).astimezone(base.zone).replace(tzinfo=None)
            if abs(start - begins) > MAX_REPEATED:
                raise event.error("moves all that follow by more than a year")
            onward.append(Moved(begins, start - begins, event.name, event.length))
    added: list[tuple[datetime, timedelta]] = []
    for value, end in base.listed("RDATE"):
        start = base.local(value)
        length = base.length
        if isinstance(end, timedelta):
            length = end
        elif end is not None:
            length = base.local(end) - start
        if not timedelta(0) <= length <= MAX_LENGTH:
            raise base.error("has a period in RDATE that ends before it begins, or years later")
        added.append((start, length))
    return Series(
        base.name,
        base.start,
        base.zone,
        base.length,
        rules=tuple((rule, base.until(rule)) for rule in base.rules("RRULE")),
        without=tuple((rule, base.until(rule)) for rule in base.rules("EXRULE")),
        added=tuple(added),
        excluded=frozenset(excluded),
        onward=tuple(sorted(onward, key=lambda change: change.begins)),
        where=base.where,
    )

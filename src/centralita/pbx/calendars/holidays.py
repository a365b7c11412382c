"""All that a calendar knows, as one answer: is this day a holiday, and which hours of it are closed?

Compiled once, when a configuration is; then it is asked for days. Years are worked out when they are first asked for and
kept, so that a rule without an end costs nothing before its time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from centralita.pbx import geography
from centralita.pbx.calendars import ical, listing
from centralita.pbx.calendars.public import PublicHolidays
from centralita.pbx.calendars.series import Occurrence, Series
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.days import FIRST_YEAR, LAST_YEAR, Day, parse_day

HORIZON = 10
"""Years ahead: a list that still has days then is said not to end."""
_KEPT_YEARS = 24


class CalendarError(ValueError):
    """A source of a calendar that cannot be used; ``field`` is the one in which it was written."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Closure(NamedTuple):
    """Hours that an event closes. Instants in UTC; the end does not belong to it."""

    start: datetime
    end: datetime
    name: str


class _Year(NamedTuple):
    days: dict[date, str]
    whole_by_hours: dict[date, str]
    """Days that are closed from midnight to midnight by events with a time."""
    closures: dict[date, tuple[Closure, ...]]


_EMPTY = _Year({}, {}, {})


class Holidays:
    """What :func:`compile_calendar` makes. Asking changes nothing but what is remembered of years."""

    def __init__(
        self,
        ident: str,
        name: str,
        zone: ZoneInfo,
        own: dict[Day, str],
        listed: dict[date, str],
        events: list[Series],
        public: PublicHolidays | None,
        warnings: Iterable[str],
    ) -> None:
        self.id = ident
        self.name = name
        self.zone = zone
        self.warnings = tuple(warnings)
        """What closes nothing, and why: for whoever checks the configuration."""
        self._own = own
        self._listed = listed
        self._public = public
        self._events = events
        self._repeating = [event for event in events if event.repeats]
        self._once: dict[int, list[tuple[Series, Occurrence]]] = {}
        for event in events:
            if not event.repeats:
                for occurrence in event.occurrences(event.start.year):
                    self._once.setdefault(event.start.year, []).append((event, occurrence))
        self._years: dict[int, _Year] = {}
        self._repeated: dict[int, list[tuple[Series, Occurrence]]] = {}

    def name_on(self, day: date) -> str | None:
        """The holiday of a day, None where it is none. An event that closes all hours of a day makes it one."""
        year = self._year(day.year)
        return year.days.get(day) or year.whole_by_hours.get(day)

    def whole_day(self, day: date) -> str | None:
        """The holiday of a day wherever one is: without events that have a time."""
        return self._year(day.year).days.get(day)

    def spans(self, day: date) -> tuple[Closure, ...]:
        """The closed hours that touch a day, in order of their beginning; a day of the calendar's zone."""
        return self._year(day.year).closures.get(day, ())

    def name_at(self, instant: datetime) -> str | None:
        """The holiday or closing event at an aware instant, None where there is none."""
        day = instant.astimezone(self.zone).date()
        if (name := self.name_on(day)) is not None:
            return name
        return next((name for start, end, name in self.spans(day) if start <= instant < end), None)

    def days(self, year: int) -> list[tuple[date, str]]:
        """The whole holidays of a year, in order."""
        found = self._year(year)
        return sorted((found.whole_by_hours | found.days).items())

    def prepare(self, years: Iterable[int]) -> None:
        """Work out years now, so that no call waits for it."""
        for year in years:
            self._year(year)

    def runs_out(self, today: date) -> date | None:
        """The last day known of whatever ends first: days of one's own, a list, an iCalendar; None where none ends.

        Public holidays and days of every year do not end, nor does a rule that goes on for ten years from ``today``. A
        source in which anything goes on does not end.
        """
        ends: list[date] = []
        dated = [date(day.year, day.month, day.day) for day in self._own if day.year]
        if dated and len(dated) == len(self._own):
            ends.append(max(dated))
        if self._listed:
            ends.append(max(self._listed))
        if self._events:
            horizon = min(today.year + HORIZON, LAST_YEAR)
            lasts = [event.last_day(horizon) for event in self._events]
            known = [last for last in lasts if last is not None]
            if len(known) == len(lasts):
                ends.append(max(known))
        return min(ends, default=None)

    # --- years ---------------------------------------------------------------------------------------------------

    def _year(self, year: int) -> _Year:
        found = self._years.get(year)
        if found is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                return _EMPTY
            found = self._work_out(year)
            if len(self._years) >= _KEPT_YEARS:
                self._years.clear()
                self._repeated.clear()
            self._years[year] = found
        return found

    def _work_out(self, year: int) -> _Year:
        days: dict[date, str] = {}
        for day, name in self._own.items():
            if day.year in (0, year) and (found := _existing(year, day)) is not None:
                days.setdefault(found, name or self.name)
        for listed, name in self._listed.items():
            if listed.year == year:
                days.setdefault(listed, name or self.name)
        closures: dict[date, list[Closure]] = {}
        for event, occurrence in self._near(year):
            name = occurrence.name or self.name
            if event.zone is not None:
                self._close(closures, year, event, occurrence, name)
                continue
            first = max(occurrence.start.date(), date(year, 1, 1)).toordinal()
            end = min((occurrence.start + occurrence.length).date(), date(year + 1, 1, 1)).toordinal()
            for ordinal in range(first, end):
                days.setdefault(date.fromordinal(ordinal), name)
        if self._public is not None:
            for public, name in self._public.days(year).items():
                days.setdefault(public, name)
        in_order = {day: tuple(sorted(found)) for day, found in closures.items()}
        whole = {day: found[0].name for day, found in in_order.items() if _covered(day, found, self.zone)}
        return _Year(days, whole, in_order)

    def _near(self, year: int) -> Iterable[tuple[Series, Occurrence]]:
        """Occurrences that may touch a year, wherever one is."""
        for near in range(year - ical.MAX_LENGTH.days // 365 - 1, year + 2):
            yield from self._once.get(near, ())
        for near in range(year - 2, year + 2):
            found = self._repeated.get(near)
            if found is None:
                found = [
                    (event, occurrence) for event in self._repeating for occurrence in event.occurrences(near)
                ]
                self._repeated[near] = found
            yield from found

    def _close(
        self,
        closures: dict[date, list[Closure]],
        year: int,
        event: Series,
        occurrence: Occurrence,
        name: str,
    ) -> None:
        start, end = event.instants(occurrence)
        if end <= start:
            return
        first = max(start.astimezone(self.zone).date(), date(year, 1, 1)).toordinal()
        last_instant = end - timedelta(microseconds=1)
        last = min(last_instant.astimezone(self.zone).date(), date(year, 12, 31)).toordinal()
        for ordinal in range(first, last + 1):
            closures.setdefault(date.fromordinal(ordinal), []).append(Closure(start, end, name))


def _existing(year: int, day: Day) -> date | None:
    """A day in a year; None for 29 February in a year without one."""
    try:
        return date(year, day.month, day.day)
    except ValueError:
        return None


def _covered(day: date, closures: tuple[Closure, ...], zone: ZoneInfo) -> bool:
    """Whether closures, in order, leave nothing of a local day."""
    reached = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    for closure in closures:
        if closure.start > reached:
            return False
        reached = max(reached, closure.end)
    return reached >= end


def compile_calendar(
    calendar: Calendar, zone: ZoneInfo, *, feed: str = "", years: Iterable[int] = ()
) -> Holidays:
    """What a calendar says, ready to be asked.

    ``zone`` is that of events without one, and tells where a day begins for events with a time. ``feed`` is the text that
    was fetched from ``calendar.url``; ``years`` are worked out at once. Raises CalendarError, a ValueError.
    """
    own = {parse_day(entry.date): entry.name for entry in reversed(calendar.days)}
    warnings: list[str] = []
    try:
        listed = listing.read(calendar.csv)
    except ValueError as error:
        raise CalendarError("csv", str(error)) from None
    events: list[Series] = []
    for field, text in (("ics", calendar.ics), ("url", feed)):
        if not text.strip():
            if field == "url" and calendar.url:
                warnings.append("nothing has been fetched from its address yet")
            continue
        try:
            found, remarks = ical.read(text, zone)
        except ValueError as error:
            raise CalendarError(field, str(error)) from None
        events += found
        warnings += remarks
    holidays = Holidays(
        calendar.id, calendar.name or calendar.id, zone, own, listed, events, _public(calendar), warnings
    )
    holidays.prepare(years)
    return holidays


def _public(calendar: Calendar) -> PublicHolidays | None:
    if not calendar.public_country:
        return None
    region = calendar.subdivision
    if region:
        region = geography.community_of(f"{calendar.public_country}-{region}").rpartition("-")[2]
    try:
        return PublicHolidays(calendar.public_country, region)
    except ValueError as error:
        raise CalendarError("region" if calendar.region else "country", str(error)) from None

"""The recurrence rules of iCalendar (RFC 5545 §3.3.10), worked out year by year.

A library would do, were it not for strangers' calendars: those at hand step from the beginning of a rule to the end of time,
and a rule that never happens (30 February, every day) holds a call up for seconds. Here a year costs at most a look at
each of its days. Holidays are of days, so a rule gives dates; rules that repeat within a day are refused.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from centralita.pbx.model.days import LAST_YEAR

_WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_BY_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
MAX_COUNT = 10_000


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule without its beginning and without UNTIL, which whoever knows the time of day compares."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: str = ""
    """As written: a date, or an instant."""
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    weeks: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    nth_weekdays: frozenset[tuple[int, int]] = frozenset()
    """(n, weekday): the n-th of the month or year, from the end where negative."""
    positions: frozenset[int] = frozenset()
    week_start: int = 0

    @classmethod
    def parse(cls, text: str) -> Rule:
        """``FREQ=MONTHLY;BYDAY=1MO``. Raises ValueError."""
        parts: dict[str, str] = {}
        for part in text.strip().upper().split(";"):
            name, equals, value = part.partition("=")
            if not equals or not value:
                raise ValueError(f"the rule {text!r} has a part {part!r} that says nothing")
            parts[name] = value
        frequency = parts.get("FREQ", "")
        if frequency not in _FREQUENCIES:
            raise ValueError(f"the rule {text!r} must repeat daily, weekly, monthly or yearly")
        for name in _WITHIN_A_DAY:
            if "," in parts.get(name, ""):
                raise ValueError(f"the rule {text!r} repeats within a day ({name})")
        weekdays, nth = _weekdays(parts.get("BYDAY", ""), text)
        if nth and (
            frequency not in ("MONTHLY", "YEARLY") or (frequency == "YEARLY" and "BYWEEKNO" in parts)
        ):
            raise ValueError(f"the rule {text!r} counts weekdays where there is nothing to count in (BYDAY)")
        count = _number(parts["COUNT"], text, 1, MAX_COUNT) if "COUNT" in parts else None
        return cls(
            frequency,
            _number(parts.get("INTERVAL", "1"), text, 1, 10_000),
            count,
            parts.get("UNTIL", ""),
            _numbers(parts, "BYMONTH", text, 1, 12),
            _numbers(parts, "BYMONTHDAY", text, -31, 31),
            _numbers(parts, "BYYEARDAY", text, -366, 366),
            _numbers(parts, "BYWEEKNO", text, -53, 53),
            weekdays,
            nth,
            _numbers(parts, "BYSETPOS", text, -366, 366),
            _WEEKDAYS.get(parts.get("WKST", "MO"), 0),
        )

    @property
    def most_a_year(self) -> int:
        """No year has more dates than this: for limits, before anything is worked out."""
        if self.frequency == "DAILY":
            return 366 // self.interval + 1
        if self.frequency == "WEEKLY":
            return (53 // self.interval + 1) * max(1, len(self.weekdays))
        plain = not (self.weekdays or self.nth_weekdays or self.year_days or self.weeks)
        months = len(self.months) or (12 if self.frequency == "MONTHLY" or self.month_days else 1)
        days = max(1, len(self.month_days))
        if plain:
            return months * days
        if self.nth_weekdays and not self.weekdays:
            return len(self.nth_weekdays) * (months if self.months or self.frequency == "MONTHLY" else 1)
        return 366

    def all_dates(self, start: date) -> Iterator[date]:
        """From the beginning on, in order; ``count`` is kept, and the last year that we know is the end."""
        left = self.count
        for year in range(start.year, LAST_YEAR + 1):
            for day in self.dates(start, year):
                if left is not None:
                    if left == 0:
                        return
                    left -= 1
                yield day

    def dates(self, start: date, year: int) -> list[date]:
        """The dates of a year, in order, from the beginning on. Does not look at ``count`` and ``until``."""
        if year < start.year:
            return []
        periods = getattr(self, f"_{self.frequency.lower()}")(self._complete(start), start, year)
        return [
            day for period in periods for day in self._placed(period) if day >= start and day.year == year
        ]

    def _complete(self, start: date) -> Rule:
        """What the rule leaves open is taken from the beginning (RFC 5545 §3.3.10)."""
        if self.month_days or self.year_days or self.weeks or self.weekdays or self.nth_weekdays:
            return self
        months, month_days, weekdays = self.months, self.month_days, self.weekdays
        match self.frequency:
            case "WEEKLY":
                weekdays = frozenset([start.weekday()])
            case "MONTHLY":
                month_days = frozenset([start.day])
            case "YEARLY":
                months = months or frozenset([start.month])
                month_days = frozenset([start.day])
            case _:
                return self
        return Rule(
            self.frequency, self.interval, self.count, self.until, months, month_days,
            frozenset(), frozenset(), weekdays, frozenset(), self.positions, self.week_start,
        )  # fmt: skip

    def _placed(self, period: list[date]) -> list[date]:
        """BYSETPOS: the n-th dates of each period."""
        if not self.positions:
            return period
        size = len(period)
        indices = {position - 1 if position > 0 else size + position for position in self.positions}
        return [period[index] for index in sorted(indices) if 0 <= index < size]

    # --- periods: those that reach into the year, each with all of its dates -------------------------------------

    def _daily(self, full: Rule, start: date, year: int) -> Iterator[list[date]]:
        first = max(start, date(year, 1, 1))
        late = (first - start).days % self.interval
        day = first.toordinal() + (self.interval - late if late else 0)
        last = date(year, 12, 31).toordinal()
        for ordinal in range(day, last + 1, self.interval):
            yield list(full._matching([date.fromordinal(ordinal)]))

    def _weekly(self, full: Rule, start: date, year: int) -> Iterator[list[date]]:
        first_week = start.toordinal() - (start.weekday() - self.week_start) % 7
        new_year = date(year, 1, 1).toordinal()
        step = 7 * self.interval
        week = first_week + max(0, (new_year - 6 - first_week + step - 1) // step) * step
        last = date(year, 12, 31).toordinal()
        for monday in range(week, last + 1, step):
            yield list(full._matching(date.fromordinal(monday + index) for index in range(7)))

    def _monthly(self, full: Rule, start: date, year: int) -> Iterator[list[date]]:
        for month in sorted(self.months) or range(1, 13):
            if ((year - start.year) * 12 + month - start.month) % self.interval == 0:
                yield list(full._matching(_days_of(year, month)))

    def _yearly(self, full: Rule, start: date, year: int) -> Iterator[list[date]]:
        if (year - start.year) % self.interval == 0:
            months = sorted(full.months) or range(1, 13)
            yield list(full._matching(day for month in months for day in _days_of(year, month)))

    def _matching(self, days: Iterable[date]) -> Iterator[date]:
        for day in days:
            if self.months and day.month not in self.months:
                continue
            if self.month_days and not self._on_month_day(day):
                continue
            if (self.weekdays or self.nth_weekdays) and not self._on_weekday(day):
                continue
            if self.year_days and not self._on_year_day(day):
                continue
            if self.weeks and not self._in_week(day):
                continue
            yield day

    def _on_month_day(self, day: date) -> bool:
        length = calendar.monthrange(day.year, day.month)[1]
        return day.day in self.month_days or day.day - length - 1 in self.month_days

    def _on_weekday(self, day: date) -> bool:
        if day.weekday() in self.weekdays:
            return True
        if not self.nth_weekdays:
            return False
        if self.frequency == "MONTHLY" or self.months:
            index, length = day.day, calendar.monthrange(day.year, day.month)[1]
        else:
            index, length = day.timetuple().tm_yday, _length(day.year)
        from_start, from_end = (index - 1) // 7 + 1, -((length - index) // 7 + 1)
        return bool({(from_start, day.weekday()), (from_end, day.weekday())} & self.nth_weekdays)

    def _on_year_day(self, day: date) -> bool:
        index = day.timetuple().tm_yday
        return index in self.year_days or index - _length(day.year) - 1 in self.year_days

    def _in_week(self, day: date) -> bool:
        """By ISO 8601, but for the day on which weeks begin: the first week has at least four days of the year."""
        start = day - timedelta(days=(day.weekday() - self.week_start) % 7)
        year = (start + timedelta(days=3)).year
        number = (start - _first_week(year, self.week_start)).days // 7 + 1
        weeks = (_first_week(year + 1, self.week_start) - _first_week(year, self.week_start)).days // 7
        return number in self.weeks or number - weeks - 1 in self.weeks


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


def _length(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _days_of(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


def _weekdays(written: str, text: str) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    plain: set[int] = set()
    counted: set[tuple[int, int]] = set()
    for part in written.split(",") if written else ():
        match = _BY_DAY.fullmatch(part)
        if match is None or match[1] in ("0", "00", "+0", "-0"):
            raise ValueError(f"the rule {text!r} names a weekday {part!r} that there is not")
        if match[1]:
            counted.add((int(match[1]), _WEEKDAYS[match[2]]))
        else:
            plain.add(_WEEKDAYS[match[2]])
    return frozenset(plain), frozenset(counted)


def _number(written: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", written) or not least <= int(written) <= most:
        raise ValueError(f"the rule {text!r} has the number {written!r}, which is not in {least} to {most}")
    return int(written)


def _numbers(parts: dict[str, str], name: str, text: str, least: int, most: int) -> frozenset[int]:
    if name not in parts:
        return frozenset()
    numbers = frozenset(_number(part, text, least, most) for part in parts[name].split(","))
    if 0 in numbers:
        raise ValueError(f"the rule {text!r} counts from 0 ({name})")
    return numbers

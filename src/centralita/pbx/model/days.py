"""Days as people write them in schedules and calendars: a date of one year, or one of every year.

Only the text and what it means; which rule holds on a day is decided in :mod:`centralita.pbx.schedule`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

_WRITTEN = re.compile(r"(?:([0-9]{4})-)?([0-9]{1,2})-([0-9]{1,2})")
_LEAP_YEAR = 2000
#: Beyond these a calendar is a mistake, or an attempt to keep us busy.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Day(NamedTuple):
    """``year`` 0: of every year. 29 February of every year is there in leap years only."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        yearly = f"{self.month:02}-{self.day:02}"
        return f"{self.year:04}-{yearly}" if self.year else yearly


def parse_day(text: str) -> Day:
    """``2026-12-24`` or ``12-24``. Raises ValueError in words that read on from a field's name."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} must be a date like 2026-12-24, or 12-24 for every year")
    day = Day(int(match[1] or 0), int(match[2]), int(match[3]))
    try:
        date(day.year or _LEAP_YEAR, day.month, day.day)
    except ValueError:
        raise ValueError(f"{text!r} is not in the calendar") from None
    if day.year and not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text!r} must be in the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _canonical(text: str) -> str:
    return str(parse_day(text)) if text.strip() else ""


DayText = Annotated[str, AfterValidator(lambda text: str(parse_day(text)))]
OptionalDayText = Annotated[str, AfterValidator(_canonical)]
"""A day, or empty."""

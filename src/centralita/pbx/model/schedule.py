"""Opening hours: a week, seasons with a week of their own, exceptions by date, and calendars of holidays.

What is written here is only read and checked for form; whether it is open at an instant is decided in
:mod:`centralita.pbx.schedule`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from centralita.pbx.model.base import ConfigObject, Name, ObjectId
from centralita.pbx.model.days import OptionalDayText, parse_day

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60

_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INDEX = {name: index for index, name in enumerate(WEEKDAYS)} | {
    name: index for index, name in enumerate(_FULL_NAMES)
}
_DASHES = str.maketrans("–—", "--")
_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


def parse_span(text: str) -> tuple[int, int]:
    """``09:00-14:00`` in minutes from the beginning of the day on which it begins.

    Over midnight the end is beyond 1440: ``22:00-06:00`` is (1320, 1800). Raises ValueError.
    """
    match = _SPAN.fullmatch("".join(text.translate(_DASHES).split()))
    if match is None:
        raise ValueError(f"{text!r} must be like 09:00-14:00")
    hours, minutes, end_hours, end_minutes = (int(part) for part in match.groups())
    start, end = hours * 60 + minutes, end_hours * 60 + end_minutes
    if minutes > 59 or end_minutes > 59 or end > MINUTES_A_DAY or start >= MINUTES_A_DAY:
        raise ValueError(f"{text!r} must be between 00:00 and 24:00, like 09:00-14:00")
    if start == end:
        raise ValueError(f"{text!r} ends where it begins; the whole day is 00:00-24:00")
    return start, end if end > start else end + MINUTES_A_DAY


def format_span(start: int, end: int) -> str:
    """What :func:`parse_span` reads."""
    if end > MINUTES_A_DAY:
        end -= MINUTES_A_DAY
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def parse_days(text: str) -> tuple[int, ...]:
    """``mon-fri``, ``sat,sun`` or ``wed`` as weekdays, Monday 0; a range may go over Sunday. Raises ValueError."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = _weekday(first, text), _weekday(last if dash else first, text)
        found += [(start + step) % 7 for step in range((end - start) % 7 + 1)]
    return tuple(found)


def _weekday(name: str, text: str) -> int:
    index = _INDEX.get(name.strip())
    if index is None:
        raise ValueError(f"{text!r} is no day: write {', '.join(WEEKDAYS)}, or like mon-fri or sat,sun")
    return index


def _span(text: object) -> object:
    return format_span(*parse_span(text)) if isinstance(text, str) else text


def _spans(written: object) -> object:
    """One span, several separated by commas, or a list; ``closed`` is none."""
    if isinstance(written, str):
        text = written.strip().lower()
        return [] if text in ("", "closed") else text.split(",")
    return written


def _weekly(written: object) -> object:
    if not isinstance(written, Mapping):
        raise ValueError("must be days with their hours, like mon-fri: 09:00-14:00")  # noqa: TRY004  (pydantic's way)
    days: dict[int, str] = {}
    found: dict[str, object] = {}
    for key, value in written.items():
        text = "".join(str(key).translate(_DASHES).lower().split())
        name = ",".join(
            "-".join(WEEKDAYS[_weekday(day, text)] for day in part.split("-", 1)) for part in text.split(",")
        )
        for day in parse_days(name):
            if day in days:
                raise ValueError(f"{WEEKDAYS[day]} is there twice: in {days[day]} and in {name}")
            days[day] = name
        found[name] = value
    return found


Span = Annotated[str, BeforeValidator(_span)]
"""``09:00-14:00``; over midnight it belongs to the day on which it begins."""
Spans = Annotated[tuple[Span, ...], BeforeValidator(_spans), Field(max_length=24)]
Weekly = Annotated[dict[str, Spans], BeforeValidator(_weekly)]
"""Days → spans; a day that is not named is closed."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )


class Season(_Part):
    """A part of the year with a week of its own. Both days belong to it."""

    name: Annotated[Name, Field(min_length=1)]
    from_: Annotated[OptionalDayText, Field(alias="from", min_length=1)]
    """``06-15`` of every year, then ``to`` may come before it (over New Year); or a full date."""
    to: Annotated[OptionalDayText, Field(min_length=1)]
    weekly: Weekly = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Season:
        _check_range(self.from_, self.to)
        return self


class ScheduleException(_Part):
    """Days on which other hours hold, or none. Stronger than holidays."""

    name: Name = ""
    date: OptionalDayText = ""
    """``2026-12-24``, or ``12-24`` of every year."""
    from_: Annotated[OptionalDayText, Field(alias="from")] = ""
    to: OptionalDayText = ""
    spans: Spans = ()
    """Empty: closed."""

    @model_validator(mode="after")
    def _one_way(self) -> ScheduleException:
        if bool(self.from_) != bool(self.to) or bool(self.date) == bool(self.from_):
            raise ValueError("must have either a date, or from and to")
        if self.from_:
            _check_range(self.from_, self.to)
        return self

    @property
    def label(self) -> str:
        """The name, or the days where there is none."""
        return self.name or self.date or f"{self.from_} to {self.to}"


def _check_range(first: str, last: str) -> None:
    start, end = parse_day(first), parse_day(last)
    if bool(start.year) != bool(end.year):
        raise ValueError(f"must have a year in both from and to, or in none: {first} and {last}")
    if start.year and end < start:
        raise ValueError(f"must not end ({last}) before it begins ({first})")


class Schedule(ConfigObject):
    """An exception holds before a holiday, a holiday before a season, a season before the week."""

    kind: Literal["schedule"] = "schedule"
    name: Name = ""
    site: ObjectId | None = None
    """Whose time zone the hours are in; None: that of the tenant's first site by id."""
    weekly: Weekly = Field(default_factory=dict)
    seasons: Annotated[tuple[Season, ...], Field(max_length=50)] = ()
    exceptions: Annotated[tuple[ScheduleException, ...], Field(max_length=1000)] = ()
    calendars: Annotated[tuple[ObjectId, ...], Field(max_length=20)] = ()
    """Their holidays are closed, unless an exception of the schedule says otherwise for the day."""

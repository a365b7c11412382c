"""Lists of days as people keep them in a sheet: ``name;2026-12-24``, with commas or tabs, in either order."""

from __future__ import annotations

import csv
import re
from datetime import date

from centralita.pbx.model.days import FIRST_YEAR, LAST_YEAR

MAX_LINES = 20_000
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_EUROPEAN = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")


def read(text: str) -> dict[date, str]:
    """Days and their names. Raises ValueError that names the line.

    A first line without a date is the heading. ``24/12/2026`` is the 24th of December: the day comes first.
    """
    lines = text.lstrip("\ufeff").splitlines()
    if len(lines) > MAX_LINES:
        raise ValueError(f"the list holds more than {MAX_LINES} lines")
    days: dict[date, str] = {}
    heading = True
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        day, name = _row(line, number)
        if day is not None:
            days.setdefault(day, name)
        elif not heading:
            raise ValueError(f"line {number} of the list has no date: {line.strip()[:60]!r}")
        heading = False
    return days


def _row(line: str, number: int) -> tuple[date | None, str]:
    separator = next((mark for mark in (";", "\t") if mark in line), ",")
    try:
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    except csv.Error:
        raise ValueError(f"line {number} of the list cannot be read: {line.strip()[:60]!r}") from None
    day: date | None = None
    words: list[str] = []
    for cell in cells:
        found = _date(cell, number) if day is None else None
        if found is not None:
            day = found
        elif cell:
            words.append(cell)
    return day, "".join(char if char.isprintable() else " " for char in words[0])[:80] if words else ""


def _date(cell: str, number: int) -> date | None:
    """The date in a cell, None where there is none."""
    if match := _ISO.fullmatch(cell):
        year, month, day = (int(part) for part in match.groups())
    elif match := _EUROPEAN.fullmatch(cell):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(
            f"line {number} of the list has the date {cell!r}, which is not in the calendar"
        ) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(
            f"line {number} of the list is in the year {year}; only {FIRST_YEAR} to {LAST_YEAR} count"
        )
    return found

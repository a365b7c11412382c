"""Opening hours and holidays: gaps and overlaps, changes of the clock, calendars that are over or soon will be."""

from __future__ import annotations

from datetime import date

from centralita.pbx.calendars.holidays import CalendarError, compile_calendar
from centralita.pbx.checker.work import Work
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.schedule import dst_traps, findings

RUNS_OUT_DAYS = 60
"""How long before its end a calendar is told of."""


def check(work: Work) -> None:
    for calendar in work.snapshot.calendars.values():
        _calendar(work, calendar.id)
    for schedule in work.snapshot.schedules.values():
        today = work.today(schedule.site)
        for finding in findings(schedule, today):
            over = " is over since " in finding.message
            tell = work.hint if over else work.warn
            tell("hours", "schedule", schedule.id, finding.message, path=finding.path)
        try:
            hours = work.snapshot.plan.hours(schedule.id)
        except CalendarError:
            continue  # told of the calendar
        for year in (today.year, today.year + 1):
            for trap in dst_traps(hours, year):
                if trap.day >= today:
                    work.warn("dst-trap", "schedule", schedule.id, trap.message)


def _calendar(work: Work, ident: str) -> None:
    calendar = work.snapshot.calendars[ident]
    today = work.today(calendar.site)
    try:
        holidays = work.snapshot.plan.holidays(ident)
    except CalendarError as error:
        work.error("calendar-unreadable", "calendar", ident, str(error), path=(error.field,))
        return
    broken = _broken_feed(work, calendar)
    if broken:  # a stranger's doing: it must not keep a tenant from publishing
        message = f"what was fetched last cannot be read, its days are not known: {broken}"
        work.warn("feed-unreadable", "calendar", ident, message, path=("url",))
    for warning in () if broken else holidays.warnings:
        work.warn("calendar", "calendar", ident, warning)
    sources = (calendar.country, calendar.region, calendar.days, calendar.ics, calendar.csv, calendar.url)
    if not any(sources):
        work.warn(
            "calendar-empty", "calendar", ident, "has no holidays", "Name a country, days, ics, csv or url"
        )
        return
    last = holidays.runs_out(today)
    if last is None:
        return
    mend = "Bring the holidays of the coming year"
    if last < today:
        work.warn("calendar-over", "calendar", ident, f"knows no holiday after {_day(last)}", mend)
    elif (last - today).days <= RUNS_OUT_DAYS:
        message = f"runs out in {(last - today).days} days, on {_day(last)}"
        work.warn("calendar-runs-out", "calendar", ident, message, mend)


def _broken_feed(work: Work, calendar: Calendar) -> str:
    """Why the text of the calendar's address cannot be used; empty where it can, or where there is none yet."""
    feed = work.snapshot.feeds.get(calendar.id, "")
    try:
        compile_calendar(calendar, work.snapshot.plan.zone_of(calendar.site), feed=feed)
    except CalendarError as error:
        return str(error)
    return ""


def _day(day: date) -> str:
    return day.isoformat()

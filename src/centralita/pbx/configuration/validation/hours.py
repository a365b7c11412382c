"""Calendars, schedules and the overrides that are turned by hand."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from centralita.pbx.calendars.holidays import CalendarError, compile_calendar
from centralita.pbx.configuration.validation.context import Context
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.override import Override
from centralita.pbx.model.schedule import Schedule


def calendars(context: Context) -> None:
    for calendar in context.of(Calendar):
        context.refer(calendar, ("site",), "site", calendar.site)
        try:
            compile_calendar(calendar, ZoneInfo("UTC"))
        except CalendarError as error:
            context.add(calendar, (error.field,), str(error))


def schedules(context: Context) -> None:
    for schedule in context.of(Schedule):
        context.refer(schedule, ("site",), "site", schedule.site)
        context.refer_all(schedule, ("calendars",), "calendar", schedule.calendars)


def overrides(context: Context) -> None:
    by_code: dict[str, Override] = {}
    for override in context.of(Override):
        first = by_code.setdefault(override.code, override)
        if first is not override:
            message = f"{override.code} is already taken by {context.named(first, ('code',))}"
            context.add(override, ("code",), message)
        context.refer_all(override, ("schedules",), "schedule", override.schedules)
        context.refer_all(override, ("users",), "user", override.users)

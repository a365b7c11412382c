"""Hours and holidays as they come out: whether it is open now and until when, the days of a calendar in a year, which public
holidays are known.

What is written is in the objects of the configuration; here it is asked what that means.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel

from centralita.control import OverrideStatus, RequestRefused, SwitchUnavailable
from centralita.pbx import geography
from centralita.pbx.calendars.holidays import CalendarError, compile_calendar
from centralita.pbx.geography.codes import Language
from centralita.pbx.model.base import ObjectId
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.days import FIRST_YEAR, LAST_YEAR
from centralita.pbx.wording import told
from centralita.web.access import Action
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem
from centralita.web.slices.changing import READERS, VersionAsked, snapshot_of

if TYPE_CHECKING:
    from centralita.pbx.model.snapshot import Snapshot

router = APIRouter(prefix="/tenants/{tenant}", tags=["hours"])


class ScheduleNow(BaseModel):
    """Whether a schedule is open at this moment, overrides included."""

    id: str
    name: str
    time_zone: str
    open: bool
    until: datetime | None
    """When that changes; None: not within a year, or when an override is turned off."""
    rule: str
    """``weekly``, ``season:NAME``, ``exception:NAME``, ``holiday:NAME`` or ``override``."""
    reason: str
    override: str
    """The override that forces it; empty: none."""


class CalendarDayBody(BaseModel):
    date: date
    name: str


class CalendarYear(BaseModel):
    days: list[CalendarDayBody]
    """Whole holidays, in order."""
    hours: list[CalendarDayBody]
    """Days of which events close some hours."""
    runs_out: date | None
    """The last day known of a source that ends; None: none does."""
    warnings: list[str]
    """What of the sources closes nothing, and why."""


class RegionBody(BaseModel):
    code: str
    """ISO 3166-2, ``ES-CT``."""
    es: str
    en: str


class HolidayCountries(BaseModel):
    """Whose public holidays are known."""

    countries: list[str]
    """ISO 3166-1."""
    regions: list[RegionBody]
    """Of the country asked for; empty: they are the same everywhere in it."""


class CalendarSent(Calendar):
    """A calendar, kept or not."""

    id: ObjectId = "new"


@router.get("/hours", operation_id="list_hours_now")
def hours_now(desk: AtDesk, version: VersionAsked = "working") -> list[ScheduleNow]:
    """Every schedule: open or closed now, by which rule, and until when."""
    snapshot = snapshot_of(desk, version)
    turned = _turned(desk)
    at = datetime.fromtimestamp(desk.now, UTC)
    return [_now(snapshot, schedule, at, turned, desk.language) for schedule in sorted(snapshot.schedules)]


@router.post("/calendar-year", operation_id="look_at_calendar", dependencies=READERS)
def calendar_year(
    desk: AtDesk,
    calendar: CalendarSent,
    year: Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR)],
    version: VersionAsked = "working",
) -> CalendarYear:
    """The holidays that a calendar gives in a year. What its address served last is used where it is kept with the same address."""
    snapshot = snapshot_of(desk, version)
    kept = snapshot.calendars.get(calendar.id)
    feed = snapshot.feeds.get(calendar.id, "") if kept and kept.url == calendar.url else ""
    site = snapshot.sites.get(calendar.site or "", snapshot.first_site)
    try:
        found = compile_calendar(calendar, ZoneInfo(site.time_zone), feed=feed, years=(year,))
    except CalendarError as error:
        text = str(error)[:1].upper() + str(error)[1:]
        raise Problem.invalid(error.field, text) from None
    whole = dict(found.days(year))
    partly = [
        (day, spans[0].name)
        for ordinal in range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)
        if (day := date.fromordinal(ordinal)) not in whole and (spans := found.spans(day))
    ]
    return CalendarYear(
        days=[CalendarDayBody(date=day, name=name) for day, name in whole.items()],
        hours=[CalendarDayBody(date=day, name=name) for day, name in partly],
        runs_out=found.runs_out(datetime.fromtimestamp(desk.now, ZoneInfo(site.time_zone)).date()),
        warnings=list(found.warnings),
    )


@router.get("/holiday-countries", operation_id="list_holiday_countries")
def holiday_countries(
    desk: AtDesk, country: Annotated[str, Query(pattern=r"^[A-Z]{2}$")] = "ES"
) -> HolidayCountries:
    """Countries whose public holidays are known, and the regions of one of them."""
    desk.require(Action.CONFIG_READ)
    known = _known_countries()
    return HolidayCountries(
        countries=list(known),
        regions=[
            RegionBody(code=code, es=_region(code, region, "es"), en=_region(code, region, "en"))
            for region in known.get(country, ())
            if (code := f"{country}-{region}")
        ],
    )


def _now(
    snapshot: Snapshot, schedule: str, at: datetime, turned: dict[str, OverrideStatus], language: Language
) -> ScheduleNow:
    model = snapshot.schedules[schedule]
    hours = snapshot.plan.hours(schedule)
    common = {"id": schedule, "name": model.name, "time_zone": hours.zone.key}
    on = [turned[one.id] for one in snapshot.plan.overrides_of.get(schedule, ()) if one.id in turned]
    if on:
        latest = max(on, key=lambda one: one.since or 0)  # the one that was turned last holds, as for calls
        override = snapshot.overrides[latest.override]
        return ScheduleNow.model_validate(
            common
            | {
                "open": override.forces == "open",
                "until": None if latest.until is None else datetime.fromtimestamp(latest.until, UTC),
                "rule": "override",
                "reason": told(f"override {override.name or override.id} is on", language),
                "override": override.id,
            }
        )
    verdict = hours.at(at)
    return ScheduleNow.model_validate(
        common
        | {
            "open": verdict.open,
            "until": hours.next_change(at),
            "rule": verdict.rule,
            "reason": told(verdict.reason, language),
            "override": "",
        }
    )


def _turned(desk: Desk) -> dict[str, OverrideStatus]:
    """The overrides that are on; none where the switch does not answer."""
    switch = desk.reach(Action.CONFIG_READ).switch
    with suppress(SwitchUnavailable, RequestRefused):
        return {one.override: one for one in switch.overrides(desk.tenant) if one.on}
    return {}


@cache
def _known_countries() -> dict[str, tuple[str, ...]]:
    """Country → its regions by ISO 3166-2, without what the library names otherwise (cities, provinces of history)."""
    import holidays

    return {
        country: tuple(code for code in regions if code.upper() == code and len(code) <= 3)
        for country, regions in sorted(holidays.list_supported_countries(include_aliases=False).items())
        if len(country) == 2 and country.isalpha()
    }


@cache
def _aliases(country: str) -> dict[str, str]:
    """Region → what the library calls it, the longest of its names."""
    import holidays

    names: dict[str, str] = {}
    for name, code in holidays.country_holidays(country).subdivisions_aliases.items():
        if len(name) > len(names.get(code, "")):
            names[code] = name
    return names


def _region(code: str, region: str, language: Language) -> str:
    name = geography.name_of(code, language)
    return name if name != code else _aliases(code.partition("-")[0]).get(region, region)

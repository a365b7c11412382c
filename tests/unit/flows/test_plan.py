"""What is made ready out of a version: once, and not broken by what strangers serve."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MONDAY, company, flow

from centralita.pbx.calendars.holidays import CalendarError
from centralita.pbx.model.calendar import Calendar
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.vocabulary import TenantId

FEED = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:1
DTSTART;VALUE=DATE:20260302
SUMMARY:Closed
END:VEVENT
END:VCALENDAR
"""
CALENDAR = Calendar.model_validate(
    {"id": "feed", "url": "https://example.org/a.ics", "days": [{"date": "2026-03-03"}]}
)


def with_feed(text: str) -> Snapshot:
    base = company(flow({"end": {"type": "hang-up"}}), CALENDAR)
    objects = [*base.sites.values(), *base.calendars.values()]
    return Snapshot(TenantId("company"), 1, objects, {}, feeds={"feed": text})


def test_a_plan_is_made_once_and_so_is_what_it_holds() -> None:
    snapshot = company(flow({"end": {"type": "hang-up"}}))
    assert snapshot.plan is snapshot.plan
    assert snapshot.plan.hours("office") is snapshot.plan.hours("office")


def test_what_was_fetched_counts() -> None:
    holidays = with_feed(FEED).plan.holidays("feed")
    assert holidays.name_on(date(2026, 3, 2)) == "Closed"
    assert holidays.name_on(date(2026, 3, 3))


def test_a_feed_that_cannot_be_read_leaves_the_rest_of_the_calendar() -> None:
    plan = with_feed("<html>Not found</html>").plan
    plan.prepare((2026,))
    assert plan.holidays("feed").name_on(date(2026, 3, 2)) is None
    assert plan.holidays("feed").name_on(date(2026, 3, 3))


def test_what_people_wrote_themselves_is_an_error() -> None:
    broken = Calendar.model_validate({"id": "own", "ics": "<html>"})
    with pytest.raises(CalendarError):
        company(flow({"end": {"type": "hang-up"}}), broken).plan.prepare((2026,))


def test_a_calendar_without_a_site_is_in_the_zone_of_whoever_uses_it() -> None:
    town = Calendar.model_validate({"id": "town", "days": [{"date": "2026-03-03"}]})
    there = Schedule.model_validate(
        {"id": "office", "site": "tokyo", "weekly": {"mon-sun": "00:00-24:00"}, "calendars": ["town"]}
    )
    snapshot = company(
        flow({"end": {"type": "hang-up"}}), Site(id="tokyo", time_zone="Asia/Tokyo"), town, there
    )
    # Already the third in Tokyo.
    evening = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert not snapshot.plan.hours("office").at(evening).open
    assert snapshot.plan.hours("office").at(MONDAY).open


def test_what_more_digits_can_make_an_extension_of() -> None:
    plan = company(flow({"end": {"type": "hang-up"}})).plan
    assert plan.extension_prefixes == {"1", "10"}

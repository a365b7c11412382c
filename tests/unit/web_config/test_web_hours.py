"""Hours and holidays as they come out, through the API: open until when, the days of a calendar, whose holidays are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from centralita import control
from centralita.accounts import Role
from support.switch_double import switch_double
from support.web_world import World, web_world

BASE = "/api/v1/tenants/demo"
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def admin(world: World) -> TestClient:
    return world.client(Role.ADMIN)


def test_a_schedule_says_until_when_it_is_open_or_closed(world: World, admin: TestClient) -> None:
    admin.put(f"{BASE}/calendars/town", json={"days": [{"date": "2026-11-27", "name": "Fair"}]})
    schedule = {"name": "Office", "weekly": {"mon-fri": "09:00-14:00, 16:00-19:00"}, "calendars": ["town"]}
    admin.put(f"{BASE}/schedules/office", json=schedule)
    told = []
    for day, hour in ((26, 10), (26, 15), (26, 20), (27, 10)):
        world.clock.at = datetime(2026, 11, day, hour, tzinfo=MADRID).timestamp()
        (now,) = admin.get(f"{BASE}/hours").json()
        told.append((now["open"], now["rule"], datetime.fromisoformat(now["until"]).astimezone(MADRID)))
    monday = datetime(2026, 11, 30, 9, tzinfo=MADRID)
    assert told == [
        (True, "weekly", datetime(2026, 11, 26, 14, tzinfo=MADRID)),
        (False, "weekly", datetime(2026, 11, 26, 16, tzinfo=MADRID)),
        (False, "weekly", monday),  # Friday is the fair
        (False, "holiday:Fair", monday),
    ]
    assert (now["name"], now["time_zone"], now["override"]) == ("Office", "Europe/Madrid", "")


def test_the_override_that_was_turned_last_holds(world: World, admin: TestClient) -> None:
    admin.put(f"{BASE}/schedules/office", json={"weekly": {}})
    for name, forces in (("shut", "closed"), ("party", "open")):
        admin.put(
            f"{BASE}/overrides/{name}",
            json={"code": str(len(name)), "forces": forces, "schedules": ["office"]},
        )
    until = world.clock() + 3600
    on = [
        control.OverrideStatus(tenant="demo", override="party", on=True, since=20.0, until=until),
        control.OverrideStatus(tenant="demo", override="shut", on=True, since=10.0),
    ]
    with switch_double(world.settings.switch_socket) as switch:
        switch.replies["overrides"] = control.OverrideList(on)
        (now,) = admin.get(f"{BASE}/hours").json()
        assert (now["open"], now["rule"], now["override"]) == (True, "override", "party")
        assert datetime.fromisoformat(now["until"]) == datetime.fromtimestamp(until, UTC)
        switch.replies["overrides"] = control.OverrideList(on[1:])
        (now,) = admin.get(f"{BASE}/hours").json()
        assert (now["open"], now["until"], now["override"]) == (False, None, "shut")


def test_a_calendar_is_looked_at_before_it_is_kept(admin: TestClient) -> None:
    ics = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Staff party\nDTSTART:20261218T180000\nDTEND:20261218T200000\nEND:VEVENT\nEND:VCALENDAR\n"
    calendar = {"region": "ES-MD", "days": [{"date": "05-15", "name": "San Isidro"}], "ics": ics}
    year = admin.post(f"{BASE}/calendar-year?year=2026", json=calendar).json()
    days = {one["date"]: one["name"] for one in year["days"]}
    assert days["2026-05-15"] == "San Isidro"
    assert "2026-12-25" in days
    assert "2026-05-02" in days  # of Madrid alone
    assert year["hours"] == [{"date": "2026-12-18", "name": "Staff party"}]
    assert admin.get(f"{BASE}/calendars").json()["items"] == []
    other = admin.post(f"{BASE}/calendar-year?year=2027", json={"region": "ES-CT"}).json()
    assert "2027-09-11" in {one["date"] for one in other["days"]}


def test_what_no_calendar_is_made_of_is_refused_at_its_field(admin: TestClient) -> None:
    for fields, field in (({"ics": "hello"}, "ics"), ({"country": "AQX"}, "country")):
        refused = admin.post(f"{BASE}/calendar-year?year=2026", json=fields)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert admin.post(f"{BASE}/calendar-year?year=1066", json={}).status_code == 422


def test_countries_and_regions_whose_holidays_are_known(admin: TestClient) -> None:
    known = admin.get(f"{BASE}/holiday-countries").json()
    assert {"ES", "PT", "FR", "MX"} <= set(known["countries"])
    regions = {one["code"]: (one["es"], one["en"]) for one in known["regions"]}
    assert regions["ES-CT"] == ("Cataluña", "Catalonia")
    assert len(regions) == 19
    for region in regions:
        assert admin.post(f"{BASE}/calendar-year?year=2026", json={"region": region}).status_code == 200
    assert admin.get(f"{BASE}/holiday-countries?country=PT").json()["countries"] == known["countries"]

"""The overview over HTTP: today's figures in the company's own day, lost telephones, and what a new company still lacks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from centralita import control
from centralita.accounts import Role
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.journey import Journey
from centralita.pbx.vocabulary import JourneyId, Outcome
from centralita.store.database import Database
from centralita.store.records import RecordStore
from centralita.web.slices import overview
from support.switch_double import switch_double
from support.web_calls import journey
from support.web_world import World

URL = "/api/v1/tenants/demo/overview"
NOON = datetime(2026, 11, 28, 12, tzinfo=ZoneInfo("Europe/Madrid"))
DESK: list[dict[str, Any]] = [
    {"kind": "device", "id": "desk", "user": "ana"},
    {"kind": "device", "id": "luis-desk", "user": "luis"},
]


def save(world: World, *calls: Journey) -> None:
    database = Database(world.settings.database)
    RecordStore(database).save(calls, [], "main", (2, 0))
    database.close()


def at(name: str, when: datetime, **more: Any) -> Journey:
    """A call that rang for ten seconds, then."""
    one = journey(name, 0, **more)
    begun = when.timestamp()
    answers = tuple(replace(answer, at=begun + 10) for answer in one.answers)
    legs = tuple(replace(leg, started_at=begun) for leg in one.legs)
    return replace(
        one,
        journey=JourneyId(name),
        started_at=begun,
        updated_at=begun + 50,
        ended_at=begun + 50,
        answers=answers,
        legs=legs,
    )


@pytest.fixture
def today(world: World) -> World:
    world.clock.at = NOON.timestamp()
    save(
        world,
        at("t1", NOON - timedelta(hours=1), rung="ana"),
        at("t2", NOON - timedelta(minutes=30), outcome=Outcome.ABANDONED),
        at("t3", NOON - timedelta(hours=2), user="luis"),
        at("t4", NOON.replace(hour=0, minute=0), outcome=Outcome.VOICEMAIL),
        at("yesterday", NOON.replace(hour=0) - timedelta(seconds=1), rung="ana"),
        at("theirs", NOON - timedelta(hours=1), tenant="other"),
    )
    return world


def test_today_is_counted_in_the_companys_own_day(today: World) -> None:
    body = today.client(Role.ADMIN).get(URL).json()
    assert (body["day"], body["time_zone"]) == ("2026-11-28", "Europe/Madrid")
    assert (body["begins_at"], body["ends_at"]) == ("2026-11-27T23:00:00Z", "2026-11-28T23:00:00Z")
    day = body["today"]
    assert (day["inbound"], day["outbound"], day["internal"]) == (3, 1, 0)
    assert (day["answered"], day["missed"], day["voicemail"], day["elsewhere"]) == (1, 1, 1, 0)
    assert (day["answered_share"], day["mean_wait"], day["longest_wait"]) == (0.5, 10.0, 50.0)
    eleven = day["hours"][11]
    assert (eleven["begins_at"], eleven["inbound"], eleven["answered"], eleven["missed"]) == (
        "2026-11-28T10:00:00Z",
        2,
        1,
        1,
    )
    assert len(day["hours"]) == 24
    assert sum(hour["inbound"] for hour in day["hours"]) == 3


def test_a_quiet_day_has_no_shares(world: World) -> None:
    day = world.client(Role.ADMIN).get(URL).json()["today"]
    assert (day["inbound"], day["answered_share"], day["mean_wait"], day["longest_wait"]) == (
        0,
        None,
        None,
        None,
    )


def test_telephones_that_called_and_are_gone_are_lost(today: World) -> None:
    today.parts.configs.apply([Entry(one) for one in DESK], tenant="demo", merge=True)
    client = today.client(Role.ADMIN)
    assert client.get(URL).json()["lost_phones"] is None  # no switch, nobody knows
    with switch_double(today.settings.switch_socket) as switch:
        lost = client.get(URL).json()["lost_phones"]
        assert [(one["user"], one["name"]) for one in lost] == [("ana", "Ana"), ("luis", "Luis")]
        assert lost[0]["last_call_at"] == "2026-11-28T10:00:00Z"
        there = control.Registration(
            device="desk", user="ana", tenant="demo", contact="sip:a@b", address="UDP:b:5060", expires_in=60
        )
        switch.replies["registrations"] = control.RegistrationList([there])
        body = client.get(URL).json()
        assert [one["user"] for one in body["lost_phones"]] == ["luis"]
        assert body["setup"]["phones"] == 1
        today.clock.at += overview.LATELY
        later = today.client(Role.ADMIN).get(URL).json()
        assert later["lost_phones"] == []  # whoever has not called for a month is not missed


def test_a_new_company_is_told_what_it_lacks(world: World) -> None:
    theirs = world.client(Role.ADMIN, tenant="other")
    url = "/api/v1/tenants/other/overview"
    with switch_double(world.settings.switch_socket):
        before = theirs.get(url).json()["setup"]
        assert before == {"people": 1, "phones": 1, "numbers": 0, "hours": 0, "flows": 0, "called": True}
        world.parts.configs.apply(
            [
                Entry({"kind": "number", "id": "main", "number": "+34910000500", "destination": "user:eva"}),
                Entry({"kind": "schedule", "id": "office", "weekly": {"mon": ["09:00-14:00"]}}),
            ],
            tenant="other",
            merge=True,
        )
        after = theirs.get(url).json()["setup"]
    assert (after["numbers"], after["hours"]) == (1, 1)
    fresh = world.client(Role.PLATFORM)
    company = {"id": "nova", "name": "Nova", "site": {"name": "Madrid"}}
    made = fresh.post("/api/v1/tenants", json=company)
    assert made.status_code == 201, made.text
    setup = fresh.get("/api/v1/tenants/nova/overview").json()["setup"]
    assert setup == {"people": 0, "phones": 0, "numbers": 0, "hours": 0, "flows": 0, "called": False}


def test_a_draft_that_waits_is_told(world: World) -> None:
    client = world.client(Role.ADMIN)
    assert client.get(URL).json()["draft"] is False
    world.parts.configs.apply([Entry(DESK[0])], tenant="demo", merge=True, as_draft=True)
    assert client.get(URL).json()["draft"] is True


def test_little_room_on_the_disk_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = world.client(Role.ADMIN)
    monkeypatch.setattr(overview, "SPACE_LEFT", 0.0)
    assert client.get(URL).json()["storage_low"] is False
    monkeypatch.setattr(overview, "SPACE_LEFT", 1.0)
    assert client.get(URL).json()["storage_low"] is True

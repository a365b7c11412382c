"""Personal settings over HTTP: whom one blocks, what rings along, one's hours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita.accounts import Role
from support.web_world import World, web_world

ANA = "/api/v1/tenants/demo/users/ana/personal"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


def test_a_user_sets_what_they_wish(world: World) -> None:
    ana = world.client(Role.USER, user="ana")
    assert ana.get(ANA).json()["block"] == {"numbers": [], "anonymous": False, "then": "decline"}
    block = {"numbers": ["+34911*", "600 12 31 23"], "anonymous": True, "then": "voicemail"}
    along = {"targets": [{"target": "102", "after": 5}, {"target": "600123124"}], "ring_seconds": 30}
    hours = {"weekly": {"mon-fri": "09:00-14:00"}, "outside": "102"}
    body = {"block": block, "follow_me": along, "hours": hours}
    changed = ana.patch(ANA, json=body)
    assert changed.status_code == 200, changed.text
    assert changed.json()["block"] == {**block, "numbers": ["+34911*", "600123123"]}
    assert changed.json()["follow_me"] == {
        "enabled": True,
        "targets": [{"target": "102", "after": 5}, {"target": "600123124", "after": 15}],
        "ring_seconds": 30,
        "confirm": True,
    }
    assert changed.json()["hours"] == {
        "enabled": True,
        "schedule": "",
        "weekly": {"mon-fri": ["09:00-14:00"]},
        "outside": "102",
    }
    assert ana.patch(ANA, json={"block": {"anonymous": False}}).json()["block"]["numbers"] == [
        "+34911*",
        "600123123",
    ]
    assert ana.patch(ANA, json={"follow_me": None, "hours": None}).json()["follow_me"]["targets"] == []
    entry = world.parts.audit.page("demo")[-1]
    assert list(entry.changes["block.then"]) == ["decline", "voicemail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"follow_me": {"targets": [{"target": "101"}]}}, "follow_me.targets.0.target"),
        ({"hours": {"schedule": "nothing"}}, "hours.schedule"),
        ({"hours": {"schedule": "x", "weekly": {"mon": "09:00-10:00"}}}, "hours.weekly"),
        ({"block": {"numbers": ["x"]}}, "block.numbers.0"),
        ({"block": {"then": "shout"}}, "block.then"),
    ],
)
def test_what_is_wrong_is_named(world: World, body: dict[str, object], field: str) -> None:
    refused = world.client(Role.USER, user="ana").patch(ANA, json=body)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_simulate_tells_that_a_caller_is_blocked(world: World) -> None:
    admin = world.client(Role.ADMIN)
    admin.patch(ANA, json={"block": {"numbers": ["102"], "then": "busy"}})
    told = admin.post("/api/v1/tenants/demo/simulate", json={"caller": "user:luis", "to": "101"})
    assert told.status_code == 200, told.text
    assert "Ana blocks 102, as 102" in told.text

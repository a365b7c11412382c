"""No change without its note: where the audit log cannot be written, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from centralita.accounts import AuditEntry, Role
from centralita.ports import StoreUnavailable
from centralita.store.audit import AuditStore
from support.web_world import World, web_world

BASE = "/api/v1/tenants/demo"


class Full(AuditStore):
    """A log that takes nothing any more."""

    def add(self, entry: AuditEntry) -> None:
        raise StoreUnavailable("no room")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/ana", {"name": "Anna"}),
        ("PUT", "/users/eva", {"name": "Eva", "site": "m"}),
        ("DELETE", "/queues/support", None),
        ("POST", "/groups", {"name": "Team"}),
        ("PATCH", "/users/ana/personal", {"do_not_disturb": True}),
        ("POST", "/versions/1/rollback", None),
        ("PATCH", "/settings", {"name": "Another"}),
    ],
)
def test_what_cannot_be_noted_is_not_done(world: World, method: str, path: str, body: object) -> None:
    admin = world.client(Role.ADMIN)
    assert admin.patch(f"{BASE}/users/luis", json={"name": "Lluís"}).status_code == 200
    good = world.parts.audit
    for place in (world.app.state, world.app.state.doorman, world.app.state.signing_in):
        for name in ("parts", "_parts"):
            if hasattr(place, name):
                setattr(place, name, replace(world.parts, audit=Full.__new__(Full)))
    configs = world.parts.configs
    before = (len(configs.versions("demo")), configs.personal("demo", "ana"), len(good.page("demo")))
    refused = admin.request(method, f"{BASE}{path}", json=body)
    assert (refused.status_code, refused.json()["code"]) == (503, "store-unavailable")
    assert (len(configs.versions("demo")), configs.personal("demo", "ana"), len(good.page("demo"))) == before

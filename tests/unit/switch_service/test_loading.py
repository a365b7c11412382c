"""One tenant whose configuration cannot be made ready keeps no other from theirs, and goes on with what it had."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.plan import Plan
from centralita.pbx.vocabulary import TenantId
from centralita.switch.service import SwitchService


def snapshot(tenant: str, version: int) -> Snapshot:
    return Snapshot(TenantId(tenant), version, [Site(id="hq")], {})


def test_a_broken_tenant_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(plan: Plan, _years: object) -> None:
        if plan.snapshot.tenant == "broken" and plan.snapshot.version == 2:
            raise RuntimeError("a library of holidays that fails in its own way")

    monkeypatch.setattr(Plan, "prepare", prepare)
    before = snapshot("broken", 1)
    service: Any = SimpleNamespace(
        clock=SimpleNamespace(wall=lambda: 0.0), exchange=SimpleNamespace(snapshots={before.tenant: before})
    )
    fresh = snapshot("sound", 7)
    ready = list(SwitchService._ready(service, [snapshot("broken", 2), fresh]))
    assert ready == [before, fresh]
    service.exchange.snapshots = {}
    assert list(SwitchService._ready(service, [snapshot("broken", 2), fresh])) == [fresh]

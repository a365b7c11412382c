"""The share node: its parts are kept to, whatever else happens to the calls."""

from __future__ import annotations

import random
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MONDAY, caller, company, flow, run

from centralita.pbx.callcontrol import CallerGone
from centralita.pbx.state import TenantState

NAMES = ("ana", "luis", "eva")


def shared(targets: list[dict[str, Any]], **options: Any) -> Any:
    rings = {name: {"type": "ring", "targets": [f"user:{name}"]} for name in NAMES}
    return company(flow({"share": {"type": "share", "targets": targets, **options}} | rings, "share"))


def take(snapshot: Any, state: TenantState, count: int, **options: Any) -> list[str]:
    """Where so many calls went."""
    found = []
    for _ in range(count):
        call = caller(snapshot, state=state, **options)
        run(call)
        found.append(call.trace[0].target.removeprefix("main/"))
    return found


@given(weights=st.lists(st.integers(1, 20), min_size=1, max_size=3), count=st.integers(1, 60))
@settings(max_examples=25, deadline=None)
def test_by_weight_each_is_within_one_call_of_its_share(weights: list[int], count: int) -> None:
    snapshot = shared([{"to": name, "weight": weight} for name, weight in zip(NAMES, weights, strict=False)])
    went = Counter(take(snapshot, TenantState(random.Random(1)), count))
    for name, weight in zip(NAMES, weights, strict=False):
        assert abs(went[name] - count * weight / sum(weights)) < 1


@pytest.mark.parametrize("by", ["calls", "talk-time"])
def test_evenly(by: str) -> None:
    snapshot = shared([{"to": name} for name in NAMES], by=by)
    went = Counter(take(snapshot, TenantState(random.Random(1)), 31))
    assert max(went.values()) - min(went.values()) <= 1


def test_talk_time_is_what_was_talked() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="talk-time")
    state = TenantState(random.Random(1))
    first = caller(snapshot, state=state)
    first.talks = 600.0
    run(first)
    assert first.trace[0].target == "main/ana"
    # Ten minutes of one are ten calls of a minute of the other.
    assert take(snapshot, state, 10) == ["luis"] * 10
    assert state.shares.today("main/share", "2026-03-02") == {"ana": (1, 600.0), "luis": (10, 600.0)}


def test_the_counters_survive_a_restart() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="calls")
    state = TenantState(random.Random(1))
    assert take(snapshot, state, 1) == ["ana"]
    again = TenantState(random.Random(2))
    again.restore(state.to_state())
    assert take(snapshot, again, 1) == ["luis"]


def test_the_trace_tells_the_figures() -> None:
    snapshot = shared([{"to": "ana", "weight": 3}, {"to": "luis"}])
    state = TenantState(random.Random(1))
    take(snapshot, state, 1)
    call = caller(snapshot, state=state)
    run(call)
    line = call.trace[0]
    assert line.rule == "share"
    assert "a share of" in line.reason
    assert len(line.passed) == 1


def test_least_loaded_counts_calls_that_are_going_on() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="least-loaded")
    state = TenantState(random.Random(1))
    while_talking: list[str] = []
    first = caller(snapshot, state=state)

    async def talk() -> None:
        while_talking.extend(take(snapshot, state, 1))

    first.talk = talk  # type: ignore[method-assign]  # another call comes in meanwhile
    run(first)
    assert first.trace[0].target == "main/ana"
    assert while_talking == ["luis"]
    assert not state.going


def test_least_loaded_sees_the_calls_that_people_are_in_already() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="least-loaded")
    call = caller(snapshot)
    call.calls_of["ana"] = 1
    run(call)
    assert call.trace[0].target == "main/luis"


def test_a_caller_who_hangs_up_is_no_load() -> None:
    snapshot = shared([{"to": "ana"}], by="least-loaded")
    state = TenantState(random.Random(1))
    call = caller(snapshot, state=state)

    async def gone(*_: object, **__: object) -> Any:
        raise CallerGone

    call.ring = gone  # type: ignore[method-assign]  # the caller hangs up while it rings
    assert run(call)[-1] == "caller gone"
    assert not state.going


def test_sticky_callers_go_where_they_went() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="calls", sticky_days=30)
    state = TenantState(random.Random(1))
    assert take(snapshot, state, 1, number="+34600000002") == ["ana"]
    assert take(snapshot, state, 2, number="+34600000003") == ["luis", "luis"]
    assert take(snapshot, state, 2, number="+34600000002") == ["ana", "ana"]
    call = caller(snapshot, state=state, number="+34600000002")
    run(call)
    assert call.trace[0].reason == "the caller went there before"


def test_sticky_ends_after_its_days_and_is_nothing_for_who_withholds() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="calls", sticky_days=2)
    state = TenantState(random.Random(1))
    assert take(snapshot, state, 1, number="+34600000002") == ["ana"]
    assert take(snapshot, state, 1, number="+34600000003") == ["luis"]
    assert take(snapshot, state, 2, number="") == ["ana", "luis"]
    later = MONDAY + timedelta(days=3)
    assert take(snapshot, state, 1, number="+34600000003", at=later) == ["ana"]


def test_the_day_of_the_counters_is_the_tenants_wherever_a_caller_sits() -> None:
    snapshot = shared([{"to": "ana"}, {"to": "luis"}], by="calls")
    state = TenantState(random.Random(1))
    evening = MONDAY.replace(hour=23, minute=30)
    assert take(snapshot, state, 1, at=evening) == ["ana"]
    elsewhere = caller(snapshot, state=state, at=evening)
    elsewhere.now = lambda: elsewhere.clock.astimezone(ZoneInfo("Asia/Tokyo"))  # type: ignore[method-assign]
    run(elsewhere)
    assert elsewhere.trace[0].target == "main/luis"
    assert state.shares.today("main/share", "2026-03-02") == {"ana": (1, 60.0), "luis": (1, 60.0)}

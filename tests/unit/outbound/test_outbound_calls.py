"""Calls to the outside from the question for a PIN to the last trunk, with a script for caller and trunks."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "routing"))

from scripted import NOON, ScriptedCall

from centralita.pbx.callcontrol import Attempt, CallerGone, RingResult
from centralita.pbx.external import call_external
from centralita.pbx.flow.walk import Walk
from centralita.pbx.model.number import Number
from centralita.pbx.model.outbound_route import OutboundRoute
from centralita.pbx.model.permission import CallClass, Permission
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.outbound import attempts, reach_outside, serve_outside
from centralita.pbx.outbound.classes import classify
from centralita.pbx.reach import reach
from centralita.pbx.routing import Outside, route_from_user
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import StepEnd, TenantId

NUMBER = "+34932345678"
ANSWERED = RingResult(StepEnd.ANSWERED, 200)
UNAVAILABLE = RingResult(StepEnd.UNREACHABLE, 503)
BUSY = RingResult(StepEnd.BUSY, 486)


def tenant(*more: Any, trunks: int = 3, **personal: Personal) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        1,
        [
            Site(id="hq", number="+34910000000", location="Calle Mayor 1, 28013 Madrid"),
            User(id="ana", name="Ana", site="hq", extension="101"),
            User(id="luis", name="Luis", site="hq", extension="102"),
            Number(id="main", number="+34910000001", destination="user:luis"),
            *(Trunk(id=f"t{index}", host=f"192.0.2.{index}") for index in range(1, trunks + 1)),
            *more,
        ],
        personal,
    )


def dialled(call: ScriptedCall) -> list[str]:
    return [attempt.trunk.id for attempt in call.attempts]


def served(call: ScriptedCall, number: str = NUMBER, *, emergency: bool = False) -> ScriptedCall:
    call.run(serve_outside(call, number, emergency=emergency))
    assert call.state.usage.live("ana") == 0
    return call


def reasons(call: ScriptedCall, rule: str) -> list[str]:
    return [line.reason for line in call.trace if line.rule == rule]


# --- one trunk after the other --------------------------------------------------------------------------------------------


def test_the_second_takes_what_the_first_cannot() -> None:
    call = served(ScriptedCall(tenant(), outside=[UNAVAILABLE, ANSWERED]))
    assert dialled(call) == ["t1", "t2"]
    assert call.story[-1] == "talk"
    assert "503" in reasons(call, "trunk")[1]


@pytest.mark.parametrize(
    ("result", "again"),
    [
        (UNAVAILABLE, True),
        (RingResult(StepEnd.UNREACHABLE, 408, silent=True), True),
        (RingResult(StepEnd.FAILED, 500), True),
        (BUSY, False),
        (RingResult(StepEnd.REJECTED, 603), False),
        (RingResult(StepEnd.UNREACHABLE, 404), False),
        (RingResult(StepEnd.FAILED, 488), False),
        (RingResult(StepEnd.NO_ANSWER, 480), False),
        (RingResult(StepEnd.UNREACHABLE, 503, alerted=True), False),
    ],
)
def test_fail_over_is_by_cause(result: RingResult, again: bool) -> None:
    call = served(ScriptedCall(tenant(), outside=[result, ANSWERED]))
    assert (dialled(call) == ["t1", "t2"]) is again
    assert bool(reasons(call, "no-fail-over")) is not again


def test_a_route_says_which_causes() -> None:
    route = OutboundRoute.model_validate({"id": "r", "trunks": ["t2", "t1"], "fail_over": [486]})
    call = served(ScriptedCall(tenant(route), outside=[BUSY, UNAVAILABLE]))
    assert dialled(call) == ["t2", "t1"]
    call = served(ScriptedCall(tenant(route), outside=[UNAVAILABLE, ANSWERED]))
    assert dialled(call) == ["t2"]
    silent = RingResult(StepEnd.UNREACHABLE, 408, silent=True)
    call = served(ScriptedCall(tenant(route), outside=[silent, ANSWERED]))
    assert dialled(call) == ["t2", "t1"]


def test_trunks_in_trouble_are_passed_over_and_named() -> None:
    call = ScriptedCall(tenant())
    call.troubles = {"t1": "it is down", "t2": "all of its 1 lines are taken"}
    assert dialled(served(call)) == ["t3"]
    assert [line.target for line in call.trace if line.rule == "trunk-passed"] == ["trunk:t1", "trunk:t2"]


def test_no_trunk_at_all_is_said() -> None:
    call = ScriptedCall(tenant())
    call.troubles = dict.fromkeys(("t1", "t2", "t3"), "it is down")
    served(call)
    assert call.story[-1] == "refuse 503"
    assert reasons(call, "no-trunk")
    assert call.said == [Say.LINES_BUSY]


def test_patience_is_for_all_trunks_together() -> None:
    call = ScriptedCall(tenant(), outside=[UNAVAILABLE, ANSWERED])
    plain = call.dial

    async def slow(attempt: Any, seconds: float) -> RingResult:
        result = await plain(attempt, seconds)
        call.clock += timedelta(seconds=seconds - 1)
        return result

    call.dial = slow  # type: ignore[method-assign] # the script takes its time
    served(call)
    assert dialled(call) == ["t1"]


# --- emergencies ------------------------------------------------------------------------------------------------------------


def test_help_is_called_through_whatever_there_is() -> None:
    call = ScriptedCall(tenant(), outside=[BUSY, UNAVAILABLE, ANSWERED])
    call.troubles = {"t1": "it is down"}
    served(call, "112", emergency=True)
    assert dialled(call) == ["t2", "t3", "t1"]
    (reason,) = reasons(call, "emergency-route")
    assert "Calle Mayor 1" in reason
    assert "+34910000000" in reason


def test_help_needs_no_permission_and_is_never_limited() -> None:
    nothing = Permission(id="p", allow=(), max_calls=1, daily_calls=1, block=("112",))
    call = ScriptedCall(tenant(nothing))
    call.state.usage.begin("ana")
    route = route_from_user(call.snapshot, call.snapshot.users["ana"], "112")
    assert route.destination == Outside("112", emergency=True)
    call.run(reach(call, route.destination))
    assert call.story[-1] == "talk"
    assert call.state.usage.live("ana") == 1
    assert call.state.usage.today("ana", "2026-03-02").calls == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.sets(st.integers(1, 4)), st.booleans())
def test_help_always_has_a_way_where_a_trunk_exists(trunks: int, down: set[int], routed: bool) -> None:
    route = OutboundRoute.model_validate({"id": "r", "trunks": ["t1"], "emergency": routed})
    call = ScriptedCall(tenant(route, trunks=trunks))
    call.troubles = {f"t{index}": "it is down" for index in down}
    found = attempts(call, "112", emergency=True)
    assert sorted(attempt.trunk.id for attempt in found) == sorted(call.snapshot.trunks)


# --- permissions ------------------------------------------------------------------------------------------------------------


def test_who_may_not_hears_why() -> None:
    call = served(ScriptedCall(tenant()), "+34806123456")
    assert call.attempts == []
    assert call.said == [Say.PREMIUM_NOT_ALLOWED]
    assert call.story == ["decide premium-barred", "refuse 403"]


def test_the_pin_opens_the_way() -> None:
    locked = Permission(id="p", allow=("internal",), pin_for=("national",), pin="2468")
    call = served(ScriptedCall(tenant(locked), presses=["1111#", "2468#"]))
    assert dialled(call) == ["t1"]
    assert call.story[:1] == ["answer announce"]
    assert call.said == [Say.ENTER_CALL_PIN, Say.WRONG_CALL_PIN, Say.ENTER_CALL_PIN]
    assert not any("2468" in line.reason + line.pressed for line in call.trace)


def test_three_wrong_pins_end_it_and_many_end_all_asking() -> None:
    locked = Permission(id="p", allow=("internal",), pin_for=("national",), pin="2468")
    call = served(ScriptedCall(tenant(locked), presses=["1#111", "2222#", "3333#"]))
    assert call.attempts == []
    assert call.story[-1] == "refuse 403"
    assert call.story[-2] == "decide wrong-pin"
    for _ in range(3):
        call = served(ScriptedCall(call.snapshot, presses=["1111#", "2222#", "3333#"], state=call.state))
    assert call.story[-2] == "decide pin-throttled"
    call = served(ScriptedCall(call.snapshot, presses=["2468#"], state=call.state))
    assert call.story == ["decide pin-throttled", "refuse 403"]
    later = ScriptedCall(call.snapshot, presses=["2468#"], state=call.state, at=NOON + timedelta(hours=2))
    assert dialled(served(later)) == ["t1"]


def test_limits_hold_and_what_is_spent_is_counted_once() -> None:
    limited = Permission(id="p", allow=("national",), daily_calls=2, max_calls=1)
    first = served(ScriptedCall(tenant(limited)))
    assert first.state.usage.today("ana", "2026-03-02").seconds == first.talks
    unanswered = served(ScriptedCall(first.snapshot, state=first.state, outside=BUSY))
    assert unanswered.state.usage.today("ana", "2026-03-02").calls == 1
    served(ScriptedCall(first.snapshot, state=first.state))
    fourth = served(ScriptedCall(first.snapshot, state=first.state))
    assert fourth.said == [Say.DAILY_LIMIT]
    assert fourth.attempts == []


def test_one_call_cannot_last_longer_than_what_is_left_of_the_day() -> None:
    limited = Permission(id="p", allow=("national",), daily_minutes=2)
    state = None
    for talked, cut in ((90.0, False), (30.0, True)):
        call = ScriptedCall(tenant(limited), state=state)
        call.talks = 90.0
        served(call)
        state = call.state
        assert (call.clock - NOON).total_seconds() == talked
        assert bool(reasons(call, "daily-limit")) is cut
    assert served(ScriptedCall(tenant(limited), state=state)).said == [Say.DAILY_LIMIT]


@pytest.mark.parametrize("where", ["dial", "talk"])
def test_a_caller_who_hangs_up_is_counted_out(where: str) -> None:
    call = ScriptedCall(tenant())

    async def gone(*_: object) -> RingResult:
        assert call.state.usage.live("ana") == 1
        raise CallerGone

    setattr(call, where, gone)
    assert served(call).story[-1] == "caller gone"
    assert call.state.usage.today("ana", "2026-03-02").calls == (1 if where == "talk" else 0)


def test_a_forwarding_needs_the_permission_of_whoever_forwards() -> None:
    locked = Permission(id="p", users=("luis",), allow=("internal",), pin_for=("national",), pin="2468")
    snapshot = tenant(locked, luis=Personal(forward_always="932345678"))
    call = ScriptedCall(snapshot, presses=["2468#"])
    call.run(reach(call, route_from_user(snapshot, snapshot.users["ana"], "102").destination))
    assert call.attempts == []
    assert reasons(call, "pin-impossible")
    assert Say.ENTER_CALL_PIN not in call.said
    free = tenant(luis=Personal(forward_always="932345678"))
    call = ScriptedCall(free)
    call.run(reach(call, route_from_user(free, free.users["ana"], "102").destination))
    assert dialled(call) == ["t1"]
    assert call.state.usage.today("luis", "2026-03-02").calls == 1
    assert call.state.usage.today("ana", "2026-03-02").calls == 0


def test_no_forwarding_is_set_to_where_a_pin_is_asked_for() -> None:
    locked = Permission(id="p", allow=("internal", "mobile"), pin_for=("national",), pin="2468")
    for target, done in (("932345678", False), ("600123456", True)):
        call = ScriptedCall(tenant(locked))
        route = route_from_user(call.snapshot, call.snapshot.users["ana"], f"*72{target}")
        call.run(reach(call, route.destination))
        assert any(line.startswith("set ana") for line in call.story) is done


def test_a_number_of_the_configuration_asks_nobody() -> None:
    call = ScriptedCall(tenant(Permission(id="p", allow=())), None, dialled="+34910000001")
    (first, *_) = attempts(call, "+34806123456", configured=True)
    assert first.shown == "+34910000001"
    assert attempts(call, "+34806123456") == []


def test_a_number_that_a_stranger_names_is_under_the_permission_for_all() -> None:
    """A callback to a premium number would be paid by us, whatever the agent who makes it may dial."""
    everything = Permission(id="p", users=("ana",), allow=("national", "premium"))
    for number, called in (("+34806123456", False), (NUMBER, True)):
        call = ScriptedCall(tenant(everything))

        async def flow(call: ScriptedCall = call, number: str = number) -> None:
            await reach_outside(call, number, for_stranger=True)

        call.run(flow())
        assert bool(call.attempts) is called


@pytest.mark.parametrize("number", ["112", "11888", "101", "*72600123123"])
def test_nobody_is_called_at_a_short_number_for_somebody_else(number: str) -> None:
    """A stranger who shows 112 as their number and asks to be called back must not send the police anywhere."""
    call = ScriptedCall(tenant())

    async def flow() -> None:
        result = await reach_outside(call, number, for_stranger=True)
        assert (result.end, result.sip_status) == (StepEnd.REJECTED, 403)

    call.run(flow())
    assert call.attempts == []


def test_a_call_that_comes_round_through_the_network_is_stopped() -> None:
    """The office forwards to a mobile that diverts to the office: each lap is a new call with the same caller."""
    mobile, laps = "+34600000009", []
    state = ScriptedCall(tenant()).state

    class Lap(ScriptedCall):
        async def dial(self, attempt: Attempt, seconds: float) -> RingResult:
            laps.append(attempt.number)
            assert len(laps) < 50
            again = Lap(tenant(), None, state=state, dialled="+34910000001")
            again.run(call_external(Walk(again), mobile))
            return BUSY

    first = Lap(tenant(), None, state=state, dialled="+34910000001")
    first.run(call_external(Walk(first), mobile))
    assert len(laps) == 5
    assert not state.outward


def test_own_numbers_stay_inside() -> None:
    call = ScriptedCall(tenant())
    call.run(reach(call, route_from_user(call.snapshot, call.snapshot.users["ana"], "910000001").destination))
    assert call.attempts == []
    assert call.story[0] == "ring luis"


CLASSES: list[CallClass] = [
    "local", "national", "mobile", "toll-free", "shared-cost", "premium", "international",
]  # fmt: skip
NUMBERS = [
    "+34912345678", NUMBER, "+34600123456", "+34900123456", "+34902123456", "+34806123456",
    "+442079460000", "+33892123456", "+881612345678", "+34905123456",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(NUMBERS),
    st.lists(st.sampled_from(CLASSES), unique=True),
    st.lists(st.sampled_from(CLASSES), unique=True),
    st.sampled_from([None, "luis"]),
    st.sampled_from(["", "+34910000001", "+15195550000"]),
)
def test_what_is_denied_is_never_attempted_and_what_is_shown_is_ours(
    number: str, allow: list[CallClass], pin_for: list[CallClass], behalf: str | None, wanted: str
) -> None:
    permission = Permission(id="p", allow=tuple(allow), pin_for=tuple(pin_for), pin="2468")
    snapshot = tenant(permission)
    call = ScriptedCall(snapshot, presses=["9999#"] * 3)
    on_behalf_of = snapshot.users[behalf] if behalf else None

    async def flow() -> None:
        await reach_outside(call, number, on_behalf_of=on_behalf_of, shown=wanted)

    call.run(flow())
    found = classify(number, "ES", "+34910000000")
    needed = {found.kind, "international"} if found.abroad else {found.kind}
    if call.attempts:
        assert needed <= set(allow) - set(pin_for)
    else:
        assert not needed <= set(allow) - set(pin_for)
    assert all(attempt.shown in snapshot.plan.outbound.owned for attempt in call.attempts)
    assert call.state.usage.live("ana") == call.state.usage.live("luis") == 0

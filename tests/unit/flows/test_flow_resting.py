"""Where calls rest: people rung, numbers outside, voicemail, sub-flows, the end; and the limits that no flow goes beyond."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from flowtools import MONDAY, call, caller, company, flow, run, walk_through
from scripted import ScriptedCall

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.flow.walk import MAX_DEPTH, MAX_NODES
from centralita.pbx.model.group import Group
from centralita.pbx.model.permission import Permission
from centralita.pbx.model.user import Personal
from centralita.pbx.speech.phrases import Say
from centralita.pbx.state import TenantState, note_call
from centralita.pbx.vocabulary import StepEnd

ENDS: dict[str, dict[str, Any]] = {name: {"type": "hang-up"} for name in ("nobody", "busy", "gone")}
NO_ANSWER = RingResult(StepEnd.NO_ANSWER, 480)
BUSY = RingResult(StepEnd.BUSY, 486)
NOT_HERE = RingResult(StepEnd.UNREACHABLE, 480)


def ring(*targets: str, **fields: Any) -> dict[str, Any]:
    ways = {"no_answer": "nobody", "busy": "busy", "unreachable": "gone"}
    return {"ring": {"type": "ring", "targets": list(targets), "seconds": 20} | ways | fields} | ENDS


# --- ring -------------------------------------------------------------------------------------------------------------


def test_everybody_at_once() -> None:
    made = walk_through(ring("user:ana", "user:luis", "external:600123123"))
    assert made.story == ["decide ring", "ring ana+luis++34600123123", "talk"]
    line = made.trace[0]
    assert (line.target, line.node) == ("user:ana, user:luis, external:600123123", "main/ring")
    assert line.reason == "rings Ana and Luis and +34600123123 for 20 s (all)"


def test_one_after_the_other() -> None:
    made = walk_through(
        ring("user:ana", "user:luis", "user:eva", strategy="linear"), phones={"ana": NO_ANSWER, "luis": BUSY}
    )
    assert made.story == ["decide ring", "ring ana", "ring luis", "ring eva", "talk"]
    assert made.trace[0].reason == "rings Ana, then Luis, then Eva for 20 s each (linear)"


@pytest.mark.parametrize(
    ("phones", "way", "reason"),
    [
        ({"ana": NO_ANSWER, "luis": BUSY}, "nobody", "nobody answered"),
        (
            {"ana": BUSY, "luis": RingResult(StepEnd.REJECTED, 603)},
            "busy",
            "everybody was busy or did not want to be disturbed",
        ),
        ({"ana": NOT_HERE, "luis": NOT_HERE}, "gone", "no telephone of anybody could be reached"),
        ({"ana": NOT_HERE, "luis": BUSY}, "busy", "everybody was busy or did not want to be disturbed"),
    ],
)
def test_each_end_has_its_way(phones: dict[str, RingResult], way: str, reason: str) -> None:
    line = walk_through(ring("user:ana", "user:luis"), phones=phones).trace[1]
    assert (line.target, line.reason) == (f"main/{way}", reason)
    assert line.rule.startswith("ring-")
    assert len(line.passed) == 2


def test_busy_and_unreachable_go_as_no_answer_where_nothing_else_is_said() -> None:
    for phones in ({"ana": BUSY}, {"ana": NOT_HERE}):
        made = walk_through(ring("user:ana", busy=None, unreachable=None), phones=phones)
        assert made.trace[1].target == "main/nobody"


def test_who_cannot_be_rung_is_passed_with_the_reason() -> None:
    personal = {
        "ana": Personal(do_not_disturb=True),
        "luis": Personal(forward_always="103"),
    }
    made = caller(company(flow(ring("user:ana", "user:luis", "user:eva", "user:ivan")), personal=personal))
    made.unregistered.add("eva")
    run(made)
    assert made.trace[0].passed == (
        "Ana does not want to be disturbed",
        "Luis forwards all calls to 103",
        "no device of Eva is registered",
    )
    assert made.story[1] == "ring ivan"


def test_nobody_can_be_rung_at_all() -> None:
    made = caller(company(flow(ring("user:ana")), personal={"ana": Personal(do_not_disturb=True)}))
    run(made)
    assert made.trace[0].rule == "ring-busy"
    assert made.trace[0].target == "main/busy"
    made = caller(company(flow(ring("user:ana"))))
    made.unregistered.add("ana")
    run(made)
    assert made.trace[0].target == "main/gone"


def test_skip_busy_or_not() -> None:
    for skip, expected in ((True, "decide ring-busy"), (False, "decide ring")):
        made = caller(company(flow(ring("user:ana", skip_busy=skip))))
        made.calls_of["ana"] = 1
        assert run(made)[0] == expected
    made = caller(company(flow(ring("user:ana", skip_busy=False))))
    made.calls_of["ana"] = 2
    assert run(made)[0] == "decide ring-busy"  # as many calls as a user takes


def test_confirm_is_asked_of_whoever_answers() -> None:
    assert walk_through(ring("user:ana", confirm=True)).story[1] == "ring ana confirming"


def test_last_agent_first() -> None:
    state = TenantState(random.Random(1))
    note_call(state, "+34600000001", "eva", MONDAY.timestamp())
    nodes = ring("user:ana", "user:luis", "user:eva", last_agent_first=True)
    made = walk_through(nodes, state=state, phones={"eva": NO_ANSWER})
    assert made.story[1:3] == ["ring eva", "ring ana+luis"]
    assert walk_through(nodes, phones={}).story[1] == "ring ana+luis+eva"
    note_call(state, "+34600000001", "ivan", MONDAY.timestamp())  # not among those to be rung
    assert walk_through(nodes, state=state).story[1] == "ring ana+luis+eva"


def test_a_group_among_others_gives_its_members() -> None:
    group = Group.model_validate({"id": "sales", "members": ["ana", "eva"], "strategy": "linear"})
    made = walk_through(ring("user:luis", "group:sales", "user:ana"), group)
    assert made.story[1] == "ring luis+ana+eva"


def test_a_group_alone_rings_its_own_way_and_goes_its_own_way() -> None:
    fields = {
        "id": "sales",
        "members": ["ana", "eva"],
        "strategy": "linear",
        "ring_seconds": 10,
        "total_seconds": 20,
    }
    group = Group.model_validate(fields | {"otherwise": "voicemail:eva"})
    phones = {"ana": NO_ANSWER, "eva": NO_ANSWER}
    made = walk_through(ring("group:sales"), group, phones=phones)
    assert made.story[1:3] == ["ring ana", "ring eva"]
    assert made.trace[1].target == "main/nobody"
    made = walk_through(ring("group:sales", no_answer=None), group, phones=phones)
    assert made.trace[1].target == "voicemail:eva"
    assert made.story[-1] == "record"


def test_forwardings_lead_on_only_where_the_node_wants_it() -> None:
    personal = {"ana": Personal(forward_always="102")}
    for forward, expected in ((False, "decide ring-busy"), (True, "decide forward-forwarded")):
        made = caller(company(flow(ring("user:ana", forward=forward)), personal=personal))
        assert run(made)[0] == expected
        if forward:
            assert made.story[-2:] == ["ring luis for 101", "talk"]


@pytest.mark.parametrize(
    ("setting", "end"),
    [("forward_no_answer", NO_ANSWER), ("forward_busy", BUSY), ("forward_unreachable", NOT_HERE)],
)
def test_forwarding_after_ringing(setting: str, end: RingResult) -> None:
    personal = {"ana": Personal.model_validate({setting: "600123123"})}
    made = caller(company(flow(ring("user:ana", forward=True)), personal=personal), phones={"ana": end})
    story = run(made)
    assert "ring ana" in story
    assert story[-2:] == ["ring +34600123123 for 101", "talk"]


def test_a_circle_of_forwardings_is_none() -> None:
    personal = {"ana": Personal(forward_always="102"), "luis": Personal(forward_always="101")}
    made = caller(company(flow(ring("user:ana", forward=True)), personal=personal))
    run(made)
    assert made.trace[-2].target == "main/busy"
    personal = {"ana": Personal(forward_no_answer="102"), "luis": Personal(forward_no_answer="101")}
    phones = {"ana": NO_ANSWER, "luis": NO_ANSWER}
    made = caller(company(flow(ring("user:ana", forward=True)), personal=personal), phones=phones)
    assert run(made).count("ring ana") == 1


def test_a_telephone_that_sends_elsewhere_does_not_end_it_for_the_others() -> None:
    phones = {"ana": RingResult(StepEnd.FORWARDED, 302, "103", "ana")}
    made = walk_through(ring("user:ana", "user:luis"), phones=phones)
    assert made.story[1:] == ["ring ana+luis", "ring luis", "talk"]
    made = walk_through(ring("user:ana", "user:luis", forward=True), phones=phones)
    assert made.story[-2:] == ["ring eva+luis for 101", "talk"]


def test_who_calls_is_not_rung() -> None:
    made = ScriptedCall(company(flow(ring("user:ana", "user:luis", skip_busy=False))), "ana", at=MONDAY)
    run(made)
    assert made.story[1] == "ring luis"


def test_two_ways_to_the_same_forwarding_are_two_calls_of_whoever_forwards() -> None:
    personal = {"ana": Personal(forward_always="102"), "luis": Personal(forward_always="600123123")}
    one = Permission(id="one", allow=("mobile", "internal"), max_calls=1)
    nodes = ring("user:ana", "user:luis", forward=True)
    made = caller(company(flow(nodes), one, personal=personal))
    run(made)
    assert len(made.attempts) == 1
    assert made.state.usage.live("luis") == 0


def test_whoever_forwards_to_the_outside_pays_for_it() -> None:
    personal = {"ana": Personal(forward_always="600123123")}
    nodes = ring("user:ana", "external:600999999", forward=True, strategy="linear")
    for outside, spent in (
        ([RingResult(StepEnd.ANSWERED)], (1, 60.0)),
        ([NO_ANSWER, RingResult(StepEnd.ANSWERED)], (0, 0.0)),
    ):
        made = caller(company(flow(nodes), personal=personal), outside=outside)
        run(made)
        usage = made.state.usage.today("ana", "2026-03-02")
        assert (usage.calls, usage.seconds) == spent
        assert made.state.usage.live("ana") == 0


def test_of_two_numbers_outside_the_one_that_answered_is_remembered() -> None:
    nodes = ring("external:600123123", "external:600999999")
    made = walk_through(nodes, outside=[NO_ANSWER, RingResult(StepEnd.ANSWERED)])
    counts = made.state.to_state()["groups"]["main/ring"]["counts"]
    assert list(counts) == ["external:+34600999999"]


# --- outside ----------------------------------------------------------------------------------------------------------


def external(**fields: Any) -> dict[str, Any]:
    ways = {"no_answer": "nobody", "busy": "busy", "failed": "gone"}
    return {"out": {"type": "external", "number": "600 123 123".replace(" ", "")} | ways | fields} | ENDS


def test_a_number_outside() -> None:
    made = walk_through(external())
    assert made.way[0] == "external external:+34600123123"
    assert made.story[-2:] == ["dial +34600123123", "talk"]


@pytest.mark.parametrize(
    ("end", "way"),
    [(NO_ANSWER, "nobody"), (BUSY, "busy"), (RingResult(StepEnd.FAILED, 404), "gone")],
)
def test_a_number_outside_that_is_not_reached(end: RingResult, way: str) -> None:
    made = walk_through(external(), outside=end)
    assert made.trace[-2].target == f"main/{way}"


def test_no_trunk_for_a_number_outside() -> None:
    made = caller(company(flow(external())))
    made.troubles["provider"] = "it is down"
    run(made)
    assert made.trace[-2].target == "main/gone"


def test_confirm_outside() -> None:
    assert "ring +34600123123 confirming" in walk_through(external(confirm=True)).story


def test_the_number_shown() -> None:
    assert walk_through(external(caller_number="+34910000001")).attempts[0].shown == "+34910000001"


def test_an_emergency_number_is_no_external_target() -> None:
    with pytest.raises(ValueError, match="external:112"):
        company(flow(external(number="112"))).plan  # noqa: B018 - made by being asked for


# --- sub-flows, the end, limits ---------------------------------------------------------------------------------------


def test_a_sub_flow_comes_back() -> None:
    main = flow({"sub": {"type": "flow", "flow": "greet", "next": "after"}, "after": {"type": "hang-up"}})
    greet = flow({"mark": {"type": "set", "tag": "greeted"}}, ident="greet")
    made = call(company(main, greet))
    assert made.way == ["flow greet/mark", "set end", "hang-up hang-up"]
    assert [line.node for line in made.trace] == ["main/sub", "greet/mark", "main/after"]


def test_a_sub_flow_that_rests_does_not_come_back() -> None:
    main = flow({"sub": {"type": "flow", "flow": "other", "next": "after"}, "after": {"type": "hang-up"}})
    other = flow({"box": {"type": "voicemail", "user": "eva"}}, ident="other")
    assert call(company(main, other)).story[-1] == "record"


def test_the_end_of_a_flow_is_an_apology() -> None:
    made = walk_through({"mark": {"type": "set"}})
    assert made.way == ["set end", "flow-end hang-up"]
    assert made.said == [Say.CANNOT_TAKE_CALL]
    assert made.story[-1] == "refuse 480"
    heard = walk_through({"hello": {"type": "announce", "prompt": "welcome"}})
    assert heard.said[1:] == [Say.CANNOT_TAKE_CALL, Say.GOODBYE]
    assert heard.story[-1] == "hang up"


def test_a_flow_in_a_circle_ends() -> None:
    made = walk_through({"a": {"type": "set", "next": "b"}, "b": {"type": "set", "next": "a"}})
    assert made.trace[-1].rule == "flow-limit"
    assert len(made.trace) == MAX_NODES + 1


def test_flows_within_themselves_end() -> None:
    made = walk_through({"again": {"type": "flow", "flow": "main"}})
    assert made.trace[-1].rule == "flow-limit"
    assert len(made.trace) == MAX_DEPTH + 2


@pytest.mark.parametrize(
    ("cause", "status", "target"),
    [
        ("normal", 480, "hang-up"),
        ("busy", 486, "hang-up:busy"),
        ("rejected", 603, "hang-up:rejected"),
        ("not-found", 404, "hang-up:not-found"),
        ("unavailable", 480, "hang-up:unavailable"),
        ("congestion", 503, "hang-up:congestion"),
    ],
)
def test_hang_up_by_cause(cause: str, status: int, target: str) -> None:
    made = walk_through({"end": {"type": "hang-up", "cause": cause, "prompt": "welcome"}})
    assert made.way == [f"hang-up {target}"]
    assert made.story[-2:] == ["announce", f"refuse {status}"]
    nodes = {
        "hello": {"type": "announce", "prompt": "welcome", "next": "end"},
        "end": {"type": "hang-up", "cause": cause},
    }
    assert walk_through(nodes).story[-1] == "hang up"


def test_the_voicemail_speaks_the_language_that_was_chosen() -> None:
    nodes = {
        "english": {"type": "set", "language": "en", "next": "box"},
        "box": {"type": "voicemail", "user": "ana"},
    }
    assert walk_through(nodes).heard[0][0] == "en"
    assert walk_through({"box": {"type": "voicemail", "user": "ana"}}).heard[0][0] == "es"


def test_names_that_do_not_exist_are_errors_of_the_version_not_of_a_call() -> None:
    for node in (
        {"type": "hours", "schedule": "no-such"},
        {"type": "ring", "targets": ["user:no-such"]},
        {"type": "announce", "prompt": "no-such"},
        {"type": "set", "next": "no-such"},
        {"type": "flow", "flow": "no-such"},
    ):
        with pytest.raises(ValueError, match="no-such"):
            company(flow({"node": node})).plan  # noqa: B018 - made by being asked for

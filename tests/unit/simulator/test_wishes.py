"""What people wish for themselves: whom they block, what rings along for them, and when they are called."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from centralita.pbx.checker.graph import Graph
from centralita.pbx.checker.places import Place
from centralita.pbx.model.device import Device
from centralita.pbx.model.group import Group
from centralita.pbx.model.number import Number
from centralita.pbx.model.override import Override
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import Personal, User
from centralita.pbx.simulator import Scenario, Simulation, parse_behaviour, simulate
from centralita.pbx.vocabulary import Outcome, TenantId

MONDAY_NOON = datetime(2026, 3, 2, 12, 0)
MONDAY_NIGHT = datetime(2026, 3, 2, 22, 0)
MAIN, TEAM = "+34910000001", "+34910000003"
PEST = "+34911222333"


def office(**personal: dict[str, Any]) -> Snapshot:
    return Snapshot(
        TenantId("office"),
        3,
        [
            Site(id="hq", number="+34910000000"),
            *(
                User(id=user, name=user.title(), site="hq", extension=extension)
                for user, extension in (("ana", "101"), ("luis", "102"), ("eva", "103"))
            ),
            *(Device(id=user, user=user, username=user) for user in ("ana", "luis", "eva")),
            Trunk(id="provider", host="192.0.2.1"),
            Group(id="team", extension="200", members=[{"user": "ana"}, {"user": "luis"}], ring_seconds=20),
            Schedule(id="office", weekly={"mon-fri": "09:00-18:00"}),
            Override(id="feast", code="1", forces="closed", schedules=["office"]),
            Number(id="main", number=MAIN, destination="user:ana"),
            Number(id="team", number=TEAM, destination="group:team"),
        ],
        {user: Personal.model_validate(fields) for user, fields in personal.items()},
    )


def call(
    personal: dict[str, dict[str, Any]],
    caller: str = "+34600000001",
    to: str = MAIN,
    at: datetime = MONDAY_NOON,
    answer: dict[str, str] | None = None,
    outside: dict[str, str] | None = None,
    overrides: tuple[str, ...] = (),
) -> Simulation:
    scenario = Scenario(
        office(**personal),
        caller,
        to,
        at,
        answer={user: parse_behaviour(text) for user, text in (answer or {}).items()},
        outside={name: parse_behaviour(text, outside=True) for name, text in (outside or {}).items()},
    )
    return simulate(replace(scenario, overrides=overrides) if overrides else scenario)


def rules(done: Simulation) -> list[str]:
    return [step.rule for step in done.steps]


# --- the block list -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "caller", "is_blocked"),
    [
        ({"numbers": [PEST]}, PEST, True),
        ({"numbers": ["+34 911 22 23 33"]}, PEST, True),
        ({"numbers": ["911222333"]}, PEST, True),
        ({"numbers": ["+34911*"]}, PEST, True),
        ({"numbers": ["911*"]}, PEST, True),
        ({"numbers": ["+34912*"]}, PEST, False),
        ({"numbers": ["102"]}, "user:luis", True),
        ({"numbers": ["102"]}, "user:eva", False),
        ({"anonymous": True}, "anonymous", True),
        ({"anonymous": True}, PEST, False),
        ({"anonymous": True}, "user:luis", False),
        ({"numbers": ["+34911*"]}, "anonymous", False),
    ],
)
def test_who_is_blocked(block: dict[str, Any], caller: str, is_blocked: bool) -> None:
    done = call({"ana": {"block": block}}, caller, "101" if caller.startswith("user:") else MAIN)
    assert ("blocked" in rules(done)) is is_blocked
    assert bool(done.rang) is not is_blocked


@pytest.mark.parametrize(
    ("then", "outcome", "status", "rest"),
    [
        ("decline", Outcome.REJECTED, 603, None),
        ("busy", Outcome.BUSY, 486, None),
        ("voicemail", Outcome.VOICEMAIL, 200, "voicemail:ana"),
    ],
)
def test_what_a_blocked_caller_gets(then: str, outcome: Outcome, status: int, rest: str | None) -> None:
    # Forwardings are for callers whom one wants.
    personal = {"block": {"numbers": [PEST], "then": then}, "forward_busy": "102", "forward_always": "103"}
    done = call({"ana": personal}, PEST)
    assert (done.outcome, done.sip_status) == (outcome, status)
    assert rest is None or done.rest == rest
    assert not done.rang
    step = next(step for step in done.steps if step.rule == "blocked")
    assert (step.target, step.reason) == ("user:ana", f"Ana blocks {PEST}, as {PEST}")


def test_without_a_voicemail_a_blocked_caller_is_declined() -> None:
    block = {"numbers": [PEST], "then": "voicemail"}
    done = call({"ana": {"block": block, "voicemail": {"enabled": False}}}, PEST)
    assert (done.outcome, done.sip_status) == (Outcome.REJECTED, 603)


def test_in_a_group_only_the_one_who_blocks_is_left_out() -> None:
    done = call({"ana": {"block": {"numbers": [PEST]}}}, PEST, TEAM)
    assert [each.target for each in done.rang] == ["user:luis"]
    ring = next(step for step in done.steps if step.rule == "ring")
    assert "Ana blocks" in ring.passed[0]


def test_the_list_of_whom_a_call_is_forwarded_to_counts() -> None:
    done = call(
        {"ana": {"forward_always": "102"}, "luis": {"block": {"anonymous": True, "then": "busy"}}},
        "anonymous",
    )
    assert rules(done) == ["number", "forward-forwarded", "blocked"]
    assert done.outcome is Outcome.BUSY


# --- hours ----------------------------------------------------------------------------------------------------------


def test_outside_a_schedule_of_the_tenant_the_voicemail_takes_the_call() -> None:
    hours = {"ana": {"hours": {"schedule": "office"}}}
    assert call(hours).rest == "user:ana"
    done = call(hours, at=MONDAY_NIGHT)
    assert done.rest == "voicemail:ana"
    assert rules(done) == ["number", "out-of-hours", "voicemail"]
    assert "office" in done.steps[1].reason
    assert call(hours, overrides=("feast",)).rest == "voicemail:ana"


def test_outside_ones_own_week_calls_go_to_a_number() -> None:
    hours = {"ana": {"hours": {"weekly": {"mon-fri": "09:00-14:00, 16:00-19:00"}, "outside": "600123123"}}}
    assert call(hours).rest == "user:ana"
    done = call(hours, at=MONDAY_NIGHT)
    assert done.rest == "external:+34600123123"
    assert rules(done)[:3] == ["number", "out-of-hours", "forward-out-of-hours"]
    assert (
        call({"ana": {"hours": {**hours["ana"]["hours"], "enabled": False}}}, at=MONDAY_NIGHT).rest
        == "user:ana"
    )


def test_a_schedule_that_is_gone_cuts_nobody_off() -> None:
    assert call({"ana": {"hours": {"schedule": "nothing"}}}, at=MONDAY_NIGHT).rest == "user:ana"


def test_hours_that_lead_in_a_circle_end() -> None:
    hours = {"weekly": {"mon": "09:00-10:00"}}
    done = call(
        {"ana": {"hours": {**hours, "outside": "102"}}, "luis": {"hours": {**hours, "outside": "101"}}}
    )
    assert "forward-loop" in rules(done)
    assert done.rest == "voicemail:luis"


def test_what_is_turned_on_by_hand_is_stronger_than_the_clock() -> None:
    done = call(
        {"ana": {"forward_always": "102", "hours": {"schedule": "office", "outside": "103"}}}, at=MONDAY_NIGHT
    )
    assert done.rest == "user:luis"


def test_out_of_hours_nobody_is_rung_in_a_group() -> None:
    done = call({"ana": {"hours": {"schedule": "office"}}}, to=TEAM, at=MONDAY_NIGHT)
    assert [each.target for each in done.rang] == ["user:luis"]


# --- follow-me ------------------------------------------------------------------------------------------------------

MOBILE = "+34600123123"
ALONG = {"targets": [{"target": "600123123", "after": 10}, {"target": "102", "after": 4}]}


def test_others_ring_along_after_their_seconds() -> None:
    done = call(
        {"ana": {"follow_me": ALONG}}, answer={"ana": "no-answer", "luis": "no-answer"}, outside={MOBILE: "6"}
    )
    assert [(each.target, each.after) for each in done.rang] == [
        ("user:ana", 0.0),
        ("user:luis", 4.0),
        (f"external:{MOBILE}", 10.0),
    ]
    # Six seconds, and three more to press 1.
    assert (done.rest, done.answered_after) == (f"external:{MOBILE}", 19.0)
    ring = next(step for step in done.steps if step.rule == "ring")
    assert ring.target == "user:ana"
    assert "Ana and +34600123123 after 10 s and Luis after 4 s" in ring.reason


def test_whoever_answers_first_spares_the_others() -> None:
    done = call({"ana": {"follow_me": ALONG}}, answer={"ana": "3"})
    assert [each.target for each in done.rang] == ["user:ana"]
    assert done.rest == "user:ana"
    done = call({"ana": {"follow_me": ALONG}}, answer={"ana": "no-answer", "luis": "2"})
    assert [each.target for each in done.rang] == ["user:ana", "user:luis"]
    assert (done.rest, done.by) == ("user:luis", "luis")


def test_a_mailbox_of_the_mobile_takes_no_call() -> None:
    quiet = {"ana": "no-answer", "luis": "no-answer"}
    done = call({"ana": {"follow_me": ALONG}}, answer=quiet, outside={MOBILE: "unconfirmed"})
    assert done.rest == "voicemail:ana"
    lax = {"ana": {"follow_me": {**ALONG, "confirm": False}}}
    assert call(lax, answer=quiet, outside={MOBILE: "unconfirmed"}).rest == f"external:{MOBILE}"


def test_without_a_telephone_the_others_ring_at_once() -> None:
    done = call({"ana": {"follow_me": ALONG}}, answer={"ana": "offline", "luis": "no-answer"})
    assert [(each.target, each.after) for each in done.rang][:1] == [("user:luis", 0.0)]
    assert done.rest == f"external:{MOBILE}"
    assert "unreachable" in rules(done)


@pytest.mark.parametrize("how", ["busy", "rejected", "do-not-disturb"])
def test_who_does_not_want_the_call_is_not_followed(how: str) -> None:
    done = call({"ana": {"follow_me": ALONG, "forward_busy": "103"}}, answer={"ana": how})
    assert not {each.target for each in done.rang} & {"user:luis", f"external:{MOBILE}"}
    assert done.rest == "user:eva"


def test_nobody_answers_anywhere() -> None:
    quiet = {"ana": "no-answer", "luis": "no-answer"}
    done = call(
        {"ana": {"follow_me": ALONG, "forward_no_answer": "103"}}, answer=quiet, outside={MOBILE: "no-answer"}
    )
    assert done.rest == "user:eva"
    # The last begins after 10 s, and rings for 20.
    assert done.answered_after == 35.0


def test_who_rings_along_is_not_followed_in_turn() -> None:
    each_other = {
        "ana": {"follow_me": {"targets": [{"target": "102", "after": 0}]}},
        "luis": {"follow_me": {"targets": [{"target": "101", "after": 0}]}, "forward_no_answer": "101"},
    }
    done = call(each_other, answer={"ana": "no-answer", "luis": "no-answer"})
    assert sorted(each.target for each in done.rang) == ["user:ana", "user:luis"]
    assert done.rest == "voicemail:ana"
    # Whoever calls is not rung along.
    own = call(each_other, caller="user:luis", to="101", answer={"ana": "no-answer"})
    assert [each.target for each in own.rang] == ["user:ana"]


def test_what_the_user_may_not_dial_does_not_ring_along() -> None:
    along = {"targets": [{"target": "806123456", "after": 1}]}
    done = call({"ana": {"follow_me": along}}, answer={"ana": "no-answer"})
    assert [each.target for each in done.rang] == ["user:ana"]
    assert "follow-me-refused" in rules(done)


def test_in_a_group_nobody_rings_along() -> None:
    done = call({"ana": {"follow_me": ALONG}}, to=TEAM, answer={"ana": "no-answer", "luis": "no-answer"})
    assert {each.target for each in done.rang} == {"user:ana", "user:luis"}


def test_the_graph_knows_who_rings_along_and_where_calls_go_outside_hours() -> None:
    graph = Graph(office(ana={"follow_me": ALONG, "hours": {"schedule": "office", "outside": "103"}}))
    ways = {(str(edge.target), edge.when, edge.rings) for edge in graph.ways_from(Place("user", "ana"))}
    assert ("user luis", "after 4 s", True) in ways
    assert ("user eva", "outside their hours", False) in ways

"""Ring groups: who rings when, how long, and what a group remembers from call to call."""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from scripted import ScriptedCall

from centralita.pbx.callcontrol import RingResult
from centralita.pbx.model.group import Group
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import Personal, User
from centralita.pbx.reach import reach
from centralita.pbx.routing import route_from_trunk, route_from_user
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import StepEnd, TenantId

NUMBER = "+34910000001"
PEOPLE = ("ana", "luis", "eva")
NO_ANSWER = RingResult(StepEnd.NO_ANSWER, 480)
BUSY = RingResult(StepEnd.BUSY, 486)
REJECTED = RingResult(StepEnd.REJECTED, 603)


def team(
    personal: dict[str, Personal] | None = None, members: tuple[Any, ...] = PEOPLE, **fields: Any
) -> Snapshot:
    group = {"id": "sales", "extension": "600", "members": members, "ring_seconds": 10, "total_seconds": 10}
    return Snapshot(
        TenantId("team"),
        1,
        [
            Site(id="hq"),
            *(
                User(id=name, name=name.title(), site="hq", extension=str(101 + i))
                for i, name in enumerate(PEOPLE)
            ),
            Number(id="main", number=NUMBER, destination="group:sales"),
            Group.model_validate(group | fields),
        ],
        personal or {},
    )


def call(snapshot: Snapshot, **options: Any) -> ScriptedCall:
    made = ScriptedCall(snapshot, None, dialled=NUMBER, **options)
    made.run(reach(made, route_from_trunk(snapshot, None, NUMBER).destination))
    return made


def rings(made: ScriptedCall) -> list[str]:
    return [line.removeprefix("ring ") for line in made.story if line.startswith("ring ")]


def test_all_at_once() -> None:
    made = call(team())
    assert made.story == ["decide ring", "ring ana+luis+eva", "talk"]
    assert made.trace[0].target == "group:sales"
    assert made.trace[0].reason == "rings Ana and Luis and Eva for 10 s, 10 s in all (all)"


def test_attempts_go_on_until_the_time_of_the_group_is_used_up() -> None:
    nobody = dict.fromkeys(PEOPLE, NO_ANSWER)
    made = call(team(total_seconds=30), phones=nobody)
    assert rings(made) == ["ana+luis+eva"] * 3
    made = call(team(strategy="linear", total_seconds=45), phones=nobody)
    assert rings(made) == ["ana", "luis", "eva", "ana", "luis"]


def test_who_said_no_is_not_asked_again() -> None:
    made = call(team(total_seconds=30), phones={"ana": REJECTED, "luis": NO_ANSWER, "eva": BUSY})
    assert rings(made) == ["ana+luis+eva", "luis+eva", "luis+eva"]
    made = call(team(total_seconds=60), phones=dict.fromkeys(PEOPLE, REJECTED))
    assert rings(made) == ["ana+luis+eva"]
    assert made.trace[-1].rule == "group-busy"


def test_round_robin_goes_on_after_the_last_one_tried_and_over_a_restart() -> None:
    snapshot = team(strategy="round-robin")
    state = TenantState(random.Random(1))
    assert [rings(call(snapshot, state=state)) for _ in range(4)] == [["ana"], ["luis"], ["eva"], ["ana"]]
    again = TenantState(random.Random(1))
    again.restore(state.to_state())
    assert rings(call(snapshot, state=again)) == ["luis"]


def test_fewest_calls_counts_the_calls_of_the_day() -> None:
    snapshot = team(strategy="fewest-calls")
    state = TenantState(random.Random(1))
    took = Counter(rings(call(snapshot, state=state))[0] for _ in range(9))
    assert took == {"ana": 3, "luis": 3, "eva": 3}
    assert [state.tally("group:sales").calls(name) for name in PEOPLE] == [3, 3, 3]


@given(busy=st.lists(st.sets(st.sampled_from(PEOPLE), max_size=2), min_size=30, max_size=60))
@settings(max_examples=20, deadline=None)
def test_even_volume_stays_even_whoever_is_busy_now_and_then(busy: list[set[str]]) -> None:
    snapshot = team(strategy="even-volume")
    state = TenantState(random.Random(1))
    took: Counter[str] = Counter()
    for engaged in [*busy, *[set()] * 90]:
        made = ScriptedCall(snapshot, None, dialled=NUMBER, state=state)
        made.calls_of = dict.fromkeys(engaged, 1)
        made.run(reach(made, route_from_trunk(snapshot, None, NUMBER).destination))
        took[rings(made)[0]] += 1
    assert max(took.values()) - min(took[name] for name in PEOPLE) <= 1


def test_members_who_cannot_be_rung_are_told_in_the_trace() -> None:
    snapshot = team({"ana": Personal(do_not_disturb=True), "luis": Personal(forward_always="103")})
    made = call(snapshot)
    assert rings(made) == ["eva"]
    assert made.trace[0].passed == ("Ana does not want to be disturbed", "Luis forwards all calls to 103")


def test_an_empty_group_says_so() -> None:
    made = call(team(members=()))
    assert made.trace[-1].reason == "there is nobody to ring"
    assert made.story[-1] == "refuse 480"


@pytest.mark.parametrize(
    ("phones", "status"), [(NO_ANSWER, 480), (BUSY, 486), (RingResult(StepEnd.UNREACHABLE, 480), 480)]
)
def test_without_a_way_on_the_end_says_why(phones: RingResult, status: int) -> None:
    made = call(team(), phones=dict.fromkeys(PEOPLE, phones))
    assert made.way[-1] == f"group-{phones.end.value} hang-up"
    assert made.story[-1] == f"refuse {status}"


def test_otherwise() -> None:
    made = call(team(otherwise="voicemail:eva"), phones=dict.fromkeys(PEOPLE, NO_ANSWER))
    assert made.way[-1] == "group-no-answer voicemail:eva"
    assert made.story[-1] == "record"
    assert len(made.trace[-1].passed) == 3


def test_groups_that_lead_to_each_other_end() -> None:
    made = call(team(otherwise="group:sales"), phones=dict.fromkeys(PEOPLE, BUSY))
    assert made.trace[-1].rule == "destination-limit"


def test_a_member_dials_the_group() -> None:
    snapshot = team()
    route = route_from_user(snapshot, snapshot.users["ana"], "600")
    assert route.decision.reason == "600 is the group sales"
    made = ScriptedCall(snapshot, "ana", dialled="600")
    made.run(reach(made, route.destination))
    assert rings(made) == ["luis+eva"]
    assert made.trace[0].passed == ("Ana is the one who calls",)


def test_somebody_forwards_to_the_group() -> None:
    snapshot = team({"ana": Personal(forward_busy="600")})
    made = ScriptedCall(snapshot, None, phones={"ana": BUSY})
    made.run(reach(made, route_from_user(snapshot, snapshot.users["eva"], "101").destination))
    assert rings(made) == ["ana", "ana+luis+eva"]


def test_talk_and_last_call_are_remembered_where_the_caller_hangs_up_too() -> None:
    snapshot = team(strategy="longest-idle")
    state = TenantState(random.Random(1))
    assert rings(call(snapshot, state=state)) == ["ana"]
    counts = state.to_state()["groups"]["group:sales"]["counts"]["ana"]
    assert counts[:2] == [1, 60.0]
    assert rings(call(snapshot, state=state)) == ["luis"]

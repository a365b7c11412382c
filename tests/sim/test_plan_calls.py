"""A plan that limits simultaneous calls, on the real switch: what is too much is refused and says why, and help is always called."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_simulation import a_day, check_invariants
from world import TENANT, World, tenant

from centralita import control
from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.model.service_plan import Limit, ServicePlan
from centralita.pbx.vocabulary import CallStarted, Direction, Outcome, TenantId
from centralita.switch.supervision import Supervision


def world_with(calls: int, seed: int = 5) -> World:
    world = World(seed, users=5)
    allow(world, calls)
    for phone in world.phones:
        phone.register()
        phone.talk_for = 60
    world.run(3)
    return world


def allow(world: World, calls: int) -> None:
    snapshot = tenant(5)
    snapshot.service_plan = ServicePlan(id="small", name="Small", limits={Limit.CALLS: calls})
    world.snapshot = snapshot
    world.exchange.configure([snapshot])


def records(world: World) -> list[Journey]:
    started = [event.journey for event in world.disk.journal if isinstance(event, CallStarted)]
    made = [fold_all(event for event in world.disk.journal if event.journey == each) for each in started]
    return [journey for journey in made if journey is not None]


@pytest.fixture
def busy() -> World:
    """One call is allowed, and one is going on."""
    world = world_with(1)
    world.phones[0].call("102")
    world.run(3)
    assert world.exchange.capacity.going(TENANT) == 1
    return world


def test_a_call_from_outside_is_refused_as_busy_and_its_record_says_why(busy: World) -> None:
    busy.provider.call("+34910000001", from_user="+34600111222")
    busy.run(2)
    assert busy.provider.done == ["failed 486"]
    refused = records(busy)[-1]
    assert (refused.direction, refused.outcome) == (Direction.INBOUND, Outcome.REJECTED)
    assert (refused.sip_status, refused.q850, refused.closed) == (486, 17, True)
    (decision,) = [each for each in refused.decisions if each.rule == "plan-calls"]
    assert decision.reason == "the plan Small allows 1 calls at once, and 1 are going on"
    assert busy.exchange.capacity.going(TENANT) == 1
    assert not busy.phones[0].done or "failed" not in busy.phones[0].done[-1]


def test_our_own_caller_is_refused_too(busy: World) -> None:
    busy.phones[2].call("104")
    busy.run(5)
    assert busy.phones[2].done[-1] == "failed 486"
    assert records(busy)[-1].outcome is Outcome.REJECTED


def test_help_is_called_though_there_is_no_room_and_counts_itself(busy: World) -> None:
    busy.phones[2].call("112")
    busy.run(5)
    assert busy.phones[2].done[-1] == "answered"
    assert busy.exchange.capacity.going(TENANT) == 2
    assert records(busy)[-1].answered_at is not None


def test_what_is_over_makes_room(busy: World) -> None:
    busy.settle()
    assert busy.exchange.capacity.going(TENANT) == 0
    busy.phones[2].call("104")
    busy.run(5)
    assert busy.phones[2].done[-1] == "answered"


def test_a_larger_plan_holds_at_once_and_a_smaller_one_ends_no_call(busy: World) -> None:
    allow(busy, 2)
    busy.phones[2].call("104")
    busy.run(5)
    assert busy.phones[2].done[-1] == "answered"
    allow(busy, 0)
    busy.run(5)
    assert busy.exchange.capacity.going(TENANT) == 2
    busy.provider.call("+34910000001", from_user="+34600111222")
    busy.run(2)
    assert busy.provider.done == ["failed 486"]


def test_a_click_is_refused_in_words_unless_it_is_for_help(busy: World) -> None:
    supervision = Supervision(busy.exchange)
    reply = supervision.answer(control.StartCall(tenant=TENANT, user="u3", number="104"))
    assert reply == control.Refusal("the plan Small allows 1 calls at once, and 1 are going on")
    help_wanted = supervision.answer(control.StartCall(tenant=TENANT, user="u3", number="112"))
    assert isinstance(help_wanted, control.Started)


def test_who_clicks_without_end_has_as_many_calls_as_a_person_may_have() -> None:
    world = world_with(100)
    supervision = Supervision(world.exchange)
    clicks = [
        supervision.answer(control.StartCall(tenant=TENANT, user="u3", number=number))
        for number in ("104",) * 5 + ("112",) * 5
    ]
    begun = [number for number, click in enumerate(clicks) if isinstance(click, control.Started)]
    assert begun == [0, 1, 5], "two calls, as their max_calls says, and one for help"
    assert isinstance(clicks[2], control.Refusal)
    assert clicks[2].error.endswith("is in 2 calls of at most 2")


def test_another_tenants_calls_take_no_room(busy: World) -> None:
    assert busy.exchange.capacity.going(TenantId("other")) == 0


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_of_a_whole_day_nothing_stays_counted_and_never_are_there_too_many(seed: int) -> None:
    world = world_with(2, seed)
    a_day(world)
    world.settle()
    made = records(world)
    refused = [each for each in made if any(decision.rule == "plan-calls" for decision in each.decisions)]
    assert refused
    assert {each.outcome for each in refused} <= {Outcome.REJECTED, Outcome.ABANDONED}
    taken = [each for each in made if each not in refused and each.dialled != "112"]
    together = [
        sum(other.started_at <= each.started_at < (other.ended_at or 0) for other in taken) for each in taken
    ]
    assert max(together) == 2
    assert world.exchange.capacity.going(TENANT) == 0
    check_invariants(world)

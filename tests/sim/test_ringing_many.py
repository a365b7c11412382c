"""Several people rung at once, and outside parties beside them: who answers, who is asked to press 1, what is left behind."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.model.flow import Flow
from centralita.pbx.vocabulary import CallClosed, CallEnded, CallStarted, Outcome, StepEnd
from centralita.switch.leg import Leg

sys.path.insert(0, str(Path(__file__).parent))

from world import Weather, World, tenant


def office(seed: int, weather: Weather | None = None, **ring: object) -> World:
    """``300`` rings u1, u2 and u3 (or whom ``ring`` names); u4 calls."""
    node = {"type": "ring", "targets": ["user:u1", "user:u2", "user:u3"], "seconds": 20, **ring}
    flow = Flow.model_validate({"id": "all", "extension": "300", "start": "ring", "nodes": {"ring": node}})
    world = World(seed, weather=weather, snapshot=tenant(4, more=[flow]))
    for phone in world.phones:
        phone.register()
        phone.talk_for = 10
    world.run(2)
    return world


def told(world: World) -> Journey:
    (start,) = [event for event in world.disk.journal if isinstance(event, CallStarted)]
    journey = fold_all(event for event in world.disk.journal if event.journey == start.journey)
    assert journey is not None
    return journey


def leg_of(world: World, user: str) -> Leg:
    """The leg of a user that rings or is asked."""
    (call,) = world.exchange.calls.values()
    assert call.dial is not None
    legs = [*call.dial._open, *call.dial._asking]
    return next(leg for leg in legs if leg.user is not None and leg.user.id == user)


def clean(world: World) -> None:
    assert not world.exchange.calls
    assert world.media.in_use() == 0
    assert not world.exchange._legs_of
    busy = world.exchange.endpoint.busy()
    assert (busy.sessions, busy.transactions, busy.timers) == (0, 0, 0)


def test_the_first_to_answer_has_the_call() -> None:
    world = office(1)
    for phone, seconds in zip(world.phones, (5.0, 1.0, 5.0), strict=False):
        phone.answer_after = seconds
    world.phones[3].call("300")
    world.settle()
    clean(world)
    record = told(world)
    assert record.outcome is Outcome.ANSWERED
    assert record.answer is not None
    assert record.answer.user == "u2"
    assert {leg.user: leg.end for leg in record.legs if leg.user in ("u1", "u3")} == {
        "u1": StepEnd.ELSEWHERE,
        "u3": StepEnd.ELSEWHERE,
    }


def test_one_who_refuses_does_not_end_it_for_the_others() -> None:
    world = office(2)
    world.phones[0].refuse_with = 603
    world.phones[1].answer_after = 2
    world.phones[2].refuse_with = 486
    world.phones[3].call("300")
    world.settle()
    clean(world)
    assert told(world).answer is not None
    assert told(world).answer.user == "u2"


def test_who_answers_is_asked_and_the_others_ring_on() -> None:
    world = office(3, confirm=True)
    for phone, seconds in zip(world.phones, (1.0, 3.0, 60.0), strict=False):
        phone.answer_after = seconds
        phone.talk_for = 600
    world.phones[3].call("300")
    world.run(4)
    first, second, third = (leg_of(world, user) for user in ("u1", "u2", "u3"))
    (call,) = world.exchange.calls.values()
    assert call.answered_at is None
    assert first.media.playing is not None
    first.on_digit("7")
    world.turn()
    world.run(1)
    assert call.b is None
    second.on_digit("1")
    world.turn()
    world.run(1)
    assert call.b is second
    assert call.a.media.peer is second.media
    world.settle()
    clean(world)
    ends = {leg.user: leg.end for leg in told(world).legs if leg.user}
    assert ends["u1"] is StepEnd.REJECTED
    assert ends["u3"] is StepEnd.ELSEWHERE
    assert third.media is None or third.media.closed


def test_who_does_not_press_in_time_has_not_answered() -> None:
    world = office(4, confirm=True, targets=["user:u1"])
    world.phones[0].answer_after = 15
    world.phones[3].call("300")
    world.settle()
    clean(world)
    record = told(world)
    assert record.answer is None
    assert [leg.end for leg in record.legs if leg.user == "u1"] == [StepEnd.NO_ANSWER]
    assert 30 < record.duration < 45, "patience for the key begins with the answer"


def test_who_hangs_up_on_the_question_has_refused() -> None:
    world = office(5, confirm=True, targets=["user:u1"])
    world.phones[0].answer_after = 1
    world.phones[3].call("300")
    world.run(3)
    for session in list(world.phones[0].active.values()):
        world.phones[0]._hang_up(session)
    world.settle()
    clean(world)
    assert [leg.end for leg in told(world).legs if leg.user == "u1"] == [StepEnd.REJECTED]


def test_a_caller_who_gives_up_leaves_nobody_with_the_question() -> None:
    world = office(6, confirm=True)
    world.phones[0].answer_after = 1
    world.phones[1].answer_after = 1
    world.phones[3].call("300", cancel_after=4)
    world.settle()
    clean(world)
    assert told(world).outcome is Outcome.ABANDONED
    assert all(not phone.active for phone in world.phones)


def test_a_number_outside_rings_beside_the_users() -> None:
    world = office(7, targets=["user:u1", "external:+34600000009"])
    world.phones[0].answer_after = 60
    world.provider.answer_after = 2
    world.phones[3].call("300")
    world.settle()
    clean(world)
    record = told(world)
    assert record.answer is not None
    assert record.answer.target == "trunk:provider"
    assert [leg.end for leg in record.legs if leg.user == "u1"] == [StepEnd.ELSEWHERE]


@pytest.mark.parametrize("confirm", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_ringing_many_under_seeds(seed: int, confirm: bool) -> None:
    world = office(
        50 + seed,
        Weather(loss=0.06, duplicate=0.04, spread=0.2),
        confirm=confirm,
        targets=["user:u1", "user:u2", "user:u3", "external:+34600000009"],
    )
    for _ in range(15):
        for phone in (*world.phones, world.provider):
            phone.answer_after = world.random.choice([0.05, 0.5, 2.0, 60.0])
            phone.refuse_with = world.random.choice([0, 0, 486, 603, 480])
            phone.talk_for = world.random.uniform(0.5, 10)
        world.phones[3].call("300", cancel_after=world.random.choice([0.1, 1.0, 5.0, 30.0]))
        world.run(world.random.choice([0.2, 1.0, 4.0]))
        for call in list(world.exchange.calls.values()):
            if call.dial is not None and call.dial._asking:
                world.random.choice(list(call.dial._asking)).on_digit(world.random.choice("111279"))
                world.turn()
    world.settle()
    for phone in (*world.phones, world.provider):
        for session in list(phone.active.values()):
            phone._hang_up(session)
    world.settle()
    clean(world)
    counted = [
        Counter(event.journey for event in world.disk.journal if isinstance(event, kind))
        for kind in (CallStarted, CallEnded, CallClosed)
    ]
    assert counted[0] == counted[1] == counted[2]

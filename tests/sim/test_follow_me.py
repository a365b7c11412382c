"""What rings along for a user, on the running switch: in its time, at once where nobody rings, and nothing is left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.vocabulary import CallClosed, CallEnded, CallStarted, LegRang, Outcome, StepEnd

sys.path.insert(0, str(Path(__file__).parent))

from world import Weather, World, personal, tenant

MOBILE = "+34600123123"
ALONG = {"targets": [{"target": "102", "after": 4}, {"target": "600123123", "after": 8}], "ring_seconds": 15}


def office(seed: int, weather: Weather | None = None, **own: object) -> World:
    """u3 calls u1, for whom u2 and a mobile ring along."""
    snapshot = tenant(3)
    snapshot.personal["u1"] = personal(**({"follow_me": ALONG, "voicemail": {"enabled": False}} | own))
    world = World(seed, weather=weather, snapshot=snapshot)
    for phone in world.phones:
        phone.register()
        phone.talk_for = 5
        phone.answer_after = 600
    world.provider.answer_after = 600
    world.provider.talk_for = 5
    world.run(2)
    return world


def told(world: World) -> Journey:
    (start,) = [event for event in world.disk.journal if isinstance(event, CallStarted)]
    journey = fold_all(event for event in world.disk.journal if event.journey == start.journey)
    assert journey is not None
    return journey


def rang(world: World) -> list[tuple[str, int]]:
    """Who was rung, and how many seconds after the call began."""
    (start,) = [event for event in world.disk.journal if isinstance(event, CallStarted)]
    return [
        (event.user or event.target, round(event.at - start.at))
        for event in world.disk.journal
        if isinstance(event, LegRang)
    ]


def clean(world: World) -> None:
    assert not world.exchange.calls
    assert world.media.in_use() == 0
    assert not world.exchange._legs_of
    busy = world.exchange.endpoint.busy()
    assert (busy.sessions, busy.transactions, busy.timers) == (0, 0, 0)


def test_each_begins_in_its_time_and_the_first_to_answer_has_the_call() -> None:
    world = office(1)
    world.phones[1].answer_after = 6
    world.phones[2].call("101")
    world.settle()
    clean(world)
    assert rang(world) == [("u1", 0), ("u2", 4), ("trunk:provider", 8)]
    record = told(world)
    assert record.outcome is Outcome.ANSWERED
    assert record.answer is not None
    assert record.answer.user == "u2"
    ends = {leg.user or leg.target: leg.end for leg in record.legs if leg.step}
    assert ends["u1"] is StepEnd.ELSEWHERE
    assert ends["trunk:provider"] is StepEnd.ELSEWHERE


def test_who_answers_before_spares_the_others() -> None:
    world = office(2)
    world.phones[0].answer_after = 2
    world.phones[2].call("101")
    world.settle()
    clean(world)
    assert rang(world) == [("u1", 0)]


def test_a_caller_who_gives_up_leaves_nobody_to_be_rung() -> None:
    world = office(3)
    world.phones[2].call("101", cancel_after=3)
    world.settle()
    world.run(20)
    clean(world)
    assert rang(world) == [("u1", 0)]
    assert told(world).outcome is Outcome.ABANDONED


def test_without_a_telephone_the_others_ring_at_once() -> None:
    world = office(4)
    world.exchange.registrations.forget("phone1")
    world.phones[1].refuse_with = 480
    world.phones[2].call("101")
    world.settle()
    clean(world)
    users = rang(world)
    assert users[0] == ("u2", 0)
    assert users[1][0] == "trunk:provider"
    assert users[1][1] < 8


def test_who_refuses_is_not_followed() -> None:
    world = office(5)
    world.phones[0].refuse_with = 603
    world.phones[2].call("101")
    world.settle()
    clean(world)
    assert rang(world) == [("u1", 0)]


def test_only_outside_a_key_is_asked_for() -> None:
    world = office(6)
    world.phones[0].answer_after = 600
    world.provider.answer_after = 2
    world.phones[2].call("101")
    world.run(12)
    (call,) = world.exchange.calls.values()
    assert call.dial is not None
    (asked,) = call.dial._asking
    assert asked.target == "trunk:provider"
    assert call.answered_at is None
    asked.on_digit("1")
    world.turn()
    world.settle()
    clean(world)
    record = told(world)
    assert record.answer is not None
    assert record.answer.target == "trunk:provider"


def test_nobody_answers_anywhere() -> None:
    world = office(7)
    world.phones[2].call("101")
    world.settle()
    clean(world)
    assert told(world).outcome is Outcome.NO_ANSWER
    # The last to begin would have been rung until 23 s, and their own telephone rings for 25.
    assert 24 < told(world).duration < 27


def test_a_blocked_caller_rings_nobody() -> None:
    world = office(8, block={"numbers": ["103"], "then": "busy"})
    world.phones[2].call("101")
    world.settle()
    clean(world)
    assert rang(world) == []
    record = told(world)
    assert record.outcome is Outcome.BUSY
    assert [each.rule for each in record.decisions] == ["extension", "blocked"]


@pytest.mark.parametrize("seed", range(6))
def test_ringing_along_under_seeds(seed: int) -> None:
    world = office(60 + seed, Weather(loss=0.06, duplicate=0.04, spread=0.2))
    for _ in range(12):
        for phone in (*world.phones, world.provider):
            phone.answer_after = world.random.choice([0.05, 2.0, 6.0, 60.0])
            phone.refuse_with = world.random.choice([0, 0, 486, 603, 480])
            phone.talk_for = world.random.uniform(0.5, 5)
        world.phones[2].call("101", cancel_after=world.random.choice([0.1, 3.0, 4.0, 9.0, 40.0]))
        world.run(world.random.choice([0.2, 4.0, 10.0]))
        for call in list(world.exchange.calls.values()):
            if call.dial is not None and call.dial._asking:
                world.random.choice(list(call.dial._asking)).on_digit(world.random.choice("117"))
                world.turn()
    world.settle()
    clean(world)
    begun = [event.journey for event in world.disk.journal if isinstance(event, CallStarted)]
    for kind in (CallEnded, CallClosed):
        assert sorted(event.journey for event in world.disk.journal if isinstance(event, kind)) == sorted(
            begun
        )

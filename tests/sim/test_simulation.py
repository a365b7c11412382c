"""Whole days of the real switch under seeds: bad weather, kills at any instant, full disks. The seed names each case."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from pathlib import Path

import pytest

from centralita.pbx.vocabulary import CallClosed, CallEnded, CallStarted, Outcome

sys.path.insert(0, str(Path(__file__).parent))

from world import Weather, World, personal

GOOD = Weather()
BAD = Weather(loss=0.08, duplicate=0.05, delay=0.02, spread=0.3)


def check_invariants(world: World) -> None:
    """Every call ends; exactly one record per call; nothing is held; nothing is lost."""
    exchange = world.exchange
    assert not exchange.calls, f"calls that never end: {list(exchange.calls)}"
    busy = exchange.endpoint.busy()
    assert (busy.sessions, busy.transactions, busy.timers, busy.pending_invites) == (0, 0, 0, 0), busy
    assert world.media.in_use() == 0, f"ports not given back: {list(world.media.legs)}"
    assert not exchange._legs_of, f"users who seem to be in calls: {exchange._legs_of}"
    assert all(state.calls == 0 for state in exchange.trunks.all())
    started = Counter(event.journey for event in world.disk.journal if isinstance(event, CallStarted))
    ended = Counter(event.journey for event in world.disk.journal if isinstance(event, CallEnded))
    closed = Counter(event.journey for event in world.disk.journal if isinstance(event, CallClosed))
    assert started == ended == closed
    assert not started or max(started.values()) == 1


def a_day(world: World, actions: int = 40) -> None:
    """Phones and the provider call each other at random for some minutes."""
    for phone in world.phones:
        phone.answer_after = world.random.choice([0.05, 1.0, 4.0, 60.0])
        phone.refuse_with = world.random.choice([0, 0, 0, 486, 603, 480])
        phone.talk_for = world.random.uniform(0.2, 30)
        phone.register()
    world.run(3)
    numbers = [
        "101",
        "102",
        "103",
        "104",
        "*43",
        "*97",
        "*78",
        "*79",
        "999",
        "600123123",
        "112",
        "+34910000001",
    ]
    for _ in range(actions):
        cancel = world.random.choice([None, None, 0.0, 0.06, 0.5, 3.0])
        if world.random.random() < 0.3:
            world.provider.call("+34910000001", from_user="+34600000001", cancel_after=cancel or 20.0)
        else:
            caller = world.random.choice(world.phones)
            caller.call(world.random.choice(numbers), cancel_after=cancel or 40.0)
        world.run(world.random.choice([0.0, 0.05, 1.0, 5.0]))


@pytest.mark.parametrize("seed", range(12))
def test_a_day_in_good_weather(seed: int) -> None:
    world = World(seed)
    a_day(world)
    world.settle()
    check_invariants(world)
    outcomes = Counter(event.outcome for event in world.disk.journal if isinstance(event, CallEnded))
    assert outcomes[Outcome.FAILED] <= 40 * 0.3, outcomes
    assert Outcome.LOST not in outcomes


@pytest.mark.parametrize("seed", range(12))
def test_a_day_in_bad_weather(seed: int) -> None:
    world = World(seed, weather=BAD)
    a_day(world)
    world.settle()
    check_invariants(world)


@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_instant(seed: int) -> None:
    world = World(seed, weather=Weather(loss=0.02, delay=0.01, spread=0.05))
    for _ in range(3):
        a_day(world, actions=10)
        world.run(world.random.random() * 3)
        world.kill_switch()
        world.run(world.random.random())
        world.start_switch()
    world.settle()
    check_invariants(world)


@pytest.mark.parametrize("seed", range(4))
def test_a_full_disk_loses_nothing(seed: int) -> None:
    world = World(seed)
    for phone in world.phones:
        phone.register()
    world.run(3)
    world.phones[0].call("102")
    world.run(2)
    world.disk.full = True
    world.phones[2].call("104")
    world.run(1)
    before = len(world.disk.journal)
    world.phones[3].call("103")
    world.run(5)
    assert len(world.disk.journal) == before
    assert "failed 503" in world.phones[3].done
    world.phones[3].done.clear()
    world.phones[3].call("112", cancel_after=20)
    world.run(8)
    assert "answered" in world.phones[3].done, "an emergency call is refused by no disk"
    world.disk.full = False
    world.settle()
    check_invariants(world)


def test_the_same_seed_is_the_same_day() -> None:
    def story(seed: int) -> list[str]:
        world = World(seed, weather=BAD)
        a_day(world, actions=10)
        world.settle()
        return [repr(event) for event in world.disk.journal]

    assert story(7) == story(7)
    assert story(7) != story(8)


# --- single calls, told by what people notice ----------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    world = World(1)
    for phone in world.phones:
        phone.register()
    world.run(2)
    return world


def outcome(world: World) -> Outcome:
    (end,) = [event for event in world.disk.journal if isinstance(event, CallEnded)]
    return end.outcome


def rules(world: World) -> list[str]:
    return [event.rule for event in world.disk.journal if type(event).__name__ == "Decided"]


def test_a_call_is_freed_by_its_reference_counts(world: World) -> None:
    """Cycles would wait for the collector, whose pauses every other call would feel."""
    world.phones[0].call("102", cancel_after=30)
    world.settle()
    gc.collect()
    gc.disable()
    try:
        for number in ("102", "103", "*43", "600123123", "999"):
            world.phones[0].call(number, cancel_after=30)
            world.run(100)
        world.settle()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kinds = {type(each).__name__ for each in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not kinds & {"Call", "Leg", "Session", "Strand", "Request", "Headers"}, kinds


def test_registrations_survive_a_kill(world: World) -> None:
    world.kill_switch()
    world.start_switch()
    world.phones[0].call("102")
    world.settle()
    assert outcome(world) is Outcome.ANSWERED


def test_no_answer_goes_to_voicemail(world: World) -> None:
    world.phones[1].answer_after = 300
    world.phones[0].talk_for = 40
    world.phones[0].call("102")
    world.settle()
    assert outcome(world) is Outcome.VOICEMAIL
    (message,) = world.disk.messages
    assert message.caller == "101"
    check_invariants(world)


def test_a_message_is_kept_when_the_caller_hangs_up_while_speaking(world: World) -> None:
    world.snapshot.personal["u2"] = personal(do_not_disturb=True)
    world.phones[0].talk_for = 12
    world.phones[0].call("102")
    world.settle()
    assert outcome(world) is Outcome.VOICEMAIL
    assert len(world.disk.messages) == 1


def test_forwarding_in_a_circle_ends_in_a_voicemail(world: World) -> None:
    world.snapshot.personal["u2"] = personal(forward_always="103")
    world.snapshot.personal["u3"] = personal(forward_always="102")
    world.phones[0].call("102", cancel_after=40)
    world.settle()
    assert "forward-loop" in rules(world)
    assert outcome(world) is Outcome.VOICEMAIL


def test_a_call_forwarded_outside(world: World) -> None:
    world.snapshot.personal["u2"] = personal(forward_always="600123123")
    world.phones[0].call("102", cancel_after=40)
    world.settle()
    assert outcome(world) is Outcome.ANSWERED


def test_abroad_is_refused_and_said_so(world: World) -> None:
    world.phones[0].call("+4930123456", cancel_after=40)
    world.settle()
    assert "failed 403" in world.phones[0].done
    assert "abroad-barred" in rules(world)


def test_emergencies_go_out_whatever_is_configured(world: World) -> None:
    world.phones[0].call("112", cancel_after=40)
    world.settle()
    assert rules(world)[0] == "emergency"
    assert outcome(world) is Outcome.ANSWERED


def test_busy_after_as_many_calls_as_allowed(world: World) -> None:
    for phone in (world.phones[0], world.phones[2], world.phones[3]):
        phone.talk_for = 50
        phone.call("102", cancel_after=100)
        world.run(5)
    assert "busy" in rules(world)
    world.settle()
    check_invariants(world)


def test_a_stranger_gets_nothing(world: World) -> None:
    before = len(world.disk.journal)
    phone = world.phones[0]
    phone.credentials = None
    phone.call("102", cancel_after=10)
    world.settle()
    assert "failed 401" in phone.done
    assert len(world.disk.journal) == before


def test_star_codes_change_the_personal_settings(world: World) -> None:
    world.phones[0].call("*78", cancel_after=20)
    world.settle()
    assert world.snapshot.personal["u1"].do_not_disturb
    world.phones[0].call("*72102", cancel_after=20)
    world.settle()
    assert world.snapshot.personal["u1"].forward_always == "102"
    assert outcome_counts(world)[Outcome.SERVICE] == 2


def outcome_counts(world: World) -> Counter[Outcome]:
    return Counter(event.outcome for event in world.disk.journal if isinstance(event, CallEnded))

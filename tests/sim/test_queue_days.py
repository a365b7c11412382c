"""Days of a call centre in the real switch under seeds and kills: no caller lost, no agent with two calls, all on record."""

from __future__ import annotations

import gc
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from centralita.pbx.acd.facts import (
    AgentLoggedIn,
    CallbackRequested,
    QueueAnswered,
    QueueCallEnded,
    QueueJoined,
    QueueLeft,
)
from centralita.pbx.journey import fold_all
from centralita.pbx.model.number import Number
from centralita.pbx.model.override import Override
from centralita.pbx.model.queue import Queue
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallStarted,
    Direction,
    LegEnded,
    Outcome,
    StepEnd,
)
from centralita.switch.originate import click_to_call

sys.path.insert(0, str(Path(__file__).parent))

from world import TENANT, Agent, Weather, World, tenant

SALES = "+34910000002"
QUEUE = {
    "id": "sales",
    "extension": "200",
    "strategy": "longest-idle",
    "agents": [{"user": "u1", "always": True}, {"user": "u2"}, {"user": "u3"}],
    "ring_seconds": 10,
    "retry_seconds": 1,
    "wrap_up_seconds": 2,
    "no_answer_pause": 0,
}


def call_centre(seed: int, weather: Weather | None = None, **options: object) -> World:
    """u1 always works in the queue, u2 and u3 when they log in; u4 calls from inside."""
    queue = Queue.model_validate({**QUEUE, **options})
    more = [
        queue,
        Queue.model_validate({"id": "other", "agents": [{"user": "u3"}]}),
        Number(id="sales", number=SALES, destination="queue:sales"),
        Override(id="night", code="1"),
    ]
    world = World(seed, weather=weather, snapshot=tenant(4, more=more))
    for phone in world.phones:
        phone.register()
        phone.talk_for = 600
    world.provider.talk_for = 600
    world.run(3)
    return world


def floor(world: World):
    return world.exchange.tenants.desk(TENANT).state.floor


def state_of(world: World, user: str) -> str:
    return floor(world).agent(user, world._clock.wall()).state


def record(world: World, index: int = -1):
    journeys = list(
        dict.fromkeys(event.journey for event in world.disk.journal if isinstance(event, CallStarted))
    )
    return fold_all(event for event in world.disk.journal if event.journey == journeys[index])


def log_in(world: World, *users: str) -> None:
    for user in users:
        world.exchange.tenants.desk(TENANT).awake().log_in(user, world._clock.wall(), by="test")
    world.turn()


def check(world: World) -> None:
    """Every caller who joined left, no agent talked to two at once, all that is taken is given back."""
    exchange = world.exchange
    assert not exchange.calls
    assert world.media.in_use() == 0
    assert not exchange._legs_of
    assert not exchange._queue_calls
    desk = exchange.tenants.desk(TENANT)
    assert not desk.places
    assert not desk.callbacks
    for view in desk.state.floor.agents(world._clock.wall()):
        assert not view.calls_now, view
        assert not view.offered, view
    started = Counter(event.journey for event in world.disk.journal if isinstance(event, CallStarted))
    ended = Counter(event.journey for event in world.disk.journal if isinstance(event, CallEnded))
    closed = Counter(event.journey for event in world.disk.journal if isinstance(event, CallClosed))
    assert started == ended == closed
    lost = {
        event.journey
        for event in world.disk.journal
        if isinstance(event, CallEnded) and event.outcome is Outcome.LOST
    }
    inside: set[str] = set()
    talking: dict[str, set[str]] = defaultdict(set)
    for event in world.disk.journal:
        match event:
            case QueueJoined():
                inside.add(event.journey)
            case QueueAnswered():
                assert not talking[event.agent] - lost, (
                    f"{event.agent} answers while talking to {talking[event.agent]}"
                )
                talking[event.agent].add(event.journey)
            case QueueCallEnded():
                talking[event.agent].discard(event.journey)
                inside.discard(event.journey)
            case QueueLeft() | CallbackRequested():
                inside.discard(event.journey)
    assert inside <= lost, f"callers who are still in a queue: {inside - lost}"


def hangs_up(phone: Agent) -> None:
    for session in list(phone.active.values()):
        phone._hang_up(session)


def asked_for_a_callback(world: World) -> None:
    """All agents pause, and a caller wants to be called back; u1 works again."""
    desk = world.exchange.tenants.desk(TENANT)
    desk.awake().pause("u1", "", world._clock.wall())
    world.provider.call(SALES, from_user="+34600000001")
    world.run(2)
    call = next(iter(world.exchange.calls.values()))
    call.on_digit(call.a, "5")
    world.turn()
    world.run(8)
    call.on_digit(call.a, "1")
    world.turn()
    world.run(0.1)
    desk.awake().resume("u1", world._clock.wall())
    world.turn()


def test_a_caller_is_answered_by_an_agent_and_the_record_says_all() -> None:
    world = call_centre(1)
    world.phones[0].answer_after = 2
    world.phones[0].talk_for = 600
    world.provider.call(SALES, from_user="+34600000001")
    world.run(1.5)
    assert state_of(world, "u1") == "offered"
    caller_leg = next(iter(world.exchange.calls.values())).a.media
    assert caller_leg.hears_music
    world.run(2)
    assert state_of(world, "u1") == "talking"
    assert caller_leg.peer is not None
    assert not caller_leg.hears_music
    world.run(5)
    hangs_up(world.phones[0])
    world.run(1)
    assert state_of(world, "u1") == "wrap-up"
    world.settle()
    assert state_of(world, "u1") == "free"
    check(world)
    told = record(world)
    assert told.outcome is Outcome.ANSWERED
    assert [step.kind for step in told.steps] == ["queue", "ring"]
    assert told.steps[0].end is StepEnd.ANSWERED
    (stay,) = told.queues
    assert (stay.queue, stay.position, stay.agent, stay.reason) == ("sales", 1, "u1", "answered")
    assert 1.5 < stay.waited < 4
    assert 3 < stay.talk < 9


def test_callers_wait_for_the_one_agent_in_their_order() -> None:
    world = call_centre(2)
    world.phones[0].answer_after = 0.5
    for number in range(3):
        world.provider.call(SALES, from_user=f"+3460000000{number}")
        world.run(0.5)
    assert [view.position for view in floor(world).callers("sales")] == [1, 2, 0]
    for _ in range(3):
        world.run(5)
        hangs_up(world.phones[0])
    world.settle()
    check(world)
    answered = [event for event in world.disk.journal if isinstance(event, QueueAnswered)]
    joined = [event.journey for event in world.disk.journal if isinstance(event, QueueJoined)]
    assert [event.journey for event in answered] == joined
    assert [event.agent for event in answered] == ["u1"] * 3


def test_who_hangs_up_leaves_the_queue() -> None:
    world = call_centre(3)
    world.phones[0].answer_after = 300
    world.provider.call(SALES, from_user="+34600000001", cancel_after=4)
    world.run(6)
    assert state_of(world, "u1") == "free"
    assert not floor(world).callers()
    world.settle()
    check(world)
    told = record(world)
    assert told.outcome is Outcome.ABANDONED
    assert told.queues[0].reason == "abandoned"
    assert told.steps[0].end is StepEnd.CALLER_GONE


def test_an_agent_who_does_not_answer_is_passed_over_for_the_next() -> None:
    world = call_centre(4)
    log_in(world, "u2")
    world.phones[0].answer_after = 300
    world.phones[1].answer_after = 300
    world.provider.call(SALES, from_user="+34600000001")
    world.run(1)
    first, second = ("u1", "u2") if state_of(world, "u1") == "offered" else ("u2", "u1")
    assert state_of(world, second) == "free"
    world.phones[int(second[1]) - 1].answer_after = 1
    world.provider.talk_for = 5
    world.run(14)
    assert record(world).queues[0].missed[0].agent == first
    assert record(world).queues[0].missed[0].end is StepEnd.NO_ANSWER
    assert record(world).queues[0].agent == second
    world.settle()
    check(world)


def test_all_agents_ring_and_the_first_takes_it() -> None:
    world = call_centre(5, strategy="all")
    log_in(world, "u2", "u3")
    world.phones[0].answer_after, world.phones[1].answer_after, world.phones[2].answer_after = 8, 1, 8
    world.provider.talk_for = 5
    world.provider.call(SALES, from_user="+34600000001")
    world.settle()
    check(world)
    told = record(world)
    assert told.queues[0].agent == "u2"
    assert {leg.end for leg in told.legs if leg.user in ("u1", "u3")} == {StepEnd.ELSEWHERE}


def test_an_agent_in_a_call_of_their_own_is_left_in_peace() -> None:
    world = call_centre(6)
    world.phones[3].answer_after = 0.1
    world.phones[0].call("104", cancel_after=15)
    world.run(3)
    assert state_of(world, "u1") == "busy"
    world.provider.call(SALES, from_user="+34600000001")
    world.run(5)
    assert [view.phase for view in floor(world).callers("sales")] == ["waiting"]
    world.phones[0].answer_after = 0.5
    world.provider.talk_for = 5
    world.run(12)
    assert state_of(world, "u1") == "talking"
    world.settle()
    check(world)


def test_a_telephone_that_is_switched_off_takes_its_agent_out() -> None:
    world = call_centre(7)
    assert state_of(world, "u1") == "free"
    world.phones[0].register(expires=0)
    world.run(2)
    assert state_of(world, "u1") == "logged-out"
    world.phones[0].register()
    world.run(2)
    assert state_of(world, "u1") == "free"


def test_who_does_not_want_to_be_disturbed_is_not() -> None:
    world = call_centre(17)
    world.phones[0].call("*78")
    world.run(6)
    assert state_of(world, "u1") == "logged-out"
    world.phones[0].call("*79")
    world.run(6)
    assert state_of(world, "u1") == "free"


def test_a_supervisor_gives_a_caller_to_somebody_and_moves_another() -> None:
    world = call_centre(8)
    log_in(world, "u2", "u3")
    for phone in world.phones:
        phone.answer_after = 300
    world.provider.call(SALES, from_user="+34600000001")
    world.run(1)
    journey = next(iter(world.exchange.calls))
    offered = next(user for user in ("u1", "u2", "u3") if state_of(world, user) == "offered")
    other = "u1" if offered != "u1" else "u2"
    desk = world.exchange.tenants.desk(TENANT)
    desk.awake().take(journey, other, world._clock.wall())
    world.turn()
    world.run(0.5)
    assert state_of(world, other) == "offered"
    desk.awake().move(journey, "other", world._clock.wall())
    world.turn()
    world.run(0.5)
    assert [view.queue for view in floor(world).callers()] == ["other"]
    world.phones[2].answer_after = 0.5
    world.provider.talk_for = 5
    world.settle()
    check(world)
    assert [stay.queue for stay in record(world).queues] == ["sales", "other"]
    assert [step.kind for step in record(world).steps if step.kind == "queue"] == ["queue", "queue"]


def test_log_ins_pauses_and_overrides_survive_a_kill() -> None:
    world = call_centre(9)
    world.phones[1].call("*45")
    world.run(4)
    assert state_of(world, "u2") == "free"
    world.phones[1].call("*46")
    world.run(4)
    world.phones[2].call("*45")
    world.run(4)
    world.phones[3].call("*281")
    world.run(1.2)
    # Nothing is waited for: what was confirmed is on disk.
    world.kill_switch()
    world.run(0.5)
    world.start_switch()
    assert state_of(world, "u2") == "paused"
    assert state_of(world, "u3") == "free"
    assert state_of(world, "u1") == "free"
    assert (
        world.exchange.tenants.desk(TENANT).state.overrides.turned("night", world._clock.wall()) is not None
    )
    world.settle()


def test_an_agent_is_not_stuck_in_the_call_that_a_kill_ended() -> None:
    world = call_centre(10)
    world.phones[0].answer_after = 0.5
    world.provider.call(SALES, from_user="+34600000001")
    world.run(3)
    assert state_of(world, "u1") == "talking"
    world.kill_switch()
    world.run(0.5)
    world.start_switch()
    assert state_of(world, "u1") == "free"
    world.provider.talk_for = 4
    world.provider.call(SALES, from_user="+34600000002")
    world.settle()
    check(world)
    assert record(world).queues[0].agent == "u1"


def test_a_caller_is_called_back_when_it_is_their_turn() -> None:
    world = call_centre(11, callback={"digit": "5", "retry_seconds": 10, "attempts": 2})
    asked_for_a_callback(world)
    world.run(10)
    asked = record(world, 0)
    assert asked.outcome is Outcome.CALLBACK
    assert asked.queues[0].callback == "+34600000001"
    world.phones[0].answer_after = 1
    world.phones[0].talk_for = 600
    world.provider.answer_after = 2
    world.provider.talk_for = 5
    world.run(60)
    back = record(world)
    assert back.direction is Direction.OUTBOUND
    assert back.dialled == "+34600000001"
    assert back.decisions[0].rule == "callback"
    assert [step.kind for step in back.steps][:2] == ["ring", "callback"]
    assert back.answer is not None
    assert back.answer.target == "trunk:provider"
    hangs_up(world.provider)
    world.settle()
    check(world)
    done = [event for event in world.disk.journal if isinstance(event, QueueAnswered) and event.callback]
    assert [(event.agent, event.journey) for event in done] == [("u1", asked.journey)]


def test_a_callback_that_nobody_answers_is_tried_again_and_given_up() -> None:
    world = call_centre(12, callback={"digit": "5", "retry_seconds": 10, "attempts": 2, "ring_seconds": 5})
    asked_for_a_callback(world)
    world.phones[0].answer_after = 1
    world.provider.refuse_with = 486
    world.settle()
    check(world)
    tried = [
        fold_all(event for event in world.disk.journal if event.journey == start.journey)
        for start in world.disk.journal
        if isinstance(start, CallStarted) and start.direction is Direction.OUTBOUND
    ]
    assert [journey.outcome for journey in tried] == [Outcome.NO_ANSWER, Outcome.NO_ANSWER]
    assert not floor(world).callers()


def test_a_callback_survives_a_kill() -> None:
    world = call_centre(13, callback={"digit": "5"})
    asked_for_a_callback(world)
    world.kill_switch()
    world.run(1)
    world.phones[0].answer_after = 1
    world.provider.answer_after = 1
    world.start_switch()
    world.run(30)
    assert record(world).dialled == "+34600000001"
    assert record(world).answer is not None
    hangs_up(world.provider)
    world.settle()
    assert not floor(world).callers()


def test_a_click_rings_the_user_and_then_the_number() -> None:
    world = call_centre(14)
    world.phones[3].answer_after = 1
    world.phones[3].talk_for = 600
    world.provider.answer_after = 2
    user = world.snapshot.users["u4"]
    call = click_to_call(world.exchange, world.snapshot, user, "600123123")
    world.turn()
    world.run(6)
    assert call.b is not None
    assert call.a.user is user
    hangs_up(world.provider)
    world.settle()
    check(world)
    told = record(world)
    assert told.outcome is Outcome.ANSWERED
    assert (told.user, told.direction) == ("u4", Direction.OUTBOUND)
    assert [event.service for event in world.disk.journal if isinstance(event, Answered)] == ["originate", ""]


def test_a_click_that_the_user_does_not_answer_calls_nobody() -> None:
    world = call_centre(15)
    world.phones[3].refuse_with = 486
    click_to_call(world.exchange, world.snapshot, world.snapshot.users["u4"], "600123123")
    world.turn()
    world.settle()
    check(world)
    assert record(world).outcome is Outcome.NO_ANSWER
    assert [event.end for event in world.disk.journal if isinstance(event, LegEnded)] == [StepEnd.BUSY]


def test_a_new_version_leaves_callers_where_they_are() -> None:
    world = call_centre(16)
    world.phones[0].answer_after = 300
    world.provider.call(SALES, from_user="+34600000001")
    world.run(2)
    queue = Queue.model_validate({**QUEUE, "ring_seconds": 15})
    more = [queue, Number(id="sales", number=SALES, destination="queue:sales")]
    world.exchange.configure([tenant(4, version=2, more=more)])
    world.turn()
    world.run(1)
    assert len(floor(world).callers()) == 1
    world.exchange.configure([tenant(4, version=3)])
    world.turn()
    world.run(1)
    assert not floor(world).callers()
    world.settle()
    check(world)
    assert record(world).queues[0].reason == "queue-removed"


def test_queue_calls_are_freed_by_their_reference_counts() -> None:
    """Cycles would wait for the collector, whose pauses every other call would feel."""
    world = call_centre(18, callback={"digit": "5"})
    world.phones[0].answer_after = 1
    world.provider.answer_after = 1

    def work() -> None:
        world.provider.call(SALES, from_user="+34600000001")
        world.run(6)
        hangs_up(world.phones[0])
        world.run(6)
        world.provider.call(SALES, from_user="+34600000001", cancel_after=0.7)
        world.run(6)
        asked_for_a_callback(world)
        world.run(10)
        hangs_up(world.provider)
        world.run(6)
        click_to_call(world.exchange, world.snapshot, world.snapshot.users["u1"], "600123123")
        world.turn()
        world.run(5)
        hangs_up(world.provider)
        world.settle()

    work()
    gc.collect()
    gc.disable()
    try:
        work()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        kinds = {type(each).__name__ for each in gc.garbage}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert not kinds & {"Call", "Leg", "Session", "Strand", "LivePlace", "CallingBack", "Dial"}, kinds
    check(world)


def a_busy_time(world: World, actions: int) -> None:
    for phone in world.phones:
        phone.answer_after = world.random.choice([0.1, 1.0, 4.0, 60.0])
        phone.refuse_with = world.random.choice([0, 0, 0, 0, 486, 603])
        phone.talk_for = world.random.uniform(1, 20)
        phone.register()
    world.provider.talk_for = world.random.uniform(1, 30)
    world.run(2)
    for _ in range(actions):
        chance = world.random.random()
        if chance < 0.5:
            gives_up = world.random.choice([None, None, 0.05, 0.5, 3.0, 12.0, 40.0])
            number = world.random.randint(600000000, 600000050)
            world.provider.call(SALES, from_user=f"+34{number}", cancel_after=gives_up)
        elif chance < 0.7:
            phone = world.random.choice(world.phones)
            phone.call(world.random.choice(["200", "101", "104", "*45", "*46", "*45"]), cancel_after=30)
        elif chance < 0.8:
            world.random.choice(world.phones).register(expires=world.random.choice([0, 3600]))
        elif world.exchange.calls:
            call = world.random.choice(list(world.exchange.calls.values()))
            call.on_digit(call.a, world.random.choice("125*"))
            world.turn()
        world.run(world.random.choice([0.0, 0.1, 1.0, 5.0]))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("strategy", ["longest-idle", "all"])
def test_a_day_of_a_call_centre(seed: int, strategy: str) -> None:
    world = call_centre(
        100 + seed,
        Weather(loss=0.03, duplicate=0.02, spread=0.1),
        strategy=strategy,
        callback={"digit": "5", "retry_seconds": 10, "attempts": 2},
        exits={"2": "leave"},
        max_wait_seconds=120,
        announce={"position": True, "first_after_seconds": 5, "every_seconds": 10},
    )
    a_busy_time(world, 40)
    world.settle()
    hangs_up(world.provider)
    for phone in world.phones:
        phone.talk_for = 5
    world.settle()
    world.settle()
    check(world)
    assert any(isinstance(event, AgentLoggedIn) for event in world.disk.journal)


@pytest.mark.parametrize("seed", range(8))
def test_a_call_centre_killed_at_any_instant(seed: int) -> None:
    world = call_centre(200 + seed, Weather(loss=0.02, spread=0.05), callback={"digit": "5", "attempts": 1})
    for _ in range(3):
        a_busy_time(world, 12)
        world.run(world.random.random() * 3)
        world.kill_switch()
        world.run(world.random.random())
        world.start_switch()
    for phone in world.phones:
        phone.talk_for = 5
    world.provider.talk_for = 5
    world.settle()
    world.settle()
    check(world)

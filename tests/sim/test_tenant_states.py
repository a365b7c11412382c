"""What a tenant's calls have in common, in the running switch: written down, taken up, begun anew each day, directed by hand."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from centralita import control
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.override import Override
from centralita.pbx.model.queue import Queue
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.vocabulary import TenantId
from centralita.switch.supervision import Supervision

sys.path.insert(0, str(Path(__file__).parent))

from world import EPOCH, TENANT, World, tenant

QUEUE = Queue.model_validate(
    {"id": "sales", "extension": "200", "agents": [{"user": "u1"}, {"user": "u2"}], "ring_seconds": 10}
)
PERMANENT = Queue.model_validate({"id": "desk", "agents": [{"user": "u3", "always": True}]})


@pytest.fixture
def world() -> World:
    made = World(1, snapshot=tenant(4, more=[QUEUE, PERMANENT, Override(id="night", code="1")]))
    for phone in made.phones:
        phone.register()
    made.run(2)
    return made


def ask(world: World, request: object) -> object:
    reply = Supervision(world.exchange).answer(request)
    world.turn()
    return reply


def restart(world: World) -> None:
    world.kill_switch()
    world.run(0.1)
    world.start_switch()


def state(world: World):
    return world.exchange.tenants.desk(TENANT).state


def agent(world: World, user: str) -> control.AgentStatus:
    reply = ask(world, control.AskAgents())
    assert isinstance(reply, control.AgentList)
    return next(each for each in reply.agents if each.user == user)


def test_a_supervisor_directs_agents_and_it_is_kept(world: World) -> None:
    done = ask(world, control.DirectAgent(action="login", user="u1"))
    assert done == control.Done("u1 is logged in to sales")
    assert ask(world, control.DirectAgent(action="login", user="u1")) == control.Done(
        "u1 was logged in already"
    )
    ask(world, control.DirectAgent(action="pause", user="u1", reason="lunch"))
    restart(world)
    assert agent(world, "u1").state == "paused"
    assert agent(world, "u1").pauses[0].reason == "lunch"
    assert ask(world, control.DirectAgent(action="resume", user="u1")) == control.Done(
        "u1 works again in all queues"
    )
    assert agent(world, "u1").state == "free"
    ask(world, control.DirectAgent(action="logout", user="u1", queues=("sales",)))
    assert agent(world, "u1").state == "logged-out"


def test_an_agent_who_is_always_there_is_told_so(world: World) -> None:
    assert agent(world, "u3").state == "free"
    assert ask(world, control.DirectAgent(action="logout", user="u3")) == control.Done(
        "u3 is always logged in there, and can be paused"
    )
    assert ask(world, control.DirectAgent(action="login", user="u3", queues=("desk",))) == control.Done(
        "u3 is always logged in there"
    )


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (control.DirectAgent(action="login", user="u4"), "u4 is no agent"),
        (control.DirectAgent(action="login", user="u1", queues=("nothing",)), "there is no queue nothing"),
        (
            control.DirectAgent(action="login", user="u1", queues=("desk",)),
            "u1 is no agent of the queue desk",
        ),
        (control.DirectAgent(action="login", user="u1", tenant="nobody"), "there is no tenant nobody"),
        (control.DirectCaller(action="take", journey="j9", to="u1"), "j9 is in no queue"),
        (control.TurnOverride(override="day", on=True), "there is no override day"),
        (control.TurnOverride(override="night", on=True, until=1.0), "has passed"),
        (control.TurnOverride(override="night", on=True, until_time="late"), "is no time of day"),
        (control.StartCall(user="nobody", number="101"), "there is no user nobody"),
        (control.StartCall(user="u1", number="1&2"), "nothing that can be dialled"),
    ],
)
def test_what_cannot_be_done_is_told(world: World, request_: object, why: str) -> None:
    reply = ask(world, request_)
    assert isinstance(reply, control.Refusal)
    assert why in reply.error


def test_overrides_end_when_they_are_to(world: World) -> None:
    until = world._clock.wall() + 60
    ask(world, control.TurnOverride(override="night", on=True, until=until))
    restart(world)
    reply = ask(world, control.AskOverrides())
    assert isinstance(reply, control.OverrideList)
    assert (reply.overrides[0].on, reply.overrides[0].until) == (True, until)
    world.run(61)
    reply = ask(world, control.AskOverrides())
    assert isinstance(reply, control.OverrideList)
    assert not reply.overrides[0].on


def test_an_hour_of_today_is_one_of_where_the_tenant_is(world: World) -> None:
    asked = control.TurnOverride(override="night", on=True, until_time="18:00")
    assert ask(world, asked) == control.Done("night is on until 2027-01-15 18:00 CET")
    assert ask(world, control.TurnOverride(override="night", on=False)) == control.Done("night is off")


def test_a_caller_is_given_to_an_agent_and_the_queue_is_seen(world: World) -> None:
    world.phones[0].answer_after = 1
    world.phones[3].talk_for = 30
    world.phones[3].call("200")
    world.run(2)
    reply = ask(world, control.AskQueues(tenant=TENANT))
    assert isinstance(reply, control.QueueList)
    queue = next(each for each in reply.queues if each.queue == "sales")
    assert (queue.waiting, queue.logged_in) == (1, 0)
    (caller,) = queue.callers
    assert (caller.number, caller.position, caller.phase) == ("104", 1, "waiting")
    done = ask(world, control.DirectCaller(action="take", journey=caller.journey, to="u1"))
    assert isinstance(done, control.Done)
    world.run(3)
    assert agent(world, "u1").state == "talking"
    world.settle()
    assert agent(world, "u1").calls == 1


def test_counters_are_kept_in_the_background_and_begin_anew_at_midnight(world: World) -> None:
    ask(world, control.DirectAgent(action="login", user="u1"))
    world.phones[0].answer_after = 1
    world.phones[3].talk_for = 10
    world.phones[3].call("200")
    world.run(20)
    assert agent(world, "u1").calls == 1
    restart(world)
    assert agent(world, "u1").calls == 1
    now = datetime.fromtimestamp(EPOCH + world.time.instant, UTC)
    world.run(86_400 - (now.hour * 3600 + now.minute * 60 + now.second) + 7200)
    assert agent(world, "u1").calls == 0


def test_who_called_is_remembered_over_a_restart(world: World) -> None:
    world.phones[0].answer_after = 1
    world.provider.talk_for = 5
    world.provider.call("+34910000001", from_user="+34600000001")
    world.run(20)
    world.provider.call("+34910000001", from_user="anonymous", cancel_after=1)
    world.run(20)
    restart(world)
    seen = state(world).callers.get("+34600000001")
    assert seen is not None
    assert (seen.calls, seen.agent) == (1, "u1")
    assert list(state(world).callers.to_state()) == ["+34600000001"]


def test_what_cannot_be_written_is_written_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run(5)
    store = world.exchange.tenants._store

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(store, "save", full)
    world.phones[0].answer_after = 1
    world.provider.talk_for = 2
    failures: list[BaseException] = []

    def background(work, done) -> None:
        try:
            result, error = work(), None
        except OSError as failure:
            result, error = None, failure
            failures.append(failure)
        done(result, error)

    world.exchange.background = background
    world.provider.call("+34910000001", from_user="+34600000001")
    world.run(10)
    assert failures
    monkeypatch.undo()
    world.run(5)
    restart(world)
    assert state(world).callers.get("+34600000001") is not None


def test_what_another_version_wrote_does_not_keep_the_switch_from_starting(world: World) -> None:
    world.run(5)
    world.disk.states[TenantId("acme"), "floor", ""] = b'{"agents": {"u1": 7}}'
    restart(world)
    assert agent(world, "u1").state == "logged-out"


def test_urgent_writing_is_not_undone_by_what_the_background_took_before(world: World) -> None:
    """The background saves an older state after a newer one was written for somebody who relies on it."""
    tasks: list[tuple[object, object]] = []
    world.exchange.background = lambda work, done: tasks.append((work, done))
    world.exchange.tenants.wake(TENANT)
    world.turn()
    world.run(3)
    assert tasks
    ask(world, control.DirectAgent(action="login", user="u2"))
    for work, done in tasks:
        done(work(), None)
    restart(world)
    assert agent(world, "u2").state == "free"


def test_a_new_version_forgets_the_shares_that_are_no_more() -> None:
    def version(number: int, *names: str) -> Snapshot:
        nodes = {name: {"type": "share", "targets": [{"to": "end"}]} for name in names}
        graph = {"id": "main", "start": "a", "nodes": {**nodes, "end": {"type": "hang-up"}}}
        return tenant(2, number, more=[Flow.model_validate(graph)])

    world = World(1, snapshot=version(1, "a", "b"))
    for node in ("main/a", "main/b"):
        state(world).shares.talked(node, "main/end", 60.0, day="2026-03-02")
    world.exchange.configure([version(2, "a")])
    assert state(world).shares.today("main/a", "2026-03-02") == {"main/end": (0, 60.0)}
    assert state(world).shares.today("main/b", "2026-03-02") == {}

"""A call that somebody in charge hangs up: it ends for both, wherever it is, and its record says by whom."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from world import TENANT, World, tenant

from centralita import control
from centralita.pbx.journey import Journey, fold_all
from centralita.pbx.vocabulary import Outcome, Party
from centralita.switch.supervision import Supervision


@pytest.fixture
def world() -> World:
    world = World(3, snapshot=tenant(4))
    for phone in world.phones:
        phone.register()
    world.run(3)
    return world


def hang_up(world: World, journey: str, **more: str) -> control.Reply:
    assert world.exchange is not None
    reply = Supervision(world.exchange).answer(control.HangUp(journey=journey, by="boss", **more))
    world.exchange.turn()
    return reply


def call_up(world: World, seconds: float) -> str:
    world.phones[1].answer_after = 2
    world.phones[0].talk_for = 600
    world.phones[0].call("102")
    world.run(seconds)
    assert world.exchange is not None
    (journey,) = world.exchange.calls
    return journey


def record(world: World, journey: str) -> Journey:
    made = fold_all(event for event in world.disk.journal if event.journey == journey)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("seconds", "outcome"), [(1.0, Outcome.REJECTED), (10.0, Outcome.ANSWERED)], ids=["ringing", "talking"]
)
def test_a_call_is_ended_for_both(world: World, seconds: float, outcome: Outcome) -> None:
    journey = call_up(world, seconds)
    assert hang_up(world, journey) == control.Done(f"call {journey} is ended")
    world.run(10)
    made = record(world, journey)
    assert (made.outcome, made.ended_by, made.detail) == (outcome, Party.SYSTEM, "hung up by boss")
    assert made.closed
    world.settle()
    assert isinstance(hang_up(world, journey), control.Refusal)


def test_only_the_tenants_own_calls_are_ended(world: World) -> None:
    journey = call_up(world, 10)
    assert isinstance(hang_up(world, journey, tenant="other"), control.Refusal)
    assert isinstance(hang_up(world, "nothing"), control.Refusal)
    assert hang_up(world, journey, tenant=TENANT) == control.Done(f"call {journey} is ended")

"""Flows on the running switch: the same words of the trace, with real legs, digits and a clock that passes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from world import TENANT, World, tenant

from centralita.pbx.journey import fold_all
from centralita.pbx.model.flow import Flow
from centralita.pbx.model.group import Group
from centralita.pbx.model.menu import Menu
from centralita.pbx.model.number import Number
from centralita.pbx.model.override import Override
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.schedule import Schedule
from centralita.pbx.vocabulary import Answered, CallEnded, Decided, LegRang, Outcome

DESK = "+34910000003"
NODES: dict[str, dict[str, Any]] = {
    "hello": {"type": "announce", "prompt": "hello", "skip": False, "next": "hours"},
    "hours": {"type": "hours", "schedule": "always", "open": "menu", "closed": "shut"},
    "menu": {
        "type": "menu",
        "menu": "main",
        "choices": {"1": "one", "12": "team"},
        "languages": {"9": "en"},
        "otherwise": "box",
    },
    "one": {"type": "ring", "targets": ["user:u1"], "seconds": 5, "no_answer": "box"},
    "team": {"type": "ring", "targets": ["group:team"], "no_answer": "box"},
    "box": {"type": "voicemail", "user": "u2"},
    "shut": {"type": "hang-up", "cause": "busy"},
}


def house(seed: int = 1) -> World:
    more = [
        Flow.model_validate({"id": "desk", "start": "hello", "nodes": NODES}),
        Number(id="desk", number=DESK, destination="flow:desk"),
        Schedule.model_validate({"id": "always", "weekly": {"mon-sun": "00:00-24:00"}}),
        Override(id="shut", code="7", schedules=("always",)),
        Menu(id="main", prompt="options", seconds=3, digit_seconds=1, attempts=2, dial_extensions=True),
        Prompt(id="hello", text={"es": "Hola"}),
        Prompt(id="options", text={"es": "Pulse", "en": "Press"}),
        Group.model_validate(
            {
                "id": "team",
                "members": ["u2", "u3"],
                "strategy": "linear",
                "ring_seconds": 4,
                "total_seconds": 8,
            }
        ),
    ]
    world = World(seed, snapshot=tenant(4, more=more))
    for phone in world.phones:
        phone.register()
    world.provider.talk_for = 600
    world.run(3)
    return world


def press(world: World, digits: str) -> None:
    """The caller presses keys, one after the other."""
    provider = world.provider
    for digit in digits:
        session = next(iter(provider.active.values()), None)
        if session is None:
            return
        body = f"Signal={digit}\r\nDuration=160\r\n".encode()
        provider.endpoint.info(session, "application/dtmf-relay", body, world.time.instant)
        provider.turn()
        world.run(0.3)


def ring_in(world: World, *pressed: str) -> list[Decided]:
    """A call from outside. The announcement takes a second, and each of ``pressed`` is pressed in the menu after it."""
    world.provider.call(DESK, from_user="+34930000001")
    world.run(1.6)
    for digits in pressed:
        press(world, digits)
        world.run(2)
    return decisions(world)


def decisions(world: World) -> list[Decided]:
    return [event for event in world.disk.journal if isinstance(event, Decided)]


def way(world: World) -> list[str]:
    return [f"{line.rule} {line.target}" for line in decisions(world)]


def rang(world: World) -> list[str]:
    return [event.user for event in world.disk.journal if isinstance(event, LegRang)]


def test_a_choice_that_could_be_longer_is_taken_when_no_more_comes() -> None:
    world = house()
    ring_in(world, "1")
    assert way(world) == [
        "number flow:desk",
        "announce desk/hours",
        "hours desk/menu",
        "menu desk/one",
        "ring user:u1",
    ]
    assert [line.pressed for line in decisions(world) if line.rule == "menu"] == ["1"]
    answered = [event for event in world.disk.journal if isinstance(event, Answered)]
    assert [event.user for event in answered if event.user] == ["u1"]


def test_the_longer_choice_and_the_group_behind_it() -> None:
    world = house()
    world.phones[1].answer_after = 60
    ring_in(world, "12")
    world.run(8)
    assert "menu desk/team" in way(world)
    assert rang(world) == ["u2", "u3"]
    world.settle()
    assert world.exchange.calls == {}


def test_an_extension_dialled_in_the_menu() -> None:
    world = house()
    ring_in(world, "104")
    assert "menu-extension user:u4" in way(world)
    assert rang(world) == ["u4"]


def test_digits_in_an_announcement_that_must_be_heard_are_nothing() -> None:
    world = house()
    world.provider.call(DESK, from_user="+34930000001")
    world.run(0.3)
    press(world, "1")
    assert way(world) == ["number flow:desk"]
    world.run(1)
    assert way(world)[1:] == ["announce desk/hours", "hours desk/menu"]


def test_silence_leads_to_the_voicemail_and_the_language_is_kept() -> None:
    world = house()
    ring_in(world, "9")
    world.run(12)
    assert way(world)[-2:] == ["menu desk/box", "voicemail voicemail:u2"]
    line = next(line for line in decisions(world) if line.rule == "menu")
    assert line.passed == (
        "9: the language is now en",
        "nothing was pressed within 3 s",
        "nothing was pressed within 3 s",
    )
    world.settle()
    record = fold_all(world.disk.journal)
    assert record.outcome is Outcome.VOICEMAIL


def test_an_override_by_star_code_holds_for_the_next_call_and_over_a_kill() -> None:
    world = house()
    world.phones[0].call("*287")
    world.run(5)
    assert way(world)[-1] == "override-on override:shut"
    world.kill_switch()
    world.run(1)
    world.start_switch()
    for phone in world.phones:
        phone.register()
    world.run(3)
    ring_in(world)
    assert way(world)[-2:] == ["override desk/shut", "hang-up hang-up:busy"]
    world.settle()
    assert world.exchange.calls == {}


def test_a_caller_who_hangs_up_anywhere_leaves_nothing_behind() -> None:
    for tenths in range(0, 160, 3):
        world = house(seed=tenths)
        for phone in world.phones:
            phone.answer_after = 60
        world.provider.talk_for = 0.1 + tenths / 10
        world.provider.call(DESK, from_user="+34930000001")
        world.run(2)
        press(world, "12")
        world.settle()
        assert world.exchange.calls == {}, tenths
        assert world.media.in_use() == 0, tenths
        assert not world.exchange.tenants.desk(TENANT).state.going, tenths
        assert sum(isinstance(event, CallEnded) for event in world.disk.journal) == 1, tenths

"""What is going on now, over HTTP: to whom it is shown, and what may be done about it by whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from centralita import control
from centralita.accounts import Role
from support.switch_double import SwitchDouble, switch_double
from support.web_world import World

LIVE = "/api/v1/tenants/demo/live"


def call(name: str, queue: str = "", user: str = "", answered_by: str = "") -> control.LiveCall:
    return control.LiveCall(
        journey=name,
        tenant="demo",
        direction="inbound",
        caller="+34911234567",
        user=user,
        dialled="+34910000100",
        state="talking",
        since=1_700_000_000.0,
        answered_by=answered_by,
        seconds=5.0,
        queue=queue,
    )


def queue(name: str, *callers: str) -> control.QueueStatus:
    waiting = [
        control.WaitingCaller(journey=each, number="1", position=1, phase="waiting", since=1.7e9)
        for each in callers
    ]
    figures: dict[str, Any] = dict.fromkeys(
        (
            "callbacks",
            "logged_in",
            "free",
            "busy",
            "paused",
            "wrap_up",
            "answered",
            "abandoned",
            "abandoned_early",
            "overflowed",
            "exited",
            "callbacks_requested",
            "callbacks_done",
        ),
        0,
    )
    return control.QueueStatus(
        tenant="demo",
        queue=name,
        waiting=len(callers),
        longest_wait=0.0,
        service_level_seconds=20,
        longest_answer=0.0,
        callers=waiting,
        **figures,
    )


def agent(user: str, *queues: str) -> control.AgentStatus:
    return control.AgentStatus(tenant="demo", user=user, state="free", member_of=queues)


def phone(user: str) -> control.Registration:
    return control.Registration(
        device=f"{user}-desk",
        user=user,
        tenant="demo",
        contact="sip:x",
        address="UDP:10.1.2.3:5060",
        expires_in=60,
    )


@pytest.fixture
def switch(world: World) -> Iterator[SwitchDouble]:
    with switch_double(world.settings.switch_socket) as double:
        double.replies |= {
            "calls": control.CallList(
                [call("l1", "sales"), call("l2", user="ana"), call("l3", answered_by="user:luis")]
            ),
            "queues": control.QueueList([queue("sales", "l1"), queue("support", "l9")]),
            "agents": control.AgentList([agent("ana", "sales"), agent("luis", "support", "sales2")]),
            "registrations": control.RegistrationList([phone("ana"), phone("luis")]),
            "trunks": control.TrunkList(
                [control.TrunkStatus(id="main", tenant="demo", state="up", since=1.0)]
            ),
            "overrides": control.OverrideList([control.OverrideStatus(tenant="demo", override="night")]),
            "agent": control.Done("so it is"),
            "caller": control.Done("so it is"),
            "override": control.Done("so it is"),
            "hangup": control.Done("so it is"),
            "originate": control.Started("l7"),
        }
        yield double


def commands(switch: SwitchDouble) -> list[object]:
    return [each for each in switch.asked if not type(each).__name__.startswith("Ask")]


def seen(world: World, part: str, key: str, role: Role, **fields: Any) -> object:
    response = world.client(role, **fields).get(f"{LIVE}/{part}")
    return [each[key] for each in response.json()] if response.status_code == 200 else response.status_code


def test_quality_is_told_to_a_tenth_and_what_callers_were_told_to_ten_seconds(
    world: World, switch: SwitchDouble
) -> None:
    told = control.WaitingCaller(
        journey="l1",
        number="1",
        position=1,
        phase="waiting",
        since=1.7e9,
        told_at=1.7e9,
        told_position=2,
        told_wait=94.0,
    )
    switch.replies["queues"] = control.QueueList([replace(queue("sales"), callers=[told])])
    switch.replies["calls"] = control.CallList([replace(call("l1"), mos=4.2749), call("l2")])
    client = world.client(Role.ADMIN)
    assert [one["mos"] for one in client.get(f"{LIVE}/calls").json()] == [4.3, None]
    (caller,) = client.get(f"{LIVE}/queues").json()[0]["callers"]
    assert caller["told"] == {"at": "2023-11-14T22:13:20Z", "position": 2, "estimated_wait": 90.0}


def test_what_is_going_on_is_shown_to_those_whom_it_concerns(world: World, switch: SwitchDouble) -> None:
    people: list[tuple[Role, dict[str, Any]]] = [
        (Role.ADMIN, {}),
        (Role.AUDITOR, {}),
        (Role.SUPERVISOR, {"queues": ("sales",)}),
        (Role.USER, {"user": "luis"}),
    ]
    table = {
        part: [seen(world, part, key, role, **fields) for role, fields in people]
        for part, key in (
            ("calls", "id"),
            ("queues", "id"),
            ("agents", "user"),
            ("registrations", "user"),
            ("trunks", "id"),
            ("overrides", "id"),
        )
    }
    assert table == {
        "calls": [["l1", "l2", "l3"], ["l1", "l2", "l3"], ["l1"], ["l3"]],
        "queues": [["sales", "support"], ["sales", "support"], ["sales"], 403],
        "agents": [["ana", "luis"], ["ana", "luis"], ["ana"], ["luis"]],
        "registrations": [["ana", "luis"], ["ana", "luis"], ["ana"], ["luis"]],
        "trunks": [["main"], ["main"], ["main"], 403],
        "overrides": [["night"], ["night"], ["night"], 403],
    }
    assert {request.tenant for request in switch.asked} == {"demo"}  # type: ignore[union-attr]  # all of them have one


def test_a_call_is_hung_up_by_who_sees_it_and_may(world: World, switch: SwitchDouble) -> None:
    assert world.client(Role.AUDITOR).delete(f"{LIVE}/calls/l1").status_code == 403
    assert world.client(Role.USER, user="ana").delete(f"{LIVE}/calls/l1").status_code == 404
    assert world.client(Role.SUPERVISOR, queues=("sales",)).delete(f"{LIVE}/calls/l3").status_code == 404
    assert world.client(Role.ADMIN, tenant="other").delete(f"{LIVE}/calls/l1").status_code == 404
    assert commands(switch) == []
    boss = world.account(Role.SUPERVISOR, queues=("sales",))
    assert world.signed_in(boss).delete(f"{LIVE}/calls/l1").json() == {"text": "so it is"}
    assert (
        world.client(Role.USER, user="ana", login="ana@example.com").delete(f"{LIVE}/calls/l2").status_code
        == 200
    )
    assert commands(switch) == [
        control.HangUp(journey="l1", tenant="demo", by=boss.login),
        control.HangUp(journey="l2", tenant="demo", by="ana@example.com"),
    ]
    assert [entry.action for entry in world.parts.audit.page("demo")] == ["call.hang-up"] * 2


def test_a_click_rings_ones_own_telephones(world: World, switch: SwitchDouble) -> None:
    ana = world.client(Role.USER, user="ana")
    response = ana.post(f"{LIVE}/calls", json={"number": "+34 600 000 001"})
    assert (response.status_code, response.json()) == (201, {"id": "l7"})
    assert commands(switch) == [control.StartCall(user="ana", number="+34600000001", tenant="demo")]
    assert ana.post(f"{LIVE}/calls", json={"number": "1", "user": "luis"}).status_code == 403
    assert world.client(Role.ADMIN).post(f"{LIVE}/calls", json={"number": "1"}).status_code == 404
    assert (
        world.client(Role.ADMIN).post(f"{LIVE}/calls", json={"number": "1", "user": "luis"}).status_code
        == 201
    )
    supervisor = world.client(Role.SUPERVISOR, queues=("sales",))
    assert supervisor.post(f"{LIVE}/calls", json={"number": "1", "user": "luis"}).status_code == 403
    assert ana.post(f"{LIVE}/calls", json={"number": ""}).status_code == 422


def test_agents_are_directed_by_themselves_and_their_supervisors(world: World, switch: SwitchDouble) -> None:
    pause = {"action": "pause", "reason": "lunch"}
    assert world.client(Role.USER, user="luis").post(f"{LIVE}/agents/ana", json=pause).status_code == 403
    supervisor = world.client(Role.SUPERVISOR, queues=("sales",), login="boss@example.com")
    assert supervisor.post(f"{LIVE}/agents/luis", json=pause).status_code == 404
    foreign = {"action": "login", "queues": ["support"]}
    assert supervisor.post(f"{LIVE}/agents/ana", json=foreign).status_code == 422
    assert supervisor.post(f"{LIVE}/agents/ana", json={"action": "fire"}).status_code == 422
    assert commands(switch) == []
    assert supervisor.post(f"{LIVE}/agents/ana", json=pause).status_code == 200
    ana = world.client(Role.USER, user="ana", login="ana@example.com")
    assert ana.post(f"{LIVE}/agents/ana", json={"action": "resume"}).status_code == 200
    asked = {"tenant": "demo", "user": "ana"}
    assert commands(switch) == [
        control.DirectAgent(
            action="pause", reason="lunch", queues=("sales",), by="boss@example.com", **asked
        ),
        control.DirectAgent(action="resume", by="ana@example.com", **asked),
    ]


def test_who_waits_is_given_and_moved_within_ones_queues(world: World, switch: SwitchDouble) -> None:
    supervisor = world.client(Role.SUPERVISOR, queues=("sales",))
    assert supervisor.post(f"{LIVE}/calls/l9/take", json={"user": "ana"}).status_code == 404
    assert supervisor.post(f"{LIVE}/calls/l1/take", json={"user": "luis"}).status_code == 422
    assert supervisor.post(f"{LIVE}/calls/l1/move", json={"queue": "support"}).status_code == 422
    assert supervisor.delete(f"{LIVE}/callbacks/l9").status_code == 404
    assert (
        world.client(Role.USER, user="ana").post(f"{LIVE}/calls/l1/take", json={"user": "ana"}).status_code
        == 403
    )
    assert commands(switch) == []
    assert supervisor.post(f"{LIVE}/calls/l1/take", json={"user": "ana"}).status_code == 200
    admin = world.client(Role.ADMIN)
    assert admin.post(f"{LIVE}/calls/l1/move", json={"queue": "support"}).status_code == 200
    assert admin.delete(f"{LIVE}/callbacks/l9").status_code == 200
    assert commands(switch) == [
        control.DirectCaller(action="take", journey="l1", to="ana", tenant="demo"),
        control.DirectCaller(action="move", journey="l1", to="support", tenant="demo"),
        control.DirectCaller(action="cancel-callback", journey="l9", tenant="demo"),
    ]


def test_an_override_is_turned(world: World, switch: SwitchDouble) -> None:
    admin = world.client(Role.ADMIN, login="admin@example.com")
    response = admin.put(f"{LIVE}/overrides/night", json={"on": True, "until": "2026-11-23T18:00:00+01:00"})
    assert response.status_code == 200
    (asked,) = commands(switch)
    assert asked == control.TurnOverride(
        override="night", on=True, tenant="demo", until=1_795_453_200.0, by="admin@example.com"
    )
    assert admin.put(f"{LIVE}/overrides/day", json={"on": True}).status_code == 404
    assert world.client(Role.AUDITOR).put(f"{LIVE}/overrides/night", json={"on": True}).status_code == 403


def test_what_the_switch_refuses_is_told_in_its_words(world: World, switch: SwitchDouble) -> None:
    switch.replies["hangup"] = control.Refusal("call l1 is not up")
    response = world.client(Role.ADMIN).delete(f"{LIVE}/calls/l1")
    assert (response.status_code, response.json()["detail"]) == (409, "call l1 is not up")
    assert [entry.action for entry in world.parts.audit.page("demo")] == []


def test_without_a_switch_it_is_said(world: World) -> None:
    response = world.client(Role.ADMIN).get(f"{LIVE}/calls")
    assert (response.status_code, response.json()["code"]) == (503, "switch-unavailable")
